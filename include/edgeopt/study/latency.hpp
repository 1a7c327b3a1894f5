// SPDX-License-Identifier: MIT
/// @file
/// How long an engine takes for one batch, by a clock that is an argument.
#pragma once

#include <cmath>  // std::isfinite
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/engine.hpp"
#include "edgeopt/engines/pooled_engine.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/statistics.hpp"
#include "edgeopt/study/clock.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// How often an engine is called to time it.
struct LatencySettings {
  std::int64_t warmup = 10;  ///< calls before each repeat, not timed
  std::int64_t runs = 100;   ///< calls of a repeat, timed together
  std::int64_t repeats = 5;
  double multiplier = 1;  ///< every time is multiplied by it: simulates a slower processor
};

/// What the calls took; all times are of one call and include the multiplier.
struct LatencyDistribution {
  std::vector<double> repeats_ms;  ///< mean of each repeat
  double mean_ms = 0;
  double median_ms = 0;
  double std_ms = 0;         ///< population standard deviation over the repeats
  double p95_ms = 0;         ///< over the repeats, linear interpolation
  double first_call_ms = 0;  ///< the call before all others: cold when the engine is new
};

namespace detail {

inline void check(const LatencySettings& settings) {
  const auto at_least = [](const char* name, std::int64_t value, std::int64_t least) {
    if (value < least)
      throw DomainError(name, std::to_string(value), "at least " + std::to_string(least));
  };
  at_least("warmup", settings.warmup, 0);
  at_least("runs", settings.runs, 1);
  at_least("repeats", settings.repeats, 1);
  if (!std::isfinite(settings.multiplier) || settings.multiplier <= 0)
    throw DomainError("multiplier", format_real(settings.multiplier), "a finite number above 0");
}

/// Number of images in a batch that the engine can take. @throws DomainError when it cannot
template <Engine E>
[[nodiscard]] std::int64_t batch_size(const E& engine, std::span<const float> images) {
  const std::int64_t elements = ImageShape(engine.input_shape()).elements();
  const auto values = static_cast<std::int64_t>(images.size());
  if (elements < 1 || values == 0 || values % elements != 0)
    throw DomainError("images", std::to_string(values) + " values",
                      "a positive multiple of " + std::to_string(elements) + ", one image");
  return values / elements;
}

}  // namespace detail

/// Times an engine on one batch: a first call; then, `repeats` times, `warmup` calls and `runs`
/// calls that are timed together.
/// @param images `[batch, channels, height, width]`, normalised
/// @param pool  whose threads share the batch, if the engine is one that can (`PooledEngine`)
/// @throws DomainError for settings out of range or images that are not a batch of the engine's
template <Engine E>
[[nodiscard]] LatencyDistribution measure_latency_distribution(
    const E& engine, std::span<const float> images, const LatencySettings& settings,
    ThreadPool& pool, const Clock& clock = steady_clock()) {
  detail::check(settings);
  const std::int64_t batch = detail::batch_size(engine, images);
  auto workspace = make_workspace(engine, batch, pool);
  std::vector<float> logits(static_cast<std::size_t>(batch * engine.classes()));
  const auto call = [&](std::int64_t times) {
    for (std::int64_t i = 0; i < times; ++i) engine.run(images, workspace, logits);
  };

  LatencyDistribution result;
  result.first_call_ms = settings.multiplier * elapsed_ms(clock, [&] { call(1); });
  for (std::int64_t repeat = 0; repeat < settings.repeats; ++repeat) {
    call(settings.warmup);
    const double total_ms = elapsed_ms(clock, [&] { call(settings.runs); });
    result.repeats_ms.push_back(settings.multiplier * total_ms /
                                static_cast<double>(settings.runs));
  }
  result.mean_ms = mean(result.repeats_ms);
  result.median_ms = median(result.repeats_ms);
  result.std_ms = population_deviation(result.repeats_ms);
  result.p95_ms = percentile(result.repeats_ms, 95);
  return result;
}

/// The same on the thread of the caller.
template <Engine E>
[[nodiscard]] LatencyDistribution measure_latency_distribution(
    const E& engine, std::span<const float> images, const LatencySettings& settings = {},
    const Clock& clock = steady_clock()) {
  ThreadPool caller_only;
  return measure_latency_distribution(engine, images, settings, caller_only, clock);
}

/// Images per second at `latency_ms` for a batch; a latency below 1e-6 ms counts as 1e-6 ms.
[[nodiscard]] constexpr double images_per_second(std::int64_t batch, double latency_ms) noexcept {
  const double seconds = latency_ms / 1000;
  return static_cast<double>(batch) / (seconds > 1e-9 ? seconds : 1e-9);
}

/// The mean of that distribution: milliseconds of one batch.
template <Engine E>
[[nodiscard]] double measure_latency(const E& engine, std::span<const float> images,
                                     const LatencySettings& settings, ThreadPool& pool,
                                     const Clock& clock = steady_clock()) {
  return measure_latency_distribution(engine, images, settings, pool, clock).mean_ms;
}

/// The same on the thread of the caller.
template <Engine E>
[[nodiscard]] double measure_latency(const E& engine, std::span<const float> images,
                                     const LatencySettings& settings = {},
                                     const Clock& clock = steady_clock()) {
  return measure_latency_distribution(engine, images, settings, clock).mean_ms;
}

}  // namespace edgeopt::inline v0
