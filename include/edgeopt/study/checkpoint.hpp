// SPDX-License-Identifier: MIT
/// @file
/// What an interrupted study has to show, in a hidden file of its output folder, so that it can go
/// on.
///
/// The file is one line with a digest of the rest, one line of JSON (fingerprint, and the finished
/// rows as CSV), then the trained parameters as safetensors.
#pragma once

#include <algorithm>  // std::min
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/io/csv.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/json.hpp"
#include "edgeopt/io/output_folder.hpp"
#include "edgeopt/io/safetensors.hpp"
#include "edgeopt/io/sha256.hpp"
#include "edgeopt/kernels/instruction_set.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/state.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/study/config.hpp"
#include "edgeopt/study/config_keys.hpp"
#include "edgeopt/study/dataset.hpp"
#include "edgeopt/study/manifest.hpp"  // library_version
#include "edgeopt/study/sweep.hpp"
#include "edgeopt/table.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// A study after some of its candidates.
struct Checkpoint {
  SmallCNN<float> model;  ///< trained
  PerfMetrics baseline;
  SweepResult sweep;
};

/// A digest of everything that decides the results of a study: settings, data, the version of the
/// library, and what its times are of: the number of threads and the instruction set. Where
/// `threads` is none, that is what it comes to here. Settings that never change a result (folders,
/// loading in advance) are not part of it.
[[nodiscard]] inline std::string study_fingerprint(const ExperimentConfig& config,
                                                   std::span<const DataSource> data) {
  ExperimentConfig deciding = config;
  const ExperimentConfig defaults;
  deciding.threads = thread_count(config);
  deciding.num_workers = defaults.num_workers;
  deciding.data_dir = defaults.data_dir;
  deciding.output_dir = defaults.output_dir;
  std::string text =
      library_version() + "\n" + std::string(to_string(detect_instruction_set())) + "\n";
  for (const auto& [key, value] : config_values(deciding)) text += key + ": " + value + "\n";
  for (const DataSource& source : data) text += source.name + ": " + source.sha256 + "\n";
  return io::sha256_of(text);
}

namespace detail {

inline constexpr std::string_view checkpoint_name = "checkpoint";
inline constexpr std::string_view checkpoint_magic = "edgeopt checkpoint ";

template <Row RowType>
[[nodiscard]] std::string csv_of(const std::vector<RowType>& rows) {
  return io::to_csv(to_table(rows));
}

template <Row RowType>
[[nodiscard]] std::vector<RowType> rows_of(const io::Json& csv, const std::string& name) {
  return from_table<RowType>(io::parse_csv(csv.get<std::string>(), name));
}

template <Row RowType>
[[nodiscard]] RowType row_of(const io::Json& csv, const std::string& name) {
  const std::vector<RowType> rows = rows_of<RowType>(csv, name);
  if (rows.size() != 1)
    throw InputError(name, "", std::to_string(rows.size()) + " rows", "one row");
  return rows[0];
}

[[nodiscard]] inline io::Json json_of(const QuantizationReport& report) {
  return {{"pruning_level", format_real(report.pruning_level)},
          {"backend", to_string(report.metadata.backend)},
          {"activations", csv_of(report.metadata.activations)},
          {"layers", csv_of(report.metadata.layers)},
          {"weight_scales", csv_of(report.metadata.weight_scales)}};
}

[[nodiscard]] inline QuantizationReport quantization_of(const io::Json& json,
                                                        const std::string& name) {
  QuantizationReport report;
  report.pruning_level = parse_real(json.at("pruning_level").get<std::string>()).value_or(0);
  if (!from_string(json.at("backend").get<std::string>(), report.metadata.backend))
    throw InputError(name, "key 'backend'", json.at("backend").dump(), "fbgemm or qnnpack");
  report.metadata.activations = rows_of<ActivationQuantizationRow>(json.at("activations"), name);
  report.metadata.layers = rows_of<LayerQuantizationRow>(json.at("layers"), name);
  report.metadata.weight_scales = rows_of<WeightScaleRow>(json.at("weight_scales"), name);
  return report;
}

[[nodiscard]] inline SweepResult sweep_of(const io::Json& json, const std::string& name) {
  SweepResult sweep{rows_of<SweepRow>(json.at("rows"), name),
                    rows_of<SweepErrorRow>(json.at("errors"), name),
                    {}};
  for (const io::Json& report : json.at("quantization"))
    sweep.quantization.push_back(quantization_of(report, name));
  return sweep;
}

/// Takes the text up to the next line break off `text`.
[[nodiscard]] inline std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

}  // namespace detail

/// Writes the checkpoint, replacing the one before.
/// @throws SystemError when the system refuses
inline void save_checkpoint(io::OutputFolder& folder, const std::string& fingerprint,
                            const Checkpoint& checkpoint) {
  io::Json json;
  json["fingerprint"] = fingerprint;
  json["baseline"] = detail::csv_of(std::vector{checkpoint.baseline});
  json["rows"] = detail::csv_of(checkpoint.sweep.rows);
  json["errors"] = detail::csv_of(checkpoint.sweep.errors);
  json["quantization"] = io::Json::array();
  for (const QuantizationReport& report : checkpoint.sweep.quantization)
    json["quantization"].push_back(detail::json_of(report));
  const std::string body = json.dump() + "\n" + io::to_safetensors(state_of(checkpoint.model));
  folder.write_hidden(detail::checkpoint_name,
                      std::string(detail::checkpoint_magic) + io::sha256_of(body) + "\n" + body);
}

/// Reads the checkpoint that an interrupted run of the same study left in the folder.
/// @param input  the extents of the study's images
/// @throws InputError when there is none, it is damaged, or belongs to a study with other settings
///   or data
[[nodiscard]] inline Checkpoint load_checkpoint(const io::OutputFolder& folder,
                                                const std::string& fingerprint,
                                                const ImageShape& input) {
  const std::filesystem::path path = folder.hidden_path(detail::checkpoint_name);
  const std::string name = path.string();
  if (!std::filesystem::exists(path))
    throw InputError(name, "", "no checkpoint", "that of an interrupted run, to go on from");
  const std::string file = io::read_file(path);
  std::string_view rest = file;
  const std::string_view head = detail::take_line(rest);
  if (head != std::string(detail::checkpoint_magic) + io::sha256_of(rest))
    throw InputError(name, "", "a damaged checkpoint",
                     "one as it was written; start the run anew without it");
  const io::Json json = io::parse_json(detail::take_line(rest), name);
  try {
    if (json.at("fingerprint") != fingerprint)
      throw InputError(name, "", "the checkpoint of a run with other settings, data or version",
                       "one of this study; start the run anew without it");
    return {load_state<float>(io::parse_safetensors(rest, name), input, name),
            detail::row_of<PerfMetrics>(json.at("baseline"), name), detail::sweep_of(json, name)};
  } catch (const io::Json::exception&) {  // its digest is right, so a program made it
    throw InputError(name, "", "a checkpoint without all of its parts",
                     "one that this version wrote");
  }
}

/// Removes the checkpoint, if there is one.
inline void remove_checkpoint(io::OutputFolder& folder) {
  folder.remove_hidden(detail::checkpoint_name);
}

}  // namespace edgeopt::inline v0
