// SPDX-License-Identifier: MIT
/// @file
/// The ceilings of the machine that the program runs on, measured: multiply-accumulates a second of
/// every instruction class, and bytes a second of every cache level and of memory, with the spread
/// over repeats.
#pragma once

#include <algorithm>  // std::max, std::min
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/columns.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/io/cache_levels.hpp"
#include "edgeopt/kernels/peak_loops.hpp"
#include "edgeopt/roofline.hpp"
#include "edgeopt/statistics.hpp"
#include "edgeopt/study/clock.hpp"

namespace edgeopt::inline v0 {

/// How long the loops run.
struct CeilingSettings {
  std::int64_t repeats = 9;
  double repeat_ms = 10;  ///< the least that one repeat takes, by a clock that shows time
  std::int64_t memory_bytes = 1 << 28;  ///< of the buffer that stands for memory, all threads
};

/// Multiply-accumulates a second of one instruction class.
struct MeasuredCompute {
  std::string instructions;
  ElementType type = ElementType::f32;
  std::int64_t threads = 1;
  double median_gmacs = 0;
  double min_gmacs = 0;
  double max_gmacs = 0;
  std::int64_t repeats = 0;

  friend bool operator==(const MeasuredCompute&, const MeasuredCompute&) = default;
};

template <class Visit>
constexpr void visit_columns(const MeasuredCompute*, Visit&& visit) {
  visit("instructions", &MeasuredCompute::instructions);
  visit("type", &MeasuredCompute::type);
  visit("threads", &MeasuredCompute::threads);
  visit("median_gmacs", &MeasuredCompute::median_gmacs);
  visit("min_gmacs", &MeasuredCompute::min_gmacs);
  visit("max_gmacs", &MeasuredCompute::max_gmacs);
  visit("repeats", &MeasuredCompute::repeats);
}

/// Bytes a second of one level; bytes are those that loads and stores move.
struct MeasuredBandwidth {
  std::string level;  ///< "L1", "L2", "L3", "memory"
  std::string traffic;
  std::int64_t threads = 1;
  std::int64_t buffer_bytes = 0;  ///< of each thread
  double median_gbps = 0;
  double min_gbps = 0;
  double max_gbps = 0;
  std::int64_t repeats = 0;

