// SPDX-License-Identifier: MIT
// int8 layers of every instruction set of this machine and of emulated ones: each integer equals
// that of plain loops with the scalar formulas of quantization.hpp.
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "all_kernels.hpp"
#include "catch.hpp"
#include "support.hpp"

using namespace edgeopt::kernels;
using edgeopt::ChannelRequantization;
using edgeopt::OutputActivation;
using edgeopt::QuantizationBackend;
using edgeopt::Random;
using reference::List;
using reference::Sum;

namespace {

struct Quantization {
  std::int32_t in_zero_point;
  std::int32_t out_zero_point;
  OutputActivation activation;
  List<ChannelRequantization> channels;

  /// Scales for which outputs cover all levels and saturate at both ends now and then.
  Quantization(Random& random, std::int64_t terms, std::int64_t outputs)
      : in_zero_point(static_cast<std::int32_t>(random.below(256))),
        out_zero_point(static_cast<std::int32_t>(random.below(256))),
        activation(random.below(2) == 0 ? OutputActivation::none : OutputActivation::relu),
        channels(outputs) {
    const auto backend =
        random.below(2) == 0 ? QuantizationBackend::fbgemm : QuantizationBackend::qnnpack;
    for (ChannelRequantization& channel : channels) {
      const auto spread = static_cast<float>(std::sqrt(static_cast<double>(terms)));
      channel = edgeopt::channel_requantization(
          backend, 0.02F, static_cast<float>(0.01 + 0.01 * random.uniform()), 0.015F * spread,
          static_cast<float>(4 * random.uniform() - 2));
    }
  }

  [[nodiscard]] Weights<std::uint8_t> weights(const List<std::int8_t>& weights) const {
    return {weights.data(), channels.data(), in_zero_point};
  }
  [[nodiscard]] OutputRange<std::uint8_t> range() const {
    return {edgeopt::lowest_level(activation, out_zero_point), out_zero_point};
  }
  [[nodiscard]] double level(const Sum& sum, std::int64_t output) const {
    return edgeopt::requantize(static_cast<std::int32_t>(sum.value), channels[output],
                               out_zero_point, activation);
  }
};

/// Every instruction set; pooling levels, as the definition says, not sums.
void check_convolution(const ConvolutionShape& shape, std::uint64_t seed) {
  Random random(seed);
  const auto image = reference::random_integers<std::uint8_t>(
      random, shape.in_channels * shape.height * shape.width);
  const auto weights =
      reference::random_integers<std::int8_t>(random, shape.out_channels * shape.in_channels * 9);
  const Quantization quantization(random, 9 * shape.in_channels, shape.out_channels);
  const List<Sum> sums = reference::convolve(
      shape, image, weights, List<double>(shape.out_channels), quantization.in_zero_point);
  List<std::uint8_t> expected;
  for (std::int64_t c = 0; c < shape.out_channels; ++c)
    for (std::int64_t y = 0; y < shape.out_height(); ++y)
      for (std::int64_t x = 0; x < shape.out_width(); ++x)
        expected.push_back(static_cast<std::uint8_t>(reference::pooled(
            shape, sums, c, y, x, [&](const Sum& sum) { return quantization.level(sum, c); })));
  for (const auto& [name, kernels] : support::all_kernels<std::uint8_t>()) {
    const List<std::uint8_t> output = support::run_convolution<std::uint8_t>(
        *kernels, shape, image, quantization.weights(weights), quantization.range());
    INFO(name << ", seed " << seed << ", " << shape.height << " x " << shape.width << ", "
              << shape.in_channels << " -> " << shape.out_channels);
    CHECK((output == expected));
  }
}

}  // namespace

TEST_CASE("Convolutions of random shapes give exactly the levels of the formulas") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    check_convolution(reference::random_shape(random), seed);
  }
}

