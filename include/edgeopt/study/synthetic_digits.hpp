// SPDX-License-Identifier: MIT
/// @file
/// Handwritten-looking digits drawn from a seed: a data set that needs no download and is the same
/// byte for byte with every compiler, because all of it is integer arithmetic.
///
/// Each digit has a few ways of writing it, given as the points a pen passes through. An image
/// shakes these points, maps them through a random scaling, slant, rotation and shift, joins them
/// by a Catmull-Rom spline (E. Catmull and R. Rom, "A class of local interpolating splines", 1974)
/// and moves a soft round pen along it. Ink specks, a stroke of an eraser and noise are added so
/// that the task is not trivial.
#pragma once

#include <algorithm>  // std::clamp, std::max, std::min
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/study/dataset.hpp"

namespace edgeopt::inline v0 {

inline constexpr std::int64_t synthetic_digit_side = 28;  ///< pixels
inline constexpr std::int64_t synthetic_digit_elements =
    synthetic_digit_side * synthetic_digit_side;

/// Which of the two independent sequences of a seed.
enum class SyntheticSplit : std::uint8_t { training, validation };

namespace detail {

/// Where the pen goes, in quarter pixels from the centre of the image, x to the right and y down.
struct PenPoint {
  std::int8_t x;
  std::int8_t y;
  friend constexpr bool operator==(const PenPoint&, const PenPoint&) = default;
};

/// Ends a stroke; the next point starts another. A point given twice is a corner.
inline constexpr PenPoint lift{127, 127};

// Three ways to write each digit.
inline constexpr PenPoint zero_round[] = {{6, -38}, {-12, -36}, {-25, -18}, {-27, 8},  {-16, 34},
                                          {4, 40},  {21, 28},   {28, 2},    {22, -24}, {6, -38}};
inline constexpr PenPoint zero_narrow[] = {{8, -40}, {-6, -30}, {-16, -4}, {-14, 26}, {-4, 40},
                                           {9, 32},  {17, 6},   {17, -22}, {8, -40}};
inline constexpr PenPoint zero_open[] = {{10, -34}, {-8, -40}, {-24, -22}, {-26, 12}, {-10, 38},
                                         {14, 36},  {26, 10},  {22, -22},  {2, -40}};
inline constexpr PenPoint one_plain[] = {{2, -40}, {0, -12}, {0, 14}, {-1, 40}};
inline constexpr PenPoint one_flag[] = {{-17, -22}, {-6, -30}, {4, -40}, {4, -40}, {3, 0}, {2, 40}};
inline constexpr PenPoint one_base[] = {{-14, -24}, {2, -40}, {2, -40},  {1, 0},  {0, 38},
                                        {0, 38},    lift,     {-19, 39}, {0, 38}, {20, 38}};
inline constexpr PenPoint two_angular[] = {{-22, -22}, {-14, -37}, {4, -41},  {20, -30}, {17, -8},
                                           {-2, 16},   {-24, 38},  {-24, 38}, {0, 36},   {26, 37}};
inline constexpr PenPoint two_looped[] = {{-20, -26}, {-6, -40}, {14, -36}, {19, -16},
                                          {6, 10},    {-14, 34}, {-25, 32}, {-18, 22},
                                          {-2, 30},   {14, 39},  {27, 32}};
inline constexpr PenPoint two_flat[] = {{-18, -34}, {2, -40},  {20, -30}, {12, -10},
                                        {-8, 8},    {-23, 36}, {-23, 36}, {24, 36}};
inline constexpr PenPoint three_round[] = {{-21, -31}, {-2, -41}, {17, -31}, {13, -12},
                                           {-5, -4},   {-5, -4},  {14, 3},   {23, 20},
                                           {11, 37},   {-9, 40},  {-24, 30}};
inline constexpr PenPoint three_flat[] = {{-20, -38}, {0, -38}, {20, -38}, {20, -38}, {-3, -8},
                                          {-3, -8},   {17, 0},  {23, 20},  {8, 39},   {-20, 34}};
inline constexpr PenPoint three_smooth[] = {{-16, -36}, {4, -40}, {15, -26}, {4, -8},  {1, -4},
                                            {18, 10},   {18, 30}, {0, 40},   {-20, 36}};
inline constexpr PenPoint four_open[] = {{-15, -38}, {-20, -14}, {-24, 6},  {-24, 6}, {0, 6},
                                         {26, 4},    lift,       {13, -26}, {12, 6},  {10, 40}};
inline constexpr PenPoint four_closed[] = {{11, -40}, {-8, -12}, {-27, 14}, {-27, 14}, {0, 14},
                                           {27, 13},  lift,      {11, -40}, {11, 0},   {10, 40}};
inline constexpr PenPoint four_rounded[] = {{-17, -36}, {-22, -12}, {-14, 4}, {4, 4},  {17, -8},
                                            {19, -36},  {19, -36},  {16, 0},  {12, 40}};
inline constexpr PenPoint five_square[] = {{-14, -38}, {-16, -20}, {-19, -6}, {-19, -6}, {2, -12},
                                           {21, 0},    {22, 22},   {6, 38},   {-22, 34}, lift,
                                           {-14, -38}, {4, -38},   {22, -39}};
inline constexpr PenPoint five_joined[] = {{21, -39}, {4, -38},  {-12, -37}, {-12, -37},
                                           {-17, -8}, {-17, -8}, {4, -10},   {20, 6},
                                           {14, 32},  {-6, 40},  {-23, 31}};
inline constexpr PenPoint five_curved[] = {{20, -38}, {-8, -36}, {-18, -20}, {-8, -7}, {10, 2},
                                           {19, 18},  {8, 36},   {-10, 40},  {-22, 32}};
inline constexpr PenPoint six_round[] = {{14, -39}, {-6, -24}, {-21, 2}, {-21, 26}, {-4, 40},
                                         {17, 34},  {21, 14},  {6, 0},   {-12, 8},  {-20, 24}};
inline constexpr PenPoint six_straight[] = {{2, -40}, {-10, -16}, {-18, 12}, {-13, 34}, {3, 40},
                                            {17, 28}, {14, 9},    {-2, 4},   {-16, 18}};
inline constexpr PenPoint six_hooked[] = {{20, -30}, {8, -40}, {-10, -30}, {-23, 0}, {-18, 30},
                                          {2, 40},   {20, 26}, {14, 4},    {-4, 0},  {-20, 14}};
inline constexpr PenPoint seven_plain[] = {{-24, -37}, {0, -38}, {23, -38}, {23, -38},
                                           {8, -8},    {-3, 16}, {-9, 40}};
inline constexpr PenPoint seven_barred[] = {{-22, -37}, {0, -37}, {22, -38}, {22, -38}, {6, 0},
                                            {-6, 40},   lift,     {-12, 0},  {6, -1},   {20, -1}};
inline constexpr PenPoint seven_hooked[] = {{-22, -24}, {-20, -36}, {-20, -36}, {0, -33},
                                            {22, -38},  {15, -20},  {3, 4},     {0, 40}};
inline constexpr PenPoint eight_crossed[] = {
    {16, -28}, {2, -40},  {-15, -32}, {-13, -14}, {4, -2},   {19, 14}, {16, 34},
    {-2, 40},  {-19, 30}, {-15, 12},  {2, -2},    {14, -16}, {16, -28}};
inline constexpr PenPoint eight_stacked[] = {{0, -4},   {-15, -12}, {-15, -32}, {0, -40}, {15, -32},
                                             {15, -12}, {0, -4},    {0, -4},    {-19, 8}, {-19, 30},
                                             {0, 40},   {19, 30},   {19, 8},    {0, -4}};
inline constexpr PenPoint eight_loose[] = {{18, -34}, {2, -38},  {-14, -28}, {-4, -8},
                                           {14, 12},  {12, 34},  {-4, 40},   {-16, 26},
                                           {-4, 4},   {12, -14}, {20, -32}};
inline constexpr PenPoint nine_round[] = {{18, -24}, {6, -40},  {-12, -36}, {-20, -18}, {-8, -3},
                                          {10, -8},  {19, -26}, {19, -26},  {18, 4},    {8, 40}};
inline constexpr PenPoint nine_curled[] = {{19, -28}, {4, -40},  {-14, -32}, {-18, -12},
                                           {-2, -2},  {15, -14}, {20, -30},  {21, 2},
                                           {14, 30},  {-4, 40},  {-20, 32}};
inline constexpr PenPoint nine_straight[] = {{12, -34}, {-6, -38}, {-18, -22}, {-10, -6}, {8, -10},
                                             {15, -34}, {15, -34}, {14, 0},    {13, 40}};

using Glyph = std::span<const PenPoint>;
inline constexpr std::size_t glyphs_per_digit = 3;
inline constexpr std::array<std::array<Glyph, glyphs_per_digit>, 10> digit_glyphs{{
    {Glyph(zero_round), Glyph(zero_narrow), Glyph(zero_open)},
    {Glyph(one_plain), Glyph(one_flag), Glyph(one_base)},
    {Glyph(two_angular), Glyph(two_looped), Glyph(two_flat)},
    {Glyph(three_round), Glyph(three_flat), Glyph(three_smooth)},
    {Glyph(four_open), Glyph(four_closed), Glyph(four_rounded)},
    {Glyph(five_square), Glyph(five_joined), Glyph(five_curved)},
    {Glyph(six_round), Glyph(six_straight), Glyph(six_hooked)},
    {Glyph(seven_plain), Glyph(seven_barred), Glyph(seven_hooked)},
    {Glyph(eight_crossed), Glyph(eight_stacked), Glyph(eight_loose)},
    {Glyph(nine_round), Glyph(nine_curled), Glyph(nine_straight)},
}};

/// Uniform over low .. high.
constexpr std::int64_t between(Random& random, std::int64_t low, std::int64_t high) noexcept {
  return low + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(high - low + 1)));
}