  friend bool operator==(const MeasuredBandwidth&, const MeasuredBandwidth&) = default;
};

template <class Visit>
constexpr void visit_columns(const MeasuredBandwidth*, Visit&& visit) {
  visit("level", &MeasuredBandwidth::level);
  visit("traffic", &MeasuredBandwidth::traffic);
  visit("threads", &MeasuredBandwidth::threads);
  visit("buffer_bytes", &MeasuredBandwidth::buffer_bytes);
  visit("median_gbps", &MeasuredBandwidth::median_gbps);
  visit("min_gbps", &MeasuredBandwidth::min_gbps);
  visit("max_gbps", &MeasuredBandwidth::max_gbps);
  visit("repeats", &MeasuredBandwidth::repeats);
}

/// A memory level and the buffer that lies in it.
struct MeasuredLevel {
  std::string name;
  std::int64_t buffer_bytes = 0;  ///< a multiple of 1536, so that halves and thirds fit the loops
  std::int64_t cached_bytes = 0;  ///< what the levels before it hold together
};

/// The buffers that are measured: half of each cache but more than the caches before it, and for
/// memory what the settings say or four times the last cache, whichever is more. Of a cache that
/// processors share, as many threads have a part each, or all threads where they are fewer. Where
/// the system does not tell who shares, the last of several caches counts as shared by all; where
/// it tells of no cache, memory alone.
/// @throws DomainError when `threads` < 1
[[nodiscard]] inline std::vector<MeasuredLevel> measured_levels(
    std::span<const io::CacheLevel> caches, std::int64_t threads, std::int64_t memory_bytes) {
  if (threads < 1) throw DomainError("threads", std::to_string(threads), "at least 1");
  constexpr std::int64_t unit = 1536;
  std::vector<MeasuredLevel> levels;
  std::int64_t before = 0;
  std::int64_t share = 0;  // of one thread
  for (std::size_t i = 0; i < caches.size(); ++i) {
    const std::int64_t told = caches[i].processors;
    const std::int64_t assumed = i > 0 && i + 1 == caches.size() ? threads : 1;
    share = caches[i].bytes / std::min(threads, told > 0 ? told : assumed);
    const std::int64_t buffer = share / 2 / unit * unit;
    if (buffer > before) levels.push_back({"L" + std::to_string(caches[i].level), buffer, before});
    before += share;
  }
  const std::int64_t buffer = std::max(memory_bytes / threads, 4 * share);
  levels.push_back({"memory", std::max(unit, buffer / unit * unit), before});
  return levels;
}

namespace detail {

inline void check(const CeilingSettings& settings) {
  if (settings.repeats < 1)
    throw DomainError("repeats", std::to_string(settings.repeats), "at least 1");
  if (!(settings.repeat_ms > 0) || settings.repeat_ms > 1e6)
    throw DomainError("repeat_ms", format_real(settings.repeat_ms), "above 0, at most 10^6");
  if (settings.memory_bytes < 1 || settings.memory_bytes > (std::int64_t{1} << 36))
    throw DomainError("memory_bytes", std::to_string(settings.memory_bytes), "1 to 2^36");
}

[[noreturn]] inline void refuse_standing_clock() {
  throw DomainError("clock", "one that stands still", "one that moves on");
}

/// @throws DomainError when the clock shows the same time at each of very many readings
inline void require_moving(const Clock& clock) {
  constexpr int readings = 1 << 20;  // some clocks move only every few milliseconds
  const auto start = clock();
  for (int i = 0; i < readings; ++i)
    if (clock() != start) return;
  refuse_standing_clock();
}

/// How many turns take long enough: they are doubled until they do, and those runs warm up. A clock
/// that shows exactly the same for twice the work, time after time, counts its readings instead of
/// time, and no number of turns would take longer.
template <class Run>
std::int64_t turns_of_repeat(double repeat_ms, const Clock& clock, Run&& run) {
  constexpr std::int64_t most_turns = std::int64_t{1} << 40;
  constexpr int most_equal = 4;
  double before = 0;
  int equal = 0;
  for (std::int64_t turns = 1; turns < most_turns; turns *= 2) {
    const double ms = elapsed_ms(clock, [&] { run(turns); });
    equal = ms > 0 && ms == before ? equal + 1 : 0;
    if (ms >= repeat_ms || equal == most_equal) return turns;
    before = ms;
  }
  return most_turns;
}

/// Rates of a loop in 10^9 counts a second, one for each repeat. `run(turns)` runs it on all
/// threads.
template <class Run>
std::vector<double> repeated_rates(const CeilingSettings& settings, const Clock& clock,
                                   double counts_per_turn, Run&& run) {
  const std::int64_t turns = turns_of_repeat(settings.repeat_ms, clock, run);
  std::vector<double> rates;
  for (std::int64_t i = 0; i < settings.repeats; ++i) {
    const double ms = elapsed_ms(clock, [&] { run(turns); });
    if (!(ms > 0)) refuse_standing_clock();
    rates.push_back(counts_per_turn * static_cast<double>(turns) / ms * 1e-6);
  }
  return rates;
}

/// A buffer of its own for each thread, on pages of their own.
class ThreadBuffers {
 public:
  ThreadBuffers(std::int64_t bytes, ThreadPool& pool)
      : buffers_(static_cast<std::size_t>(pool.size())) {
    pool.parallel_for(pool.size(), [&](std::int64_t i, int) {
      buffers_[static_cast<std::size_t>(i)].assign(static_cast<std::size_t>(bytes + alignment),
                                                   std::byte{0});
    });
  }

  [[nodiscard]] std::byte* of(std::int64_t thread) noexcept {
    std::byte* const begin = buffers_[static_cast<std::size_t>(thread)].data();
    const auto address = reinterpret_cast<std::uintptr_t>(begin);
    return begin + (alignment - address % alignment) % alignment;
  }

