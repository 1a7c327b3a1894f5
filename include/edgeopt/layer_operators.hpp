// SPDX-License-Identifier: MIT
/// @file
/// SmallCNN as the operators that an engine runs: each convolution with the ReLU and the pooling
/// behind it, so that what lies between them is neither written nor read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/latency_bounds.hpp"
#include "edgeopt/layer_estimates.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/roofline.hpp"
#include "edgeopt/small_cnn_spec.hpp"
#include "edgeopt/winograd.hpp"

namespace edgeopt::inline v0 {

/// conv1, conv2 and classifier for a roofline. Read are the layer's input and parameters, written
/// its pooled output, all as stored in that precision; `winograd_tile` as in `network_demand`.
/// @throws DomainError for a network that cannot be built, and for a batch or a tile below 1
[[nodiscard]] inline std::vector<RooflineOperator> layer_operators(const SmallCNNSpec& spec,
                                                                   std::int64_t batch,
                                                                   Precision precision,
                                                                   std::int64_t winograd_tile = 1) {
  const std::vector<LayerEstimate> layers = estimate_layerwise_stats(spec, batch, precision);
  const std::int64_t elements[] = {spec.input.elements(), spec.pooled1().elements(),
                                   spec.pooled2().elements(), spec.classes};
  const auto bytes = [&](std::int64_t count) {
    return checked_product({batch, count, bytes_per_value(precision)}, "bytes of an activation");
  };
  std::vector<RooflineOperator> operators;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const bool convolution = i + 1 < layers.size();
    operators.push_back(
        {layers[i].layer, element_type(precision),
         executed_macs(layers[i].macs, convolution ? layers[i].macs : 0, winograd_tile),
         checked_sum(bytes(elements[i]), layers[i].parameter_bytes, "bytes that a layer reads"),
         bytes(elements[i + 1])});
  }
  return operators;
}

}  // namespace edgeopt::inline v0
