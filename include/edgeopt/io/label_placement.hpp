// SPDX-License-Identifier: MIT
/// @file
/// Where to put the labels of points so that they cover neither points nor one another.
#pragma once

#include <algorithm>  // std::max, std::min
#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace edgeopt::inline v0::io {

/// A rectangle in pixels; y grows upwards.
struct PixelBox {
  double left = 0;
  double bottom = 0;
  double right = 0;
  double top = 0;
};

/// Area that two rectangles share.
[[nodiscard]] inline double overlap(const PixelBox& a, const PixelBox& b) {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.top, b.top) - std::max(a.bottom, b.bottom);
  return width > 0 && height > 0 ? width * height : 0;
}

/// A point that wants a label of some size.
struct LabelledPoint {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

/// Gives each label its rectangle, in the order of the points: the nearest of a few places around
/// its point that is free and within `area`, else the one that covers least. `obstacles` are the
/// places of all markers.
[[nodiscard]] inline std::vector<PixelBox> place_labels(std::span<const LabelledPoint> points,
                                                        std::span<const PixelBox> obstacles,
                                                        const PixelBox& area) {
  // Directions in the order of preference: beside the point, over and under it, then askew.
  struct Direction {
    double x, y;
  };
  constexpr std::array<Direction, 8> directions{
      {{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {1, -1}, {-1, 1}, {-1, -1}}};
  constexpr double gap = 12;    // pixels between a point and its label
  constexpr double rings = 16;  // how many times farther a label may move
  constexpr double margin = 3;  // pixels kept free around a label
  constexpr double negligible = 1e-6;

  std::vector<PixelBox> placed;
  for (const LabelledPoint& point : points) {
    PixelBox best;
    double least = std::numeric_limits<double>::infinity();
    for (double ring = 1; ring <= rings && least > negligible; ++ring)
      for (const Direction direction : directions) {
        const double x = point.x + direction.x * (gap * ring + point.width / 2);
        const double y = point.y + direction.y * (gap * ring + point.height / 2);
        const PixelBox box{x - point.width / 2, y - point.height / 2, x + point.width / 2,
                           y + point.height / 2};
        const PixelBox wide{box.left - margin, box.bottom - margin, box.right + margin,
                            box.top + margin};
        const double cut_off = point.width * point.height - overlap(box, area);
        double covered = 1000 * cut_off;
        for (const PixelBox& other : placed) covered += overlap(wide, other);
        for (const PixelBox& other : obstacles) covered += overlap(box, other);
        if (covered < least) {
          least = covered;
          best = box;
        }
        if (least <= negligible) break;
      }
    placed.push_back(best);
  }
  return placed;
}

}  // namespace edgeopt::inline v0::io
