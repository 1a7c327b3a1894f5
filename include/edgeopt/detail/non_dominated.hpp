// SPDX-License-Identifier: MIT
/// @file
/// Which of minimised points no other dominates: plainly for any number of objectives, and in
/// O(n log n) for two and three.
#pragma once

#include <algorithm>  // std::any_of, std::min
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "edgeopt/detail/dominance_filter.hpp"
#include "edgeopt/detail/lexicographic_sort.hpp"
#include "edgeopt/detail/minimized_points.hpp"
#include "edgeopt/detail/staircase.hpp"
#include "edgeopt/objectives.hpp"

namespace edgeopt::inline v0::detail {

/// For each point, whether it belongs to a set.
using Marks = std::vector<bool>;

/// Whether a member of a front dominates the point. Latest members first: they are nearest in the
/// order of the points and most likely to.
inline bool dominated_by(const MinimizedPoints& points, const std::vector<Position>& front,
                         Position point) {
  return std::any_of(front.rbegin(), front.rend(),
                     [&](Position member) { return points.dominates(member, point); });
}

/// The non-dominated points for any number of objectives, by comparing each with the front so far.
inline Marks non_dominated_plain(const MinimizedPoints& points, Duplicates duplicates) {
  Marks marks(points.size());
  std::vector<Position> front;
  for (const Position point : LexicographicSort::order(points)) {
    const bool copy = !front.empty() && points.equal(front.back(), point);
    if (copy ? duplicates == Duplicates::keep_first : dominated_by(points, front, point)) continue;
    marks[point] = true;
    front.push_back(point);
  }
  return marks;
}

/// The non-dominated points when `dominated(row)`, asked for one point after another in
/// lexicographic order, says whether those before it dominate it. It is not asked for copies of the
/// one it said "no" to last. `row_of(point)` is what it has to know of a point.
template <class RowOf, class Dominated>
Marks non_dominated_by_sweep(const MinimizedPoints& points, Duplicates duplicates, RowOf row_of,
                             Dominated dominated) {
  Marks marks(points.size());
  const std::vector<Position> order = LexicographicSort::order(points);
  using Row = decltype(row_of(Position{}));
  std::array<Row, 256> rows;  // fetched together, as neighbours in order are none in memory
  std::optional<Row> latest;
  for (std::size_t begin = 0; begin < order.size(); begin += rows.size()) {
    const std::size_t count = std::min(rows.size(), order.size() - begin);
    for (std::size_t i = 0; i < count; ++i) rows[i] = row_of(order[begin + i]);
    for (std::size_t i = 0; i < count; ++i) {
      const bool copy = latest == rows[i];
      if (copy ? duplicates == Duplicates::keep_first : dominated(rows[i])) continue;
      marks[order[begin + i]] = true;
      latest = rows[i];
    }
  }
  return marks;
}

/// For two objectives: a point has to be better in the second than all before it.
inline Marks non_dominated_2d(const MinimizedPoints& points, Duplicates duplicates) {
  struct Row {
    double first, second;
    bool operator==(const Row&) const = default;
  };
  std::optional<double> best;
  return non_dominated_by_sweep(
      points, duplicates,
      [&](Position point) {
        return Row{points[point][0], points[point][1]};
      },
      [&](const Row& row) {
        if (best && row.second >= *best) return true;
        best = row.second;
        return false;
      });
}

/// For three objectives: what the points so far dominate in the other two ends in a staircase
/// (H. Kung, F. Luccio, F. Preparata, "On finding the maxima of a set of vectors", JACM 22(4),
/// 1975). O(n log n).
inline Marks non_dominated_3d(const MinimizedPoints& points, Duplicates duplicates) {
  struct Row {
    double first, third;
    Position second;  ///< its number among the values there are
    bool operator==(const Row&) const = default;
  };
  const Steps steps(points, 1);
  Staircase staircase(steps.count);
  return non_dominated_by_sweep(
      points, duplicates,
      [&](Position point) {
        return Row{points[point][0], points[point][2], steps.of_point[point]};
      },
      [&](const Row& row) {
        if (staircase.covers(row.second, row.third)) return true;
        staircase.insert(row.second, row.third);
        return false;
      });
}

inline Marks mark_non_dominated(const MinimizedPoints& points, Duplicates duplicates) {
  if (points.objectives() == 2) return non_dominated_2d(points, duplicates);
  if (points.objectives() == 3) return non_dominated_3d(points, duplicates);
  return non_dominated_plain(points, duplicates);
}

/// Positions of points among which all non-dominated ones are, ascending; nothing when those are
/// all points.
inline std::vector<Position> filter_dominated(std::span<const double> points,
                                              std::span<const Direction> directions) {
  const auto front = [](const MinimizedPoints& sample) {
    return mark_non_dominated(sample, Duplicates::keep_first);
  };
  if (directions.size() == 2) return DominanceFilter<2>(points, directions)(front);
  if (directions.size() == 3) return DominanceFilter<3>(points, directions)(front);
  return {};
}

}  // namespace edgeopt::inline v0::detail
