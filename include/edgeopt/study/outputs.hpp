// SPDX-License-Identifier: MIT
/// @file
/// Every file of a study, written as a whole.
#pragma once

#include <algorithm>  // std::any_of
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "edgeopt/error.hpp"
#include "edgeopt/io/json.hpp"
#include "edgeopt/io/output_folder.hpp"
#include "edgeopt/io/sha256.hpp"
#include "edgeopt/pareto.hpp"
#include "edgeopt/study/artifact_writer.hpp"
#include "edgeopt/study/charts.hpp"
#include "edgeopt/study/hardware_artifacts.hpp"
#include "edgeopt/study/manifest.hpp"
#include "edgeopt/study/quantization_report.hpp"
#include "edgeopt/study/report.hpp"
#include "edgeopt/study/study_report.hpp"
#include "edgeopt/study/study_result.hpp"

namespace edgeopt::inline v0 {

inline constexpr std::string_view manifest_name = "manifest.json";

/// Which accuracy the frontiers of a study compare.
[[nodiscard]] inline FrontierAccuracy frontier_accuracy(const ExperimentConfig& config) noexcept {
  return config.pareto_use_ci ? FrontierAccuracy::interval_low : FrontierAccuracy::measured;
}

namespace detail {

/// Whether a file is as the manifest's entry says.
[[nodiscard]] inline bool is_as_listed(const std::filesystem::path& path, const io::Json& entry) {
  try {
    return io::sha256_of_file(path) == entry.at("sha256").get<std::string>();
  } catch (const Error&) {  // not there, or no file
    return false;
  }
}

/// Has `commit` remove what an earlier run left in the folder and this one does not write: files
/// that the manifest there lists and that still are as it says. Nothing else is ours.
inline void supersede_outdated_files(io::OutputFolder& folder,
                                     std::span<const FileDigest> new_files) {
  try {
    const io::Json manifest = io::read_json(folder.path() / manifest_name);
    for (const io::Json& entry : manifest.at("files")) {
      const auto name = entry.at("name").get<std::string>();
      const bool is_plain = !name.starts_with('.') && name.find('/') == name.npos;
      const bool is_rewritten =
          std::any_of(new_files.begin(), new_files.end(),
                      [&](const FileDigest& file) { return file.name == name; });
      if (is_plain && !is_rewritten && is_as_listed(folder.path() / name, entry))
        folder.supersede(name);
    }
  } catch (const Error&) {  // no manifest: nothing of ours
  } catch (const io::Json::exception&) {
  }
}

/// A prototype row with the columns of this study, for tables without rows.
[[nodiscard]] inline SweepRow prototype_row(const ExperimentConfig& config) {
  SweepRow row;
  row.violations = memory_violations(0, config.memory_budgets_mb);
  return row;
}

inline void write_results(ArtifactWriter& writer, const StudyResult& study) {
  const SweepRow prototype = prototype_row(study.config);
  writer.write_rows("sweep_results.csv", study.sweep.rows, prototype);
  if (!study.sweep.errors.empty()) writer.write_rows("sweep_errors.csv", study.sweep.errors);
  writer.write_rows("pareto_frontier_latency.csv", study.latency_frontier, prototype);
  writer.write_rows("pareto_frontier_energy.csv", study.energy_frontier, prototype);
  writer.write_json("summary.json", study.summary);
  save_plots(writer, study.sweep.rows, frontier_accuracy(study.config));
  save_hardware_artifacts(writer, study.hardware);
  writer.write_json("quantization_metadata.json", quantization_json(study.sweep.quantization));
  const Report report = study_report(study);
  writer.finish_pictures();
  writer.write("report.md", to_markdown(report, writer.pictures()));
  writer.write("report.html", to_html(report, writer.pictures()));
}

}  // namespace detail

/// Writes every file of a study, manifest.json last. Files of an earlier study in the folder are
/// replaced or removed.
/// @throws SystemError when the system refuses; the folder is then as it was or, where that happens
///   while files get their names, without a manifest
inline WrittenFiles write_outputs(io::OutputFolder& folder, const StudyResult& study,
                                  RunCircumstances run, std::string_view gnuplot = "gnuplot") {
  ArtifactWriter writer(folder, gnuplot);
  detail::write_results(writer, study);
  run.finished = std::chrono::system_clock::now();
  const io::Json manifest =
      build_manifest(study.config, study.data, study.parameters_sha256, writer.files(), run);
  detail::supersede_outdated_files(folder, writer.files());
  writer.write_json(std::string(manifest_name), manifest);
  folder.commit(manifest_name);
  return writer.written(folder.path());
}

}  // namespace edgeopt::inline v0
