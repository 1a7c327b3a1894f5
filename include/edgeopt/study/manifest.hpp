// SPDX-License-Identifier: MIT
/// @file
/// What a run was made with and from, and the digest of every file it wrote: the content of
/// manifest.json. Whatever differs between two equal runs (command, threads, time stamps) stands
/// there and nowhere else.
#pragma once

#include <chrono>
#include <ctime>  // gmtime_r, std::strftime
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/io/json.hpp"
#include "edgeopt/io/utf8.hpp"
#include "edgeopt/kernels/instruction_set.hpp"
#include "edgeopt/study/artifact_writer.hpp"  // FileDigest
#include "edgeopt/study/config.hpp"
#include "edgeopt/study/config_keys.hpp"
#include "edgeopt/study/dataset.hpp"
#include "edgeopt/version.hpp"

namespace edgeopt::inline v0 {

/// "0.1.0"
[[nodiscard]] inline std::string library_version() {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch);
}

/// "GCC 12.2.0", "Clang 14.0.6": the compiler of this unit.
[[nodiscard]] inline std::string compiler_name() {
#if defined(__clang__)
  return "Clang " + std::to_string(__clang_major__) + "." + std::to_string(__clang_minor__) + "." +
         std::to_string(__clang_patchlevel__);
#elif defined(__GNUC__)
  return "GCC " + std::to_string(__GNUC__) + "." + std::to_string(__GNUC_MINOR__) + "." +
         std::to_string(__GNUC_PATCHLEVEL__);
#else
  return "unknown";
#endif
}

/// The processor as Linux names it, or "unknown".
[[nodiscard]] inline std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t begin = line.find_first_not_of(" \t", line.find(':') + 1);
    return begin == line.npos ? "unknown" : line.substr(begin);
  }
  return "unknown";
}

/// "2026-03-01T12:34:56Z"
[[nodiscard]] inline std::string utc_text(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

/// What differs from run to run.
struct RunCircumstances {
  std::string command;  ///< the command line, where there was one
  int threads = 1;
  std::chrono::system_clock::time_point started;
  std::chrono::system_clock::time_point finished;
};

/// The content of manifest.json. Bytes of paths that are not UTF-8 become U+FFFD.
/// @param parameters_sha256  of the trained parameters as a safetensors file
[[nodiscard]] inline io::Json build_manifest(const ExperimentConfig& config,
                                             std::span<const DataSource> sources,
                                             const std::string& parameters_sha256,
                                             std::span<const FileDigest> files,
                                             const RunCircumstances& run) {
  io::Json manifest;
  manifest["edgeopt_version"] = std::to_string(version.major) + "." +
                                std::to_string(version.minor) + "." + std::to_string(version.patch);
  manifest["compiler"] = compiler_name();
  manifest["processor"] = processor_name();
  manifest["instruction_set"] = to_string(detect_instruction_set());
  manifest["seeds"] = {{"seed", config.seed}, {"dataloader_seed", shuffle_seed(config)}};
  for (const auto& [key, value] : config_values(config))
    manifest["configuration"][key] = io::to_utf8(value);
  io::Json& data = manifest["data"] = io::Json::array();
  for (const DataSource& source : sources)
    data.push_back({{"name", source.name}, {"sha256", source.sha256}});
  manifest["trained_parameters_sha256"] = parameters_sha256;
  io::Json& listed = manifest["files"] = io::Json::array();
  for (const FileDigest& file : files)
    listed.push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  manifest["run"] = {{"command", io::to_utf8(run.command)},
                     {"threads", run.threads},
                     {"started", utc_text(run.started)},
                     {"finished", utc_text(run.finished)}};
  return manifest;
}

}  // namespace edgeopt::inline v0
