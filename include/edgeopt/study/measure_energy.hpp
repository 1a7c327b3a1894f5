// SPDX-License-Identifier: MIT
/// @file
/// The energy that the processor uses while something runs, by its own counters.
#pragma once

#include <cstdint>
#include <string>

#include "edgeopt/columns.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/io/powercap.hpp"
#include "edgeopt/study/clock.hpp"

namespace edgeopt::inline v0 {

/// What runs of one kind used together, and each of them. Counters are of whole packages: whatever
/// else ran at the time, and what an idle processor draws, is in it.
struct MeasuredEnergy {
  std::int64_t runs = 0;
  double seconds = 0;
  double joules = 0;
  double average_power_w = 0;
  double energy_per_run_mj = 0;

  friend bool operator==(const MeasuredEnergy&, const MeasuredEnergy&) = default;
};

template <class Visit>
constexpr void visit_columns(const MeasuredEnergy*, Visit&& visit) {
  visit("runs", &MeasuredEnergy::runs);
  visit("seconds", &MeasuredEnergy::seconds);
  visit("joules", &MeasuredEnergy::joules);
  visit("average_power_w", &MeasuredEnergy::average_power_w);
  visit("energy_per_run_mj", &MeasuredEnergy::energy_per_run_mj);
}

/// Calls `work()`, which does `runs` runs, once. The counters advance about every millisecond, so
/// that it should take some hundred; a minute or more may be too long (see `io::EnergyMeter`).
/// @throws DomainError for runs below 1
/// @throws SystemError when a counter cannot be read
template <class Work>
[[nodiscard]] MeasuredEnergy measure_energy(io::EnergyMeter& meter, std::int64_t runs, Work&& work,
                                            const Clock& clock = steady_clock()) {
  if (runs < 1) throw DomainError("runs", std::to_string(runs), "at least 1");
  MeasuredEnergy measured;
  measured.runs = runs;
  meter.start();
  measured.seconds = elapsed_ms(clock, work) / 1000;
  measured.joules = meter.joules();
  if (measured.seconds > 0) measured.average_power_w = measured.joules / measured.seconds;
  measured.energy_per_run_mj = measured.joules * 1000 / static_cast<double>(runs);
  return measured;
}

}  // namespace edgeopt::inline v0
