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
#include "edgeopt/error.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/roofline.hpp"
#include "edgeopt/winograd.hpp"

namespace edgeopt::inline v0 {

/// What a network asks of a machine for one run, batch included.
struct NetworkDemand {
  std::string name;
  Precision precision = Precision::fp32;
  std::int64_t macs = 0;           ///< of direct convolution: what the network is said to cost
  std::int64_t executed_macs = 0;  ///< of these, in that precision and not computed before the run
  std::int64_t winograd_macs = 0;  ///< of the executed, what Winograd's algorithm applies to
  std::int64_t parameter_bytes = 0;        ///< as stored: what has to fit
  std::int64_t parameter_bytes_read = 0;   ///< least that a run reads of them: of tables a few rows
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

namespace detail {

/// The ceiling of external memory.
inline constexpr const char* dram_name = "DRAM";

/// @throws DomainError for a negative count
inline void require_valid(const NetworkDemand& network) {
  for (const std::int64_t count :
       {network.macs, network.executed_macs, network.winograd_macs, network.parameter_bytes,
        network.parameter_bytes_read, network.peak_activation_bytes, network.input_bytes,
        network.output_bytes})
    if (count < 0)
      throw DomainError("a count of network '" + network.name + "'", std::to_string(count), ">= 0");
}

}  // namespace detail

/// The m of F(m x m, 3 x 3) that bounds grant a device whose engine is not known: the largest that
/// an engine with published latencies may use there. ncnn, on single-board computers, has 6 for
/// floats and 4 for int8 (src/layer/arm/convolution_3x3_winograd*.h); engines of other devices
/// whose source is not public might use 2.
[[nodiscard]] constexpr std::int64_t granted_winograd_tile(DeviceKind kind,
                                                           Precision precision) noexcept {
  if (kind != DeviceKind::single_board_computer) return 2;
  return precision == Precision::int8 ? 4 : 6;
}

/// The bound of a network. However operators are fused or overlapped, multiply-accumulates have to
/// be done, parameters and inputs to be read and outputs to be written: the longest of what
/// these take under each ceiling. Intermediate activations count nothing here, since fused
/// operators need not store them; what fits in faster levels may still be there from the run
/// before.
///
/// `winograd_tile` is the m of F(m x m, 3 x 3) that the engine may use: see
/// `granted_winograd_tile`; with 1 the bound is one of direct convolution only. Zeros that a
/// convolution pads its image with count as multiplied, as they do in all counts of
/// multiply-accumulates.
/// @throws DomainError as `place` and for negative counts, and as `executed_macs`
[[nodiscard]] inline LatencyBound latency_bound(const NetworkDemand& network,
                                                const Roofline& roofline,
                                                std::int64_t winograd_tile) {
  detail::require_valid(roofline);
  detail::require_valid(network);
  const std::string what = "bytes of network '" + network.name + "'";
  const std::int64_t bytes =
      checked_sum(checked_sum(network.parameter_bytes_read, network.input_bytes, what),
                  network.output_bytes, what);
  const detail::LongestTime longest = detail::bounding_time(
      roofline, element_type(network.precision),
      executed_macs(network.executed_macs, network.winograd_macs, winograd_tile), bytes);
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
/// Loads and stores of on-chip RAM have nothing in front of them. In front of DRAM are the caches,
/// and `bytes_on_chip`: what lies in flash or on-chip RAM of all that moves. Where one of these is
/// not known, DRAM bounds no time, since all might come from there.
[[nodiscard]] inline Roofline device_roofline(const Device& device,
                                              std::optional<std::int64_t> bytes_on_chip) {
  Roofline roofline;
  roofline.name = device.name;
  for (const Precision precision : {Precision::fp32, Precision::fp16, Precision::int8})
    if (const auto& peak = peak_gmacs(device, precision); peak.value)
      roofline.compute.push_back(
          {std::string(to_string(precision)) + " compute", element_type(precision), *peak.value});
  if (device.sram_bandwidth_gbps.value)
    roofline.memory.push_back({"on-chip RAM", *device.sram_bandwidth_gbps.value, 0});
  if (device.dram_bandwidth_gbps.value) {
    std::optional<std::int64_t> cached;
    if (device.cache_bytes.value && bytes_on_chip)
      cached = checked_sum(*device.cache_bytes.value, *bytes_on_chip, "bytes in front of DRAM");
    roofline.memory.push_back({detail::dram_name, *device.dram_bandwidth_gbps.value, cached});
  }
  return roofline;
}

/// The same for whatever runs there: a single-board computer has all of it in DRAM; of what other
/// devices keep on the chip nothing is known here.
[[nodiscard]] inline Roofline device_roofline(const Device& device) {
  return device_roofline(device, device.kind == DeviceKind::single_board_computer
                                     ? std::optional<std::int64_t>(0)
                                     : std::nullopt);
}

}  // namespace edgeopt::inline v0
