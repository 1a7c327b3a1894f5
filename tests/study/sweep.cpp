// SPDX-License-Identifier: MIT
// Variants of a network, the sweep over them, its summary, and its checkpoint.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/io/output_folder.hpp"
#include "edgeopt/nn/forward.hpp"
#include "edgeopt/study/checkpoint.hpp"
#include "edgeopt/study/load_dataset.hpp"
#include "edgeopt/study/precision_variant.hpp"
#include "edgeopt/study/summary.hpp"
#include "edgeopt/study/sweep.hpp"
#include "edgeopt/study/synthetic_digits.hpp"
#include "edgeopt/study/training.hpp"
#include "largest.hpp"
#include "study_support.hpp"
#include "temporary_folder.hpp"

using namespace edgeopt;
using namespace std::chrono_literals;

namespace {

// A small trained network and what it was trained on.
struct Trained {
  ExperimentConfig config = tiny_config();
  DataSplits splits = load_dataset(config);
  Loaders loaders = build_loaders(config, splits);
  ThreadPool pool{2};
  SmallCNN<float> model = train_model(config, loaders, pool).model;

  [[nodiscard]] SweepResult sweep(const SweepWatch& watch = {}, SweepResult finished = {}) {
    return run_sweep(model, loaders, config, pool, stepping_clock(1ms), watch, std::move(finished));
  }
};

std::int64_t stored_bytes(const SmallCNN<float>& model, Precision precision,
                          QuantizationBackend backend, const BatchLoader& calibration) {
  return precision_variant(model, precision, calibration, {backend, 1}).engine.parameter_bytes();
}

}  // namespace

TEST_CASE("A variant stores what the specification says") {
  const Dataset images = synthetic_digits(1, SyntheticSplit::training, 16);
  const BatchLoader calibration(images, {.batch_size = 16});
  const auto model = initialized_small_cnn<float>({}, 1);
  const auto bytes = [&](Precision precision, QuantizationBackend backend) {
    return stored_bytes(model, precision, backend, calibration);
  };
  CHECK(bytes(Precision::fp32, QuantizationBackend::fbgemm) == 81960);
  CHECK(bytes(Precision::fp16, QuantizationBackend::fbgemm) == 40980);
  CHECK(bytes(Precision::int8, QuantizationBackend::fbgemm) == 20936);
  CHECK(bytes(Precision::int8, QuantizationBackend::qnnpack) == 20716);
  CHECK_THROWS_AS(
      precision_variant(model, Precision::int8, calibration, {.calibration_batches = 0}),
      DomainError);
}

TEST_CASE("Variants answer like the network they come from") {
  const Dataset images = synthetic_digits(1, SyntheticSplit::training, 16);
  const BatchLoader calibration(images, {.batch_size = 16});
  const auto model = initialized_small_cnn<float>({}, 1);
  Epoch epoch = calibration.epoch();
  const Batch& batch = *epoch.next();
  const auto expected = forward(model, batch.images);
  double largest = 0;
  for (const float logit : expected) largest = std::max(largest, std::abs(double{logit}));

  // Shares of the largest logit: rounding of sums, of halves, and of levels of activations.
  const std::pair<Precision, double> tolerances[] = {
      {Precision::fp32, 1e-5}, {Precision::fp16, 5e-3}, {Precision::int8, 0.1}};
  for (const auto& [precision, tolerance] : tolerances) {
    const PrecisionVariant variant = precision_variant(model, precision, calibration);
    CHECK(variant.engine.precision() == precision);
    CHECK(variant.quantization.has_value() == (precision == Precision::int8));
    auto workspace = variant.engine.make_workspace(batch.size());
    std::vector<float> logits(expected.size());
    variant.engine.run(batch.images, workspace, logits);
    Largest<double> deviation;
    for (std::size_t i = 0; i < logits.size(); ++i)
      deviation.include(std::abs(double{logits[i]} - double{expected.data()[i]}));
    CHECK(deviation.value() <= tolerance * largest);
  }
}

