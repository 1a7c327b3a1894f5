// SPDX-License-Identifier: MIT
/// @file
/// One network at one latency against the memory bandwidths of several devices.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/columns.hpp"
#include "edgeopt/hardware_summary.hpp"
#include "edgeopt/rows.hpp"

namespace edgeopt::inline v0 {

/// A device's memory bandwidth.
struct ReferenceBandwidth {
  std::string_view device;
  double memory_bandwidth_gbps = 0;
  std::string_view source;
};

/// What comparisons use unless told otherwise.
inline constexpr ReferenceBandwidth reference_bandwidths[] = {
    {"Raspberry Pi 4", 4.3, "order of what copies sustain; its LPDDR4-3200 x32 peaks at 12.8"},
    {"Jetson Nano", 25.6, "data sheet: LPDDR4-1600, 64 bit"},
    {"desktop DDR4", 50, "two channels of DDR4-3200, 51.2, rounded"},
};

/// A network's summary on a named device.
struct DeviceSummary {
  std::string device;
  HardwareSummary summary;

  friend bool operator==(const DeviceSummary&, const DeviceSummary&) = default;
};

template <class Visit>
constexpr void visit_columns(const DeviceSummary*, Visit&& visit) {
  visit("device", &DeviceSummary::device);
  visit(spliced, &DeviceSummary::summary);
}

/// The same latency against the bandwidth of each device. @throws DomainError as
/// `summarize_hardware`
[[nodiscard]] inline std::vector<DeviceSummary> compare_bandwidths(
    std::span<const LayerEstimate> layers, double latency_ms,
    std::span<const ReferenceBandwidth> devices = reference_bandwidths) {
  std::vector<DeviceSummary> summaries;
  for (const ReferenceBandwidth& device : devices)
    summaries.push_back({std::string(device.device),
                         summarize_hardware(layers, latency_ms, device.memory_bandwidth_gbps)});
  return summaries;
}

}  // namespace edgeopt::inline v0
