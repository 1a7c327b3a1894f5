// SPDX-License-Identifier: MIT
/// @file
/// One network against many devices: does it fit, how fast can it be, what is in the way, and what
/// energy does that take. Every answer that rests on a value which is not known says `unknown`.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/columns.hpp"
#include "edgeopt/device.hpp"
#include "edgeopt/energy.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/latency_bounds.hpp"
#include "edgeopt/precision.hpp"

namespace edgeopt::inline v0 {

/// Whether something goes into a memory.
enum class Fit : std::uint8_t { unknown, fits, too_large };

[[nodiscard]] constexpr std::string_view to_string(Fit fit) noexcept {
  return fit == Fit::unknown ? "unknown" : fit == Fit::fits ? "fits" : "too large";
}

/// Reads the name of a fit; false, with `fit` unchanged, when it is not one.
[[nodiscard]] constexpr bool from_string(std::string_view name, Fit& fit) noexcept {
  for (const Fit known : {Fit::unknown, Fit::fits, Fit::too_large}) {
    if (name != to_string(known)) continue;
    fit = known;
    return true;
  }
  return false;
}

/// Both: too large when one is, unknown when one is not known.
[[nodiscard]] constexpr Fit both(Fit a, Fit b) noexcept {
  if (a == Fit::too_large || b == Fit::too_large) return Fit::too_large;
  return a == Fit::fits && b == Fit::fits ? Fit::fits : Fit::unknown;
}

/// What is compared beside the network itself.
struct ComparisonOptions {
  std::int64_t code_bytes = 0;         ///< kept free beside the weights: program, runtime
  std::int64_t working_bytes = 0;      ///< kept free beside the activations: stack, buffers
  std::optional<double> latency_ms{};  ///< measured for this network
  /// The m of F(m x m, 3 x 3) that the engine may use, 1 for direct convolution; none: what
  /// `granted_winograd_tile` says of the device, since the engine is not known.
  std::optional<std::int64_t> winograd_tile{};
};

/// The answers for one device. Times are lower bounds; utilisations are of a latency that was
/// given.
struct DeviceComparison {
  std::string device;
  DeviceKind kind = DeviceKind::microcontroller;
  Precision precision = Precision::fp32;
  Fit weights_fit = Fit::unknown;
  Fit activations_fit = Fit::unknown;
  Fit fit = Fit::unknown;
  std::optional<std::string> weights_in{};      ///< the memory that was asked
  std::optional<std::string> activations_in{};  ///< the memory that was asked
  std::optional<double> time_lower_bound_ms{};  ///< no run with such tiles is faster
  std::optional<std::string> limiter{};         ///< the ceiling of that bound
  std::int64_t winograd_tile = 1;               ///< m of F(m x m, 3 x 3) that the bound allows
  std::optional<double> calibrated_ms{};        ///< an estimate, not a bound
  std::optional<double> calibrated_error{};     ///< 90th percentile of such estimates' errors
  std::optional<double> compute_utilization{};  ///< at the latency given: macs / s / peak
  std::optional<double> bound_share{};          ///< lower bound / latency given
  std::optional<double> energy_low_mj{};        ///< low power x the time below
  std::optional<double> energy_high_mj{};       ///< high power x the time below
  std::optional<std::string> energy_time{};     ///< "lower bound" or "latency given"
  std::optional<std::string> bound_origin{};    ///< how the limiting value came about