/// Over -reach .. reach, small values more often: the mean of two uniform draws.
constexpr std::int64_t around_zero(Random& random, std::int64_t reach) noexcept {
  return (between(random, -reach, reach) + between(random, -reach, reach)) / 2;
}

/// A place in the image, in 1/256 of a pixel from its top left corner.
struct InkPoint {
  std::int64_t x;
  std::int64_t y;
};
inline constexpr std::int64_t ink_pixel = 256;

/// A linear map about the centre of the image, in 1/1024, and a shift.
struct Placement {
  std::int64_t xx, xy, yx, yy;
  InkPoint centre;

  /// Rotation by 2 atan(t), whose cosine and sine are the rational (1 - t^2) / (1 + t^2) and
  /// 2t / (1 + t^2), after slant and scale.
  static constexpr Placement random(Random& random) noexcept {
    const std::int64_t scale_x = between(random, 680, 1130);
    const std::int64_t scale_y = between(random, 760, 1080);
    const std::int64_t slant = around_zero(random, 420) - 90;  // hands lean to the right
    const std::int64_t t = around_zero(random, 150);
    const std::int64_t norm = 1024 * 1024 + t * t;
    const std::int64_t cosine = (1024 * 1024 - t * t) * 1024 / norm;
    const std::int64_t sine = 2 * t * 1024 * 1024 / norm;
    const std::int64_t slanted = scale_y * slant / 1024;
    return {cosine * scale_x / 1024,
            (cosine * slanted - sine * scale_y) / 1024,
            sine * scale_x / 1024,
            (sine * slanted + cosine * scale_y) / 1024,
            {synthetic_digit_side * ink_pixel / 2 + around_zero(random, 3 * ink_pixel),
             synthetic_digit_side * ink_pixel / 2 + around_zero(random, 3 * ink_pixel)}};
  }

