#include "edgeopt/half.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "edgeopt/random.hpp"

namespace {

using edgeopt::float_from_half;
using edgeopt::half_from_float;

static_assert(half_from_float(1.0F) == 0x3c00);
static_assert(half_from_float(-2.5F) == 0xc100);
static_assert(float_from_half(0x3555) == 0x1.554p-2F);
static_assert(float_from_half(0x0001) == 0x1p-24F);

constexpr std::uint16_t infinity = 0x7c00;

bool is_nan(std::uint16_t half) {
  return (half & 0x7fff) > infinity;
}

TEST_CASE("numbers on both sides of a limit") {
  const float inf = std::numeric_limits<float>::infinity();
  const auto below = [](float x) { return std::nextafter(x, 0.0F); };
  const auto above = [&](float x) { return std::nextafter(x, inf); };

  CHECK(half_from_float(65504.0F) == 0x7bff);
  CHECK(half_from_float(below(65520.0F)) == 0x7bff);
  CHECK(half_from_float(65520.0F) == infinity);
  CHECK(half_from_float(inf) == infinity);
  CHECK(half_from_float(-inf) == 0xfc00);

  CHECK(half_from_float(0x1p-14F) == 0x0400);
  CHECK(half_from_float(below(0x1p-14F)) == 0x0400);  // a subnormal that rounds up to a normal
  CHECK(half_from_float(0x1p-24F) == 0x0001);
  CHECK(half_from_float(above(0x1p-25F)) == 0x0001);
  CHECK(half_from_float(0x1p-25F) == 0x0000);  // a tie, to even
  CHECK(half_from_float(0x3p-25F) == 0x0002);  // a tie, to even
  CHECK(half_from_float(std::numeric_limits<float>::denorm_min()) == 0x0000);

  CHECK(half_from_float(0.0F) == 0x0000);
  CHECK(half_from_float(-0.0F) == 0x8000);
  CHECK(std::signbit(float_from_half(0x8000)));
}

TEST_CASE("halves to even") {
  // Neighbours of 1 are 2^-10 apart.
  CHECK(half_from_float(1 + 0x1p-11F) == 0x3c00);
  CHECK(half_from_float(1 + 0x3p-11F) == 0x3c02);
  CHECK(half_from_float(1 + 0x1p-11F + 0x1p-23F) == 0x3c01);
}

TEST_CASE("NaN stays NaN, with its sign") {
  for (const std::uint32_t bits : {0x7f800001U, 0x7fc00000U, 0x7fffffffU}) {
    for (const std::uint32_t sign : {0U, 0x80000000U}) {
      const std::uint16_t half = half_from_float(std::bit_cast<float>(bits | sign));
      CHECK(is_nan(half));
      CHECK((half >> 15) == (sign >> 31));
      CHECK(std::isnan(float_from_half(half)));
    }
  }
}

TEST_CASE("every half survives the way to float and back") {
  int changed = 0;
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    if (!is_nan(half) && half_from_float(float_from_half(half)) != half) ++changed;
  }
  CHECK(changed == 0);
}

TEST_CASE("the nearest half is chosen, the even one of two") {
  edgeopt::Random random(1);
  int wrong = 0;
  for (int i = 0; i < 200000; ++i) {
    // Exponents from below the smallest subnormal half to the last binade of halves.
    const auto exponent = static_cast<std::uint32_t>(101 + random.below(41));
    const auto fraction = static_cast<std::uint32_t>(random.below(1 << 23));
    const float x = std::bit_cast<float>((exponent << 23) | fraction);
    if (x >= 65504.0F) continue;
    const std::uint16_t half = half_from_float(x);
    // Differences of a float and its neighbouring halves are exact in double.
    const double error = std::abs(static_cast<double>(float_from_half(half)) - x);
    const auto neighbour_error = [&](int step) {
      const auto neighbour = static_cast<std::uint16_t>(half + step);
      return std::abs(static_cast<double>(float_from_half(neighbour)) - x);
    };
    const double up = neighbour_error(1);
    const double down = half == 0 ? up : neighbour_error(-1);
    const bool odd = half % 2 == 1;
    if (error > up || error > down || (odd && (error == up || error == down))) ++wrong;
  }
  CHECK(wrong == 0);
}

}  // namespace
