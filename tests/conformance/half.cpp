// Halves: conversion, and inference with half storage.
#include "catch.hpp"

#include <bit>

#include "edgeopt/engines/fp16_engine.hpp"
#include "edgeopt/half.hpp"
#include "edgeopt/nn/fp16.hpp"
#include "edgeopt/nn/model_graph.hpp"
#include "models.hpp"

namespace {

using namespace edgeopt;
namespace fs = std::filesystem;

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

/// Halves in the order of their values; neighbours differ by 1.
int ordinal(std::uint16_t half) {
  return (half & 0x8000) ? -(half & 0x7fff) : half;
}

/// The largest distance in units in the last place; `values` are halves held as floats.
template <class Values>
int largest_ulp(const Values& values, const fs::path& file) {
  const auto expected = oracles::load<std::uint16_t>(file);
  REQUIRE(values.size() == expected.size());
  REQUIRE(values.size() > 0);
  int largest = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint16_t half = half_from_float(values.flat(i));
    CHECK(float_from_half(half) == values.flat(i));
    largest = std::max(largest, std::abs(ordinal(half) - ordinal(expected.flat(i))));
  }
  return largest;
}

TEST_CASE("inference with half storage") {
  for (const fs::path& path : oracles::cases("half/logits")) {
    INFO(path.filename().string());
    const fs::path parameters = oracles::folder() / "smallcnn" / path.filename() / "f32";
    const xt::xtensor<float, 4> images = oracles::load<float>(parameters / "input.npy");
    const HalfSmallCNN model =
        to_fp16(oracles::load_model<float>(parameters, oracles::image_shape(images)));
    Activations<float> activations;
    forward(model, span_of(images), activations);
    const int pool1 = largest_ulp(activations.pool1, path / "pool1_storage_half.npy");
    const int pool2 = largest_ulp(activations.pool2, path / "pool2_storage_half.npy");
    const int logits = largest_ulp(activations.logits, path / "logits_storage_half.npy");
    std::printf("%s: largest deviation pool1 %d ulp, pool2 %d ulp, logits %d ulp of half\n",
                path.filename().c_str(), pool1, pool2, logits);
    CHECK(pool1 <= 1);
    CHECK(pool2 <= 1);
    CHECK(logits <= 2);
  }
}

TEST_CASE("the fp16 engine, whose algorithms sum in other orders") {
  for (const fs::path& path : oracles::cases("half/logits")) {
    INFO(path.filename().string());
    const fs::path parameters = oracles::folder() / "smallcnn" / path.filename() / "f32";
    const xt::xtensor<float, 4> images = oracles::load<float>(parameters / "input.npy");
    const Graph graph =
        to_graph(oracles::load_model<float>(parameters, oracles::image_shape(images)));
    for (const InstructionSet set : supported_instruction_sets()) {
      const Fp16Engine engine(graph, {set});
      auto workspace = engine.make_workspace(static_cast<std::int64_t>(images.shape(0)));
      xt::xtensor<float, 2> logits({images.shape(0), static_cast<std::size_t>(engine.classes())});
      engine.run({images.data(), images.size()}, workspace, {logits.data(), logits.size()});
      const int largest = largest_ulp(logits, path / "logits_storage_half.npy");
      std::printf("%s, %s engine: largest deviation of logits %d ulp of half\n",
                  path.filename().c_str(), std::string(to_string(set)).c_str(), largest);
      CHECK(largest <= 2);
    }
  }
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
      shape, out_pixel, shape.out_width() * out_pixel, 0, {0.0F}, parameters.data()};
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
    const auto pool2 = oracles::load<std::uint16_t>(path / "pool2_storage_half.npy");
    xt::xtensor<float, 4> pooled;
    pooled.resize({pool1.shape(0), pool1.shape(1), pool1.shape(2), pool1.shape(3)});
    for (std::size_t i = 0; i < pool1.size(); ++i) pooled.flat(i) = float_from_half(pool1.flat(i));
    for (const InstructionSet set : supported_instruction_sets()) {
      int largest[2] = {};
      for (std::size_t image = 0; image < images.shape(0); ++image) {
        const auto first =
            convolve_halves(set, images, image, model.conv1_weight, model.conv1_bias);
        const auto second =
            convolve_halves(set, pooled, image, model.conv2_weight, model.conv2_bias);
        for (std::size_t i = 0; i < first.size(); ++i)
          largest[0] =
              std::max(largest[0],
                       std::abs(ordinal(first[i]) - ordinal(pool1.flat(image * first.size() + i))));
        for (std::size_t i = 0; i < second.size(); ++i)
          largest[1] = std::max(
              largest[1],
              std::abs(ordinal(second[i]) - ordinal(pool2.flat(image * second.size() + i))));
      }
      std::printf("%s, %s kernels: largest deviation pool1 %d ulp, pool2 %d ulp of half\n",
                  path.filename().c_str(), std::string(to_string(set)).c_str(), largest[0],
                  largest[1]);
      CHECK(largest[0] <= 1);
      CHECK(largest[1] <= 1);
    }
  }
}

}  // namespace
