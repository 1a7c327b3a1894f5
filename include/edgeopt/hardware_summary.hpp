// SPDX-License-Identifier: MIT
/// @file
/// What a latency means on given hardware: bandwidth and compute rate reached, place on the
/// roofline, and a reading in plain words.
///
/// Roofline: S. Williams, A. Waterman, D. Patterson, "Roofline: an insightful visual performance
/// model for multicore architectures", CACM 52(4), 2009.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/columns.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/layer_estimates.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// Which ceiling of the roofline is the lower one at a network's arithmetic intensity.
enum class BoundRegime : std::uint8_t { memory_bound, compute_bound };

[[nodiscard]] constexpr std::string_view to_string(BoundRegime regime) noexcept {
  return regime == BoundRegime::memory_bound ? "memory-bound" : "compute-bound";
}

/// Reads the name of a regime; false, with `regime` unchanged, when it is not one.
[[nodiscard]] constexpr bool from_string(std::string_view name, BoundRegime& regime) noexcept {
  for (const BoundRegime known : {BoundRegime::memory_bound, BoundRegime::compute_bound}) {
    if (name != to_string(known)) continue;
    regime = known;
    return true;
  }
  return false;
}

/// A network at a latency on given hardware. Bytes follow `bytes_convention`. The columns that need
/// a peak compute rate are empty without one.
struct HardwareSummary {
  std::int64_t estimated_total_bytes = 0;
  std::int64_t estimated_total_macs = 0;
  double achieved_bandwidth_gbps = 0;
  double configured_memory_bandwidth_gbps = 0;
  double bandwidth_utilization = 0;  ///< achieved / configured; may exceed 1
  double achieved_gmacs = 0;
  double arithmetic_intensity_macs_per_byte = 0;
  std::optional<double> configured_peak_compute_gmacs{};
  std::optional<double> compute_utilization{};
  std::optional<double> roofline_knee_macs_per_byte{};  ///< intensity where the ceilings meet
  std::optional<BoundRegime> bound_regime{};
  bool latency_clamped = false;    ///< the latency was below 1e-9 s and counts as that
  bool bandwidth_clamped = false;  ///< the bandwidth was below 1e-9 GB/s and counts as that

  friend bool operator==(const HardwareSummary&, const HardwareSummary&) = default;
};

template <class Visit>
constexpr void visit_columns(const HardwareSummary*, Visit&& visit) {
  using Summary = HardwareSummary;
  visit("estimated_total_bytes", &Summary::estimated_total_bytes);
  visit("estimated_total_macs", &Summary::estimated_total_macs);
  visit("achieved_bandwidth_gbps", &Summary::achieved_bandwidth_gbps);
  visit("configured_memory_bandwidth_gbps", &Summary::configured_memory_bandwidth_gbps);
  visit("bandwidth_utilization", &Summary::bandwidth_utilization);
  visit("achieved_gmacs", &Summary::achieved_gmacs);
  visit("arithmetic_intensity_macs_per_byte", &Summary::arithmetic_intensity_macs_per_byte);
  visit("configured_peak_compute_gmacs", &Summary::configured_peak_compute_gmacs);
  visit("compute_utilization", &Summary::compute_utilization);
  visit("roofline_knee_macs_per_byte", &Summary::roofline_knee_macs_per_byte);
  visit("bound_regime", &Summary::bound_regime);
  visit("latency_clamped", &Summary::latency_clamped);
  visit("bandwidth_clamped", &Summary::bandwidth_clamped);
}

namespace detail {

inline void require_rate(const char* name, double value) {
  if (!(value >= 0) || value > std::numeric_limits<double>::max())
    throw DomainError(name, format_real(value), "a finite number >= 0");
}

}  // namespace detail

/// Relates a network's estimates to a latency of one batch and to the hardware's ceilings.
///
/// achieved bandwidth = bytes / latency, achieved compute = macs / latency, intensity = macs /
/// bytes, knee = peak / bandwidth; memory-bound where intensity < knee. A latency below 1e-9 s or a
/// bandwidth below 1e-9 GB/s counts as that, and the result says so.
/// @throws DomainError for a negative, infinite or NaN latency, bandwidth or peak, or when a sum
///   exceeds 64 bits
[[nodiscard]] inline HardwareSummary summarize_hardware(
    std::span<const LayerEstimate> layers, double latency_ms, double memory_bandwidth_gbps,
    const std::optional<double>& peak_compute_gmacs = std::nullopt) {
  detail::require_rate("latency_ms", latency_ms);
  detail::require_rate("memory_bandwidth_gbps", memory_bandwidth_gbps);
  if (peak_compute_gmacs) detail::require_rate("peak_compute_gmacs", *peak_compute_gmacs);
  constexpr double least = 1e-9;  // of seconds, GB/s and GMAC/s
  const auto at_least = [](double value) { return value < least ? least : value; };

  const EstimateTotals sum = total(layers);
  const auto bytes = static_cast<double>(sum.bytes);
  const auto macs = static_cast<double>(sum.macs);
  const double latency_s = at_least(latency_ms / 1000);
  const double bandwidth = at_least(memory_bandwidth_gbps);

  HardwareSummary summary;
  summary.estimated_total_bytes = sum.bytes;
  summary.estimated_total_macs = sum.macs;
  summary.achieved_bandwidth_gbps = bytes / latency_s / 1e9;
  summary.configured_memory_bandwidth_gbps = memory_bandwidth_gbps;
  summary.bandwidth_utilization = summary.achieved_bandwidth_gbps / bandwidth;
  summary.achieved_gmacs = macs / latency_s / 1e9;
  summary.arithmetic_intensity_macs_per_byte = macs / (bytes < 1 ? 1 : bytes);
  summary.latency_clamped = latency_ms / 1000 < least;
  summary.bandwidth_clamped = memory_bandwidth_gbps < least;
  if (peak_compute_gmacs) {
    const double knee = *peak_compute_gmacs / bandwidth;
    summary.configured_peak_compute_gmacs = peak_compute_gmacs;
    summary.compute_utilization = summary.achieved_gmacs / at_least(*peak_compute_gmacs);
    summary.roofline_knee_macs_per_byte = knee;
    summary.bound_regime = summary.arithmetic_intensity_macs_per_byte < knee
                               ? BoundRegime::memory_bound
                               : BoundRegime::compute_bound;
  }
  return summary;
}

