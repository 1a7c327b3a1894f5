// SPDX-License-Identifier: MIT
/// @file
/// The least time a whole network can take on a machine, from its totals and the machine's
/// ceilings. A bound, not a prediction: real runs take longer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/checked_count.hpp"
#include "edgeopt/device.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/roofline.hpp"

namespace edgeopt::inline v0 {

/// What a network asks of a machine for one run, batch included.
struct NetworkDemand {
  std::string name;
  Precision precision = Precision::fp32;
  std::int64_t macs = 0;             ///< of direct convolution: what the network is said to cost
  std::int64_t executed_macs = 0;    ///< what an engine cannot avoid: see `executed_macs`
  std::int64_t parameter_bytes = 0;  ///< as stored
  std::int64_t peak_activation_bytes = 0;  ///< the liveness bound
  std::int64_t input_bytes = 0;
  std::int64_t output_bytes = 0;
};

/// The type that a precision multiplies.
[[nodiscard]] constexpr ElementType element_type(Precision precision) noexcept {
  return precision == Precision::fp32   ? ElementType::f32
         : precision == Precision::fp16 ? ElementType::f16
                                        : ElementType::s8;
}

/// A time below which no run can be, and the ceiling that says so; both empty where no ceiling of
/// the machine applies.
struct LatencyBound {
  std::optional<double> ms{};
  std::optional<std::string> limiter{};

  friend bool operator==(const LatencyBound&, const LatencyBound&) = default;
};

/// The bound of a network. However operators are fused or overlapped, `executed_macs` have to be
/// done, parameters and inputs to be read and outputs to be written: the longest of what
/// these take under each ceiling. Intermediate activations count nothing here, since fused
/// operators need not store them; what fits in faster levels may still be there from the run
/// before.
/// @throws DomainError as `place`
[[nodiscard]] inline LatencyBound latency_bound(const NetworkDemand& network,
                                                const Roofline& roofline) {
  detail::require_valid(roofline);
  const std::string what = "bytes of network '" + network.name + "'";
  const std::int64_t bytes = checked_sum(
      checked_sum(network.parameter_bytes, network.input_bytes, what), network.output_bytes, what);
  const detail::LongestTime longest = detail::bounding_time(
      roofline, element_type(network.precision), network.executed_macs, bytes);
  return {longest.ms(), longest.ceiling()};
}

/// Sum of the operators' own bounds: the least time when each runs by itself, reads its operands
/// and writes its results. Empty where one has no bound.
[[nodiscard]] inline std::optional<double> sequential_bound_ms(
    std::span<const RooflinePoint> points) {
  double sum = 0;
  for (const RooflinePoint& point : points) {
    if (point.macs == 0 && point.bytes == 0) continue;
    if (!point.time_lower_bound_ms) return std::nullopt;
    sum += *point.time_lower_bound_ms;
  }
  return sum;
}

/// The ceilings that are known of a device: a compute rate for each precision, and its memories.
/// Loads and stores of on-chip RAM have nothing in front of them, DRAM has the caches; where these
/// are not known, DRAM bounds no time, since all might be cached.
[[nodiscard]] inline Roofline device_roofline(const Device& device) {
  Roofline roofline;
  roofline.name = device.name;
  for (const Precision precision : {Precision::fp32, Precision::fp16, Precision::int8})
    if (const auto& peak = peak_gmacs(device, precision); peak.value)
      roofline.compute.push_back(
          {std::string(to_string(precision)) + " compute", element_type(precision), *peak.value});
  if (device.sram_bandwidth_gbps.value)
    roofline.memory.push_back({"on-chip RAM", *device.sram_bandwidth_gbps.value, 0});
  if (device.dram_bandwidth_gbps.value)
    roofline.memory.push_back(
        {"DRAM", *device.dram_bandwidth_gbps.value, device.cache_bytes.value});
  return roofline;
}

}  // namespace edgeopt::inline v0
