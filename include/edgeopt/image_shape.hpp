// SPDX-License-Identifier: MIT
/// @file
/// The extents of one image.
#pragma once

#include <cstdint>
#include <string>

namespace edgeopt::inline v0 {

struct ImageShape {
  std::int64_t channels = 1;
  std::int64_t height = 28;
  std::int64_t width = 28;

  [[nodiscard]] constexpr std::int64_t elements() const noexcept {
    return channels * height * width;
  }
  friend bool operator==(const ImageShape&, const ImageShape&) = default;
};

/// "[1, 28, 28]": channels, height, width
[[nodiscard]] inline std::string to_string(const ImageShape& shape) {
  return "[" + std::to_string(shape.channels) + ", " + std::to_string(shape.height) + ", " +
         std::to_string(shape.width) + "]";
}

}  // namespace edgeopt::inline v0
