// SPDX-License-Identifier: MIT
/// @file
/// Labelled images in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/image_shape.hpp"

namespace edgeopt::inline v0 {

/// Images of one shape, a byte a value, and the class of each.
struct Dataset {
  ImageShape shape;
  std::int64_t classes = 0;          ///< labels are 0 .. classes-1; at most 256
  std::vector<std::uint8_t> images;  // [size, channels, height, width]
  std::vector<std::uint8_t> labels;  // [size]

  [[nodiscard]] std::int64_t size() const noexcept {
    return static_cast<std::int64_t>(labels.size());
  }

  /// `index` in 0 .. size()-1, not checked.
  [[nodiscard]] std::span<const std::uint8_t> image(std::int64_t index) const noexcept {
    const auto extent = static_cast<std::size_t>(shape.elements());
    return std::span(images).subspan(static_cast<std::size_t>(index) * extent, extent);
  }

  friend bool operator==(const Dataset&, const Dataset&) = default;
};

/// @throws DomainError when the data set is empty, or its images are not as many as its labels
inline void require_images(const Dataset& data) {
  if (data.size() == 0) throw DomainError("data set", "empty", "at least one image");
  const std::size_t count = data.labels.size();
  const std::size_t bytes = data.images.size();
  if (bytes % count != 0 || static_cast<std::int64_t>(bytes / count) != data.shape.elements())
    throw DomainError("bytes of the images", std::to_string(bytes),
                      std::to_string(count) + " x " + std::to_string(data.shape.elements()) +
                          ", as there are that many labels");
}

/// Where data came from, for the manifest of a run.
struct DataSource {
  std::string name;    ///< a file's name, or "synthetic training images"
  std::string sha256;  ///< of the file as it is stored, or of the bytes drawn; 64 hex digits

  friend bool operator==(const DataSource&, const DataSource&) = default;
};

/// What a study learns from and what it is judged by; both of one shape and number of classes.
struct DataSplits {
  Dataset training;
  Dataset validation;
  std::vector<DataSource> sources;  ///< training images, training labels, then validation's
  std::vector<std::string> notes;   ///< sentences the user should read, such as a short subset
};

}  // namespace edgeopt::inline v0
