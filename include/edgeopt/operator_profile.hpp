// SPDX-License-Identifier: MIT
/// @file
/// A profile of a small streaming pipeline from its batch size and number of features, by linear
/// coefficients: an assumption to plan with, not a measurement.
#pragma once

#include <cmath>  // std::isfinite
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/columns.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// What one operator costs for each item of a batch.
struct OperatorCoefficients {
  std::string name;
  double latency_ms_per_item = 0;
  double bytes_per_feature = 0;  ///< for each feature of each item
  double bytes_per_item = 0;
};

/// The coefficients of the Python framework.
[[nodiscard]] inline std::vector<OperatorCoefficients> default_operator_coefficients() {
  return {{"input_normalization", 0.01, 8, 0},
          {"linear_projection", 0.03, 12, 0},
          {"activation", 0.008, 4, 0},
          {"decision_head", 0.012, 0, 8}};
}

/// One operator of the profile. KB are 1024 bytes.
struct OperatorCost {
  std::string name;
  double latency_ms = 0;
  double memory_kb = 0;

  friend bool operator==(const OperatorCost&, const OperatorCost&) = default;
};

template <class Visit>
constexpr void visit_columns(const OperatorCost*, Visit&& visit) {
  visit("operator", &OperatorCost::name);
  visit("latency_ms", &OperatorCost::latency_ms);
  visit("memory_kb", &OperatorCost::memory_kb);
}

/// The whole pipeline. MB are 2^20 bytes.
struct HardwareTotals {
  double latency_ms = 0;
  double memory_kb = 0;
  double estimated_bandwidth_mb_s = 0;
  double stream_utilization = 0;  ///< share of the interval between two batches, at most 1

  friend bool operator==(const HardwareTotals&, const HardwareTotals&) = default;
};

template <class Visit>
constexpr void visit_columns(const HardwareTotals*, Visit&& visit) {
  visit("latency_ms", &HardwareTotals::latency_ms);
  visit("memory_kb", &HardwareTotals::memory_kb);
  visit("estimated_bandwidth_mb_s", &HardwareTotals::estimated_bandwidth_mb_s);
  visit("stream_utilization", &HardwareTotals::stream_utilization);
}

/// Memory of the pipeline by precision.
struct PrecisionMemory {
  double fp32_memory_kb = 0;
  double fp16_memory_kb = 0;
  double int8_memory_kb = 0;
  std::string note;

  friend bool operator==(const PrecisionMemory&, const PrecisionMemory&) = default;
};

template <class Visit>
constexpr void visit_columns(const PrecisionMemory*, Visit&& visit) {
  visit("fp32_memory_kb", &PrecisionMemory::fp32_memory_kb);
  visit("fp16_memory_kb", &PrecisionMemory::fp16_memory_kb);
  visit("int8_memory_kb", &PrecisionMemory::int8_memory_kb);
  visit("note", &PrecisionMemory::note);
}

/// What limits the pipeline on a small device, in words.
struct EdgeConstraints {
  std::string cache_sensitivity;
  std::string bottleneck;

  friend bool operator==(const EdgeConstraints&, const EdgeConstraints&) = default;
};

template <class Visit>
constexpr void visit_columns(const EdgeConstraints*, Visit&& visit) {
  visit("cache_sensitivity", &EdgeConstraints::cache_sensitivity);
  visit("bottleneck", &EdgeConstraints::bottleneck);
}

/// All of the profile.
struct OperatorProfile {
  std::vector<OperatorCost> operators;
  HardwareTotals totals;
  PrecisionMemory precision_tradeoffs;
  EdgeConstraints edge_constraints;
};

namespace detail {

/// Caches of a Cortex-A72 (Raspberry Pi 4): 32 KB of data for each core, 1 MB shared (Arm
/// Cortex-A72 MPCore Processor Technical Reference Manual; BCM2711 data sheet).
inline std::string cache_sensitivity(double memory_kb) {
  if (memory_kb <= 32) return "low: all data fit in a first-level cache of 32 KB";
  if (memory_kb <= 1024)
    return "moderate: more than a first-level cache of 32 KB, within a second-level cache of 1 MB";
  return "high: more than a second-level cache of 1 MB, so data come from memory";
}

inline std::string bottleneck(const std::vector<OperatorCost>& operators) {
  const OperatorCost* slowest = &operators.front();
  for (const OperatorCost& cost : operators)
    if (cost.latency_ms > slowest->latency_ms) slowest = &cost;
  return slowest->name + " takes the largest part of the time, " +
         format_real(slowest->latency_ms) + " ms";
}

inline void require_coefficients(std::span<const OperatorCoefficients> coefficients) {
  if (coefficients.empty()) throw DomainError("operator coefficients", "none", "at least one");
  for (const OperatorCoefficients& each : coefficients)
    for (const double value :
         {each.latency_ms_per_item, each.bytes_per_feature, each.bytes_per_item})
      if (!(std::isfinite(value) && value >= 0))
        throw DomainError("coefficient of operator '" + each.name + "'", format_real(value),
                          "a finite number >= 0");
}

}  // namespace detail

/// The profile of a pipeline that gets a batch of `batch` items with `features` features each every
/// `stream_interval_ms` (intervals below 1 ms count as 1 ms).
///
/// bandwidth = memory / latency (latencies below 1e-9 s count as that); utilisation = min(1,
/// latency / interval); fp16 takes half and int8 a quarter of the memory.
/// @throws DomainError for a batch or number of features below 1, an interval or coefficient that
/// is
///   negative or not finite, or no operator
[[nodiscard]] inline OperatorProfile build_hardware_profile_table(
    std::int64_t batch, std::int64_t features, double stream_interval_ms,
    std::span<const OperatorCoefficients> coefficients = default_operator_coefficients()) {
  if (batch < 1) throw DomainError("batch", std::to_string(batch), "an integer >= 1");
  if (features < 1) throw DomainError("features", std::to_string(features), "an integer >= 1");
  if (!(std::isfinite(stream_interval_ms) && stream_interval_ms >= 0))
    throw DomainError("stream_interval_ms", format_real(stream_interval_ms),
                      "a finite number >= 0");
  detail::require_coefficients(coefficients);

  OperatorProfile profile;
  HardwareTotals& totals = profile.totals;
  const auto items = static_cast<double>(batch);
  for (const OperatorCoefficients& each : coefficients) {
    const double bytes =
        items * (static_cast<double>(features) * each.bytes_per_feature + each.bytes_per_item);
    profile.operators.push_back({each.name, each.latency_ms_per_item * items, bytes / 1024});
    totals.latency_ms += profile.operators.back().latency_ms;
    totals.memory_kb += profile.operators.back().memory_kb;
  }
  const double latency_s = totals.latency_ms / 1000 < 1e-9 ? 1e-9 : totals.latency_ms / 1000;
  const double interval_ms = stream_interval_ms < 1 ? 1 : stream_interval_ms;
  totals.estimated_bandwidth_mb_s = totals.memory_kb / 1024 / latency_s;
  totals.stream_utilization = totals.latency_ms < interval_ms ? totals.latency_ms / interval_ms : 1;
  profile.precision_tradeoffs = {totals.memory_kb, totals.memory_kb / 2, totals.memory_kb / 4,
                                 "latency effects of a lower precision depend on the deployment"};
  profile.edge_constraints = {detail::cache_sensitivity(totals.memory_kb),
                              detail::bottleneck(profile.operators)};
  return profile;
}

}  // namespace edgeopt::inline v0