  /// `x`, `y`: 1/256 of a pixel from the centre.
  [[nodiscard]] constexpr InkPoint operator()(std::int64_t x, std::int64_t y) const noexcept {
    return {centre.x + (xx * x + xy * y) / 1024, centre.y + (yx * x + yy * y) / 1024};
  }
};

/// A round brush that covers or clears pixels, antialiased over one pixel at its rim.
class Brush {
 public:
  enum class Action : std::uint8_t { ink, erase };

  /// `radius` in 1/256 of a pixel, at least half a pixel; `strength` 1 .. 255.
  constexpr Brush(std::int64_t radius, std::int64_t strength, Action action) noexcept
      : reach_(radius + ink_pixel / 2),
        rim_(4 * radius * (ink_pixel / 2)),  // (r + p/2)^2 - (r - p/2)^2
        strength_(strength),
        action_(action) {}

  constexpr void touch(InkPoint at, std::span<std::uint8_t> image) const noexcept {
    const auto first = [this](std::int64_t centre) {
      return std::clamp<std::int64_t>((centre - reach_) / ink_pixel, 0, synthetic_digit_side);
    };
    const auto last = [this](std::int64_t centre) {
      return std::clamp<std::int64_t>((centre + reach_) / ink_pixel + 1, 0, synthetic_digit_side);
    };
    for (std::int64_t row = first(at.y); row < last(at.y); ++row) {
      for (std::int64_t column = first(at.x); column < last(at.x); ++column) {
        const std::int64_t dx = column * ink_pixel + ink_pixel / 2 - at.x;
        const std::int64_t dy = row * ink_pixel + ink_pixel / 2 - at.y;
        const std::int64_t inside = reach_ * reach_ - dx * dx - dy * dy;
        if (inside <= 0) continue;
        const std::int64_t cover = strength_ * std::min(inside, rim_) / rim_;
        auto& value = image[static_cast<std::size_t>(row * synthetic_digit_side + column)];
        value = action_ == Action::ink ? std::max(value, static_cast<std::uint8_t>(cover))
                                       : std::min(value, static_cast<std::uint8_t>(255 - cover));
      }
    }
  }

