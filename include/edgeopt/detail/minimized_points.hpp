// SPDX-License-Identifier: MIT
/// @file
/// Points of which less is better in every objective.
#pragma once

#include <algorithm>  // std::equal, std::none_of
#include <cmath>      // std::isnan
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/objectives.hpp"

namespace edgeopt::inline v0::detail {

/// The place of a point among others.
using Position = std::uint32_t;

/// Refuses what no frontier can be found of. `values  // [n, objectives]`
/// @throws DomainError for no objectives, a number of values that is not a multiple of their
/// number,
///   and more points than a `Position` can tell apart
inline void require_points(std::span<const double> values, std::size_t objectives) {
  if (objectives == 0) throw DomainError("objectives", "none", "at least one");
  if (values.size() % objectives != 0)
    throw DomainError("number of values", std::to_string(values.size()),
                      "a multiple of the " + std::to_string(objectives) + " objectives");
  constexpr Position most = std::numeric_limits<Position>::max();
  if (values.size() / objectives > most)
    throw DomainError("number of points", std::to_string(values.size() / objectives),
                      "at most " + std::to_string(most));
}

/// Numbers of points, seen so that less is better; none of them NaN unless said otherwise.
class MinimizedPoints {
 public:
  /// `values  // [n, objectives]`
  MinimizedPoints(std::vector<double> values, std::size_t objectives)
      : own_(std::move(values)), values_(own_), objectives_(objectives) {}

  /// Those of the caller, which have to outlive this.
  /// @throws DomainError for NaN
  MinimizedPoints(std::span<const double> values, std::span<const Direction> directions)
      : values_(values), objectives_(directions.size()) {
    for (std::size_t i = 0; i < values.size(); ++i)
      if (std::isnan(values[i])) refuse_nan(i / objectives_, i % objectives_);
    if (std::none_of(directions.begin(), directions.end(), is_maximized)) return;
    own_.assign(values.begin(), values.end());
    for (std::size_t j = 0; j < objectives_; ++j)
      if (is_maximized(directions[j]))
        for (std::size_t i = j; i < own_.size(); i += objectives_) own_[i] = -own_[i];
    values_ = own_;
  }

  /// Some of the caller's.
  /// @throws DomainError for NaN
  MinimizedPoints(std::span<const double> values, std::span<const Direction> directions,
                  std::span<const Position> chosen)
      : objectives_(directions.size()) {
    own_.reserve(chosen.size() * objectives_);
    for (const Position point : chosen)
      for (std::size_t j = 0; j < objectives_; ++j) {
        const double value = values[point * objectives_ + j];
        if (std::isnan(value)) refuse_nan(point, j);
        own_.push_back(is_maximized(directions[j]) ? -value : value);
      }
    values_ = own_;
  }

  MinimizedPoints(const MinimizedPoints&) = delete;  // values_ may point into own_
  MinimizedPoints& operator=(const MinimizedPoints&) = delete;

  [[nodiscard]] std::size_t size() const { return values_.size() / objectives_; }
  [[nodiscard]] std::size_t objectives() const { return objectives_; }
  [[nodiscard]] const double* operator[](std::size_t point) const {
    return values_.data() + point * objectives_;
  }

  [[nodiscard]] bool equal(std::size_t a, std::size_t b) const {
    return std::equal((*this)[a], (*this)[a] + objectives_, (*this)[b]);
  }
  [[nodiscard]] bool dominates(std::size_t a, std::size_t b) const {
    bool better = false;
    for (std::size_t i = 0; i < objectives_; ++i) {
      if ((*this)[a][i] > (*this)[b][i]) return false;
      better = better || (*this)[a][i] < (*this)[b][i];
    }
    return better;
  }

 private:
  static bool is_maximized(Direction direction) { return direction == Direction::maximize; }
  [[noreturn]] static void refuse_nan(std::size_t point, std::size_t objective) {
    throw DomainError(
        "objective " + std::to_string(objective + 1) + " of point " + std::to_string(point + 1),
        "nan", "a number");
  }

  std::vector<double> own_;
  std::span<const double> values_;
  std::size_t objectives_;
};

}  // namespace edgeopt::inline v0::detail
