// SPDX-License-Identifier: MIT
/// @file
/// The readable report of a study.
#pragma once

#include <algorithm>  // std::max_element
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/hardware_summary.hpp"
#include "edgeopt/io/readable.hpp"
#include "edgeopt/layer_estimates.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/study/report.hpp"
#include "edgeopt/study/study_result.hpp"
#include "edgeopt/study/summary.hpp"
#include "edgeopt/table.hpp"

namespace edgeopt::inline v0 {

/// The columns of candidates that a person compares.
[[nodiscard]] inline Table candidate_table(std::span<const SweepRow> rows) {
  static constexpr std::array<std::string_view, 9> columns = {
      "pruning_level",     "precision",      "accepted",  "accuracy",      "latency_ms",
      "batch1_latency_ms", "throughput_sps", "memory_mb", "energy_proxy_j"};
  return select_columns(to_table(rows), columns);
}

namespace detail {

[[nodiscard]] inline std::string percent(double share) {
  return io::to_readable(100 * share, report_digits) + " %";
}

[[nodiscard]] inline std::string candidate_sentence(const SweepRow& row) {
  return std::string(to_string(row.precision)) + " at pruning level " +
         format_real(row.pruning_level) + " (accuracy " + percent(row.metrics.accuracy) + ", " +
         io::to_readable(row.metrics.latency_ms, report_digits) + " ms a batch, " +
         io::to_readable(row.metrics.memory_mb, report_digits) + " MB)";
}

[[nodiscard]] inline std::string accepted_sentence(const StudyResult& study) {
  const std::string count = std::to_string(study.sweep.rows.size());
  if (study.latency_frontier.empty())
    return "Of " + count + " candidates none fits the active budget of " +
           format_real(study.config.active_memory_budget_mb) + " MB.";
  // On a frontier the cheapest row comes first and the most accurate last.
  return "Of " + count + " candidates " +
         std::to_string(std::count_if(study.sweep.rows.begin(), study.sweep.rows.end(),
                                      [](const SweepRow& row) { return row.accepted; })) +
         " fit the active budget of " + format_real(study.config.active_memory_budget_mb) +
         " MB. The fastest of them is " + candidate_sentence(study.latency_frontier.front()) +
         ", the most accurate " + candidate_sentence(study.latency_frontier.back()) + ".";
}

[[nodiscard]] inline ReportSection overview(const StudyResult& study) {
  const PerfMetrics& baseline = study.baseline;
  return {
      "What was found",
      {"SmallCNN with " + std::to_string(study.network.conv1_channels) + " and " +
           std::to_string(study.network.conv2_channels) + " channels was trained on " +
           std::to_string(study.training_images) + " images and judged by " +
           std::to_string(study.validation_images) + " others: accuracy " +
           percent(baseline.accuracy) + " (95 % interval " + percent(baseline.accuracy_ci95_low) +
           " to " + percent(baseline.accuracy_ci95_high) + ") in fp32 without pruning.",
       accepted_sentence(study),
       "Times were measured here and multiplied by " +
           io::to_readable(latency_multiplier(study.config.cpu_frequency_scale), report_digits) +
           " for a processor at " + format_real(study.config.cpu_frequency_scale) +
           " of this one's frequency. The energy proxy is time x " +
           format_real(study.config.power_watts) + " W, not a measurement."}};
}

[[nodiscard]] inline ReportSection candidates(const StudyResult& study) {
  ReportSection section{
      "Candidates",
      {"Latency is that of one batch of " +
       std::to_string(std::min(study.config.batch_size, study.validation_images)) +
       " images; memory is that of the stored parameters."},
      {candidate_table(study.sweep.rows)},
      {"accuracy_vs_memory.png"}};
  if (!study.sweep.errors.empty()) {
    section.paragraphs.push_back("These candidates could not be evaluated:");
    section.tables.push_back(to_table(study.sweep.errors));
  }
  return section;
}

[[nodiscard]] inline ReportSection hardware(const StudyResult& study) {
  return {"Hardware",
          {read_summary(study.hardware.summary).text(),
           "Bytes by layer follow this convention: " + std::string(bytes_convention) + "."},
          {to_table(study.hardware.layers), upright_table(study.hardware.summary)},
          {"layerwise_macs.png", "layerwise_activation_memory.png"}};
}

}  // namespace detail

/// The report of a study: what was found, the candidates, frontiers, precisions, hardware and
/// deployment, and what the numbers leave out.
[[nodiscard]] inline Report study_report(const StudyResult& study) {
  const std::string rule =
      "Each candidate is more accurate than every accepted one that costs less" +
      std::string(study.config.pareto_use_ci ? ", by the low end of the accuracy's interval."
                                             : ".");
  return {
      "Study of SmallCNN on " + std::string(to_string(study.config.dataset)),
      {detail::overview(study),
       detail::candidates(study),
       {"Frontier of latency",
        {rule},
        {candidate_table(study.latency_frontier)},
        {"accuracy_vs_latency.png"}},
       {"Frontier of the energy proxy",
        {rule},
        {candidate_table(study.energy_frontier)},
        {"accuracy_vs_energy.png"}},
       {"Precisions", {"Means over the candidates."}, {to_table(study.hardware.precisions)}, {}},
       detail::hardware(study),
       {"Deployment",
        {"The baseline: one batch at once, and a stream of single images."},
        {upright_table(study.deployment)},
        {}},
       {"What the numbers leave out", assumptions(study.config), {}, {}}}};
}

}  // namespace edgeopt::inline v0
