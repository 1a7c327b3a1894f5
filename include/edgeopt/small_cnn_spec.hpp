// SPDX-License-Identifier: MIT
/// @file
/// SmallCNN as plain numbers: all an estimate needs to know of the network.
#pragma once

#include <cstdint>
#include <string>

#include "edgeopt/error.hpp"
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

/// @throws DomainError when a network cannot be built so: every count is at least 1, height and
///   width at least 4, since they are halved twice
inline void require_valid(const SmallCNNSpec& spec) {
  const auto require = [](const char* name, std::int64_t value, std::int64_t least) {
    if (value < least)
      throw DomainError(name, std::to_string(value), "an integer >= " + std::to_string(least));
  };
  require("input channels", spec.input.channels, 1);
  require("input height", spec.input.height, 4);
  require("input width", spec.input.width, 4);
  require("conv1_channels", spec.conv1_channels, 1);
  require("conv2_channels", spec.conv2_channels, 1);
  require("classes", spec.classes, 1);
}

}  // namespace edgeopt::inline v0
