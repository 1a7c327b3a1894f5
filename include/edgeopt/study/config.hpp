// SPDX-License-Identifier: MIT
/// @file
/// What a study does: every setting of the main job with its default. `config_keys.hpp` describes,
/// checks and prints the settings, `load_config.hpp` reads them from YAML.
#pragma once

#include <sched.h>  // ::sched_getaffinity

#include <algorithm>  // std::max
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string_view>
#include <thread>  // std::thread::hardware_concurrency
#include <vector>

#include "edgeopt/precision.hpp"

namespace edgeopt::inline v0 {

/// Where images come from; see `load_dataset`.
enum class DatasetKind : std::uint8_t { synthetic, mnist, fashion_mnist, idx };

[[nodiscard]] constexpr std::string_view to_string(DatasetKind kind) noexcept {
  switch (kind) {
    case DatasetKind::synthetic: return "synthetic";
    case DatasetKind::mnist: return "mnist";
    case DatasetKind::fashion_mnist: return "fashion-mnist";
    case DatasetKind::idx: return "idx";
  }
  return "";
}

/// The settings of a study. What each may be stands in `visit_config_keys`, once.
struct ExperimentConfig {
  std::int64_t seed = 7;
  std::optional<std::int64_t> dataloader_seed;  ///< none: `seed`
  std::int64_t num_workers = 2;

  DatasetKind dataset = DatasetKind::synthetic;
  std::filesystem::path data_dir = "data";
  std::optional<std::int64_t> train_subset = 12000;  ///< none: all
  std::optional<std::int64_t> val_subset = 3000;     ///< none: all

  std::int64_t conv1_channels = 16;
  std::int64_t conv2_channels = 32;
  std::int64_t batch_size = 128;
  std::int64_t epochs = 2;
  double learning_rate = 0.001;

  std::vector<double> pruning_levels = {0, 0.25, 0.5, 0.7};
  std::int64_t fine_tune_epochs = 0;
  std::vector<Precision> precisions = {Precision::fp32, Precision::fp16, Precision::int8};
  std::int64_t calibration_batches = 8;
  QuantizationBackend quantization_backend = QuantizationBackend::fbgemm;

  std::vector<double> memory_budgets_mb = {1, 2, 4};
  double active_memory_budget_mb = 2;
  double memory_headroom_ratio = 0;
  double cpu_frequency_scale = 0.7;
  double memory_bandwidth_gbps = 12.8;
  std::optional<double> peak_compute_gmacs = 64;
  double power_watts = 5;

  std::int64_t benchmark_repeats = 5;
  std::int64_t benchmark_warmup = 10;
  std::int64_t benchmark_runs = 100;
  bool pareto_use_ci = false;
  std::optional<std::int64_t> threads;  ///< none: one for each core

  std::filesystem::path output_dir = "outputs";

  friend bool operator==(const ExperimentConfig&, const ExperimentConfig&) = default;
};

/// The seed of the order in which training images are shown.
[[nodiscard]] inline std::int64_t shuffle_seed(const ExperimentConfig& config) noexcept {
  return config.dataloader_seed.value_or(config.seed);
}

/// What a latency measured here is multiplied by to stand for a processor that runs at `scale`
/// times the clock of this one: 1 / max(scale, 1e-6).
[[nodiscard]] constexpr double latency_multiplier(double cpu_frequency_scale) noexcept {
  return 1 / (cpu_frequency_scale > 1e-6 ? cpu_frequency_scale : 1e-6);
}

namespace detail {

/// Cores that the system lets this process run on; the standard library counts all of them.
[[nodiscard]] inline std::int64_t usable_cores() noexcept {
  cpu_set_t usable;
  if (::sched_getaffinity(0, sizeof usable, &usable) == 0) return CPU_COUNT(&usable);
  return std::max(1U, std::thread::hardware_concurrency());  // more cores than the set can hold
}

}  // namespace detail

/// Threads a study runs on: those configured, else one for each core this process may use.
[[nodiscard]] inline int thread_count(const ExperimentConfig& config) noexcept {
  const std::int64_t threads = config.threads ? *config.threads : detail::usable_cores();
  constexpr std::int64_t most = std::numeric_limits<int>::max();
  return static_cast<int>(threads < most ? threads : most);
}

}  // namespace edgeopt::inline v0
