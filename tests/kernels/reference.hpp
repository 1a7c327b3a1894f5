// SPDX-License-Identifier: MIT
// What the kernels compute, written as plain loops with sums in double or 64-bit integers, and the
// random layers they are compared on.
#pragma once

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <vector>

#include "edgeopt/half.hpp"
#include "edgeopt/kernels/layers.hpp"
#include "edgeopt/quantization.hpp"
#include "edgeopt/random.hpp"

namespace reference {

using edgeopt::kernels::ConvolutionShape;
using edgeopt::kernels::Pooling;

/// A vector that is indexed by counts.
template <class T>
class List : public std::vector<T> {
 public:
  List() = default;
  List(std::initializer_list<T> values) : std::vector<T>(values) {}
  explicit List(std::int64_t size, T value = T{})
      : std::vector<T>(static_cast<std::size_t>(size), value) {}
  template <std::input_iterator Iterator>
  List(Iterator first, Iterator last) : std::vector<T>(first, last) {}
  T& operator[](std::int64_t i) { return this->at(static_cast<std::size_t>(i)); }
  const T& operator[](std::int64_t i) const { return this->at(static_cast<std::size_t>(i)); }
};

/// A sum and the sum of the magnitudes of its terms.
struct Sum {
  double value = 0;
  double magnitude = 0;

  void add(double term) {
    value += term;
    magnitude += std::fabs(term);
  }
  /// How far a sum of `terms` terms in binary32, in any order, may be off: see kernels::Kernels.
  [[nodiscard]] double bound(std::int64_t terms) const {
    const double units = static_cast<double>(terms) * 0x1p-24;
    return units / (1 - units) * magnitude + 1e-37;  // products may be subnormal
  }
};

/// Sums of a convolution before pooling, [out][y][x].
/// image // [in][height][width], weights // [out][in][3][3]
template <class Value, class Weight>
List<Sum> convolve(const ConvolutionShape& shape, const List<Value>& image,
                   const List<Weight>& weights, const List<double>& start, double zero) {
  List<Sum> sums(shape.out_channels * shape.height * shape.width);
  for (std::int64_t out = 0; out < shape.out_channels; ++out)
    for (std::int64_t y = 0; y < shape.height; ++y)
      for (std::int64_t x = 0; x < shape.width; ++x) {
        Sum& sum = sums[(out * shape.height + y) * shape.width + x];
        sum.add(start[out]);
        for (std::int64_t in = 0; in < shape.in_channels; ++in)
          for (std::int64_t i = 0; i < 9; ++i) {
            const std::int64_t row = y + i / 3 - 1;
            const std::int64_t column = x + i % 3 - 1;
            if (row < 0 || row >= shape.height || column < 0 || column >= shape.width) continue;
            sum.add((static_cast<double>(image[(in * shape.height + row) * shape.width + column]) -
                     zero) *
                    static_cast<double>(weights[(out * shape.in_channels + in) * 9 + i]));
          }
      }
  return sums;
}

/// The magnitudes that Winograd's F(2x2, 3x3) rounds, in place of those of the plain sums: the
/// formula of winograd_transforms.inl with the absolute values of all numbers and matrices.
/// Every number on the way takes part in at most in_channels + 11 roundings: 2 in B^T d B, 4 in
/// G g G^T, in_channels + 1 of products and their sum, 4 in A^T m A.
template <class Value, class Weight>
void magnify_by_winograd(const ConvolutionShape& shape, const List<Value>& image,
                         const List<Weight>& weights, const List<double>& start, List<Sum>& sums) {
  constexpr double b[4][4] = {{1, 0, 1, 0}, {0, 1, 1, 0}, {0, 1, 1, 0}, {0, 1, 0, 1}};
  constexpr double g[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}, {0, 0, 1}};
  constexpr double a[2][4] = {{1, 1, 1, 0}, {0, 1, 1, 1}};
  const auto input = [&](std::int64_t in, std::int64_t y, std::int64_t x) {
    if (y < 0 || y >= shape.height || x < 0 || x >= shape.width) return 0.0;
    return std::fabs(static_cast<double>(image[(in * shape.height + y) * shape.width + x]));
  };
  const std::int64_t windows = (shape.height + 1) / 2 * ((shape.width + 1) / 2);
  List<double> patches(windows * shape.in_channels * 16);
  List<double> kernels(shape.out_channels * shape.in_channels * 16);
  for (std::int64_t window = 0; window < windows; ++window)
    for (std::int64_t in = 0; in < shape.in_channels; ++in)
      for (std::int64_t i = 0; i < 16; ++i)
        for (std::int64_t j = 0; j < 16; ++j)
          patches[(window * shape.in_channels + in) * 16 + i] +=
              b[i / 4][j / 4] * b[i % 4][j % 4] *
              input(in, 2 * (window / ((shape.width + 1) / 2)) + j / 4 - 1,
                    2 * (window % ((shape.width + 1) / 2)) + j % 4 - 1);
  for (std::int64_t pair = 0; pair < shape.out_channels * shape.in_channels; ++pair)
    for (std::int64_t i = 0; i < 16; ++i)
      for (std::int64_t j = 0; j < 9; ++j)
        kernels[pair * 16 + i] += g[i / 4][j / 3] * g[i % 4][j % 3] *
                                  std::fabs(static_cast<double>(weights[pair * 9 + j]));
  for (std::int64_t out = 0; out < shape.out_channels; ++out)
    for (std::int64_t y = 0; y < shape.height; ++y)
      for (std::int64_t x = 0; x < shape.width; ++x) {
        const std::int64_t window = y / 2 * ((shape.width + 1) / 2) + x / 2;
        double magnitude = std::fabs(start[out]);
        for (std::int64_t in = 0; in < shape.in_channels; ++in)
          for (std::int64_t i = 0; i < 16; ++i)
            magnitude += a[y % 2][i / 4] * a[x % 2][i % 4] *
                         patches[(window * shape.in_channels + in) * 16 + i] *
                         kernels[(out * shape.in_channels + in) * 16 + i];
        sums[(out * shape.height + y) * shape.width + x].magnitude = magnitude;
      }
}

