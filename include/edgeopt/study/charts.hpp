// SPDX-License-Identifier: MIT
/// @file
/// The candidates of a sweep as pictures: accuracy against what it costs.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/io/plot.hpp"
#include "edgeopt/pareto.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/study/artifact_writer.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// "fp16, 0.25": a candidate by its precision and pruning level.
[[nodiscard]] inline std::string candidate_name(const SweepRow& row) {
  return std::string(to_string(row.precision)) + ", " + format_real(row.pruning_level);
}

namespace detail {

[[nodiscard]] constexpr double cost_of(const PerfMetrics& metrics, FrontierCost cost) noexcept {
  switch (cost) {
    case FrontierCost::latency: return metrics.latency_ms;
    case FrontierCost::energy: return metrics.energy_proxy_j;
    case FrontierCost::memory: break;
  }
  return metrics.memory_mb;
}

[[nodiscard]] constexpr std::string_view axis_label(FrontierCost cost) noexcept {
  switch (cost) {
    case FrontierCost::latency: return "latency of a batch (ms)";
    case FrontierCost::energy: return "energy proxy of a batch: latency x assumed power (J)";
    case FrontierCost::memory: break;
  }
  return "stored parameters (MB)";
}

[[nodiscard]] constexpr std::string_view chart_title(FrontierCost cost) noexcept {
  switch (cost) {
    case FrontierCost::latency: return "Accuracy against latency";
    case FrontierCost::energy: return "Accuracy against energy proxy";
    case FrontierCost::memory: break;
  }
  return "Accuracy against memory";
}

}  // namespace detail

/// Accepted and rejected candidates, each labelled, and the frontier of the accepted ones.
/// @throws DomainError as `pareto_frontier`
[[nodiscard]] inline io::ScatterChart accuracy_chart(
    std::span<const SweepRow> rows, FrontierCost cost,
    FrontierAccuracy accuracy = FrontierAccuracy::measured) {
  io::ScatterSeries accepted{.name = "accepted", .x = {}, .y = {}};
  io::ScatterSeries rejected{.name = "rejected", .x = {}, .y = {}, .marker = io::Marker::cross};
  io::ScatterSeries frontier{.name = "frontier",
                             .x = {},
                             .y = {},
                             .marker = io::Marker::none,
                             .connection = io::Connection::steps};
  const auto add = [cost](io::ScatterSeries& series, const SweepRow& row) {
    series.x.push_back(detail::cost_of(row.metrics, cost));
    series.y.push_back(row.metrics.accuracy);
  };
  for (const SweepRow& row : rows) {
    io::ScatterSeries& series = row.accepted ? accepted : rejected;
    add(series, row);
    series.point_labels.push_back(candidate_name(row));
  }
  for (const SweepRow& row : pareto_frontier(rows, cost, accuracy)) add(frontier, row);
  return {std::string(detail::chart_title(cost)) + ", by precision and pruning level",
          std::string(detail::axis_label(cost)),
          "accuracy on the validation images",
          {accepted, rejected, frontier}};
}

/// accuracy_vs_latency.png, accuracy_vs_energy.png and accuracy_vs_memory.png.
/// @throws DomainError as `pareto_frontier`
/// @throws SystemError when the system refuses
inline void save_plots(ArtifactWriter& writer, std::span<const SweepRow> rows,
                       FrontierAccuracy accuracy = FrontierAccuracy::measured) {
  writer.draw("accuracy_vs_latency.png", accuracy_chart(rows, FrontierCost::latency, accuracy));
  writer.draw("accuracy_vs_energy.png", accuracy_chart(rows, FrontierCost::energy, accuracy));
  writer.draw("accuracy_vs_memory.png", accuracy_chart(rows, FrontierCost::memory, accuracy));
}

/// The same into a folder of their own.
inline WrittenFiles save_plots(const std::filesystem::path& folder, std::span<const SweepRow> rows,
                               FrontierAccuracy accuracy = FrontierAccuracy::measured,
                               std::string_view gnuplot = "gnuplot") {
  return write_files(folder, gnuplot,
                     [&](ArtifactWriter& writer) { save_plots(writer, rows, accuracy); });
}

}  // namespace edgeopt::inline v0