TEST_CASE("Convolutions of many channels give exactly the levels of the formulas") {
  for (const std::int64_t channels : {23, 24, 33, 48, 80, 96, 130})
    for (const Pooling pooling : {Pooling::none, Pooling::max_2x2})
      check_convolution({5, 7, channels, channels + channels % 2 * 15, 40, pooling}, 11);
}

TEST_CASE("The largest sums of a convolution are exact, whichever way it is computed") {
  // 1827 channels are the most for which four times the largest sum fits 32 bits.
  for (const std::int64_t channels : {8, 64, 1827, 1828})
    for (const int weight : {-128, 127})
      for (const std::uint8_t level : {std::uint8_t{0}, std::uint8_t{255}}) {
        const ConvolutionShape shape = {2, 2, channels, channels, 3, Pooling::none};
        const List<std::uint8_t> image(channels * 4, level);
        const List<std::int8_t> weights(27 * channels, static_cast<std::int8_t>(weight));
        const std::int32_t zero_point = 255 - level;
        // Four of nine weights meet a pixel, the others the border.
        const std::int64_t sum = 4 * channels * weight * (level - zero_point);
        const ChannelRequantization channel = {0, 0, 0x1p-23F};
        const List<ChannelRequantization> requantizations(3, channel);
        const std::uint8_t expected = edgeopt::requantize(static_cast<std::int32_t>(sum), channel,
                                                          128, OutputActivation::none);
        for (const auto& [name, kernels] : support::all_kernels<std::uint8_t>()) {
          INFO(name << ", " << channels << " channels, weights of " << weight << ", levels of "
                    << int{level});
          CHECK(support::run_convolution<std::uint8_t>(
                    *kernels, shape, image, {weights.data(), requantizations.data(), zero_point},
                    {0, 128}) == List<std::uint8_t>(12, expected));
        }
      }
}

TEST_CASE("Linear layers of all remainders give exactly the levels of the formulas") {
  for (const auto& [name, kernels] : support::all_kernels<std::uint8_t>())
    for (const std::int64_t in : {1, 2, 3, 7, 8, 9, 15, 31, 64, 245, 1568})
      for (const std::int64_t out : {1, 3, 4, 8, 10, 15, 16, 17, 25, 40}) {
        Random random(static_cast<std::uint64_t>(1000 * in + out));
        const auto input = reference::random_integers<std::uint8_t>(random, in);
        const auto weights = reference::random_integers<std::int8_t>(random, in * out);
        const Quantization quantization(random, in, out);
        const List<std::uint8_t> output = support::run_linear<std::uint8_t>(
            *kernels, {in, out}, input, quantization.weights(weights), quantization.range());
        for (std::int64_t o = 0; o < out; ++o) {
          Sum sum;
          for (std::int64_t i = 0; i < in; ++i)
            sum.add((input[i] - quantization.in_zero_point) * weights[o * in + i]);
          INFO(name << ": output " << o << " of " << in << " -> " << out);
          CHECK(output[o] == quantization.level(sum, o));
        }
      }
}

TEST_CASE("The largest sums neither saturate nor wrap") {
  // Sums of 65000 * 255 * 127 are close to 2^31; the step from one level to the next is 2^24.
  const LinearShape shape = {65000, 3};
  List<std::int8_t> weights(shape.in_features * shape.out_features, std::int8_t{-128});
  for (std::int64_t i = 0; i < shape.in_features; ++i) weights[i] = 127;
  for (std::int64_t i = 0; i < shape.in_features / 2; ++i) weights[2 * shape.in_features + i] = 127;
  const List<ChannelRequantization> channels(shape.out_features,
                                             ChannelRequantization{0, 0, 0x1p-24F});
  struct Case {
    std::uint8_t level;
    std::int32_t zero_point;
    List<std::uint8_t> expected;
  };
  for (const Case& extreme : {Case{255, 0, {253, 2, 128}}, Case{0, 255, {3, 254, 128}},
                              Case{255, 255, {128, 128, 128}}, Case{0, 0, {128, 128, 128}}})
    for (const auto& [name, kernels] : support::all_kernels<std::uint8_t>()) {
      const List<std::uint8_t> input(shape.in_features, extreme.level);
      INFO(name << ", levels of " << int{extreme.level} << ", zero point " << extreme.zero_point);
      CHECK(support::run_linear<std::uint8_t>(*kernels, shape, input,
                                              {weights.data(), channels.data(), extreme.zero_point},
                                              {0, 128}) == extreme.expected);
    }
}

