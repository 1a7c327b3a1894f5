// SPDX-License-Identifier: MIT
/// @file
/// What a growing set of points dominates in two objectives.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "edgeopt/detail/lexicographic_sort.hpp"
#include "edgeopt/detail/minimized_points.hpp"

namespace edgeopt::inline v0::detail {

/// A set of integers below a bound: a bit for each, a bit for each 64 of those, and so on, so that
/// every operation looks at a few words.
class IndexSet {
 public:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  explicit IndexSet(std::size_t bound) {
    do {
      bound = bound / 64 + 1;
      levels_.emplace_back(bound);
    } while (bound > 1);
  }

  void insert(std::size_t index) {
    for (auto& level : levels_) {
      level[index / 64] |= bit(index);
      index /= 64;
    }
  }
  void erase(std::size_t index) {
    for (auto& level : levels_) {
      if ((level[index / 64] &= ~bit(index)) != 0) return;
      index /= 64;
    }
  }

  /// The largest member up to an index, or none.
  [[nodiscard]] std::size_t at_or_before(std::size_t index) const {
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      const std::uint64_t word = levels_[i][index / 64] & (~std::uint64_t{0} >> (63 - index % 64));
      if (word != 0) return last_below(i, index / 64 * 64 + highest(word));
      if (index < 64) return none;
      index = index / 64 - 1;
    }
    return none;
  }
  /// The smallest member from an index on, or none.
  [[nodiscard]] std::size_t at_or_after(std::size_t index) const {
    for (std::size_t i = 0; i < levels_.size() && index / 64 < levels_[i].size(); ++i) {
      const std::uint64_t word = levels_[i][index / 64] >> (index % 64);
      if (word != 0) return first_below(i, index + lowest(word));
      index = index / 64 + 1;
    }
    return none;
  }

 private:
  static std::uint64_t bit(std::size_t index) { return std::uint64_t{1} << (index % 64); }
  static std::size_t lowest(std::uint64_t word) {
    return static_cast<std::size_t>(std::countr_zero(word));
  }
  static std::size_t highest(std::uint64_t word) {
    return 63 - static_cast<std::size_t>(std::countl_zero(word));
  }
  [[nodiscard]] std::size_t last_below(std::size_t level, std::size_t index) const {
    while (level-- > 0) index = index * 64 + highest(levels_[level][index]);
    return index;
  }
  [[nodiscard]] std::size_t first_below(std::size_t level, std::size_t index) const {
    while (level-- > 0) index = index * 64 + lowest(levels_[level][index]);
    return index;
  }

  std::vector<std::vector<std::uint64_t>> levels_;  ///< the finest first; the last is one word
};

/// The values of an objective, numbered in ascending order; equal ones have the same number.
struct Steps {
  std::size_t count = 0;
  std::vector<Position> of_point;

  Steps(const MinimizedPoints& points, std::size_t objective) : of_point(points.size()) {
    double latest = 0;
    for (const Position point : LexicographicSort::order(points, objective)) {
      const double value = points[point][objective];
      if (count == 0 || value != latest) ++count;
      latest = value;
      of_point[point] = static_cast<Position>(count - 1);
    }
  }
};

/// Corners of what points (step, height) dominate: steps ascending, heights descending. Which steps
/// there can be is known beforehand. Adding n corners takes O(n log n) in all.
class Staircase {
 public:
  static constexpr std::size_t none = IndexSet::none;

  explicit Staircase(std::size_t steps) : corners_(steps), heights_(steps) {}

  /// The step of the last corner up to a step, of the first from a step on; none where there is
  /// none.
  [[nodiscard]] std::size_t at_or_before(std::size_t step) const {
    return corners_.at_or_before(step);
  }
  [[nodiscard]] std::size_t at_or_after(std::size_t step) const {
    return corners_.at_or_after(step);
  }
  /// The height of the corner at a step.
  [[nodiscard]] double height(std::size_t step) const { return heights_[step]; }

  /// Whether a corner is as good as a point in both.
  [[nodiscard]] bool covers(std::size_t step, double height) const {
    const std::size_t corner = at_or_before(step);
    return corner != none && heights_[corner] <= height;
  }

  /// Adds a corner that is not covered, after dropping those it covers: `dropped(step)` is called
  /// for each of them, ascending.
  template <class Function>
  void insert(std::size_t step, double height, Function dropped) {
    std::size_t corner = at_or_after(step);
    while (corner != none && heights_[corner] >= height) {
      dropped(corner);
      corners_.erase(corner);
      corner = at_or_after(corner);
    }
    corners_.insert(step);
    heights_[step] = height;
  }
  void insert(std::size_t step, double height) {
    insert(step, height, [](std::size_t) {});
  }

 private:
  IndexSet corners_;
  std::vector<double> heights_;  ///< by step; meaningless where there is no corner
};

}  // namespace edgeopt::inline v0::detail
