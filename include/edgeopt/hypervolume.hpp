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

#include "edgeopt/detail/lexicographic_sort.hpp"
#include "edgeopt/detail/minimized_points.hpp"
#include "edgeopt/detail/non_dominated.hpp"
#include "edgeopt/detail/staircase.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/objectives.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

namespace detail {

[[noreturn]] inline void refuse_objective(double value, std::size_t objective,
                                          const std::string& whose) {
  throw DomainError("objective " + std::to_string(objective + 1) + " of " + whose,
                    format_real(value), "a finite number");
}

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

/// A sum of numbers >= 0 whose relative error does not grow with their number (A. Neumaier,
/// "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54(1), 1974).
class Total {
 public:
  void add(double term) {
    const double sum = sum_ + term;
    lost_ += sum_ >= term ? (sum_ - sum) + term : (term - sum) + sum_;
    sum_ = sum;
  }
  [[nodiscard]] double value() const { return std::isfinite(sum_) ? sum_ + lost_ : sum_; }

 private:
  double sum_ = 0;
  double lost_ = 0;  ///< of the terms, by rounding
};

/// The area between points (step, height) < 0 and the origin. Adding n points takes O(n log n).
class DominatedArea {
 public:
  /// `steps` ascend
  explicit DominatedArea(std::vector<double> steps)
      : steps_(std::move(steps)), staircase_(steps_.size()) {}

  [[nodiscard]] double value() const { return area_.value(); }

  /// Adds a point: the strips between the corners that it covers are as much higher as the corner
  /// on their left, or the origin, is above it. Products of positive lengths: nothing cancels.
  void add(std::size_t step, double height) {
    if (staircase_.covers(step, height)) return;
    const std::size_t before = staircase_.at_or_before(step);
    double level = before == Staircase::none ? 0 : staircase_.height(before);
    double left = steps_[step];
    const auto add_strip = [&](double right) {  // infinite lengths do not have all differences
      if (right > left && level > height) area_.add((right - left) * (level - height));
    };
    staircase_.insert(step, height, [&](std::size_t corner) {
      add_strip(steps_[corner]);
      left = steps_[corner];
      level = staircase_.height(corner);
    });
    const std::size_t next = staircase_.at_or_after(step + 1);
    add_strip(next == Staircase::none ? 0 : steps_[next]);
  }

 private:
  std::vector<double> steps_;
  Staircase staircase_;
  Total area_;
};

/// Points < 0 in two objectives, from the best in the first on: each adds a strip, as far as it is
/// better in the second than those before.
inline double hypervolume_2d(const MinimizedPoints& points) {
  Total volume;
  double best = 0;
  for (const Position point : LexicographicSort::order(points)) {
    const double second = points[point][1];
    if (second >= best) continue;
    volume.add(-points[point][0] * (best - second));
    best = second;
  }
  return volume.value();
}

/// Points < 0 in three objectives, from the best in the first on: between two of them, the area
/// that those so far dominate in the other objectives (N. Beume et al., "On the complexity of
/// computing the hypervolume indicator", IEEE TEVC 13(5), 2009). O(n log n).
inline double hypervolume_3d(const MinimizedPoints& points) {
  const Steps steps(points, 1);
  std::vector<double> values(steps.count);
  for (std::size_t i = 0; i < points.size(); ++i) values[steps.of_point[i]] = points[i][1];
  DominatedArea area(std::move(values));
  Total volume;
  double reached = 0;
  for (const Position point : LexicographicSort::order(points)) {
    const double first = points[point][0];
    if (first > reached) volume.add((first - reached) * area.value());
    reached = first;
    area.add(steps.of_point[point], points[point][2]);
  }
  volume.add(-reached * area.value());
  return volume.value();
}

/// For any number of objectives, by slices.
inline double hypervolume_by_slices(const MinimizedPoints& points) {
  const std::size_t objectives = points.objectives();
  const Marks front = mark_non_dominated(points, Duplicates::keep_first);
  std::vector<double> lengths;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (front[i])
      for (std::size_t j = 0; j < objectives; ++j) lengths.push_back(-points[i][j]);
  std::vector<Box> boxes;
  for (std::size_t i = 0; i < lengths.size(); i += objectives)
    boxes.push_back(std::span(lengths).subspan(i, objectives));
  return volume_of_union(std::move(boxes), objectives);
}

/// The points that are better than the reference in every objective, less the reference.
inline MinimizedPoints points_below(std::span<const double> points,
                                    std::span<const double> reference,
                                    std::span<const Direction> directions) {
  const std::size_t objectives = directions.size();
  const std::vector<Position> left = filter_dominated(points, directions);
  const std::size_t count = left.empty() ? points.size() / objectives : left.size();
  std::vector<double> values;
  values.reserve(count * objectives);
  for (std::size_t i = 0; i < count; ++i) {
    const auto point = points.subspan((left.empty() ? i : left[i]) * objectives, objectives);
    bool below = true;
    for (std::size_t j = 0; j < objectives; ++j) {
      const double difference = point[j] - reference[j];
      values.push_back(directions[j] == Direction::minimize ? difference : -difference);
      below = below && values.back() < 0;
    }
    if (!below) values.resize(values.size() - objectives);
  }
  return {std::move(values), objectives};
}

}  // namespace detail

/// Volume of the space between the points and `reference` (the worst value of each objective that
/// counts), exact up to rounding, for any number of objectives. Points that are not better than the
/// reference in every objective contribute nothing. `points  // [n, objectives]`.
///
/// Takes O(n log n) for two and three objectives, and for d of them O(n^(d-2)) slices of O(n log
/// n): meant for the fronts of studies, not for millions of points in many dimensions.
/// @throws DomainError as `non_dominated`, for a reference with another number of objectives, and
///   for a point or reference that is not finite
[[nodiscard]] inline double hypervolume(std::span<const double> points,
                                        std::span<const double> reference,
                                        std::span<const Direction> directions) {
  if (reference.size() != directions.size())
    throw DomainError("values of the reference point", std::to_string(reference.size()),
                      std::to_string(directions.size()) + ", one for each objective");
  detail::require_points(points, directions.size());
  const std::size_t objectives = directions.size();
  for (std::size_t i = 0; i < points.size(); ++i)
    if (!std::isfinite(points[i]))
      detail::refuse_objective(points[i], i % objectives,
                               "point " + std::to_string(i / objectives + 1));
  for (std::size_t i = 0; i < reference.size(); ++i)
    if (!std::isfinite(reference[i]))
      detail::refuse_objective(reference[i], i, "the reference point");
  const detail::MinimizedPoints below = detail::points_below(points, reference, directions);
  if (directions.size() == 2) return detail::hypervolume_2d(below);
  if (directions.size() == 3) return detail::hypervolume_3d(below);
  return detail::hypervolume_by_slices(below);
}

}  // namespace edgeopt::inline v0
