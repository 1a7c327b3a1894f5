// Halves: conversion, and inference with half storage.
#include "catch.hpp"

#include <bit>

#include "edgeopt/half.hpp"
#include "edgeopt/nn/fp16.hpp"
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

}  // namespace