  constexpr void line(InkPoint from, InkPoint to, std::span<std::uint8_t> image) const noexcept {
    constexpr std::int64_t steps = 24;
    for (std::int64_t k = 0; k <= steps; ++k)
      touch({from.x + (to.x - from.x) * k / steps, from.y + (to.y - from.y) * k / steps}, image);
  }

 private:
  std::int64_t reach_;
  std::int64_t rim_;
  std::int64_t strength_;
  Action action_;
};

/// The Catmull-Rom spline from `b` to `c` at t = k / 16.
[[nodiscard]] constexpr std::int64_t catmull_rom(std::int64_t a, std::int64_t b, std::int64_t c,
                                                 std::int64_t d, std::int64_t k) noexcept {
  return (2 * b * 4096 + (c - a) * k * 256 + (2 * a - 5 * b + 4 * c - d) * k * k * 16 +
          (3 * b - a - 3 * c + d) * k * k * k) /
         8192;
}

/// Draws the strokes of `glyph`, every point shaken by up to a pixel and a half.
inline void draw_glyph(Glyph glyph, const Placement& place, const Brush& brush, Random& random,
                       std::span<std::uint8_t> image) {
  std::array<InkPoint, 32> points{};
  std::size_t count = 0;
  const auto finish_stroke = [&] {
    for (std::size_t i = 0; i + 1 < count; ++i) {
      const InkPoint a = points[i == 0 ? 0 : i - 1];
      const InkPoint b = points[i];
      const InkPoint c = points[i + 1];
      const InkPoint d = points[std::min(i + 2, count - 1)];
      for (std::int64_t k = 0; k <= 16; ++k)
        brush.touch({catmull_rom(a.x, b.x, c.x, d.x, k), catmull_rom(a.y, b.y, c.y, d.y, k)},
                    image);
    }
    count = 0;
  };
  PenPoint previous = lift;
  for (const PenPoint point : glyph) {
    if (point == lift) {
      finish_stroke();
    } else if (point == previous) {
      points[count] = points[count - 1];  // a corner stays one
      ++count;
    } else {
      const std::int64_t x = point.x * (ink_pixel / 4) + around_zero(random, 3 * ink_pixel / 2);
      const std::int64_t y = point.y * (ink_pixel / 4) + around_zero(random, 3 * ink_pixel / 2);
      points[count++] = place(x, y);
    }
    previous = point;
  }
  finish_stroke();
}