TEST_CASE("Images become levels as one number at a time does, ties and infinities included") {
  Random random(6);
  for (const edgeopt::QuantizationParameters parameters :
       {edgeopt::QuantizationParameters{0.015740342438220978F, 64},
        edgeopt::QuantizationParameters{0.5F, 3}, edgeopt::QuantizationParameters{1e-3F, 255}}) {
    const ImageLayout layout = {
        2, 31, 29, 3, 29 * 3 + 1, 1 / parameters.scale, parameters.zero_point};
    List<float> image(layout.channels * layout.height * layout.width);
    for (float& value : image) {
      const auto level = static_cast<float>(random.below(300)) - 20 + 0.5F;
      const float tie = (level - static_cast<float>(parameters.zero_point)) * parameters.scale;
      const std::uint64_t step = random.below(5);
      value = step == 0   ? std::numeric_limits<float>::infinity()
              : step == 1 ? -std::numeric_limits<float>::infinity()
                          : std::bit_cast<float>(std::bit_cast<std::uint32_t>(tie) +
                                                 static_cast<std::uint32_t>(step) - 3);
    }
    for (const auto& [name, kernels] : support::all_kernels<std::uint8_t>()) {
      List<std::uint8_t> pixels(layout.height * layout.row);
      CHECK(kernels->load_image(layout, image.data(), pixels.data()) == ImageState::good);
      std::int64_t wrong = 0;
      for (std::int64_t c = 0; c < layout.channels; ++c)
        for (std::int64_t y = 0; y < layout.height; ++y)
          for (std::int64_t x = 0; x < layout.width; ++x)
            wrong +=
                pixels[y * layout.row + x * layout.pixel + c] !=
                edgeopt::quantize_u8(image[(c * layout.height + y) * layout.width + x], parameters);
      INFO(name);
      CHECK(wrong == 0);
      for (const std::int64_t place : {std::int64_t{0}, std::int64_t{28}, std::int64_t{1797}}) {
        List<float> with_nan = image;
        with_nan[place] = std::numeric_limits<float>::quiet_NaN();
        CHECK(kernels->load_image(layout, with_nan.data(), pixels.data()) == ImageState::holds_nan);
      }
    }
  }
}

TEST_CASE("Levels are rescaled as one at a time is") {
  const List<edgeopt::QuantizationParameters> parameters = {
      {0.02F, 64}, {0.0203F, 0}, {0.5F, 255}, {1e-3F, 3}, {0.01F, 127}};
  for (const edgeopt::QuantizationParameters from : parameters)
    for (const edgeopt::QuantizationParameters to : parameters) {
      List<std::uint8_t> expected;
      for (int level = 0; level < 256; ++level)
        expected.push_back(edgeopt::rescale(static_cast<std::uint8_t>(level), from, to));
      // Every remainder, then 79, 138, 197 and 256: every level.
      for (std::int64_t count = 0; count <= 256; count = count < 20 ? count + 1 : count + 59) {
        List<std::uint8_t> levels(count);
        for (std::int64_t i = 0; i < count; ++i) levels[i] = static_cast<std::uint8_t>(count - i);
        for (const auto& [name, kernels] : support::all_kernels<std::uint8_t>()) {
          List<std::uint8_t> found = levels;
          kernels->rescale({from, to.zero_point, 1 / to.scale, expected.data()}, found.data(),
                           count);
          std::int64_t wrong = 0;
          for (std::int64_t i = 0; i < count; ++i) wrong += found[i] != expected[levels[i]];
          INFO(name << ", " << count << " levels");
          CHECK(wrong == 0);
        }
      }
    }
}
