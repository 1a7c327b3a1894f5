// SPDX-License-Identifier: MIT
/// @file
/// The network as it would be met in use: one batch at once, and a stream of single images.
#pragma once

#include <algorithm>  // std::min
#include <cmath>      // std::isfinite
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "edgeopt/columns.hpp"
#include "edgeopt/engine.hpp"
#include "edgeopt/engines/pooled_engine.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/statistics.hpp"
#include "edgeopt/study/clock.hpp"
#include "edgeopt/study/config.hpp"  // latency_multiplier
#include "edgeopt/study/latency.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// Items of a stream that are timed at most.
inline constexpr std::int64_t stream_items = 128;

/// What a deployment on a processor of `cpu_frequency_scale` times this one's frequency would see,
/// if time were inversely proportional to frequency. Times include the multiplier.
struct Deployment {
  double cpu_frequency_scale = 1;
  double latency_multiplier = 1;
  double batch_latency_ms = 0;  ///< one batch, timed once
  double batch_throughput_sps = 0;
  double stream_avg_latency_ms = 0;  ///< its first 128 images, one by one
  double stream_throughput_sps = 0;
  double stream_p50_ms = 0;
  double stream_p99_ms = 0;

  friend bool operator==(const Deployment&, const Deployment&) = default;
};

template <class Visit>
constexpr void visit_columns(const Deployment*, Visit&& visit) {
  visit("cpu_frequency_scale", &Deployment::cpu_frequency_scale);
  visit("latency_multiplier", &Deployment::latency_multiplier);
  visit("batch_latency_ms", &Deployment::batch_latency_ms);
  visit("batch_throughput_sps", &Deployment::batch_throughput_sps);
  visit("stream_avg_latency_ms", &Deployment::stream_avg_latency_ms);
  visit("stream_throughput_sps", &Deployment::stream_throughput_sps);
  visit("stream_p50_ms", &Deployment::stream_p50_ms);
  visit("stream_p99_ms", &Deployment::stream_p99_ms);
}

/// Runs one batch at once and its first `stream_items` images one by one, each after `warmup` calls
/// of the same size.
/// @param images `[batch, channels, height, width]`, normalised
/// @param pool  whose threads share the work, if the engine is one that can (`PooledEngine`)
/// @throws DomainError for a scale or warm-up out of range or images that are not a batch
template <Engine E>
[[nodiscard]] Deployment deployment_simulation(const E& engine, std::span<const float> images,
                                               double cpu_frequency_scale, std::int64_t warmup,
                                               ThreadPool& pool,
                                               const Clock& clock = steady_clock()) {
  if (!std::isfinite(cpu_frequency_scale) || cpu_frequency_scale <= 0)
    throw DomainError("cpu_frequency_scale", format_real(cpu_frequency_scale),
                      "a finite number above 0");
  const double multiplier = latency_multiplier(cpu_frequency_scale);
  const LatencySettings once{.warmup = warmup, .runs = 1, .repeats = 1, .multiplier = multiplier};
  const std::int64_t batch = detail::batch_size(engine, images);

  Deployment result{.cpu_frequency_scale = cpu_frequency_scale, .latency_multiplier = multiplier};
  result.batch_latency_ms = measure_latency(engine, images, once, pool, clock);
  result.batch_throughput_sps = images_per_second(batch, result.batch_latency_ms);

  const std::size_t elements = images.size() / static_cast<std::size_t>(batch);
  auto workspace = make_workspace(engine, 1, pool);
  std::vector<float> logits(static_cast<std::size_t>(engine.classes()));
  for (std::int64_t i = 0; i < warmup; ++i) engine.run(images.first(elements), workspace, logits);
  std::vector<double> items_ms;
  for (std::int64_t i = 0; i < std::min(batch, stream_items); ++i) {
    const auto image = images.subspan(static_cast<std::size_t>(i) * elements, elements);
    items_ms.push_back(multiplier *
                       elapsed_ms(clock, [&] { engine.run(image, workspace, logits); }));
  }
  result.stream_avg_latency_ms = mean(items_ms);
  result.stream_throughput_sps = images_per_second(1, result.stream_avg_latency_ms);
  result.stream_p50_ms = median(items_ms);
  result.stream_p99_ms = percentile(items_ms, 99);
  return result;
}

/// The same on the thread of the caller.
template <Engine E>
[[nodiscard]] Deployment deployment_simulation(const E& engine, std::span<const float> images,
                                               double cpu_frequency_scale,
                                               std::int64_t warmup = LatencySettings{}.warmup,
                                               const Clock& clock = steady_clock()) {
  ThreadPool caller_only;
  return deployment_simulation(engine, images, cpu_frequency_scale, warmup, caller_only, clock);
}

}  // namespace edgeopt::inline v0
