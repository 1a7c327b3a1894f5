// SPDX-License-Identifier: MIT
/// @file
/// Which candidates are not beaten: the frontier of a sweep, and for any number of objectives the
/// non-dominated set and its ranks.
///
/// A point dominates another when it is at least as good in every objective and better in one.
#pragma once

#include <algorithm>  // std::stable_sort
#include <cmath>      // std::isnan
#include <cstddef>
#include <cstdint>
#include <numeric>  // std::iota
#include <span>
#include <string>
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// What a sweep's frontier weighs accuracy against.
enum class FrontierCost : std::uint8_t { latency, energy, memory };

/// Which accuracy a sweep's frontier compares: the one measured, or the low end of its confidence
/// interval.
enum class FrontierAccuracy : std::uint8_t { measured, interval_low };

/// The accepted rows that are more accurate than every cheaper one, by cost ascending.
///
/// Accepted rows are sorted (stably) by cost ascending, then accuracy descending; a row stays when
/// its accuracy is strictly above the best so far, starting at -1. So of equal rows the first
/// stays.
/// @throws DomainError when the cost or accuracy of an accepted row is NaN
[[nodiscard]] inline std::vector<SweepRow> pareto_frontier(
    std::span<const SweepRow> rows, FrontierCost cost,
    FrontierAccuracy accuracy = FrontierAccuracy::measured) {
  struct Candidate {
    double cost = 0;
    double accuracy = 0;
    const SweepRow* row = nullptr;
  };
  std::vector<Candidate> candidates;
  for (const SweepRow& row : rows) {
    if (!row.accepted) continue;
    const PerfMetrics& metrics = row.metrics;
    const Candidate candidate{
        cost == FrontierCost::latency  ? metrics.latency_ms
        : cost == FrontierCost::energy ? metrics.energy_proxy_j
                                       : metrics.memory_mb,
        accuracy == FrontierAccuracy::measured ? metrics.accuracy : metrics.accuracy_ci95_low,
        &row};
    if (std::isnan(candidate.cost) || std::isnan(candidate.accuracy))
      throw DomainError("objective of an accepted row (pruning level " +
                            format_real(row.pruning_level) + ", " +
                            std::string(to_string(row.precision)) + ")",
                        "nan", "a number");
    candidates.push_back(candidate);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) {
                     return a.cost != b.cost ? a.cost < b.cost : a.accuracy > b.accuracy;
                   });
  std::vector<SweepRow> frontier;
  double best = -1;
  for (const Candidate& candidate : candidates) {
    if (!(candidate.accuracy > best)) continue;
    best = candidate.accuracy;
    frontier.push_back(*candidate.row);
  }
  return frontier;
}

/// Whether less or more of an objective is better.
enum class Direction : std::uint8_t { minimize, maximize };

/// What happens to copies of a point of the non-dominated set.
enum class Duplicates : std::uint8_t { keep_all, keep_first };

namespace detail {

/// Points with every objective to be minimised.
class MinimizedPoints {
 public:
  /// `points  // [n, objectives]`. @throws DomainError for no objectives, a number of values that
  /// is not a multiple of their number, or NaN
  MinimizedPoints(std::span<const double> points, std::span<const Direction> directions)
      : values_(points.begin(), points.end()), objectives_(directions.size()) {
    if (directions.empty()) throw DomainError("objectives", "none", "at least one");
    if (points.size() % objectives_ != 0)
      throw DomainError("number of values", std::to_string(points.size()),
                        "a multiple of the " + std::to_string(objectives_) + " objectives");
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (std::isnan(values_[i]))
        throw DomainError("objective " + std::to_string(i % objectives_ + 1) + " of point " +
                              std::to_string(i / objectives_ + 1),
                          "nan", "a number");
      if (directions[i % objectives_] == Direction::maximize) values_[i] = -values_[i];
    }
  }

  [[nodiscard]] std::size_t size() const { return values_.size() / objectives_; }
  [[nodiscard]] std::size_t objectives() const { return objectives_; }
  [[nodiscard]] std::span<const double> operator[](std::size_t point) const {
    return std::span(values_).subspan(point * objectives_, objectives_);
  }

  [[nodiscard]] bool equal(std::size_t a, std::size_t b) const {
    return std::equal((*this)[a].begin(), (*this)[a].end(), (*this)[b].begin());
  }
  [[nodiscard]] bool dominates(std::size_t a, std::size_t b) const {
    bool better = false;
    for (std::size_t i = 0; i < objectives_; ++i) {
      if ((*this)[a][i] > (*this)[b][i]) return false;
      better = better || (*this)[a][i] < (*this)[b][i];
    }
    return better;
  }

  /// Points by first objective, then second, ...; equal points keep their order. A point can be
  /// dominated only by points before it.
  [[nodiscard]] std::vector<std::size_t> lexicographic_order() const {
    std::vector<std::size_t> order(size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
      return std::lexicographical_compare((*this)[a].begin(), (*this)[a].end(), (*this)[b].begin(),
                                          (*this)[b].end());
    });
    return order;
  }

 private:
  std::vector<double> values_;
  std::size_t objectives_;
};

/// Whether a member of a front dominates the point. Latest members first: they are nearest in the
/// order of the points and most likely to.
inline bool dominated_by(const MinimizedPoints& points, const std::vector<std::size_t>& front,
                         std::size_t point) {
  return std::any_of(front.rbegin(), front.rend(),
                     [&](std::size_t member) { return points.dominates(member, point); });
}

}  // namespace detail

/// Indices of the points that no other point dominates, ascending. `points  // [n, objectives]`.
/// @throws DomainError for no objectives, a number of values that is not a multiple of theirs, NaN
[[nodiscard]] inline std::vector<std::size_t> non_dominated(
    std::span<const double> points, std::span<const Direction> directions,
    Duplicates duplicates = Duplicates::keep_all) {
  const detail::MinimizedPoints minimized(points, directions);
  std::vector<std::size_t> front;
  for (const std::size_t point : minimized.lexicographic_order()) {
    const bool copy = !front.empty() && minimized.equal(front.back(), point);
    if (copy ? duplicates == Duplicates::keep_first : detail::dominated_by(minimized, front, point))
      continue;
    front.push_back(point);
  }
  std::sort(front.begin(), front.end());
  return front;
}

/// The rank of each point: 0 for the non-dominated ones, 1 for those that only points of rank 0
/// dominate, and so on (K. Deb et al., "A fast and elitist multiobjective genetic algorithm:
/// NSGA-II", IEEE TEVC 6(2), 2002; found by adding points in lexicographic order to the first front
/// that does not dominate them: X. Zhang et al., "An efficient approach to nondominated sorting",
/// IEEE TEVC 19(2), 2015).
/// @throws DomainError as `non_dominated`
[[nodiscard]] inline std::vector<std::int64_t> non_dominated_ranks(
    std::span<const double> points, std::span<const Direction> directions) {
  const detail::MinimizedPoints minimized(points, directions);
  std::vector<std::vector<std::size_t>> fronts;
  std::vector<std::int64_t> ranks(minimized.size());
  for (const std::size_t point : minimized.lexicographic_order()) {
    std::size_t rank = 0;
    while (rank < fronts.size() && detail::dominated_by(minimized, fronts[rank], point)) ++rank;
    if (rank == fronts.size()) fronts.emplace_back();
    fronts[rank].push_back(point);
    ranks[point] = static_cast<std::int64_t>(rank);
  }
  return ranks;
}

}  // namespace edgeopt::inline v0
