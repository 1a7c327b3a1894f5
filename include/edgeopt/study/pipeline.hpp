// SPDX-License-Identifier: MIT
/// @file
/// The main job: from a configuration to a folder of results. Each step is a function that can be
/// called alone.
#pragma once

#include <algorithm>  // std::max
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/engines/fp32_engine.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/hardware_summary.hpp"
#include "edgeopt/io/output_folder.hpp"
#include "edgeopt/io/safetensors.hpp"
#include "edgeopt/io/sha256.hpp"
#include "edgeopt/layer_estimates.hpp"
#include "edgeopt/nn/model_graph.hpp"
#include "edgeopt/nn/state.hpp"
#include "edgeopt/pareto.hpp"
#include "edgeopt/precision_tradeoffs.hpp"
#include "edgeopt/study/checkpoint.hpp"
#include "edgeopt/study/clock.hpp"
#include "edgeopt/study/config.hpp"
#include "edgeopt/study/config_keys.hpp"
#include "edgeopt/study/deployment.hpp"
#include "edgeopt/study/load_dataset.hpp"
#include "edgeopt/study/loader.hpp"
#include "edgeopt/study/outputs.hpp"
#include "edgeopt/study/study_result.hpp"
#include "edgeopt/study/summary.hpp"
#include "edgeopt/study/sweep.hpp"
#include "edgeopt/study/training.hpp"