  friend bool operator==(const DeviceComparison&, const DeviceComparison&) = default;
};

template <class Visit>
constexpr void visit_columns(const DeviceComparison*, Visit&& visit) {
  using Answer = DeviceComparison;
  visit("device", &Answer::device);
  visit("kind", &Answer::kind);
  visit("precision", &Answer::precision);
  visit("weights_fit", &Answer::weights_fit);
  visit("activations_fit", &Answer::activations_fit);
  visit("fit", &Answer::fit);
  visit("weights_in", &Answer::weights_in);
  visit("activations_in", &Answer::activations_in);
  visit("time_lower_bound_ms", &Answer::time_lower_bound_ms);
  visit("limiter", &Answer::limiter);
  visit("winograd_tile", &Answer::winograd_tile);
  visit("calibrated_ms", &Answer::calibrated_ms);
  visit("calibrated_error", &Answer::calibrated_error);
  visit("compute_utilization", &Answer::compute_utilization);
  visit("bound_share", &Answer::bound_share);
  visit("energy_low_mj", &Answer::energy_low_mj);
  visit("energy_high_mj", &Answer::energy_high_mj);
  visit("energy_time", &Answer::energy_time);
  visit("bound_origin", &Answer::bound_origin);
}

namespace detail {

/// A memory of a device by name.
struct NamedMemory {
  const char* name;
  std::optional<std::int64_t> bytes;
};

inline Fit fit_into(std::int64_t needed, const NamedMemory& memory) {
  if (!memory.bytes) return Fit::unknown;
  return needed <= *memory.bytes ? Fit::fits : Fit::too_large;
}

/// Where something may go, the first choice first.
using Places = std::initializer_list<NamedMemory>;

/// The first of the places that takes `needed`. Where none does: the first choice if it might, its
/// size being unknown, else the largest.
inline NamedMemory choose_memory(std::int64_t needed, Places places) {
  NamedMemory chosen = *places.begin();
  for (const NamedMemory& memory : places)
    if (fit_into(needed, memory) == Fit::fits) return memory;
  if (!chosen.bytes) return chosen;
  for (const NamedMemory& memory : places)
    if (memory.bytes.value_or(0) > *chosen.bytes) chosen = memory;
  return chosen;
}

/// Whether it is known what goes on the chip: flash or on-chip RAM of unknown size might take it.
inline bool knows_chip(const Device& device) {
  return device.kind != DeviceKind::microcontroller ||
         (device.flash_bytes.value && device.sram_bytes.value);
}

inline void answer_fit(const NetworkDemand& network, const Device& device,
                       const ComparisonOptions& options, DeviceComparison& answer) {
  const std::int64_t weights =
      checked_sum(network.parameter_bytes, options.code_bytes, "bytes beside the weights");
  const std::int64_t activations = checked_sum(network.peak_activation_bytes, options.working_bytes,
                                               "bytes beside the activations");
  const NamedMemory flash{"flash", device.flash_bytes.value};
  const NamedMemory sram{"on-chip RAM", device.sram_bytes.value};
  const NamedMemory dram{dram_name, device.dram_bytes.value};
  const bool microcontroller = device.kind == DeviceKind::microcontroller;
  const NamedMemory& only = device.kind == DeviceKind::accelerator ? sram : dram;
  const NamedMemory for_weights = microcontroller ? choose_memory(weights, {flash, dram}) : only;
  const NamedMemory for_activations =
      microcontroller ? choose_memory(activations, {sram, dram}) : only;
  answer.weights_fit = fit_into(weights, for_weights);
  answer.activations_fit = fit_into(activations, for_activations);
  answer.weights_in = for_weights.name;
  answer.activations_in = for_activations.name;
  answer.fit = both(answer.weights_fit, answer.activations_fit);
  if (answer.weights_in != answer.activations_in) return;
  const Fit together =
      fit_into(checked_sum(weights, activations, "bytes of the network"), for_weights);
  const bool may_part = !knows_chip(device);
  answer.fit = both(answer.fit, together == Fit::too_large && may_part ? Fit::unknown : together);
}

/// What of all that a run moves lies on the chip, and so never crosses DRAM; nothing where that is
/// not known.
inline std::optional<std::int64_t> bytes_on_chip(const NetworkDemand& network, const Device& device,
                                                 const DeviceComparison& answer) {
  if (!knows_chip(device)) return std::nullopt;
  const std::int64_t parameters = answer.weights_in == dram_name ? 0 : network.parameter_bytes_read;
  if (answer.activations_in == dram_name) return parameters;
  const std::string what = "bytes of network '" + network.name + "'";
  return checked_sum(checked_sum(parameters, network.input_bytes, what), network.output_bytes,
                     what);
}

/// How the value behind a limiter came about.
inline std::string origin_of(const Device& device, Precision precision,
                             const std::string& limiter) {
  const ValueOrigin origin = limiter == dram_name       ? device.dram_bandwidth_gbps.origin
                             : limiter == "on-chip RAM" ? device.sram_bandwidth_gbps.origin
                                                        : peak_gmacs(device, precision).origin;
  return std::string(to_string(origin));
}

}  // namespace detail

/// Answers for one device.
///
/// Fit: a microcontroller keeps weights in flash and activations in on-chip RAM, or in DRAM where
/// they are too large for these and it has some, which then has to hold both; a single-board
/// computer keeps both in DRAM, an accelerator both on the chip. Time: see `latency_bound`; only
/// what lies in DRAM crosses it. Energy: the device's power times the latency given, else times the
/// lower bound.
/// @throws DomainError for negative counts, a latency that is not finite and above 0, a tile below
///   1, and when a sum exceeds 64 bits
[[nodiscard]] inline DeviceComparison compare_device(const NetworkDemand& network,
                                                     const Device& device,
                                                     const ComparisonOptions& options = {}) {
  detail::require_valid(network);
  for (const std::int64_t bytes : {options.code_bytes, options.working_bytes})
    if (bytes < 0) throw DomainError("bytes kept free", std::to_string(bytes), "a count >= 0");
  if (options.latency_ms) detail::require_energy_factor("latency_ms", *options.latency_ms);

  DeviceComparison answer{
      .device = device.name, .kind = device.kind, .precision = network.precision};
  detail::answer_fit(network, device, options, answer);
  answer.winograd_tile =
      options.winograd_tile.value_or(granted_winograd_tile(device.kind, network.precision));
  const LatencyBound bound = latency_bound(
      network, device_roofline(device, detail::bytes_on_chip(network, device, answer)),
      answer.winograd_tile);
  const std::optional<double>& peak = peak_gmacs(device, network.precision).value;
  // Without a compute rate the memory's bound is true but says little: better unknown.
  if (peak || network.executed_macs == 0) {
    answer.time_lower_bound_ms = bound.ms;
    answer.limiter = bound.limiter;
    if (bound.limiter)
      answer.bound_origin = detail::origin_of(device, network.precision, *bound.limiter);
  }
  if (options.latency_ms) {
    if (peak)
      answer.compute_utilization =
          static_cast<double>(network.macs) / *options.latency_ms * 1e-6 / *peak;
    if (answer.time_lower_bound_ms)
      answer.bound_share = *answer.time_lower_bound_ms / *options.latency_ms;
  }
  const std::optional<double>& time =
      options.latency_ms ? options.latency_ms : answer.time_lower_bound_ms;
  if (time && *time > 0) {
    if (device.power_low_w.value)
      answer.energy_low_mj = energy_mj(*device.power_low_w.value, *time);
    if (device.power_high_w.value)
      answer.energy_high_mj = energy_mj(*device.power_high_w.value, *time);
    if (answer.energy_low_mj || answer.energy_high_mj)
      answer.energy_time = options.latency_ms ? "latency given" : "lower bound";
  }
  return answer;
}

/// Answers for all of them, in their order. @throws DomainError as above
[[nodiscard]] inline std::vector<DeviceComparison> compare_devices(
    const NetworkDemand& network, std::span<const Device> devices,
    const ComparisonOptions& options = {}) {
  std::vector<DeviceComparison> answers;
  for (const Device& device : devices) answers.push_back(compare_device(network, device, options));
  return answers;
}

}  // namespace edgeopt::inline v0