 private:
  static constexpr std::int64_t alignment = 4096;
  std::vector<std::vector<std::byte>> buffers_;
};

/// `turns` times over the whole buffer.
inline void run_traffic(const kernels::TrafficLoops& loops, kernels::Traffic traffic,
                        std::byte* buffer, std::int64_t bytes, std::int64_t turns) {
  const std::int64_t half = bytes / 2;
  const std::int64_t third = bytes / 3;
  for (std::int64_t turn = 0; turn < turns; ++turn) {
    switch (traffic) {
      case kernels::Traffic::read: loops.read(buffer, bytes); break;
      case kernels::Traffic::copy: loops.copy(buffer, buffer + half, half); break;
      case kernels::Traffic::triad:
        loops.triad(buffer, buffer + third, buffer + 2 * third, third);
        break;
    }
  }
}

template <class Measured>
void set_rates(Measured& row, std::span<const double> rates, double Measured::*middle,
               double Measured::*least, double Measured::*most) {
  row.*middle = median(rates);
  row.*least = percentile(rates, 0);
  row.*most = percentile(rates, 100);
  row.repeats = static_cast<std::int64_t>(rates.size());
}

}  // namespace detail

/// Every instruction class that the machine has, on all threads of the pool at once.
/// @throws DomainError for settings out of range and for a clock that stands still
[[nodiscard]] inline std::vector<MeasuredCompute> measure_compute(
    ThreadPool& pool, const CeilingSettings& settings = {}, const Clock& clock = steady_clock()) {
  detail::check(settings);
  detail::require_moving(clock);
  std::vector<MeasuredCompute> rows;
  for (const kernels::PeakLoop& loop : kernels::peak_loops()) {
    if (!loop.is_supported()) continue;
    constexpr std::int64_t unit = 256;  // turns of the loop in one of ours: a microsecond or two
    const auto rates = detail::repeated_rates(
        settings, clock, static_cast<double>(loop.macs_per_turn * unit * pool.size()),
        [&](std::int64_t turns) {
          pool.parallel_for(pool.size(), [&](std::int64_t, int) { loop.run(unit * turns); });
        });
    MeasuredCompute& row = rows.emplace_back();
    row.instructions = loop.instructions;
    row.type = loop.type;
    row.threads = pool.size();
    detail::set_rates(row, rates, &MeasuredCompute::median_gmacs, &MeasuredCompute::min_gmacs,
                      &MeasuredCompute::max_gmacs);
  }
  return rows;
}

/// Reads, copies and triads of every level, on all threads of the pool at once, each in a buffer of
/// its own. Loads and stores are as wide as the machine has them.
/// @throws DomainError for settings out of range and for a clock that stands still
[[nodiscard]] inline std::vector<MeasuredBandwidth> measure_bandwidth(
    ThreadPool& pool, const CeilingSettings& settings = {}, const Clock& clock = steady_clock(),
    std::span<const io::CacheLevel> caches = io::cache_levels()) {
  detail::check(settings);
  detail::require_moving(clock);
  const kernels::TrafficLoops& loops = kernels::widest_traffic_loops();
  std::vector<MeasuredBandwidth> rows;
  for (const MeasuredLevel& level : measured_levels(caches, pool.size(), settings.memory_bytes)) {
    detail::ThreadBuffers buffers(level.buffer_bytes, pool);
    for (const kernels::Traffic traffic :
         {kernels::Traffic::read, kernels::Traffic::copy, kernels::Traffic::triad}) {
      const auto rates = detail::repeated_rates(
          settings, clock, static_cast<double>(level.buffer_bytes * pool.size()),
          [&](std::int64_t turns) {
            pool.parallel_for(pool.size(), [&](std::int64_t thread, int) {
              detail::run_traffic(loops, traffic, buffers.of(thread), level.buffer_bytes, turns);
            });
          });
      MeasuredBandwidth& row = rows.emplace_back();
      row.level = level.name;
      row.traffic = to_string(traffic);
      row.threads = pool.size();
      row.buffer_bytes = level.buffer_bytes;
      detail::set_rates(row, rates, &MeasuredBandwidth::median_gbps, &MeasuredBandwidth::min_gbps,
                        &MeasuredBandwidth::max_gbps);
    }
  }
  return rows;
}

/// Ceilings of what was measured: the fastest repeat of every instruction class, and of every level
/// the fastest of the traffic that was fastest, since a ceiling is what nothing passes. The
/// medians, and how far repeats lie apart, stand in the rows.
/// @param caches  those of `measure_bandwidth`
/// @throws DomainError when the rows are of fewer than one thread
[[nodiscard]] inline Roofline measured_roofline(std::span<const MeasuredCompute> compute,
                                                std::span<const MeasuredBandwidth> bandwidth,
                                                std::span<const io::CacheLevel> caches) {
  Roofline roofline;
  roofline.name = "this machine, measured";
  for (const MeasuredCompute& row : compute)
    roofline.compute.push_back(
        {std::string(to_string(row.type)) + ", " + row.instructions, row.type, row.max_gmacs});
  const std::int64_t threads = bandwidth.empty() ? 1 : bandwidth.front().threads;
  for (const MeasuredLevel& level : measured_levels(caches, threads, 1)) {
    const MeasuredBandwidth* fastest = nullptr;
    for (const MeasuredBandwidth& row : bandwidth)
      if (row.level == level.name && (!fastest || row.max_gbps > fastest->max_gbps)) fastest = &row;
    if (fastest)
      roofline.memory.push_back(
          {level.name + ", " + fastest->traffic, fastest->max_gbps, level.cached_bytes * threads});
  }
  return roofline;
}

}  // namespace edgeopt::inline v0