/// Maximum of f over the window of sums that output (y, x) of a channel is made of.
template <class Function>
double pooled(const ConvolutionShape& shape, const List<Sum>& sums, std::int64_t out,
              std::int64_t y, std::int64_t x, Function&& f) {
  const std::int64_t size = shape.pooling == Pooling::none ? 1 : 2;
  double result = -INFINITY;
  for (std::int64_t row = size * y; row < size * (y + 1); ++row)
    for (std::int64_t column = size * x; column < size * (x + 1); ++column)
      result = std::fmax(result, f(sums[(out * shape.height + row) * shape.width + column]));
  return result;
}

/// Uniform in [-scale, scale), a third of them zero.
inline List<float> random_reals(edgeopt::Random& random, std::int64_t count, double scale) {
  List<float> values(count);
  for (float& value : values)
    value = random.below(3) == 0 ? 0.0F : static_cast<float>(scale * (2 * random.uniform() - 1));
  return values;
}

inline List<float> rounded_to_half(List<float> values) {
  for (float& value : values) value = edgeopt::float_from_half(edgeopt::half_from_float(value));
  return values;
}

/// All integers of a type.
template <class T>
List<T> random_integers(edgeopt::Random& random, std::int64_t count) {
  List<T> values(count);
  for (T& value : values) value = static_cast<T>(random.next());
  return values;
}

/// Extents that leave every remainder of every vector and tile width.
inline ConvolutionShape random_shape(edgeopt::Random& random) {
  const auto pick = [&](std::initializer_list<std::int64_t> values) {
    return values.begin()[random.below(values.size())];
  };
  ConvolutionShape shape{};
  shape.height = 1 + static_cast<std::int64_t>(random.below(17));
  shape.width = 1 + static_cast<std::int64_t>(random.below(33));
  shape.in_channels = pick({1, 1, 1, 2, 3, 4, 5, 7, 8, 13, 16, 17});
  shape.in_pixel = shape.in_channels + static_cast<std::int64_t>(random.below(2)) * pick({1, 3, 8});
  if (shape.in_channels > 1 && random.below(2) == 0)
    shape.in_pixel = edgeopt::kernels::round_up(shape.in_pixel, 16);
  shape.out_channels = pick({1, 2, 3, 5, 7, 8, 9, 10, 13, 16, 17, 24, 31, 32, 37});
  shape.pooling = random.below(2) == 0 ? Pooling::none : Pooling::max_2x2;
  return shape;
}

}  // namespace reference
