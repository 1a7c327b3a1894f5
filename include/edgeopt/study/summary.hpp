// SPDX-License-Identifier: MIT
/// @file
/// What a study found, in one JSON object: the content of summary.json.
#pragma once

#include <algorithm>  // std::count_if, std::max, std::min
#include <iterator>   // std::ssize
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/hardware_summary.hpp"
#include "edgeopt/io/json.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/study/config.hpp"
#include "edgeopt/study/deployment.hpp"
#include "edgeopt/study/metrics.hpp"
#include "edgeopt/study/sweep.hpp"  // fits_active_budget
#include "edgeopt/table.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// What the estimates leave out, one sentence each.
[[nodiscard]] inline std::vector<std::string> assumptions(const ExperimentConfig& config) {
  std::vector<std::string> sentences = {
      "Latency was measured on the machine that ran the study, with the images of a batch shared "
      "among its threads (manifest.json says how many), and multiplied by latency_multiplier; a "
      "real target has other caches, cores and kernels.",
      "Estimates of layers assume one thread and sequential access: each byte is moved once, and "
      "cache misses and cache hits are not modelled.",
      "Parameters are counted once a batch and layer outputs as written once; inputs that are read "
      "and pooled tensors are not counted.",
      "energy_proxy_j is latency times an assumed power, not a measurement.",
      "peak_activation_mb is the least that can be alive at once; buffers of an engine come on "
      "top.",
      "memory_mb holds parameters only; the network is accepted by it alone.",
  };
  sentences.push_back(config.memory_headroom_ratio > 0
                          ? "A share of " + format_real(config.memory_headroom_ratio) +
                                " of the active budget is kept free for the runtime."
                          : "No headroom is kept for the runtime: memory_headroom_ratio is 0.");
  return sentences;
}

/// Best values among the accepted candidates; nothing where none was accepted.
struct AcceptedBest {
  std::optional<double> accuracy;
  std::optional<double> latency_ms;
};

[[nodiscard]] inline AcceptedBest accepted_best(std::span<const SweepRow> rows) {
  AcceptedBest best;
  for (const SweepRow& row : rows) {
    if (!row.accepted) continue;
    best.accuracy = std::max(best.accuracy.value_or(0), row.metrics.accuracy);
    best.latency_ms =
        std::min(best.latency_ms.value_or(row.metrics.latency_ms), row.metrics.latency_ms);
  }
  return best;
}

namespace detail {

/// A row as an object of its columns.
template <Row RowType>
[[nodiscard]] io::Json json_object(const RowType& row) {
  return io::to_json(to_table(std::span(&row, 1)))[0];
}

}  // namespace detail

/// The content of summary.json.
/// @param baseline  the trained network in fp32, without pruning
/// @param hardware  the baseline's estimates at its latency
[[nodiscard]] inline io::Json build_summary(const ExperimentConfig& config,
                                            const PerfMetrics& baseline,
                                            std::span<const SweepRow> rows,
                                            const Deployment& deployment,
                                            const HardwareSummary& hardware) {
  const auto accepted =
      std::count_if(rows.begin(), rows.end(), [](const SweepRow& row) { return row.accepted; });
  const AcceptedBest best = accepted_best(rows);
  const auto or_null = [](const std::optional<double>& value) {
    return value ? io::Json(*value) : io::Json();
  };

  io::Json summary;
  io::Json& base = summary["baseline"] = detail::json_object(baseline);
  for (const MemoryViolation& violation :
       memory_violations(baseline.memory_mb, config.memory_budgets_mb))
    base[violation.column_name()] = violation.value;
  base["accepted_under_active_budget"] = fits_active_budget(baseline.memory_mb, config);
  summary["memory_budgets_mb"] = config.memory_budgets_mb;
  summary["active_memory_budget_mb"] = config.active_memory_budget_mb;
  summary["cpu_frequency_scale"] = config.cpu_frequency_scale;
  summary["latency_multiplier"] = latency_multiplier(config.cpu_frequency_scale);
  summary["study_rows"] = std::ssize(rows);
  summary["accepted_rows"] = accepted;
  summary["rejected_rows"] = std::ssize(rows) - accepted;
  summary["best_accuracy_accepted"] = or_null(best.accuracy);
  summary["lowest_latency_ms_accepted"] = or_null(best.latency_ms);
  summary["deployment"] = detail::json_object(deployment);
  summary["deployment"].update(detail::json_object(hardware));
  summary["assumptions"] = assumptions(config);
  return summary;
}

}  // namespace edgeopt::inline v0
