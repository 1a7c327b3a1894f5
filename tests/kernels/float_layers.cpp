// SPDX-License-Identifier: MIT
// fp32 and fp16 layers of every instruction set of this machine, and emulated ones, against plain
// loops in double.
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "all_kernels.hpp"
#include "catch.hpp"
#include "support.hpp"

using namespace edgeopt::kernels;
using edgeopt::Random;
using reference::List;
using reference::Sum;

namespace {

constexpr float no_limit = -std::numeric_limits<float>::infinity();

List<Half> halves(const List<float>& values) {
  List<Half> result;
  for (const float value : values) result.push_back(edgeopt::half_from_float(value));
  return result;
}

/// What may be stored for a number that is known to lie between two others.
bool may_be(float stored, double low, double high) {
  return low <= double{stored} && double{stored} <= high;
}
bool may_be(Half stored, double low, double high) {
  // The nearest half keeps the order of numbers. Bounds become floats first, outwards.
  const auto half_of = [](double bound, float towards) {
    const float nearby = std::nextafter(static_cast<float>(bound), towards);
    return edgeopt::float_from_half(edgeopt::half_from_float(nearby));
  };
  const float value = edgeopt::float_from_half(stored);
  return half_of(low, -INFINITY) <= value && value <= half_of(high, INFINITY);
}

template <class Value>
List<Value> as_stored(const List<float>& values) {
  if constexpr (std::is_same_v<Value, Half>)
    return halves(values);
  else
    return values;
}

template <class Value>
void check_convolution(const support::NamedKernels<Value>& table, std::uint64_t seed) {
  Random random(seed);
  const ConvolutionShape shape = reference::random_shape(random);
  const auto real = [&](std::int64_t count, double scale) {
    List<float> values = reference::random_reals(random, count, scale);
    return std::is_same_v<Value, Half> ? reference::rounded_to_half(values) : values;
  };
  const List<float> image = real(shape.in_channels * shape.height * shape.width, 4);
  const List<float> weights = real(shape.out_channels * shape.in_channels * 9, 0.5);
  const List<float> bias = real(shape.out_channels, 1);
  const float lowest = random.below(2) == 0 ? 0.0F : no_limit;
  const List<Value> output = support::run_convolution<Value>(
      *table.kernels, shape, as_stored<Value>(image), {weights.data(), bias.data()}, {lowest});

  const List<double> start(bias.begin(), bias.end());
  List<Sum> sums = reference::convolve(shape, image, weights, start, 0);
  std::int64_t terms = 9 * shape.in_channels + 1;
  if (table.kernels->convolution_algorithm(shape) == ConvolutionAlgorithm::winograd) {
    reference::magnify_by_winograd(shape, image, weights, start, sums);
    terms = shape.in_channels + 11;
  }
  INFO("instruction set " << table.name << ", seed " << seed << ", " << shape.height << " x "
                          << shape.width << ", " << shape.in_channels << " -> "
                          << shape.out_channels);
  std::int64_t wrong = 0;
  for (std::int64_t c = 0; c < shape.out_channels; ++c)
    for (std::int64_t y = 0; y < shape.out_height(); ++y)
      for (std::int64_t x = 0; x < shape.out_width(); ++x) {
        const double low = reference::pooled(
            shape, sums, c, y, x, [&](const Sum& sum) { return sum.value - sum.bound(terms); });
        const double high = reference::pooled(
            shape, sums, c, y, x, [&](const Sum& sum) { return sum.value + sum.bound(terms); });
        wrong += !may_be(output[(c * shape.out_height() + y) * shape.out_width() + x],
                         std::fmax(low, double{lowest}), std::fmax(high, double{lowest}));
      }
  CHECK(wrong == 0);
}

template <class Value>
void check_linear(const support::NamedKernels<Value>& table, std::int64_t in, std::int64_t out,
                  float lowest) {
  Random random(static_cast<std::uint64_t>(1000 * in + out));
  const auto real = [&](std::int64_t count) {
    List<float> values = reference::random_reals(random, count, 1);
    return std::is_same_v<Value, Half> ? reference::rounded_to_half(values) : values;
  };
  const List<float> input = real(in);
  const List<float> weights = real(in * out);
  const List<float> bias = real(out);
  const List<Value> output = support::run_linear<Value>(
      *table.kernels, {in, out}, as_stored<Value>(input), {weights.data(), bias.data()}, {lowest});
  for (std::int64_t o = 0; o < out; ++o) {
    Sum sum;
    sum.add(double{bias[o]});
    for (std::int64_t i = 0; i < in; ++i) sum.add(double{input[i]} * double{weights[o * in + i]});
    const double bound = sum.bound(in + 1);
    INFO(table.name << ": output " << o << " of " << in << " -> " << out);
    CHECK(may_be(output[o], std::fmax(sum.value - bound, double{lowest}),
                 std::fmax(sum.value + bound, double{lowest})));
  }
}

}  // namespace

