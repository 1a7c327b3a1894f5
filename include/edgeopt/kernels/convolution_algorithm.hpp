// SPDX-License-Identifier: MIT
/// @file
/// Which algorithm computes a convolution in floating point, and why.
#pragma once

#include <cstdint>
#include <string_view>

#include "edgeopt/kernels/layers.hpp"

namespace edgeopt::inline v0::kernels {

[[nodiscard]] constexpr std::string_view to_string(ConvolutionAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case ConvolutionAlgorithm::direct: return "direct";
    case ConvolutionAlgorithm::one_channel: return "one channel";
    case ConvolutionAlgorithm::winograd: return "Winograd F(2x2, 3x3)";
  }
  return "";
}

/// Vector instructions that a convolution takes for four neighbouring outputs of all channels:
/// what the choice compares. Loads and stores go beside the arithmetic and are left out.
[[nodiscard]] constexpr std::int64_t direct_cost(const ConvolutionShape& shape,
                                                 int lanes) noexcept {
  return 4 * 9 * shape.in_channels * (round_up(shape.out_channels, lanes) / lanes);
}
/// 16 products for each pair of channels instead of 36, but additions on both sides: 32 to
/// transform a vector of inputs, 24 to transform a vector of results, which also go through memory.
[[nodiscard]] constexpr std::int64_t winograd_cost(const ConvolutionShape& shape,
                                                   int lanes) noexcept {
  const std::int64_t in_vectors = round_up(shape.in_channels, lanes) / lanes;
  const std::int64_t out_vectors = round_up(shape.out_channels, lanes) / lanes;
  return 16 * shape.in_channels * out_vectors + 32 * in_vectors + 24 * out_vectors;
}

/// - One channel: all nine weights of an output stay in registers, and so do the sums of a window.
/// - Winograd where it takes fewer instructions and inputs come in whole vectors: between layers
///   they do, images need not.
/// - Else the direct loop.
[[nodiscard]] constexpr ConvolutionAlgorithm choose_algorithm(const ConvolutionShape& shape,
                                                              int lanes) noexcept {
  if (shape.in_channels == 1 && shape.in_pixel == 1) return ConvolutionAlgorithm::one_channel;
  if (shape.in_pixel % lanes == 0 && winograd_cost(shape, lanes) < direct_cost(shape, lanes))
    return ConvolutionAlgorithm::winograd;
  return ConvolutionAlgorithm::direct;
}

}  // namespace edgeopt::inline v0::kernels
