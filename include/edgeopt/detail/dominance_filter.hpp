// SPDX-License-Identifier: MIT
/// @file
/// Leaves out most of the points that others dominate, at the cost of reading them once.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>  // std::isnan
#include <cstddef>
#include <span>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/detail/minimized_points.hpp"
#include "edgeopt/objectives.hpp"

namespace edgeopt::inline v0::detail {

/// Of many points, those that are not strictly worse in every objective than one of a few strong
/// ones, which are taken from the front of a sample. In a cloud of points that leaves a few in a
/// hundred; of points that are all on the front it leaves all, and notices so in the sample.
///
/// A NaN is not greater than anything, so that points with one stay.
template <std::size_t Objectives>
class DominanceFilter {
 public:
  /// `values  // [n, Objectives]`, which have to outlive this
  DominanceFilter(std::span<const double> values, std::span<const Direction> directions)
      : values_(values) {
    for (std::size_t j = 0; j < Objectives; ++j)
      signs_[j] = directions[j] == Direction::minimize ? 1 : -1;
  }

  /// Positions of the points that are left, ascending; nothing when the filter does not help.
  /// `front(points)` marks the non-dominated among points.
  template <class Front>
  [[nodiscard]] std::vector<Position> operator()(Front front) const {
    std::vector<Position> kept;
    for (std::size_t before = values_.size() / Objectives; before >= many; before = kept.size()) {
      const Candidates candidates{kept, before};
      const std::vector<Point> pivots = choose_pivots(candidates, front);
      if (pivots.empty()) break;
      kept = undominated(candidates, pivots);
      if (2 * kept.size() > before) break;
    }
    return kept;
  }

 private:
  using Point = std::array<double, Objectives>;

  static constexpr std::size_t many = 16384;  ///< fewer are sorted sooner than filtered
  static constexpr std::size_t most_samples = 4096;
  static constexpr std::size_t most_pivots = 8;
  using Block = std::array<Position, 256>;

  /// Positions, or all below a count when there is no list of them.
  struct Candidates {
    std::span<const Position> list;
    std::size_t count = 0;

    [[nodiscard]] Position operator[](std::size_t i) const {
      return list.empty() ? static_cast<Position>(i) : list[i];
    }
  };

  [[nodiscard]] Point point(std::size_t position) const {
    Point result;
    for (std::size_t j = 0; j < Objectives; ++j)
      result[j] = signs_[j] * values_[position * Objectives + j];
    return result;
  }

  /// 1 when a point is better in every objective, else 0; without branches, which would be
  /// mispredicted.
  static std::size_t beats(const Point& a, const Point& b) {
    std::size_t better = 1;
    for (std::size_t j = 0; j < Objectives; ++j) better &= static_cast<std::size_t>(a[j] < b[j]);
    return better;
  }

  [[nodiscard]] std::vector<Point> draw_sample(const Candidates& candidates) const {
    const std::size_t stride = std::max(candidates.count / most_samples, std::size_t{64});
    std::vector<Point> sample;
    for (std::size_t i = stride / 2; i < candidates.count; i += stride) {
      const Point drawn = point(candidates[i]);
      if (std::none_of(drawn.begin(), drawn.end(), [](double value) { return std::isnan(value); }))
        sample.push_back(drawn);
    }
    return sample;
  }

  /// One after another, the point of the sample's front that beats most of those not beaten yet.
  /// None when much of the sample is on the front.
  template <class Front>
  [[nodiscard]] std::vector<Point> choose_pivots(const Candidates& candidates, Front& front) const {
    std::vector<Point> sample = draw_sample(candidates);
    std::vector<double> values;
    for (const Point& drawn : sample) values.insert(values.end(), drawn.begin(), drawn.end());
    const auto on_front = front(MinimizedPoints(std::move(values), Objectives));
    std::vector<Point> members;
    for (std::size_t i = 0; i < sample.size(); ++i)
      if (on_front[i]) members.push_back(sample[i]);
    std::vector<Point> pivots;
    if (8 * members.size() > sample.size()) return pivots;
    while (pivots.size() < most_pivots) {
      std::size_t most = 0;
      Point best = {};
      for (const Point& member : members) {
        std::size_t beaten = 0;
        for (const Point& drawn : sample) beaten += beats(member, drawn);
        if (beaten > most) {
          most = beaten;
          best = member;
        }
      }
      if (most == 0) break;
      pivots.push_back(best);
      std::erase_if(sample, [&](const Point& drawn) { return beats(best, drawn) != 0; });
    }
    return pivots;
  }

  /// Block after block, as its points are in the nearest cache after the first pivot.
  [[nodiscard]] std::vector<Position> undominated(const Candidates& candidates,
                                                  const std::vector<Point>& pivots) const {
    std::vector<Position> result;
    Block block;
    for (std::size_t begin = 0; begin < candidates.count; begin += block.size()) {
      std::size_t left = std::min(block.size(), candidates.count - begin);
      const auto in_all = [&](std::size_t i) { return static_cast<Position>(begin + i); };
      const auto in_list = [&](std::size_t i) { return candidates.list[begin + i]; };
      const auto in_block = [&](std::size_t i) { return block[i]; };
      left = candidates.list.empty() ? keep_unbeaten(pivots.front(), in_all, left, block)
                                     : keep_unbeaten(pivots.front(), in_list, left, block);
      for (std::size_t i = 1; i < pivots.size(); ++i)
        left = keep_unbeaten(pivots[i], in_block, left, block);
      result.insert(result.end(), block.begin(), block.begin() + left);
    }
    return result;
  }

  /// Puts those of `count` positions that a pivot does not beat into the block; returns how many.
  template <class PositionOf>
  std::size_t keep_unbeaten(const Point& pivot, PositionOf position_of, std::size_t count,
                            Block& block) const {
    const Point strong = pivot;
    const DominanceFilter points = *this;  // copies, which no store into the block can change
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const Position position = position_of(i);
      block[kept] = position;
      kept += 1 - beats(strong, points.point(position));
    }
    return kept;
  }

  std::span<const double> values_;
  Point signs_;
};

}  // namespace edgeopt::inline v0::detail
