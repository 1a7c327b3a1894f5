// SPDX-License-Identifier: MIT
/// @file
/// Measured energy of the processor, from the counters that Linux shows as "powercap" (RAPL on
/// Intel and AMD processors; https://www.kernel.org/doc/html/latest/power/powercap/powercap.html).
#pragma once

#include <algorithm>  // std::sort
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0::io {

/// One counter: microjoules that begin again at 0 behind `max_energy_range_uj`.
struct EnergyZone {
  std::string name;  ///< "package-0"
  std::filesystem::path counter;
  std::uint64_t range_uj = 0;  ///< the largest value of the counter
};

namespace detail {

inline std::uint64_t read_microjoules(const std::filesystem::path& path) {
  constexpr std::int64_t most = 4096;
  std::string text = read_file(path, most);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  const auto value = parse_integer<std::uint64_t>(text);
  if (!value) throw InputError(path.string(), "", "'" + text + "'", "a count of microjoules");
  return *value;
}

}  // namespace detail

/// Microjoules between two readings of a counter, that has begun again at most once in between.
[[nodiscard]] constexpr std::uint64_t energy_between(std::uint64_t before, std::uint64_t after,
                                                     std::uint64_t range_uj) noexcept {
  return after >= before ? after - before : range_uj - before + after;
}

/// Reads the energy that the processor's packages have used.
///
///     EnergyMeter meter;              // throws where there is nothing to read
///     meter.start();
///     work();
///     const double joules = meter.joules();
///
/// The counters are of whole packages: everything that runs at the time is in them. They begin
/// again after a minute or more of full load: `joules` has to be called before they do so twice.
class EnergyMeter {
 public:
  /// @throws SystemError, in one sentence, when the folder has no counter of a package or they
  /// cannot
  ///   be read
  explicit EnergyMeter(const std::filesystem::path& folder = "/sys/class/powercap") {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      const std::string zone = entry.path().filename().string();
      // Packages only: their parts ("intel-rapl:0:0") are within them.
      if (zone.rfind("intel-rapl:", 0) != 0 || zone.find(':', 11) != std::string::npos) continue;
      zones_.push_back({read_file(entry.path() / "name", 4096), entry.path() / "energy_uj",
                        detail::read_microjoules(entry.path() / "max_energy_range_uj")});
      std::string& name = zones_.back().name;
      name.resize(name.find_last_not_of('\n') + 1);
    }
    if (zones_.empty())
      throw SystemError(folder.string(),
                        "no energy counters of a processor; this machine does not show them");
    std::sort(zones_.begin(), zones_.end(),
              [](const EnergyZone& a, const EnergyZone& b) { return a.counter < b.counter; });
    start();
  }

  [[nodiscard]] const std::vector<EnergyZone>& zones() const noexcept { return zones_; }

  /// Energy counts from here. @throws SystemError when a counter cannot be read: root may have to
  void start() {
    started_uj_.clear();
    for (const EnergyZone& zone : zones_)
      started_uj_.push_back(detail::read_microjoules(zone.counter));
  }

  /// Joules since the last `start`, all packages together. @throws as `start`
  [[nodiscard]] double joules() const {
    double sum = 0;
    for (std::size_t i = 0; i < zones_.size(); ++i)
      sum += static_cast<double>(energy_between(
          started_uj_[i], detail::read_microjoules(zones_[i].counter), zones_[i].range_uj));
    return sum * 1e-6;
  }

 private:
  std::vector<EnergyZone> zones_;
  std::vector<std::uint64_t> started_uj_;
};

}  // namespace edgeopt::inline v0::io
