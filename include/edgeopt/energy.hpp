// SPDX-License-Identifier: MIT
/// @file
/// Energy: what operations and memory accesses cost in a technology, for comparing networks with
/// each other; and power times time.
///
/// The constants are of single circuits. A processor spends most of its energy on fetching and
/// scheduling instructions, so that they order networks and precisions and say nothing about the
/// joules of a board: see `energy_mj` and `io/powercap.hpp` for those.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/columns.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/latency_bounds.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

namespace detail {

inline void require_energy_factor(const char* name, double value) {
  if (!(value > 0) || value > std::numeric_limits<double>::max())
    throw DomainError(name, format_real(value), "a finite number above 0");
}

}  // namespace detail

/// Power times time: W x ms = mJ. @throws DomainError unless both are finite and above 0
[[nodiscard]] inline double energy_mj(double power_w, double time_ms) {
  detail::require_energy_factor("power_w", power_w);
  detail::require_energy_factor("time_ms", time_ms);
  return power_w * time_ms;
}

/// Energies of operations and accesses in one technology, in picojoules.
struct TechnologyEnergy {
  std::string_view name;
  double int8_add_pj = 0;
  double int8_multiply_pj = 0;
  double int32_add_pj = 0;
  double fp16_add_pj = 0;
  double fp16_multiply_pj = 0;
  double fp32_add_pj = 0;
  double fp32_multiply_pj = 0;
  double sram_8kib_pj = 0;   ///< an access of 64 bits
  double sram_32kib_pj = 0;  ///< an access of 64 bits
  double sram_1mib_pj = 0;   ///< an access of 64 bits
  double dram_low_pj = 0;    ///< an access of 64 bits, the low end
  double dram_high_pj = 0;   ///< an access of 64 bits, the high end
  std::string_view source;
};

/// What has been published.
inline constexpr std::array technology_energies = {
    TechnologyEnergy{
        .name = "45 nm",
        .int8_add_pj = 0.03,
        .int8_multiply_pj = 0.2,
        .int32_add_pj = 0.1,
        .fp16_add_pj = 0.4,
        .fp16_multiply_pj = 1.1,
        .fp32_add_pj = 0.9,
        .fp32_multiply_pj = 3.7,
        .sram_8kib_pj = 10,
        .sram_32kib_pj = 20,
        .sram_1mib_pj = 100,
        .dram_low_pj = 1300,
        .dram_high_pj = 2600,
        .source =
            "M. Horowitz, \"Computing's energy problem (and what we can do about it)\", ISSCC "
            "2014, Fig. 1.1.9, 45 nm, 0.9 V"},
    TechnologyEnergy{
        .name = "7 nm",
        .int8_add_pj = 0.007,
        .int8_multiply_pj = 0.07,
        .int32_add_pj = 0.03,
        .fp16_add_pj = 0.16,
        .fp16_multiply_pj = 0.34,
        .fp32_add_pj = 0.38,
        .fp32_multiply_pj = 1.31,
        .sram_8kib_pj = 7.5,
        .sram_32kib_pj = 8.5,
        .sram_1mib_pj = 14,
        .dram_low_pj = 1300,
        .dram_high_pj = 1300,
        .source = "N. P. Jouppi et al., \"Ten lessons from three generations shaped Google's "
                  "TPUv4i\", ISCA 2021, Table 2, 7 nm; DRAM is DDR4"},
};

/// One multiplication and one addition, in pJ: int8 adds in 32 bits, fp16 in fp32.
[[nodiscard]] constexpr double mac_energy_pj(const TechnologyEnergy& technology,
                                             Precision precision) noexcept {
  return precision == Precision::fp32   ? technology.fp32_multiply_pj + technology.fp32_add_pj
         : precision == Precision::fp16 ? technology.fp16_multiply_pj + technology.fp32_add_pj
                                        : technology.int8_multiply_pj + technology.int32_add_pj;
}

/// What one run costs in the circuits alone. For ordering networks, not a prediction of a device.
struct OrdinalEnergy {
  std::string network;
  Precision precision = Precision::fp32;
  std::string technology;
  double ordinal_macs_uj = 0;         ///< macs x energy of one
  double ordinal_parameters_uj = 0;   ///< parameters read once from the memory below
  double ordinal_activations_uj = 0;  ///< operands and results through 1 MiB of SRAM
  double ordinal_total_uj = 0;
  std::string parameter_memory;  ///< "SRAM, 1 MiB" or "DRAM, low end"

  friend bool operator==(const OrdinalEnergy&, const OrdinalEnergy&) = default;
};

template <class Visit>
constexpr void visit_columns(const OrdinalEnergy*, Visit&& visit) {
  visit("network", &OrdinalEnergy::network);
  visit("precision", &OrdinalEnergy::precision);
  visit("technology", &OrdinalEnergy::technology);
  visit("ordinal_macs_uj", &OrdinalEnergy::ordinal_macs_uj);
  visit("ordinal_parameters_uj", &OrdinalEnergy::ordinal_parameters_uj);
  visit("ordinal_activations_uj", &OrdinalEnergy::ordinal_activations_uj);
  visit("ordinal_total_uj", &OrdinalEnergy::ordinal_total_uj);
  visit("parameter_memory", &OrdinalEnergy::parameter_memory);
}

/// The ordinal energy of a network whose operators read and write `activation_bytes` in all (reads
/// and writes counted apart). Parameters that fit 1 MiB come from SRAM, others from DRAM at its low
/// end. Accesses are of 64 bits.
/// @throws DomainError for a negative count
[[nodiscard]] inline OrdinalEnergy ordinal_energy(const NetworkDemand& network,
                                                  std::int64_t activation_bytes,
                                                  const TechnologyEnergy& technology) {
  detail::require_valid(network);
  if (activation_bytes < 0)
    throw DomainError("activation bytes of network '" + network.name + "'",
                      std::to_string(activation_bytes), "a count >= 0");
  constexpr double uj = 1e-6;         // pJ in a microjoule
  constexpr double access_bytes = 8;  // 64 bits
  constexpr std::int64_t sram = 1 << 20;
  const bool on_chip = network.parameter_bytes <= sram;
  OrdinalEnergy energy;
  energy.network = network.name;
  energy.precision = network.precision;
  energy.technology = technology.name;
  energy.ordinal_macs_uj =
      static_cast<double>(network.macs) * mac_energy_pj(technology, network.precision) * uj;
  energy.ordinal_parameters_uj = static_cast<double>(network.parameter_bytes_read) / access_bytes *
                                 (on_chip ? technology.sram_1mib_pj : technology.dram_low_pj) * uj;
  energy.ordinal_activations_uj =
      static_cast<double>(activation_bytes) / access_bytes * technology.sram_1mib_pj * uj;
  energy.ordinal_total_uj =
      energy.ordinal_macs_uj + energy.ordinal_parameters_uj + energy.ordinal_activations_uj;
  energy.parameter_memory = on_chip ? "SRAM, 1 MiB" : "DRAM, low end";
  return energy;
}

}  // namespace edgeopt::inline v0
