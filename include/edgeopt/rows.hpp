// SPDX-License-Identifier: MIT
/// @file
/// The plain rows that estimates, sweeps, frontiers, tables and writers all speak of.
/// MB is 2^20 bytes, GB/s is 10^9 bytes per second.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/columns.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// What one weighted layer costs for one batch.
struct LayerEstimate {
  std::string layer;
  std::int64_t output_elements = 0;   ///< before pooling, over the whole batch
  std::int64_t parameter_bytes = 0;   ///< weights and biases, once for the batch
  std::int64_t activation_bytes = 0;  ///< of the output
  std::int64_t macs = 0;              ///< multiply-accumulates, bias excluded

  friend bool operator==(const LayerEstimate&, const LayerEstimate&) = default;
};

template <class Visit>
constexpr void visit_columns(const LayerEstimate*, Visit&& visit) {
  visit("layer", &LayerEstimate::layer);
  visit("output_elements", &LayerEstimate::output_elements);
  visit("parameter_bytes", &LayerEstimate::parameter_bytes);
  visit("activation_bytes", &LayerEstimate::activation_bytes);
  visit("macs", &LayerEstimate::macs);
}

/// What was measured of one engine on one data set. All times include the latency multiplier of
/// the configuration and are those of the threads it names: engines that can share the images of a
/// batch among them, so that a single image is as fast as one of them.
struct PerfMetrics {
  double accuracy = 0;           ///< share of right answers, 0 to 1
  double accuracy_ci95_low = 0;  ///< 95 % Wilson interval
  double accuracy_ci95_high = 0;
  double latency_ms = 0;  ///< mean over the repeats, one batch on all threads
  double latency_median_ms = 0;
  double latency_std_ms = 0;               ///< population standard deviation over the repeats
  double latency_p95_ms = 0;               ///< linear interpolation
  double first_call_ms = 0;                ///< the first call ever, cold
  double batch1_latency_ms = 0;            ///< mean latency of a single image
  double throughput_sps = 0;               ///< images per second
  double memory_mb = 0;                    ///< stored parameters
  double peak_activation_mb = 0;           ///< liveness bound for the batch
  double estimated_runtime_memory_mb = 0;  ///< memory_mb + peak_activation_mb
  double energy_proxy_j = 0;  ///< latency times assumed power; a proxy, not a measurement

  friend bool operator==(const PerfMetrics&, const PerfMetrics&) = default;
};

template <class Visit>
constexpr void visit_columns(const PerfMetrics*, Visit&& visit) {
  visit("accuracy", &PerfMetrics::accuracy);
  visit("accuracy_ci95_low", &PerfMetrics::accuracy_ci95_low);
  visit("accuracy_ci95_high", &PerfMetrics::accuracy_ci95_high);
  visit("latency_ms", &PerfMetrics::latency_ms);
  visit("latency_median_ms", &PerfMetrics::latency_median_ms);
  visit("latency_std_ms", &PerfMetrics::latency_std_ms);
  visit("latency_p95_ms", &PerfMetrics::latency_p95_ms);
  visit("first_call_ms", &PerfMetrics::first_call_ms);
  visit("batch1_latency_ms", &PerfMetrics::batch1_latency_ms);
  visit("throughput_sps", &PerfMetrics::throughput_sps);
  visit("memory_mb", &PerfMetrics::memory_mb);
  visit("peak_activation_mb", &PerfMetrics::peak_activation_mb);
  visit("estimated_runtime_memory_mb", &PerfMetrics::estimated_runtime_memory_mb);
  visit("energy_proxy_j", &PerfMetrics::energy_proxy_j);
}

/// Whether a model exceeds one memory budget; its column is `violates_1.0mb`.
struct MemoryViolation {
  double budget_mb = 0;
  bool value = false;  ///< true when memory_mb > budget_mb

  [[nodiscard]] std::string column_name() const {
    return "violates_" + format_real(budget_mb) + "mb";
  }
  [[nodiscard]] static bool is_column_name(std::string_view name) {
    return name.size() > 11 && name.starts_with("violates_") && name.ends_with("mb") &&
           parse_real(name.substr(9, name.size() - 11)).has_value();
  }
  [[nodiscard]] static MemoryViolation from_column_name(std::string_view name) {
    return {parse_real(name.substr(9, name.size() - 11)).value_or(0), false};
  }

  friend bool operator==(const MemoryViolation&, const MemoryViolation&) = default;
};

/// One evaluated candidate of a sweep.
struct SweepRow {
  double pruning_level = 0;
  Precision precision = Precision::fp32;
  bool accepted = false;  ///< fits the active budget less the headroom
  double active_budget_mb = 0;
  PerfMetrics metrics;
  std::vector<MemoryViolation> violations;

  friend bool operator==(const SweepRow&, const SweepRow&) = default;
};

template <class Visit>
constexpr void visit_columns(const SweepRow*, Visit&& visit) {
  visit("pruning_level", &SweepRow::pruning_level);
  visit("precision", &SweepRow::precision);
  visit("accepted", &SweepRow::accepted);
  visit("active_budget_mb", &SweepRow::active_budget_mb);
  visit(spliced, &SweepRow::metrics);
  visit(spliced, &SweepRow::violations);
}

/// A candidate of a sweep that could not be evaluated.
struct SweepErrorRow {
  double pruning_level = 0;
  Precision precision = Precision::fp32;
  std::string error;

  friend bool operator==(const SweepErrorRow&, const SweepErrorRow&) = default;
};

template <class Visit>
constexpr void visit_columns(const SweepErrorRow*, Visit&& visit) {
  visit("pruning_level", &SweepErrorRow::pruning_level);
  visit("precision", &SweepErrorRow::precision);
  visit("error", &SweepErrorRow::error);
}

/// What one precision costs and gives, averaged over the candidates of a sweep.
struct PrecisionTradeoff {
  Precision precision = Precision::fp32;
  double accuracy_mean = 0;
  double latency_ms_mean = 0;
  double memory_mb_mean = 0;
  double energy_proxy_j_mean = 0;
  double accepted_ratio = 0;

  friend bool operator==(const PrecisionTradeoff&, const PrecisionTradeoff&) = default;
};

template <class Visit>
constexpr void visit_columns(const PrecisionTradeoff*, Visit&& visit) {
  visit("precision", &PrecisionTradeoff::precision);
  visit("accuracy_mean", &PrecisionTradeoff::accuracy_mean);
  visit("latency_ms_mean", &PrecisionTradeoff::latency_ms_mean);
  visit("memory_mb_mean", &PrecisionTradeoff::memory_mb_mean);
  visit("energy_proxy_j_mean", &PrecisionTradeoff::energy_proxy_j_mean);
  visit("accepted_ratio", &PrecisionTradeoff::accepted_ratio);
}

}  // namespace edgeopt::inline v0
