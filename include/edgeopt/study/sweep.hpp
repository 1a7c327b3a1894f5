// SPDX-License-Identifier: MIT
/// @file
/// Every pruning level in every precision, measured.
#pragma once

#include <cstdint>
#include <functional>
#include <new>  // std::bad_alloc
#include <optional>
#include <stop_token>
#include <vector>

#include "edgeopt/activation_liveness.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/nn/pruning.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/small_cnn_graph.hpp"
#include "edgeopt/study/clock.hpp"
#include "edgeopt/study/config.hpp"
#include "edgeopt/study/loader.hpp"
#include "edgeopt/study/metrics.hpp"
#include "edgeopt/study/precision_variant.hpp"
#include "edgeopt/study/quantization_report.hpp"
#include "edgeopt/study/training.hpp"

namespace edgeopt::inline v0 {

/// What came of the candidates, each in the order of the sweep.
struct SweepResult {
  std::vector<SweepRow> rows;
  std::vector<SweepErrorRow> errors;
  std::vector<QuantizationReport> quantization;  ///< of the int8 candidates among the rows

  /// Candidates that are done, whether evaluated or failed.
  [[nodiscard]] std::int64_t finished() const noexcept {
    return static_cast<std::int64_t>(rows.size() + errors.size());
  }
};

/// Candidates of a configuration: pruning levels x precisions.
[[nodiscard]] inline std::int64_t candidate_count(const ExperimentConfig& config) noexcept {
  return static_cast<std::int64_t>(config.pruning_levels.size() * config.precisions.size());
}

/// Whether a model is accepted: memory_mb <= active budget * (1 - headroom).
[[nodiscard]] inline bool fits_active_budget(double memory_mb,
                                             const ExperimentConfig& config) noexcept {
  return memory_mb <= config.active_memory_budget_mb * (1 - config.memory_headroom_ratio);
}

/// Who follows a sweep, and who may end it. Every part may be left empty.
struct SweepWatch {
  std::function<void(const SweepResult&)> on_candidate;  ///< sees all that is finished after each
  std::stop_token stop;                                  ///< checked before each candidate
};

/// Measures a variant of SmallCNN, whose liveness bound is that of its graph.
/// @throws DomainError as `collect_metrics`
[[nodiscard]] inline PerfMetrics measure_variant(const SmallCNNSpec& spec, const AnyEngine& engine,
                                                 const Dataset& validation,
                                                 const ExperimentConfig& config, ThreadPool& pool,
                                                 const Clock& clock = steady_clock()) {
  const std::int64_t batch = std::min(config.batch_size, validation.size());
  const std::int64_t peak = peak_activation_bytes(
      small_cnn_graph(spec, batch, engine.precision(), config.quantization_backend));
  return collect_metrics(engine, validation, metric_settings(config), peak, pool, clock);
}

namespace detail {

/// The network that the candidates of one pruning level share.
[[nodiscard]] inline SmallCNN<float> pruned_network(const SmallCNN<float>& model, double level,
                                                    const Loaders& loaders,
                                                    const ExperimentConfig& config,
                                                    ThreadPool& pool, const std::stop_token& stop) {
  SmallCNN<float> pruned = structured_channel_prune(model, level);
  if (config.fine_tune_epochs > 0)
    fine_tune(pruned, config, loaders, pool, {.on_batch = {}, .on_epoch = {}, .stop = stop});
  return pruned;
}

inline void evaluate_candidate(const SmallCNN<float>& network, double level, Precision precision,
                               const Loaders& loaders, const ExperimentConfig& config,
                               ThreadPool& pool, const Clock& clock, SweepResult& result) {
  const BatchLoader calibration(loaders.training.data(), {.batch_size = config.batch_size});
  const PrecisionVariant variant = precision_variant(
      network, precision, calibration,
      {.backend = config.quantization_backend, .calibration_batches = config.calibration_batches},
      pool);
  SweepRow row;
  row.pruning_level = level;
  row.precision = precision;
  row.metrics = measure_variant(network.spec(), variant.engine, loaders.validation.data(), config,
                                pool, clock);
  row.accepted = fits_active_budget(row.metrics.memory_mb, config);
  row.active_budget_mb = config.active_memory_budget_mb;
  row.violations = memory_violations(row.metrics.memory_mb, config.memory_budgets_mb);
  result.rows.reserve(result.rows.size() + 1);  // a candidate that fails leaves nothing here
  if (variant.quantization) result.quantization.push_back({level, *variant.quantization});
  result.rows.push_back(std::move(row));
}

}  // namespace detail

/// Prunes a trained network to every level (and trains it for `fine_tune_epochs` more), brings it
/// to every precision and measures it, in that order. A candidate that fails becomes a row of
/// `errors` and does not stop the rest.
/// @param finished  what an earlier, interrupted sweep of the same network and configuration came
///   to; it goes on behind that
/// @returns fewer than `candidate_count(config)` candidates when `watch.stop` asked for the end
[[nodiscard]] inline SweepResult run_sweep(const SmallCNN<float>& model, const Loaders& loaders,
                                           const ExperimentConfig& config, ThreadPool& pool,
                                           const Clock& clock = steady_clock(),
                                           const SweepWatch& watch = {},
                                           SweepResult finished = {}) {
  SweepResult result = std::move(finished);
  std::int64_t candidate = 0;
  for (const double level : config.pruning_levels) {
    std::optional<SmallCNN<float>> network;
    for (const Precision precision : config.precisions) {
      if (candidate++ < result.finished()) continue;
      if (watch.stop.stop_requested()) return result;
      try {
        if (!network)
          network = detail::pruned_network(model, level, loaders, config, pool, watch.stop);
        detail::evaluate_candidate(*network, level, precision, loaders, config, pool, clock,
                                   result);
      } catch (const Interrupted&) {
        return result;
      } catch (const Error& error) {
        result.errors.push_back({level, precision, error.what()});
      } catch (const std::bad_alloc&) {
        result.errors.push_back({level, precision, "not enough memory"});
      }
      if (watch.on_candidate) watch.on_candidate(result);
    }
  }
  return result;
}

}  // namespace edgeopt::inline v0
