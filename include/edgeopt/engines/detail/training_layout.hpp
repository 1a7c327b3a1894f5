// SPDX-License-Identifier: MIT
/// @file
/// From the layout in which a network's parameters are stored to those in which the kernels of
/// training take weights and leave gradients.
#pragma once

#include <cstddef>
#include <cstdint>

#include "edgeopt/engines/detail/aligned_buffer.hpp"
#include "edgeopt/image_shape.hpp"
#include "edgeopt/kernels/training.hpp"

namespace edgeopt::inline v0::detail {

/// Values of one type that start at a multiple of `kernels::alignment`, zero at first.
template <class T>
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(std::int64_t size) : buffer_(size * static_cast<std::int64_t>(sizeof(T))) {}

  [[nodiscard]] T* data() const noexcept { return reinterpret_cast<T*>(buffer_.data()); }
  [[nodiscard]] std::int64_t size() const noexcept {
    return buffer_.bytes() / static_cast<std::int64_t>(sizeof(T));
  }

 private:
  AlignedBuffer buffer_;
};

/// The weights of a 3x3 convolution, stored as [outputs, inputs, 3, 3].
struct ConvolutionWeights {
  std::int64_t outputs;
  std::int64_t inputs;

  /// Vectors of outputs: [outputs / lanes][9][inputs][lanes].
  void by_outputs(std::int64_t lanes, const float* stored, float* packed) const {
    for (std::int64_t o = 0; o < outputs; ++o) {
      float* const block = packed + o / lanes * 9 * inputs * lanes + o % lanes;
      for (std::int64_t i = 0; i < inputs; ++i)
        for (std::int64_t tap = 0; tap < 9; ++tap) block[(tap * inputs + i) * lanes] = *stored++;
    }
  }

  /// Vectors of inputs: [outputs][inputs / lanes][9][lanes].
  void by_inputs(std::int64_t lanes, const float* stored, float* packed) const {
    for (std::int64_t o = 0; o < outputs; ++o)
      for (std::int64_t i = 0; i < inputs; ++i) {
        float* const taps = packed + input_taps(lanes, o, i);
        for (std::int64_t tap = 0; tap < 9; ++tap) taps[tap * lanes] = *stored++;
      }
  }

  /// A gradient as it is stored.
  void stored_gradient(kernels::WeightGradientLayout layout, std::int64_t lanes,
                       const float* packed, float* stored) const {
    for (std::int64_t o = 0; o < outputs; ++o)
      for (std::int64_t i = 0; i < inputs; ++i) {
        const float* const taps = packed + (layout == kernels::WeightGradientLayout::by_inputs
                                                ? input_taps(lanes, o, i)
                                                : output_taps(lanes, o, i));
        for (std::int64_t tap = 0; tap < 9; ++tap) *stored++ = taps[tap * lanes];
      }
  }

 private:
  [[nodiscard]] std::int64_t input_taps(std::int64_t lanes, std::int64_t o, std::int64_t i) const {
    const std::int64_t vectors = (inputs + lanes - 1) / lanes;
    return (o * vectors + i / lanes) * 9 * lanes + i % lanes;
  }
  [[nodiscard]] std::int64_t output_taps(std::int64_t lanes, std::int64_t o, std::int64_t i) const {
    return (o / lanes * inputs + i) * 9 * lanes + o % lanes;
  }
};

/// The features of an image: stored as [channels, height, width], while the kernels take them
/// pixel by pixel, `pixel` values from one to the next. Calls `visit(stored, packed)` with both
/// places of each.
template <class Visit>
void visit_features(const ImageShape& shape, std::int64_t pixel, Visit&& visit) {
  const std::int64_t pixels = shape.height * shape.width;
  for (std::int64_t c = 0; c < shape.channels; ++c)
    for (std::int64_t p = 0; p < pixels; ++p) visit(c * pixels + p, p * pixel + c);
}

}  // namespace edgeopt::inline v0::detail
