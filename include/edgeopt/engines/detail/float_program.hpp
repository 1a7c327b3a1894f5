// SPDX-License-Identifier: MIT
/// @file
/// From a graph in floating point to a program for fp32 or fp16.
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "edgeopt/engines/detail/layer_chain.hpp"
#include "edgeopt/engines/detail/program.hpp"

namespace edgeopt::inline v0::detail {

/// Weights and biases of a network.
[[nodiscard]] inline std::int64_t parameter_count(const LayerChain<FloatLayer>& chain) {
  std::size_t count = 0;
  for (const FloatLayer& layer : chain.layers) count += layer.weights.size() + layer.bias.size();
  return static_cast<std::int64_t>(count);
}

template <class Value>
[[nodiscard]] Program<Value> float_program(const LayerChain<FloatLayer>& chain,
                                           InstructionSet instruction_set) {
  std::vector<LayerSource<Value>> sources;
  for (const FloatLayer& layer : chain.layers) {
    const float lowest =
        layer.activation == OutputActivation::relu ? 0.0F : -std::numeric_limits<float>::infinity();
    sources.push_back({layer, layer.weights, {}, {lowest}});
  }
  return Program<Value>(chain.image, sources, instruction_set);
}

}  // namespace edgeopt::inline v0::detail
