// SPDX-License-Identifier: MIT
/// @file
/// Everything a study found, as values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "edgeopt/io/json.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/small_cnn_spec.hpp"
#include "edgeopt/study/config.hpp"
#include "edgeopt/study/dataset.hpp"
#include "edgeopt/study/deployment.hpp"
#include "edgeopt/study/hardware_artifacts.hpp"
#include "edgeopt/study/sweep.hpp"

namespace edgeopt::inline v0 {

struct StudyResult {
  ExperimentConfig config;
  SmallCNNSpec network;
  std::vector<DataSource> data;
  std::int64_t training_images = 0;
  std::int64_t validation_images = 0;
  std::string parameters_sha256;  ///< of the trained parameters as a safetensors file
  PerfMetrics baseline;           ///< the trained network in fp32, without pruning
  SweepResult sweep;
  std::vector<SweepRow> latency_frontier;
  std::vector<SweepRow> energy_frontier;
  Deployment deployment;      ///< of the baseline
  HardwareAnalysis hardware;  ///< of the baseline, and the precisions of the sweep
  io::Json summary;           ///< see `build_summary`
};

}  // namespace edgeopt::inline v0
