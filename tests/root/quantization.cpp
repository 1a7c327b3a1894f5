#include "edgeopt/quantization.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "edgeopt/random.hpp"

using namespace edgeopt;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr auto backends = {QuantizationBackend::fbgemm, QuantizationBackend::qnnpack};

float between(Random& random, double low, double high) {
  return static_cast<float>(low + random.uniform() * (high - low));
}

}  // namespace

TEST_CASE("rounding goes to the nearest integer, halves to even") {
  using detail::round_half_even;
  CHECK(round_half_even(0.5F) == 0);
  CHECK(round_half_even(1.5F) == 2);
  CHECK(round_half_even(2.5F) == 2);
  CHECK(round_half_even(-2.5F) == -2);
  CHECK(round_half_even(-3.5F) == -4);
  CHECK(round_half_even(0.49999997F) == 0);
  CHECK(round_half_even(8388607.5F / 2) == 4194304);
  CHECK(round_half_even(16777215.0F) == 16777215);
  CHECK(round_half_even(-infinity) == -infinity);
  Random random(1);
  for (int i = 0; i < 100000; ++i) {
    const float x = between(random, -9e6, 9e6);
    REQUIRE(round_half_even(x) == std::nearbyint(x));
  }
}

TEST_CASE("parameters of a range hold zero exactly and reach both ends") {
  for (const auto levels : {ActivationLevels::seven_bits, ActivationLevels::eight_bits}) {
    const float highest = levels == ActivationLevels::seven_bits ? 127 : 255;
    Random random(2);
    for (int i = 0; i < 1000; ++i) {
      const float a = between(random, -10, 10);
      const float b = between(random, -10, 10);
      const ValueRange range{std::min(a, b), std::max(a, b)};
      const auto parameters = quantization_parameters(range, levels);
      REQUIRE(quantize_u8(0, parameters) == parameters.zero_point);
      REQUIRE(dequantize(quantize_u8(0, parameters), parameters) == 0);
      for (const float end : {range.min, range.max}) {
        const std::uint8_t level = quantize_u8(end, parameters);
        REQUIRE(level <= highest + 1);  // the zero point was rounded: by one level at most
        REQUIRE(std::abs(dequantize(level, parameters) - end) <= 1.001F * parameters.scale);
      }
    }
  }
}

TEST_CASE("a range of zeros has the smallest scale") {
  const auto parameters = quantization_parameters({0, 0}, ActivationLevels::eight_bits);
  CHECK(parameters == QuantizationParameters{smallest_scale, 0});
}

TEST_CASE("a range that is no finite interval is refused") {
  const float largest = std::numeric_limits<float>::max();
  for (const ValueRange range :
       {ValueRange{1, 0}, ValueRange{not_a_number, 1}, ValueRange{0, not_a_number},
        ValueRange{0, infinity}, ValueRange{-largest, largest}})
    CHECK_THROWS_AS(quantization_parameters(range, ActivationLevels::eight_bits), DomainError);
}

TEST_CASE("every level comes back from its value") {
  Random random(3);
  for (int i = 0; i < 200; ++i) {
    const QuantizationParameters parameters{between(random, 1e-6, 10),
                                            static_cast<std::int32_t>(random.below(256))};
    for (int level = 0; level < 256; ++level) {
      const auto q = static_cast<std::uint8_t>(level);
      REQUIRE(quantize_u8(dequantize(q, parameters), parameters) == q);
      REQUIRE(rescale(q, parameters, parameters) == q);
    }
  }
}

TEST_CASE("values outside of the levels saturate") {
  const QuantizationParameters parameters{0.5F, 10};
  CHECK(quantize_u8(infinity, parameters) == 255);
  CHECK(quantize_u8(-infinity, parameters) == 0);
  CHECK(quantize_u8(3e38F, parameters) == 255);
  CHECK(quantize_u8(-5.5F, parameters) == 0);
  CHECK(quantize_u8(not_a_number, parameters) == 0);
}

TEST_CASE("parameters that no activation can have are refused") {
  CHECK_NOTHROW(require_valid({0.5F, 255}, "input"));
  for (const QuantizationParameters parameters :
       {QuantizationParameters{0, 0}, QuantizationParameters{-1, 0},
        QuantizationParameters{not_a_number, 0}, QuantizationParameters{infinity, 0},
        QuantizationParameters{1e-45F, 0}, QuantizationParameters{1, -1},
        QuantizationParameters{1, 256}})
    CHECK_THROWS_AS(require_valid(parameters, "input"), DomainError);
}

