// SPDX-License-Identifier: MIT
/// @file
/// The concept every inference engine fulfils, the library's own as well as a user's wrapper around
/// another runtime: whatever models it can be measured, swept and put on a frontier.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include "edgeopt/image_shape.hpp"
#include "edgeopt/precision.hpp"

namespace edgeopt::inline v0 {

/// An immutable classifier of image batches.
///
/// `make_workspace(max_batch)` gives the scratch memory for batches of up to `max_batch` images;
/// `run(images, workspace, logits)` reads `images  // [batch, channels, height, width]`, normalised
/// float whatever the precision inside, and writes `logits  // [batch, classes]`, where
/// batch = images.size() / input_shape().elements(). `run` allocates nothing and may be called from
/// several threads at once, each with a workspace of its own. `parameter_bytes()` is what the model
/// stores.
template <class E>
concept Engine = requires(const E& engine, std::int64_t max_batch, std::span<const float> images,
                          std::span<float> logits) {
  { engine.input_shape() } -> std::convertible_to<ImageShape>;
  { engine.classes() } -> std::convertible_to<std::int64_t>;
  { engine.precision() } -> std::convertible_to<Precision>;
  { engine.parameter_bytes() } -> std::convertible_to<std::int64_t>;
  engine.make_workspace(max_batch);
  requires requires(decltype(engine.make_workspace(max_batch))& workspace) {
    engine.run(images, workspace, logits);
  };
};

}  // namespace edgeopt::inline v0