/// A short straight stroke somewhere in the image.
inline void draw_dash(const Brush& brush, std::int64_t length, Random& random,
                      std::span<std::uint8_t> image) {
  const InkPoint from{between(random, 2 * ink_pixel, 26 * ink_pixel),
                      between(random, 2 * ink_pixel, 26 * ink_pixel)};
  brush.line(from,
             {from.x + between(random, -length, length), from.y + between(random, -length, length)},
             image);
}

inline void add_noise(std::int64_t reach, Random& random, std::span<std::uint8_t> image) {
  for (std::size_t i = 0; i < image.size();) {
    std::uint64_t drawn = random.next();
    for (int byte = 0; byte < 8 && i < image.size(); ++byte, ++i, drawn >>= 8) {
      const std::int64_t noise = (static_cast<std::int64_t>(drawn & 255) - 128) * reach / 128;
      image[i] = static_cast<std::uint8_t>(std::clamp<std::int64_t>(image[i] + noise, 0, 255));
    }
  }
}

/// Draws one digit over a cleared image and tells which it is.
inline std::uint8_t draw_digit(Random& random, std::span<std::uint8_t> image) {
  std::fill(image.begin(), image.end(), std::uint8_t{0});
  const auto digit = static_cast<std::size_t>(random.below(10));
  const Glyph glyph = digit_glyphs[digit][static_cast<std::size_t>(random.below(glyphs_per_digit))];

  // Braces, because the arguments of a call are evaluated in no particular order.
  const Placement place = Placement::random(random);
  const Brush pen{between(random, 190, 440), between(random, 130, 255), Brush::Action::ink};
  draw_glyph(glyph, place, pen, random, image);

  for (std::int64_t dashes = between(random, 0, 2); dashes > 0; --dashes) {
    const Brush speck{between(random, 150, 300), between(random, 80, 230), Brush::Action::ink};
    draw_dash(speck, 3 * ink_pixel, random, image);
  }
  if (random.below(3) == 0) {
    const Brush eraser{between(random, 200, 420), 255, Brush::Action::erase};
    draw_dash(eraser, 12 * ink_pixel, random, image);
  }
  const std::int64_t noise = between(random, 10, 70);
  add_noise(noise, random, image);
  return static_cast<std::uint8_t>(digit);
}

}  // namespace detail

/// The first `count` digits of a seed, 28x28 with one channel, ten classes in random order. Digit i
/// is the same whatever `count` is; the two splits share no digit.
/// @throws DomainError when count is negative
[[nodiscard]] inline Dataset synthetic_digits(std::uint64_t seed, SyntheticSplit split,
                                              std::int64_t count) {
  constexpr std::uint64_t purpose = 0x737464696769;  // "digits" in ASCII
  if (count < 0) throw DomainError("count", std::to_string(count), "an integer >= 0");
  Dataset digits;
  digits.shape = {1, synthetic_digit_side, synthetic_digit_side};
  digits.classes = 10;
  digits.images.resize(static_cast<std::size_t>(
      checked_product({count, synthetic_digit_elements}, "bytes of synthetic digits")));
  digits.labels.resize(static_cast<std::size_t>(count));
  const std::uint64_t split_seed =
      Random::stream(seed, purpose + static_cast<std::uint64_t>(split)).next();
  for (std::size_t i = 0; i < digits.labels.size(); ++i) {
    Random random = Random::stream(split_seed, i);
    digits.labels[i] = detail::draw_digit(
        random, std::span(digits.images)
                    .subspan(i * static_cast<std::size_t>(synthetic_digit_elements),
                             static_cast<std::size_t>(synthetic_digit_elements)));
  }
  return digits;
}

}  // namespace edgeopt::inline v0