TEST_CASE("A sweep measures every pruning level in every precision, in that order") {
  Trained trained;
  trained.config.active_memory_budget_mb = 0.008;  // between fp16 and fp32 of the whole network
  trained.config.memory_budgets_mb = {0.004, 1};
  const SweepResult sweep = trained.sweep();
  REQUIRE(sweep.rows.size() == 6);
  CHECK(sweep.errors.empty());
  CHECK(sweep.quantization.size() == 2);
  std::size_t i = 0;
  for (const double level : {0.0, 0.5})
    for (const Precision precision : {Precision::fp32, Precision::fp16, Precision::int8}) {
      const SweepRow& row = sweep.rows[i++];
      CHECK(row.pruning_level == level);
      CHECK(row.precision == precision);
      CHECK(row.active_budget_mb == 0.008);
      CHECK(row.accepted == (row.metrics.memory_mb <= 0.008));
      CHECK(row.violations == memory_violations(row.metrics.memory_mb, std::vector{0.004, 1.0}));
      CHECK(row.metrics.latency_ms == 1 / 0.7 / 2);  // one step of the clock for two runs
    }
  CHECK_FALSE(sweep.rows[0].accepted);
  CHECK(sweep.rows[1].accepted);
  CHECK(sweep.rows[0].metrics.memory_mb == 2 * sweep.rows[1].metrics.memory_mb);
  // The largest activations are conv1 before and after ReLU: 4 channels of 28 x 28, 32 images.
  CHECK(sweep.rows[0].metrics.peak_activation_mb == 2 * 4.0 * 4 * 28 * 28 * 32 / 0x1p20);
  CHECK(sweep.rows[3].metrics.peak_activation_mb == sweep.rows[0].metrics.peak_activation_mb / 2);
}

TEST_CASE("Headroom takes its share of the budget") {
  ExperimentConfig config;
  config.active_memory_budget_mb = 2;
  CHECK(fits_active_budget(2, config));
  config.memory_headroom_ratio = 0.25;
  CHECK(fits_active_budget(1.5, config));
  CHECK_FALSE(fits_active_budget(1.51, config));
}

TEST_CASE("A candidate that fails is named and does not stop the rest") {
  Trained trained;
  // Beyond the largest half: fp16 answers infinity minus infinity, the others as before.
  for (float& weight : span_of(trained.model.classifier_weight)) weight *= 1e8F;
  const SweepResult sweep = trained.sweep();
  REQUIRE(sweep.errors.size() == 2);
  CHECK(sweep.errors[0].pruning_level == 0);
  CHECK(sweep.errors[0].precision == Precision::fp16);
  CHECK(sweep.errors[0].error.find("nan") != std::string::npos);
  CHECK(sweep.rows.size() == 4);
  CHECK(sweep.finished() == candidate_count(trained.config));
}

TEST_CASE("Fine-tuning gives a pruned network accuracy back") {
  Trained trained;
  trained.config.pruning_levels = {0.5};
  trained.config.precisions = {Precision::fp32};
  const double pruned = trained.sweep().rows.at(0).metrics.accuracy;
  trained.config.fine_tune_epochs = 2;
  CHECK(trained.sweep().rows.at(0).metrics.accuracy > pruned);
}

TEST_CASE("A sweep that is stopped and goes on ends like one that was not stopped") {
  Trained trained;
  const SweepResult whole = trained.sweep();
  std::stop_source source;
  const SweepResult part = trained.sweep({.on_candidate =
                                              [&](const SweepResult& sweep) {
                                                if (sweep.finished() == 4) source.request_stop();
                                              },
                                          .stop = source.get_token()});
  CHECK(part.finished() == 4);
  const SweepResult rest = trained.sweep({}, part);
  CHECK(rest.rows == whole.rows);
  CHECK(quantization_json(rest.quantization) == quantization_json(whole.quantization));
}

TEST_CASE("A summary counts candidates and names the best accepted ones") {
  const ExperimentConfig config;
  PerfMetrics baseline;
  baseline.memory_mb = 1.5;
  std::vector<SweepRow> rows(3);
  rows[0].metrics = {.accuracy = 0.9, .latency_ms = 3};
  rows[1].metrics = {.accuracy = 0.8, .latency_ms = 2};
  rows[2].metrics = {.accuracy = 0.7, .latency_ms = 1};
  rows[1].accepted = rows[2].accepted = true;
  const edgeopt::io::Json summary = build_summary(config, baseline, rows, {}, {});
  CHECK(summary["study_rows"] == 3);
  CHECK(summary["accepted_rows"] == 2);
  CHECK(summary["rejected_rows"] == 1);
  CHECK(summary["best_accuracy_accepted"] == 0.8);
  CHECK(summary["lowest_latency_ms_accepted"] == 1);
  CHECK(summary["memory_budgets_mb"] == edgeopt::io::Json({1.0, 2.0, 4.0}));
  CHECK(summary["baseline"]["violates_1.0mb"] == true);
  CHECK(summary["baseline"]["violates_2.0mb"] == false);
  CHECK(summary["baseline"]["accepted_under_active_budget"] == true);
  CHECK(summary["latency_multiplier"] == 1 / 0.7);
  CHECK(summary["deployment"].contains("stream_p99_ms"));
  CHECK(summary["deployment"].contains("bandwidth_utilization"));
  CHECK(summary["assumptions"].size() >= 5);

  const edgeopt::io::Json nothing = build_summary(config, baseline, {}, {}, {});
  CHECK(nothing["study_rows"] == 0);
  CHECK(nothing["best_accuracy_accepted"].is_null());
  CHECK(nothing["lowest_latency_ms_accepted"].is_null());
}

