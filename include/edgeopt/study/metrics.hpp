// SPDX-License-Identifier: MIT
/// @file
/// Everything that is measured of one engine, as one row.
#pragma once

#include <cmath>  // std::isfinite
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "edgeopt/engine.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/statistics.hpp"
#include "edgeopt/study/accuracy.hpp"
#include "edgeopt/study/clock.hpp"
#include "edgeopt/study/config.hpp"
#include "edgeopt/study/dataset.hpp"
#include "edgeopt/study/latency.hpp"
#include "edgeopt/study/loader.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// How engines are measured.
struct MetricSettings {
  LatencySettings latency{};
  double power_watts = 5;  ///< assumed while the engine runs
  std::int64_t batch_size = 128;
};

/// As the configuration of a study says.
[[nodiscard]] inline MetricSettings metric_settings(const ExperimentConfig& config) {
  return {.latency = {.warmup = config.benchmark_warmup,
                      .runs = config.benchmark_runs,
                      .repeats = config.benchmark_repeats,
                      .multiplier = latency_multiplier(config.cpu_frequency_scale)},
          .power_watts = config.power_watts,
          .batch_size = config.batch_size};
}

/// Bytes of all parameters as the engine stores them, / 2^20.
template <Engine E>
[[nodiscard]] double model_memory_mb(const E& engine) {
  return static_cast<double>(std::int64_t{engine.parameter_bytes()}) / 0x1p20;
}

/// For each budget whether `memory_mb` exceeds it; equality does not.
/// @throws DomainError when the memory or a budget is negative or not finite
[[nodiscard]] inline std::vector<MemoryViolation> memory_violations(
    double memory_mb, std::span<const double> budgets_mb) {
  const auto check = [](const char* name, double value) {
    if (!std::isfinite(value) || value < 0)
      throw DomainError(name, format_real(value), "a finite number >= 0");
  };
  check("memory_mb", memory_mb);
  std::vector<MemoryViolation> violations;
  for (const double budget_mb : budgets_mb) {
    check("budget_mb", budget_mb);
    violations.push_back({budget_mb, memory_mb > budget_mb});
  }
  return violations;
}

/// Measures an engine: latency on the first batch of the data and on its first image, then accuracy
/// on all of it. The first call is cold when the engine was never called before.
/// @param pool  whose threads share the batches of the accuracy, and the images of a timed batch if
///   the engine is one that can (`PooledEngine`)
/// @param peak_activation_bytes what the network keeps alive at most for one batch, see
///   `activation_liveness.hpp`; where it is unknown, as for an engine without a graph,
///   peak_activation_mb and estimated_runtime_memory_mb are NaN
/// @throws DomainError for settings out of range and as `confusion_matrix` does
template <Engine E>
[[nodiscard]] PerfMetrics collect_metrics(const E& engine, const Dataset& data,
                                          const MetricSettings& settings,
                                          std::optional<std::int64_t> peak_activation_bytes,
                                          ThreadPool& pool, const Clock& clock = steady_clock()) {
  if (!std::isfinite(settings.power_watts) || settings.power_watts < 0)
    throw DomainError("power_watts", format_real(settings.power_watts), "a finite number >= 0");
  detail::check_fits(engine, data, settings.batch_size);
  Epoch epoch = BatchLoader(data, {.batch_size = settings.batch_size}).epoch();
  const Batch& batch = *epoch.next();
  const std::span<const float> images(batch.images);

  const LatencyDistribution latency =
      measure_latency_distribution(engine, images, settings.latency, pool, clock);
  const double batch1_latency_ms =
      measure_latency(engine, images.first(static_cast<std::size_t>(data.shape.elements())),
                      settings.latency, pool, clock);
  const ConfusionMatrix answers = confusion_matrix(engine, data, settings.batch_size, pool);
  const Interval interval = wilson_interval(answers.right_answers(), answers.images());

  PerfMetrics metrics;
  metrics.accuracy = answers.accuracy();
  metrics.accuracy_ci95_low = interval.low;
  metrics.accuracy_ci95_high = interval.high;
  metrics.latency_ms = latency.mean_ms;
  metrics.latency_median_ms = latency.median_ms;
  metrics.latency_std_ms = latency.std_ms;
  metrics.latency_p95_ms = latency.p95_ms;
  metrics.first_call_ms = latency.first_call_ms;
  metrics.batch1_latency_ms = batch1_latency_ms;
  metrics.throughput_sps = images_per_second(batch.size(), latency.mean_ms);
  metrics.memory_mb = model_memory_mb(engine);
  metrics.peak_activation_mb = peak_activation_bytes
                                   ? static_cast<double>(*peak_activation_bytes) / 0x1p20
                                   : std::numeric_limits<double>::quiet_NaN();
  metrics.estimated_runtime_memory_mb = metrics.memory_mb + metrics.peak_activation_mb;
  metrics.energy_proxy_j = latency.mean_ms / 1000 * settings.power_watts;
  return metrics;
}

}  // namespace edgeopt::inline v0