TEST_CASE("weights reach from -128 to 127 and are off by half a step at most") {
  Random random(4);
  std::vector<float> weights;
  for (int i = 0; i < 1000; ++i) weights.push_back(between(random, -127, 127));
  weights.insert(weights.end(), {-127.5F, 127.5F});
  const float scale = weight_scale(weights);
  CHECK(scale == 1);
  CHECK(quantize_s8(-127.5F, scale) == -128);
  CHECK(quantize_s8(127.5F, scale) == 127);  // 128 has no place: clamped
  CHECK(weight_level(127.5F, scale) == 128);
  for (const float weight : weights) {
    if (weight_level(weight, scale) == 128) continue;
    REQUIRE(std::abs(static_cast<float>(quantize_s8(weight, scale)) - weight) <= 0.5F);
  }
}

TEST_CASE("weights of zero have the smallest scale, and non-finite ones are refused") {
  CHECK(weight_scale(std::vector<float>{0.0F, -0.0F}) == smallest_scale);
  for (const float weight : {not_a_number, infinity, -infinity})
    CHECK_THROWS_AS(weight_scale(std::vector<float>{0.0F, weight}), DomainError);
}

TEST_CASE("a requantised sum is its real value to within half an output step") {
  Random random(5);
  for (const auto backend : backends) {
    for (int i = 0; i < 20000; ++i) {
      const float input_scale = between(random, 1e-3, 0.1);
      const float scale = between(random, 1e-4, 1e-2);
      const QuantizationParameters output{between(random, 0.01, 0.2),
                                          static_cast<std::int32_t>(random.below(256))};
      const float bias = between(random, -1, 1);
      const auto sum = static_cast<std::int32_t>(random.below(200000)) - 100000;
      const auto channel = channel_requantization(backend, input_scale, scale, output.scale, bias);
      const double real = double{input_scale} * double{scale} * sum + double{bias};
      const std::int32_t level = requantized_level(sum, channel, output.zero_point);
      const double found = (level - output.zero_point) * double{output.scale};
      // qnnpack also rounds the bias, to a step of the sum.
      const double allowed = 0.5 * double{output.scale} + 0.5 * double{input_scale} * double{scale};
      REQUIRE(std::abs(found - real) <= allowed + 1e-5 * std::abs(real));
    }
  }
}

TEST_CASE("the zero point is added after rounding, and ReLU ends at it") {
  for (const auto backend : backends) {
    const auto channel = channel_requantization(backend, 0.5F, 1, 1, 0);
    CHECK(requantize(5, channel, 61, OutputActivation::none) == 63);  // rne(2.5) + 61
    CHECK(requantize(7, channel, 61, OutputActivation::none) == 65);  // rne(3.5) + 61
    CHECK(requantize(-9, channel, 61, OutputActivation::none) == 57);
    CHECK(requantize(-9, channel, 61, OutputActivation::relu) == 61);
    CHECK(requantize(-2000, channel, 61, OutputActivation::none) == 0);
    CHECK(requantize(2000000000, channel, 61, OutputActivation::relu) == 255);
  }
}

TEST_CASE("constants that are not representable are refused") {
  for (const auto backend : backends) {
    CHECK_THROWS_AS(channel_requantization(backend, 1e30F, 1e30F, 1, 0), DomainError);
    CHECK_THROWS_AS(channel_requantization(backend, 1e-30F, 1e-30F, 1, 0), DomainError);
    CHECK_THROWS_AS(channel_requantization(backend, 1, 1, 1, not_a_number), DomainError);
    CHECK_THROWS_AS(channel_requantization(backend, 1, 1, 1, infinity), DomainError);
  }
  CHECK_THROWS_AS(channel_requantization(QuantizationBackend::qnnpack, 1, 1, 1, 2147483648.0F),
                  DomainError);
}

TEST_CASE("a channel whose sums could exceed 32 bits does not fit") {
  const ChannelRequantization channel;
  const std::vector<std::int8_t> weights(66312,
                                         127);  // 255 * 127 * 66311 <= 2^31 - 1 < ... * 66312
  CHECK(accumulator_fits(std::span(weights).first(66311), channel));
  CHECK_FALSE(accumulator_fits(weights, channel));
  ChannelRequantization biased;
  biased.integer_bias = std::numeric_limits<std::int32_t>::min();
  CHECK_FALSE(accumulator_fits({}, biased));
}
