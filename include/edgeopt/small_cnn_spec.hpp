// SPDX-License-Identifier: MIT
/// @file
/// SmallCNN as plain numbers: all an estimate needs to know of the network.
#pragma once

#include <cstdint>

#include "edgeopt/image_shape.hpp"

namespace edgeopt::inline v0 {

/// The network without its weights: two blocks of 3x3 convolution (padding 1), ReLU and 2x2
/// max-pool, then one linear layer.
struct SmallCNNSpec {
  ImageShape input{};
  std::int64_t conv1_channels = 16;
  std::int64_t conv2_channels = 32;
  std::int64_t classes = 10;

  /// Extents after the first and the second pooling; each halving floors.
  [[nodiscard]] constexpr ImageShape pooled1() const noexcept {
    return {conv1_channels, input.height / 2, input.width / 2};
  }
  [[nodiscard]] constexpr ImageShape pooled2() const noexcept {
    return {conv2_channels, input.height / 2 / 2, input.width / 2 / 2};
  }

  friend bool operator==(const SmallCNNSpec&, const SmallCNNSpec&) = default;
};

}  // namespace edgeopt::inline v0
