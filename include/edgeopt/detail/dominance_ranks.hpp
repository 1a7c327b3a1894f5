// SPDX-License-Identifier: MIT
/// @file
/// Ranks of minimised points: how many fronts have to be taken off before a point is on one.
#pragma once

#include <algorithm>  // std::max
#include <cstddef>
#include <cstdint>
#include <iterator>  // std::prev
#include <map>
#include <optional>
#include <vector>

#include "edgeopt/detail/lexicographic_sort.hpp"
#include "edgeopt/detail/minimized_points.hpp"
#include "edgeopt/detail/non_dominated.hpp"

namespace edgeopt::inline v0::detail {

/// A front of two of three objectives, for points that come in order of the first: corners of what
/// it dominates, by the second.
class Front3d {
 public:
  [[nodiscard]] bool covers(double second, double third) const {
    const auto next = corners_.upper_bound(second);
    return next != corners_.begin() && std::prev(next)->second <= third;
  }
  void insert(double second, double third) {
    auto corner = corners_.lower_bound(second);
    while (corner != corners_.end() && corner->second >= third) corner = corners_.erase(corner);
    corners_.emplace_hint(corner, second, third);
  }

 private:
  std::map<double, double> corners_;
};

/// Ranks of points: each, in lexicographic order, joins the first front that does not dominate it.
/// A front whose members dominate it comes after none whose do not, as each of those is itself
/// dominated by a member of the front before.
/// `dominates(front, point)`, `join(front, point)`, where a front may be the one after the last.
template <class Dominates, class Join>
std::vector<std::int64_t> ranks_by_search(const MinimizedPoints& points, Dominates dominates,
                                          Join join) {
  std::vector<std::int64_t> ranks(points.size());
  std::size_t fronts = 0;
  std::optional<Position> latest;
  for (const Position point : LexicographicSort::order(points)) {
    if (latest && points.equal(*latest, point)) {
      ranks[point] = ranks[*latest];
      continue;
    }
    std::size_t low = 0;
    for (std::size_t high = fronts; low < high;) {
      const std::size_t middle = low + (high - low) / 2;
      if (dominates(middle, point)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    fronts = std::max(fronts, low + 1);
    join(low, point);
    ranks[point] = static_cast<std::int64_t>(low);
    latest = point;
  }
  return ranks;
}

inline std::vector<std::int64_t> ranks_plain(const MinimizedPoints& points) {
  std::vector<std::vector<Position>> fronts;
  return ranks_by_search(
      points,
      [&](std::size_t front, Position point) { return dominated_by(points, fronts[front], point); },
      [&](std::size_t front, Position point) {
        if (front == fronts.size()) fronts.emplace_back();
        fronts[front].push_back(point);
      });
}

/// A front is known by the best value of its second objective.
inline std::vector<std::int64_t> ranks_2d(const MinimizedPoints& points) {
  std::vector<double> best;
  return ranks_by_search(
      points, [&](std::size_t front, Position point) { return best[front] <= points[point][1]; },
      [&](std::size_t front, Position point) {
        if (front == best.size()) best.emplace_back();
        best[front] = points[point][1];
      });
}

inline std::vector<std::int64_t> ranks_3d(const MinimizedPoints& points) {
  std::vector<Front3d> fronts;
  return ranks_by_search(
      points,
      [&](std::size_t front, Position point) {
        return fronts[front].covers(points[point][1], points[point][2]);
      },
      [&](std::size_t front, Position point) {
        if (front == fronts.size()) fronts.emplace_back();
        fronts[front].insert(points[point][1], points[point][2]);
      });
}

}  // namespace edgeopt::inline v0::detail