TEST_CASE("Convolutions of random shapes lie within the bound of their sums") {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    for (const auto& table : support::all_kernels<float>()) check_convolution<float>(table, seed);
    for (const auto& table : support::all_kernels<Half>()) check_convolution<Half>(table, seed);
  }
}

TEST_CASE("Linear layers of all remainders lie within the bound of their sums") {
  for (const std::int64_t in : {1, 2, 3, 7, 8, 9, 31, 64, 245})
    for (const std::int64_t out : {1, 3, 4, 8, 10, 15, 16, 17, 25, 40}) {
      for (const auto& table : support::all_kernels<float>()) {
        check_linear<float>(table, in, out, no_limit);
        check_linear<float>(table, in, out, 0);
      }
      for (const auto& table : support::all_kernels<Half>())
        check_linear<Half>(table, in, out, no_limit);
    }
}

TEST_CASE("The bias alone comes through exactly, and ReLU keeps NaN") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const auto& table : support::all_kernels<float>()) {
    const List<float> weights(2, 0.0F);
    const List<float> bias = {1.25F, -3.0F};
    const List<float> output = support::run_linear<float>(*table.kernels, {1, 2}, List<float>{5.0F},
                                                          {weights.data(), bias.data()}, {0.0F});
    CHECK(output == List<float>{1.25F, 0.0F});
    const List<float> of_nan = support::run_linear<float>(*table.kernels, {1, 2}, List<float>{nan},
                                                          {weights.data(), bias.data()}, {0.0F});
    CHECK(std::isnan(of_nan[0]));
  }
}

TEST_CASE("Images become halves as one number at a time does, all rounding cases included") {
  Random random(5);
  const ImageLayout layout = {3, 67, 61, 5, 61 * 5 + 2};
  List<float> image(layout.channels * layout.height * layout.width);
  for (float& value : image) {
    const auto half = static_cast<Half>(random.next());
    // Halves themselves, the ties between two of them, and any float.
    switch (random.below(3)) {
      case 0: value = edgeopt::float_from_half(half); break;
      case 1:
        value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(edgeopt::float_from_half(half)) |
                                     0x1000);
        break;
      default: value = std::bit_cast<float>(static_cast<std::uint32_t>(random.next()));
    }
  }
  for (const auto& table : support::all_kernels<Half>()) {
    List<Half> pixels(layout.height * layout.row, Half{1});
    table.kernels->load_image(layout, image.data(), pixels.data());
    std::int64_t wrong = 0;
    for (std::int64_t c = 0; c < layout.pixel; ++c)
      for (std::int64_t y = 0; y < layout.height; ++y)
        for (std::int64_t x = 0; x < layout.width; ++x) {
          const Half found = pixels[y * layout.row + x * layout.pixel + c];
          if (c >= layout.channels) {
            wrong += found != 1;  // gaps stay as they are
            continue;
          }
          const float value = image[(c * layout.height + y) * layout.width + x];
          const Half expected = edgeopt::half_from_float(value);
          wrong += std::isnan(value) ? !std::isnan(edgeopt::float_from_half(found)) ||
                                           (found ^ expected) >> 15 != 0
                                     : found != expected;
        }
    INFO(table.name);
    CHECK(wrong == 0);
  }
}

TEST_CASE("Images of every width are loaded as they are") {
  for (const std::int64_t channels : {1, 3})
    for (std::int64_t width = 1; width < 36; ++width) {
      const ImageLayout layout = {channels, 3, width, channels, width * channels};
      const List<float> values(channels * 3 * width, 0.5F);
      for (const auto& table : support::all_kernels<float>()) {
        List<float> pixels(channels * 3 * width);
        CHECK(table.kernels->load_image(layout, values.data(), pixels.data()) == ImageState::good);
        CHECK(pixels == values);
      }
    }
}

TEST_CASE("Every finite half survives being widened and narrowed again") {
  List<Half> image;
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits)
    if ((bits & 0x7c00) != 0x7c00) image.push_back(static_cast<Half>(bits));
  const ConvolutionShape shape = {248, 256, 1, 1, 1, Pooling::none};
  REQUIRE(static_cast<std::int64_t>(image.size()) == shape.height * shape.width);
  List<float> identity(9, 0.0F);
  identity[4] = 1;
  const float bias = 0;
  for (const auto& table : support::all_kernels<Half>()) {
    const List<Half> output = support::run_convolution<Half>(*table.kernels, shape, image,
                                                             {identity.data(), &bias}, {no_limit});
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < shape.height * shape.width; ++i)
      wrong += image[i] != 0x8000 && output[i] != image[i];  // -0 + 0 is 0
    INFO(table.name);
    CHECK(wrong == 0);
  }
}
