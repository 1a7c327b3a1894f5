// SPDX-License-Identifier: MIT
/// @file
/// Which candidates are not beaten: the frontier of a sweep, and for any number of objectives the
/// non-dominated set and its ranks.
///
/// A point dominates another when it is at least as good in every objective and better in one.
#pragma once

#include <algorithm>  // std::count, std::stable_sort
#include <cmath>      // std::isnan
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/detail/dominance_ranks.hpp"
#include "edgeopt/detail/minimized_points.hpp"
#include "edgeopt/detail/non_dominated.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/objectives.hpp"
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

/// Indices of the points that no other point dominates, ascending. `points  // [n, objectives]`.
///
/// Takes O(n log n) for two and three objectives, where most dominated points are only read once,
/// and O(n log n + n f) for others when f points are found.
/// @throws DomainError for no objectives, a number of values that is not a multiple of theirs, NaN,
///   and 2^32 points or more
[[nodiscard]] inline std::vector<std::size_t> non_dominated(
    std::span<const double> points, std::span<const Direction> directions,
    Duplicates duplicates = Duplicates::keep_all) {
  detail::require_points(points, directions.size());
  const std::vector<detail::Position> left = detail::filter_dominated(points, directions);
  const auto found = [&](const detail::MinimizedPoints& candidates) {
    const detail::Marks marks = detail::mark_non_dominated(candidates, duplicates);
    std::vector<std::size_t> indices;
    indices.reserve(static_cast<std::size_t>(std::count(marks.begin(), marks.end(), true)));
    for (std::size_t i = 0; i < marks.size(); ++i)
      if (marks[i]) indices.push_back(left.empty() ? i : left[i]);
    return indices;
  };
  return left.empty() ? found(detail::MinimizedPoints(points, directions))
                      : found(detail::MinimizedPoints(points, directions, left));
}

/// The rank of each point: 0 for the non-dominated ones, 1 for those that only points of rank 0
/// dominate, and so on (K. Deb et al., "A fast and elitist multiobjective genetic algorithm:
/// NSGA-II", IEEE TEVC 6(2), 2002; found by adding points in lexicographic order to the first front
/// that does not dominate them, which is searched for: X. Zhang et al., "An efficient approach to
/// nondominated sorting", IEEE TEVC 19(2), 2015).
///
/// Takes O(n log n) for two objectives, O(n log^2 n) for three, and up to O(n^2) comparisons for
/// others.
/// @throws DomainError as `non_dominated`
[[nodiscard]] inline std::vector<std::int64_t> non_dominated_ranks(
    std::span<const double> points, std::span<const Direction> directions) {
  detail::require_points(points, directions.size());
  const detail::MinimizedPoints minimized(points, directions);
  if (directions.size() == 2) return detail::ranks_2d(minimized);
  if (directions.size() == 3) return detail::ranks_3d(minimized);
  return detail::ranks_plain(minimized);
}

}  // namespace edgeopt::inline v0
