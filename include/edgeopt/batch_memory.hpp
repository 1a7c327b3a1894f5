// SPDX-License-Identifier: MIT
/// @file
/// How the memory that SmallCNN needs grows with the batch. MB are 2^20 bytes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "edgeopt/activation_liveness.hpp"
#include "edgeopt/layer_estimates.hpp"
#include "edgeopt/model_memory.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/small_cnn_graph.hpp"
#include "edgeopt/small_cnn_spec.hpp"

namespace edgeopt::inline v0 {

/// Memory at one batch size.
struct BatchMemory {
  std::int64_t batch = 1;
  double memory_mb = 0;           ///< stored parameters; the same for every batch
  double activation_sum_mb = 0;   ///< outputs of all weighted layers together
  double peak_activation_mb = 0;  ///< what has to be alive at once, see `activation_liveness.hpp`
  double estimated_runtime_memory_mb = 0;  ///< memory_mb + peak_activation_mb

  friend bool operator==(const BatchMemory&, const BatchMemory&) = default;
};

template <class Visit>
constexpr void visit_columns(const BatchMemory*, Visit&& visit) {
  visit("batch", &BatchMemory::batch);
  visit("memory_mb", &BatchMemory::memory_mb);
  visit("activation_sum_mb", &BatchMemory::activation_sum_mb);
  visit("peak_activation_mb", &BatchMemory::peak_activation_mb);
  visit("estimated_runtime_memory_mb", &BatchMemory::estimated_runtime_memory_mb);
}

/// One row for each batch size.
/// @throws DomainError for a network that cannot be built, a batch below 1 or counts beyond 64 bits
[[nodiscard]] inline std::vector<BatchMemory> memory_by_batch(
    const SmallCNNSpec& spec, std::span<const std::int64_t> batches, Precision precision,
    QuantizationBackend backend = QuantizationBackend::fbgemm) {
  const auto megabytes = [](std::int64_t bytes) {
    return static_cast<double>(bytes) / bytes_per_mb;
  };
  std::vector<BatchMemory> rows;
  for (const std::int64_t batch : batches) {
    std::int64_t activations = 0;
    for (const LayerEstimate& layer : estimate_layerwise_stats(spec, batch, precision))
      activations = checked_sum(activations, layer.activation_bytes, "activation bytes");
    BatchMemory& row = rows.emplace_back();
    row.batch = batch;
    row.memory_mb = megabytes(model_memory_bytes(spec, precision, backend));
    row.activation_sum_mb = megabytes(activations);
    row.peak_activation_mb =
        megabytes(peak_activation_bytes(small_cnn_graph(spec, batch, precision, backend)));
    row.estimated_runtime_memory_mb = row.memory_mb + row.peak_activation_mb;
  }
  return rows;
}

}  // namespace edgeopt::inline v0