TEST_CASE("A checkpoint gives back what it was given") {
  Trained trained;
  const TemporaryFolder temporary;
  edgeopt::io::OutputFolder folder(temporary.path());
  Checkpoint checkpoint{trained.model, {}, trained.sweep()};
  checkpoint.baseline.accuracy = 0.1;
  checkpoint.baseline.peak_activation_mb = std::nan("");
  checkpoint.sweep.errors.push_back({0.5, Precision::int8, "two\nlines, \"quoted\""});
  const std::string fingerprint = study_fingerprint(trained.config, trained.splits.sources);
  const ImageShape shape = trained.splits.training.shape;
  save_checkpoint(folder, fingerprint, checkpoint);

  const Checkpoint read = load_checkpoint(folder, fingerprint, shape);
  CHECK(read.model == checkpoint.model);
  CHECK(read.baseline.accuracy == 0.1);
  CHECK(std::isnan(read.baseline.peak_activation_mb));
  CHECK(read.sweep.rows == checkpoint.sweep.rows);
  CHECK(read.sweep.errors == checkpoint.sweep.errors);
  CHECK(quantization_json(read.sweep.quantization) ==
        quantization_json(checkpoint.sweep.quantization));

  SECTION("that of a study with other settings is refused") {
    CHECK_THROWS_WITH(load_checkpoint(folder, "another", shape),
                      Catch::Contains("other settings, data or version"));
  }
  SECTION("a damaged one is refused, wherever the damage is") {
    const std::filesystem::path path = folder.hidden_path("checkpoint");
    const std::string bytes = edgeopt::io::read_file(path);
    for (const std::size_t place :
         {std::size_t{0}, std::size_t{40}, std::size_t{200}, bytes.size() / 2, bytes.size() - 1}) {
      std::string damaged = bytes;
      damaged[place] = static_cast<char>(damaged[place] ^ 1);
      edgeopt::io::write_file(path, damaged);
      CHECK_THROWS_WITH(load_checkpoint(folder, fingerprint, shape),
                        Catch::Contains("found a damaged checkpoint"));
    }
    edgeopt::io::write_file(path, bytes.substr(0, bytes.size() / 2));
    CHECK_THROWS_AS(load_checkpoint(folder, fingerprint, shape), InputError);
    edgeopt::io::write_file(path, "");
    CHECK_THROWS_AS(load_checkpoint(folder, fingerprint, shape), InputError);
  }
  SECTION("one that was removed is missing") {
    remove_checkpoint(folder);
    CHECK_THROWS_WITH(load_checkpoint(folder, fingerprint, shape),
                      Catch::Contains("no checkpoint"));
  }
}

TEST_CASE("The fingerprint of a study depends on what decides its results, and on nothing else") {
  const ExperimentConfig config;
  const std::vector<DataSource> data{{"images", "00"}};
  const std::string fingerprint = study_fingerprint(config, data);
  ExperimentConfig same = config;
  same.threads = thread_count(config);  // what none comes to here
  same.num_workers = 0;
  same.data_dir = "elsewhere";
  same.output_dir = "elsewhere";
  CHECK(study_fingerprint(same, data) == fingerprint);
  ExperimentConfig other = config;
  other.benchmark_runs = 1;
  CHECK(study_fingerprint(other, data) != fingerprint);
  other = config;
  other.threads = thread_count(config) + 1;  // shares each timed batch otherwise
  CHECK(study_fingerprint(other, data) != fingerprint);
  CHECK(study_fingerprint(config, std::vector<DataSource>{{"images", "01"}}) != fingerprint);
}
