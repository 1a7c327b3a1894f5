// Halves: conversion, and inference with half storage.
#include "catch.hpp"

#include <bit>

#include "comparison.hpp"
#include "edgeopt/engines/fp16_engine.hpp"
#include "edgeopt/half.hpp"
#include "edgeopt/nn/fp16.hpp"
#include "edgeopt/nn/model_graph.hpp"
#include "models.hpp"

namespace {

using namespace edgeopt;
namespace fs = std::filesystem;
using oracles::Comparison;

bool is_nan_half(std::uint16_t half) {
  return (half & 0x7fff) > 0x7c00;
}
bool is_nan_float(std::uint32_t bits) {
  return (bits & 0x7fffffff) > 0x7f800000;
}

TEST_CASE("float to half") {
  const fs::path folder = oracles::folder() / "half";
  const auto floats = oracles::load<std::uint32_t>(folder / "float_bits.npy");
  const auto halves = oracles::load<std::uint16_t>(folder / "half_bits.npy");
  REQUIRE(floats.size() > 0);
  REQUIRE(floats.size() == halves.size());
  std::size_t wrong = 0;
  std::size_t nans = 0;
  for (std::size_t i = 0; i < floats.size(); ++i) {
    const std::uint32_t bits = floats.flat(i);
    const std::uint16_t found = half_from_float(std::bit_cast<float>(bits));
    const std::uint16_t expected = halves.flat(i);
    if (is_nan_float(bits)) {
      ++nans;
      if (!is_nan_half(found) || (found >> 15) != (expected >> 15)) ++wrong;
    } else if (found != expected) {
      ++wrong;
    }
  }
  std::printf("float_bits: %zu conversions to half (%zu NaN: sign only), %zu differ\n",
              floats.size(), nans, wrong);
  CHECK(wrong == 0);
}

TEST_CASE("half to float") {
  const auto floats =
      oracles::load<std::uint32_t>(oracles::folder() / "half" / "all_half_to_float_bits.npy");
  REQUIRE(floats.size() == 65536);
  std::size_t wrong = 0;
  for (std::uint32_t i = 0; i < 65536; ++i) {
    const auto half = static_cast<std::uint16_t>(i);
    const auto found = std::bit_cast<std::uint32_t>(float_from_half(half));
    const std::uint32_t expected = floats.flat(i);
    if (is_nan_half(half) ? !is_nan_float(found) || (found >> 31) != (expected >> 31)
                          : found != expected)
      ++wrong;
  }
  std::printf("all_half_to_float_bits: 65536 conversions to float, %zu differ\n", wrong);
  CHECK(wrong == 0);
}

/// Halves in the order of their values; neighbours differ by 1, and both zeros are 0.
int ordinal(std::uint16_t half) {
  return (half & 0x8000) ? -(half & 0x7fff) : half;
}

/// Values that are halves held as floats, as `ordinal`; anything else fails.
template <class Values>
std::vector<int> ordinals(const Values& values) {
  std::vector<int> result;
  bool are_halves = true;
  for (const float value : values) {
    const std::uint16_t half = half_from_float(value);
    are_halves = are_halves && float_from_half(half) == value;
    result.push_back(ordinal(half));
  }
  CHECK(are_halves);
  return result;
}

std::vector<int> stored_ordinals(const fs::path& file) {
  std::vector<int> result;
  for (const std::uint16_t half : oracles::load<std::uint16_t>(file))
    result.push_back(ordinal(half));
  return result;
}

/// Sums of floats in another order differ in their last bits, and the half that one is rounded to
/// differs by one where it lies beside a tie: one unit in a pooled activation. Those of the logits
/// read such activations and are rounded once more: two.
constexpr double pooled_ulps = 1;
constexpr double logits_ulps = 2;

TEST_CASE("inference with half storage, by the plain functions and the engine") {
  for (const fs::path& path : oracles::cases("half/logits")) {
    const std::string name = path.filename().string();
    INFO(name);
    const fs::path parameters = oracles::folder() / "smallcnn" / path.filename() / "f32";
    const xt::xtensor<float, 4> images = oracles::load<float>(parameters / "input.npy");
    const HalfSmallCNN model =
        to_fp16(oracles::load_model<float>(parameters, oracles::image_shape(images)));
    Activations<float> activations;
    forward(model, span_of(images), activations);
    const auto plain = ordinals(activations.logits);
    const auto expected = stored_ordinals(path / "logits_storage_half.npy");

    // Deviations are counted in units in the last place, so they are absolute ones of ordinals.
    {
      Comparison comparison(name, "pooled activations, in units of half");
      CHECK(comparison.within(0, ordinals(activations.pool1),
                              stored_ordinals(path / "pool1_storage_half.npy"), pooled_ulps));
      CHECK(comparison.within(0, ordinals(activations.pool2),
                              stored_ordinals(path / "pool2_storage_half.npy"), pooled_ulps));
    }
    {
      Comparison comparison(name, "logits, in units of half");
      CHECK(comparison.within(0, plain, expected, logits_ulps));
    }
    {
      Comparison comparison(name, "logits to those of sums in f64, in units of half");
      const auto sums = stored_ordinals(path / "logits_storage_half_acc64.npy");
      CHECK(comparison.within(0, plain, sums, logits_ulps));
    }
    {
      Comparison comparison(name, "logits to those of PyTorch's half model, in units of half");
      const auto torch = stored_ordinals(path / "logits_torch_half.npy");
      CHECK(comparison.within(0, plain, torch, logits_ulps));
    }
    Comparison to_oracle(name, "Fp16Engine's logits, in units of half");
    Comparison to_plain(name, "Fp16Engine's logits to the plain functions', in units of half");
    oracles::for_each_engine(
        span_of(images), [&](InstructionSet set) { return Fp16Engine(to_graph(model), {set}); },
        [&](const std::string& where, const std::vector<float>& logits) {
          INFO(where);
          CHECK(to_oracle.within(0, ordinals(logits), expected, logits_ulps));
          CHECK(to_plain.within(0, ordinals(logits), plain, logits_ulps));
        });
  }
}

float float_of(std::uint32_t bits) {
  return std::bit_cast<float>(bits);
}

// The definition itself, from both ends of each half's interval: floats from one half's last to the
// next one's first, the halfway point going to the even one.
TEST_CASE("all 2^32 floats become the nearest half", "[.exhaustive]") {
  std::uint64_t floats = 0;
  std::uint64_t wrong = 0;
  std::uint32_t next = 0;  // the first magnitude that no half has claimed
  for (std::uint32_t half = 0; half <= 0x7c00; ++half) {
    // The next half lies twice as far as halfway; after the largest number comes 2^16, in whose
    // place stands infinity.
    const auto value = [](std::uint32_t h) {
      return h == 0x7c00 ? 65536.0 : double{float_from_half(static_cast<std::uint16_t>(h))};
    };
    std::uint32_t last = 0x7f800000;
    if (half < 0x7c00) {
      const auto halfway = static_cast<float>((value(half) + value(half + 1)) / 2);
      last = std::bit_cast<std::uint32_t>(halfway) - half % 2;
    }
    for (; next <= last; ++next, floats += 2) {
      wrong += half_from_float(float_of(next)) != half;
      wrong += half_from_float(float_of(next | 0x80000000)) != (half | 0x8000);
    }
  }
  for (; next < 0x80000000; ++next, floats += 2) {
    wrong +=
        !is_nan_half(half_from_float(float_of(next))) || half_from_float(float_of(next)) >> 15 != 0;
    wrong += !is_nan_half(half_from_float(float_of(next | 0x80000000))) ||
             half_from_float(float_of(next | 0x80000000)) >> 15 != 1;
  }
  std::printf("all floats: %llu conversions to half, %llu differ\n",
              static_cast<unsigned long long>(floats), static_cast<unsigned long long>(wrong));
  CHECK(floats == std::uint64_t{1} << 32);
  CHECK(wrong == 0);
}

/// A pooled layer of an image by the engine's kernels  // [outputs][height / 2][width / 2]
template <class Input, class Weight, class Bias>
std::vector<std::uint16_t> convolve_halves(InstructionSet set, const Input& input,
                                           std::size_t image, const Weight& weights,
                                           const Bias& bias) {
  const kernels::Kernels<kernels::Half>& table = kernels::kernels_for<kernels::Half>(set);
  const auto extent = [&](std::size_t axis) {
    return static_cast<std::int64_t>(input.shape(axis));
  };
  const std::int64_t in_pixel =
      extent(1) == 1 ? 1 : kernels::round_up(extent(1), table.channel_multiple);
  const auto outputs = static_cast<std::int64_t>(weights.shape(0));
  const kernels::ConvolutionShape shape = {extent(2), extent(3), extent(1),
                                           in_pixel,  outputs,   kernels::Pooling::max_2x2};
  detail::AlignedBuffer parameters(table.convolution_parameter_bytes(shape));
  table.pack_convolution(shape, {weights.data(), bias.data()}, parameters.data());
  detail::AlignedBuffer expanded(table.expanded_convolution_bytes(shape));
  table.expand_convolution(shape, parameters.data(), expanded.data());
  detail::AlignedBuffer scratch(table.convolution_scratch_bytes(shape));
  std::vector<kernels::Half> frame(static_cast<std::size_t>(shape.in_values()));
  for (std::size_t c = 0; c < input.shape(1); ++c)
    for (std::size_t y = 0; y < input.shape(2); ++y)
      for (std::size_t x = 0; x < input.shape(3); ++x)
        frame[((y + 1) * (input.shape(3) + 2) + x + 1) * static_cast<std::size_t>(in_pixel) + c] =
            half_from_float(input(image, c, y, x));
  const std::int64_t out_pixel = kernels::round_up(outputs, table.channel_multiple);
  const std::int64_t pixels = shape.out_height() * shape.out_width();
  std::vector<kernels::Half> stored(static_cast<std::size_t>(pixels * out_pixel));
  const kernels::Convolution<kernels::Half> layer = {
      shape, out_pixel, shape.out_width() * out_pixel, {0.0F}, parameters.data()};
  table.convolution(layer, expanded.data(), frame.data(), stored.data(), scratch.data());
  std::vector<std::uint16_t> result;
  for (std::int64_t c = 0; c < outputs; ++c)
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
      result.push_back(stored[static_cast<std::size_t>(pixel * out_pixel + c)]);
  return result;
}

TEST_CASE("pooled activations of the fp16 engine's kernels") {
  for (const fs::path& path : oracles::cases("half/logits")) {
    INFO(path.filename().string());
    const fs::path parameters = oracles::folder() / "smallcnn" / path.filename() / "f32";
    const xt::xtensor<float, 4> images = oracles::load<float>(parameters / "input.npy");
    const auto model = oracles::load_model<float>(parameters, oracles::image_shape(images));
    const auto pool1 = oracles::load<std::uint16_t>(path / "pool1_storage_half.npy");
    xt::xtensor<float, 4> pooled;
    pooled.resize({pool1.shape(0), pool1.shape(1), pool1.shape(2), pool1.shape(3)});
    for (std::size_t i = 0; i < pool1.size(); ++i) pooled.flat(i) = float_from_half(pool1.flat(i));
    Comparison comparison(path.filename().string(),
                          "pooled activations of the engine's kernels, in units of half");
    for (const InstructionSet set : supported_instruction_sets()) {
      INFO(to_string(set));
      std::vector<int> found1;
      std::vector<int> found2;
      for (std::size_t image = 0; image < images.shape(0); ++image) {
        for (const std::uint16_t half :
             convolve_halves(set, images, image, model.conv1_weight, model.conv1_bias))
          found1.push_back(ordinal(half));
        for (const std::uint16_t half :
             convolve_halves(set, pooled, image, model.conv2_weight, model.conv2_bias))
          found2.push_back(ordinal(half));
      }
      CHECK(comparison.within(0, found1, stored_ordinals(path / "pool1_storage_half.npy"),
                              pooled_ulps));
      CHECK(comparison.within(0, found2, stored_ordinals(path / "pool2_storage_half.npy"),
                              pooled_ulps));
    }
  }
}

}  // namespace
