// SPDX-License-Identifier: MIT
/// @file
/// Bytes that SmallCNN's parameters take when they are stored for a precision.
#pragma once

#include <cstdint>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/layer_estimates.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/small_cnn_spec.hpp"

namespace edgeopt::inline v0 {

/// Bytes of one MB.
inline constexpr double bytes_per_mb = 1048576;

/// Weights and biases; for int8 also 4 bytes for each weight scale (one an output channel with
/// fbgemm, one a layer with qnnpack) and 8 for scale and zero point of each of the five quantised
/// activations.
/// @throws DomainError for a network that cannot be built or a count beyond 64 bits
[[nodiscard]] inline std::int64_t model_memory_bytes(
    const SmallCNNSpec& spec, Precision precision,
    QuantizationBackend backend = QuantizationBackend::fbgemm) {
  constexpr std::int64_t scale_bytes = 4;
  constexpr std::int64_t activation_bytes = 5 * 8;
  std::int64_t bytes = precision == Precision::int8 ? activation_bytes : 0;
  for (const detail::WeightedLayer& layer : detail::weighted_layers(spec)) {
    bytes = checked_sum(bytes, detail::parameter_bytes(layer, precision), "model bytes");
    if (precision != Precision::int8) continue;
    const std::int64_t scales = backend == QuantizationBackend::fbgemm ? layer.biases : 1;
    bytes =
        checked_sum(bytes, checked_product({scales, scale_bytes}, "scale bytes"), "model bytes");
  }
  return bytes;
}

}  // namespace edgeopt::inline v0