/// What a bandwidth utilisation is typical of.
enum class UtilizationReading : std::uint8_t {
  memory_bound,                  ///< above 0.8
  balanced,                      ///< 0.2 to 0.8
  compute_bound_or_inefficient,  ///< below 0.2
};

/// A summary in words.
struct HardwareReading {
  UtilizationReading utilization = UtilizationReading::balanced;
  std::string meaning;       ///< what the utilisation is typical of
  std::string advice;        ///< what to try
  std::string disagreement;  ///< where utilisation and roofline disagree, else empty
  std::string caveat;        ///< where a clamp acted or the utilisation exceeds 1, else empty

  /// All of it as one paragraph.
  [[nodiscard]] std::string text() const {
    std::string all = meaning;
    for (const std::string* sentence : {&advice, &disagreement, &caveat})
      if (!sentence->empty()) all += " " + *sentence;
    return all;
  }
};

namespace detail {

/// Where the two ways to look at it disagree: how much of the bandwidth was used, and on which side
/// of the knee the network lies.
inline std::string disagreement(UtilizationReading reading, std::optional<BoundRegime> regime) {
  if (reading == UtilizationReading::memory_bound && regime == BoundRegime::compute_bound)
    return "The roofline disagrees: at this arithmetic intensity compute is the lower ceiling, so "
           "the configured peak may be too low or the configured bandwidth too small.";
  if (reading == UtilizationReading::compute_bound_or_inefficient &&
      regime == BoundRegime::memory_bound)
    return "The roofline disagrees: at this arithmetic intensity memory is the lower ceiling, yet "
           "most of its bandwidth is unused, so overhead or waiting limits the run rather than "
           "either ceiling.";
  return {};
}

inline std::string caveat(const HardwareSummary& summary) {
  std::string text;
  if (summary.latency_clamped)
    text += "The latency was too small to divide by and counts as 1e-9 s. ";
  if (summary.bandwidth_clamped)
    text += "The bandwidth was too small to divide by and counts as 1e-9 GB/s. ";
  if (summary.bandwidth_utilization > 1 && text.empty())
    text +=
        "More bytes than the configured bandwidth can carry: caches served part of them, or "
        "the configured bandwidth is too small. ";
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace detail

/// Reads a summary in plain words: utilisation above 0.8 is typical of memory-bound execution,
/// below 0.2 of compute-bound execution or inefficient access, between them balanced.
[[nodiscard]] inline HardwareReading read_summary(const HardwareSummary& summary) {
  HardwareReading reading;
  if (summary.bandwidth_utilization > 0.8) {
    reading.utilization = UtilizationReading::memory_bound;
    reading.meaning =
        "Most of the memory bandwidth is in use, which is typical of memory-bound "
        "execution.";
    reading.advice =
        "Try to move fewer bytes: prune channels, lower the precision, or tile so "
        "that data stay in cache.";
  } else if (summary.bandwidth_utilization < 0.2) {
    reading.utilization = UtilizationReading::compute_bound_or_inefficient;
    reading.meaning =
        "Little of the memory bandwidth is in use, which is typical of compute-bound "
        "execution or of inefficient memory access.";
    reading.advice =
        "Try a higher processor frequency or more cores, and look for overhead of the "
        "framework around the kernels.";
  } else {
    reading.utilization = UtilizationReading::balanced;
    reading.meaning =
        "A fair part of the memory bandwidth is in use: the balance between compute "
        "and memory is even.";
    reading.advice =
        "Try other batch sizes, profile the layers one by one, and compare precisions.";
  }
  reading.disagreement = detail::disagreement(reading.utilization, summary.bound_regime);
  reading.caveat = detail::caveat(summary);
  return reading;
}

/// By how many percent of the baseline's bytes the other network has fewer; negative when it has
/// more. @throws DomainError when the baseline has none, or when a sum exceeds 64 bits
[[nodiscard]] inline double bytes_reduction_percent(std::span<const LayerEstimate> baseline,
                                                    std::span<const LayerEstimate> other) {
  const auto before = static_cast<double>(total(baseline).bytes);
  if (before == 0) throw DomainError("bytes of the baseline", "0", "a count >= 1");
  return 100 * (before - static_cast<double>(total(other).bytes)) / before;
}

}  // namespace edgeopt::inline v0
