// SPDX-License-Identifier: MIT
/// @file
/// The hypervolume of a set of points: how much of the space up to a reference point it dominates
/// (E. Zitzler, L. Thiele, "Multiobjective evolutionary algorithms: a comparative case study and
/// the strength Pareto approach", IEEE TEVC 3(4), 1999).
#pragma once

#include <algorithm>  // std::sort
#include <cmath>      // std::isfinite
#include <cstddef>
#include <span>
#include <string>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/pareto.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

namespace detail {

/// Edge lengths of the boxes between points and the reference, all > 0; a larger box dominates
/// more.
using Box = std::span<const double>;

/// Whether one box lies in another, in the first `objectives` coordinates.
inline bool lies_in(Box inner, Box outer, std::size_t objectives) {
  for (std::size_t i = 0; i < objectives; ++i)
    if (inner[i] > outer[i]) return false;
  return true;
}

/// Area of the union of rectangles that all have a corner at the origin.
inline double area_of_union(std::vector<Box> boxes) {
  std::sort(boxes.begin(), boxes.end(), [](Box a, Box b) { return a[0] > b[0]; });
  double area = 0;
  double height = 0;
  for (const Box box : boxes) {  // from the widest on, each adds what it is higher
    if (box[1] <= height) continue;
    area += box[0] * (box[1] - height);
    height = box[1];
  }
  return area;
}

/// Volume of the union of boxes in the first `objectives` coordinates, by slices along the last of
/// them: between two neighbouring lengths the cross-section is the union of the boxes that reach
/// there (J. Knowles, "Local-search and hybrid evolutionary algorithms for Pareto optimization",
/// 2002). Sums of products of positive lengths: nothing cancels.
inline double volume_of_union(std::vector<Box> boxes, std::size_t objectives) {
  if (boxes.empty()) return 0;
  if (objectives == 2) return area_of_union(std::move(boxes));
  const std::size_t last = objectives - 1;
  std::sort(boxes.begin(), boxes.end(), [last](Box a, Box b) { return a[last] > b[last]; });
  if (objectives == 1) return boxes.front()[0];

  std::vector<Box> section;  // boxes that reach the slice, without those that lie in another
  double volume = 0;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Box box = boxes[i];
    const auto covers = [&](Box other) { return lies_in(box, other, last); };
    if (std::none_of(section.begin(), section.end(), covers)) {
      std::erase_if(section, [&](Box other) { return lies_in(other, box, last); });
      section.push_back(box);
    }
    const double thickness = box[last] - (i + 1 < boxes.size() ? boxes[i + 1][last] : 0);
    if (thickness > 0) volume += thickness * volume_of_union(section, last);
  }
  return volume;
}

}  // namespace detail

/// Volume of the space between the points and `reference` (the worst value of each objective that
/// counts), exact up to rounding, for any number of objectives. Points that are not better than the
/// reference in every objective contribute nothing. `points  // [n, objectives]`.
///
/// Takes O(n log n) for two objectives and O(n^(d-2)) slices of those for d: meant for the fronts
/// of studies, not for millions of points in many dimensions.
/// @throws DomainError as `non_dominated`, for a reference with another number of objectives, and
///   for a point or reference that is not finite
[[nodiscard]] inline double hypervolume(std::span<const double> points,
                                        std::span<const double> reference,
                                        std::span<const Direction> directions) {
  const std::size_t objectives = directions.size();
  if (reference.size() != objectives)
    throw DomainError("values of the reference point", std::to_string(reference.size()),
                      std::to_string(objectives) + ", one for each objective");
  for (const std::span<const double> values : {points, reference})
    for (const double value : values)
      if (!std::isfinite(value))
        throw DomainError("objective", format_real(value), "a finite number");

  const std::vector<std::size_t> front = non_dominated(points, directions, Duplicates::keep_first);
  std::vector<double> lengths(front.size() * objectives);
  std::vector<detail::Box> boxes;
  for (std::size_t i = 0; i < front.size(); ++i) {
    bool inside = true;
    for (std::size_t j = 0; j < objectives; ++j) {
      const double difference = reference[j] - points[front[i] * objectives + j];
      const double length = directions[j] == Direction::minimize ? difference : -difference;
      lengths[i * objectives + j] = length;
      inside = inside && length > 0;
    }
    if (inside) boxes.push_back(std::span(lengths).subspan(i * objectives, objectives));
  }
  return detail::volume_of_union(std::move(boxes), objectives);
}

}  // namespace edgeopt::inline v0
