// SPDX-License-Identifier: MIT
/// @file
/// The latency of a network on this machine, from its description alone.
#pragma once

#include <cstddef>
#include <cstdint>

#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/small_cnn_spec.hpp"
#include "edgeopt/study/clock.hpp"
#include "edgeopt/study/dataset.hpp"
#include "edgeopt/study/latency.hpp"
#include "edgeopt/study/loader.hpp"
#include "edgeopt/study/precision_variant.hpp"

namespace edgeopt::inline v0 {

/// Milliseconds that one batch takes the library's engine on one thread. Weights and images are
/// random: the time does not depend on what they are.
/// @throws DomainError for a network that cannot be built, a batch below 1, or settings out of
/// range
[[nodiscard]] inline double measure_network_latency(const SmallCNNSpec& spec, std::int64_t batch,
                                                    Precision precision,
                                                    const LatencySettings& settings = {},
                                                    const Clock& clock = steady_clock()) {
  if (batch < 1) throw DomainError("batch", std::to_string(batch), "an integer >= 1");
  constexpr std::uint64_t seed = 1;
  const SmallCNN<float> model = initialized_small_cnn<float>(spec, seed);
  Dataset noise{spec.input, spec.classes, {}, {}};
  noise.labels.resize(static_cast<std::size_t>(batch));
  noise.images.resize(static_cast<std::size_t>(batch * spec.input.elements()));
  Random random(seed);
  for (std::uint8_t& pixel : noise.images) pixel = static_cast<std::uint8_t>(random.below(256));

  const BatchLoader loader(noise, {.batch_size = batch});
  const AnyEngine engine = precision_variant(model, precision, loader).engine;
  Epoch epoch = loader.epoch();
  return measure_latency(engine, epoch.next()->images, settings, clock);
}

}  // namespace edgeopt::inline v0