namespace edgeopt::inline v0 {

/// Where a study stands, for a person who waits.
struct StudyProgress {
  std::string_view stage;  ///< "training" or "sweep"
  std::int64_t done = 0;   ///< batches or candidates
  std::int64_t total = 0;
  double loss = 0;  ///< of the last batch, while training
};

/// Whether a study begins anew or goes on from the checkpoint in its output folder.
enum class StudyStart { anew, from_checkpoint };

/// What a study needs beside its configuration.
struct StudyOptions {
  Clock clock = steady_clock();
  StudyStart start = StudyStart::anew;
  std::stop_token stop{};  ///< ends the study as soon as it can, keeping finished candidates
  std::function<void(const StudyProgress&)> on_progress{};
  std::string gnuplot = "gnuplot";  ///< name or path of the program that draws
  std::string command{};            ///< for the manifest
};

/// A study was asked to stop; the candidates finished so far are kept in its output folder, from
/// where it can go on.
class StudyInterrupted : public Interrupted {
 public:
  StudyInterrupted(std::int64_t finished, std::int64_t total, const std::string& folder)
      : Interrupted("interrupted after " + std::to_string(finished) + " of " +
                    std::to_string(total) + " candidates, which are kept in " + folder) {}
};

/// A study's results and the files that hold them.
struct FinishedStudy {
  StudyResult result;
  WrittenFiles written;
  std::vector<std::string> notes;  ///< sentences the user should read
};

namespace detail {

inline void report_progress(const StudyOptions& options, const StudyProgress& progress) {
  if (options.on_progress) options.on_progress(progress);
}

/// Trains the network and measures it: what a study has before its first candidate.
[[nodiscard]] inline Checkpoint begin_study(const ExperimentConfig& config, const Loaders& loaders,
                                            ThreadPool& pool, const StudyOptions& options) {
  const TrainingWatch watch{.on_batch =
                                [&](const TrainingProgress& at) {
                                  report_progress(
                                      options, {"training", (at.epoch - 1) * at.batches + at.batch,
                                                at.epochs * at.batches, at.loss});
                                },
                            .on_epoch = {},
                            .stop = options.stop};
  SmallCNN<float> model = train_model(config, loaders, pool, watch).model;
  const PerfMetrics baseline =
      measure_variant(model.spec(), Fp32Engine(to_graph(model)), loaders.validation.data(), config,
                      pool, options.clock);
  return {std::move(model), baseline, {}};
}

[[nodiscard]] inline Deployment simulate_deployment(const SmallCNN<float>& model,
                                                    const BatchLoader& validation,
                                                    const ExperimentConfig& config,
                                                    ThreadPool& pool, const Clock& clock) {
  Epoch epoch = validation.epoch();
  return deployment_simulation(Fp32Engine(to_graph(model)), epoch.next()->images,
                               config.cpu_frequency_scale, config.benchmark_warmup, pool, clock);
}

}  // namespace detail

/// The cost of a network's layers, its precisions in the sweep, and what its latency means on the
/// configured hardware.
[[nodiscard]] inline HardwareAnalysis analyze_hardware(const SmallCNNSpec& spec, std::int64_t batch,
                                                       double latency_ms,
                                                       std::span<const SweepRow> rows,
                                                       const ExperimentConfig& config) {
  HardwareAnalysis analysis;
  analysis.layers = estimate_layerwise_stats(spec, batch);
  analysis.precisions = precision_tradeoff_table(rows);
  analysis.summary = summarize_hardware(analysis.layers, latency_ms, config.memory_bandwidth_gbps,
                                        config.peak_compute_gmacs);
  return analysis;
}

/// Everything that follows from a trained network, its baseline and its sweep. The deployment is
/// timed on the threads of `pool`.
[[nodiscard]] inline StudyResult conclude_study(const ExperimentConfig& config,
                                                const DataSplits& splits, const Loaders& loaders,
                                                Checkpoint finished, ThreadPool& pool,
                                                const Clock& clock = steady_clock()) {
  const std::int64_t batch = std::min(config.batch_size, splits.validation.size());
  StudyResult study;
  study.config = config;
  study.network = finished.model.spec();
  study.data = splits.sources;
  study.training_images = splits.training.size();
  study.validation_images = splits.validation.size();
  study.parameters_sha256 = io::sha256_of(io::to_safetensors(state_of(finished.model)));
  study.baseline = finished.baseline;
  study.sweep = std::move(finished.sweep);
  const FrontierAccuracy accuracy = frontier_accuracy(config);
  study.latency_frontier = pareto_frontier(study.sweep.rows, FrontierCost::latency, accuracy);
  study.energy_frontier = pareto_frontier(study.sweep.rows, FrontierCost::energy, accuracy);
  study.deployment =
      detail::simulate_deployment(finished.model, loaders.validation, config, pool, clock);
  study.hardware =
      analyze_hardware(study.network, batch, study.baseline.latency_ms, study.sweep.rows, config);
  study.summary = build_summary(config, study.baseline, study.sweep.rows, study.deployment,
                                study.hardware.summary);
  return study;
}

/// Runs a study: trains, sweeps, compares, and writes every file into `config.output_dir`.
///
/// From the first result on, what is finished is kept in a hidden checkpoint there, until all files
/// are written. A study that ends before has left nothing behind.
/// @throws InputError for a configuration, data or checkpoint that is not what it has to be
/// @throws SystemError when files cannot be read or written, or another run writes there
/// @throws StudyInterrupted when `options.stop` asks for the end after the first result
/// @throws Interrupted when it does so before; nothing is left then
inline FinishedStudy run_study(const ExperimentConfig& config, const StudyOptions& options = {}) {
  validate(config);
  RunCircumstances run{.command = options.command,
                       .threads = thread_count(config),
                       .started = std::chrono::system_clock::now(),
                       .finished = {}};
  io::OutputFolder folder(config.output_dir);
  ThreadPool pool(run.threads);
  const DataSplits splits = load_dataset(config);
  const Loaders loaders = build_loaders(config, splits);
  const std::string fingerprint = study_fingerprint(config, splits.sources);

  Checkpoint state = options.start == StudyStart::from_checkpoint
                         ? load_checkpoint(folder, fingerprint, splits.training.shape)
                         : detail::begin_study(config, loaders, pool, options);
  save_checkpoint(folder, fingerprint, state);
  const std::int64_t candidates = candidate_count(config);
  const SweepWatch watch{
      .on_candidate =
          [&](const SweepResult& sweep) {
            save_checkpoint(folder, fingerprint, {state.model, state.baseline, sweep});
            detail::report_progress(options, {"sweep", sweep.finished(), candidates, 0});
          },
      .stop = options.stop};
  state.sweep = run_sweep(state.model, loaders, config, pool, options.clock, watch, state.sweep);
  if (state.sweep.finished() < candidates)
    throw StudyInterrupted(state.sweep.finished(), candidates, config.output_dir.string());

  FinishedStudy study;
  study.result = conclude_study(config, splits, loaders, std::move(state), pool, options.clock);
  study.written = write_outputs(folder, study.result, run, options.gnuplot);
  remove_checkpoint(folder);
  study.notes = splits.notes;
  if (!study.written.missing_pictures_note.empty())
    study.notes.push_back(study.written.missing_pictures_note);
  return study;
}

}  // namespace edgeopt::inline v0
