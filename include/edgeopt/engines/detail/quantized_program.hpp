// SPDX-License-Identifier: MIT
/// @file
/// From a graph in QDQ form to a program for int8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "edgeopt/engines/detail/layer_chain.hpp"
#include "edgeopt/engines/detail/program.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/quantization.hpp"

namespace edgeopt::inline v0::detail {

/// 1 byte for a weight, 4 for a bias, 4 for a scale of weights, and 8 for scale and zero point of
/// each quantised activation.
[[nodiscard]] inline std::int64_t stored_bytes(const LayerChain<Int8Layer>& chain) {
  std::size_t bytes = 0;
  for (const Int8Layer& layer : chain.layers)
    bytes += layer.weights.size() + 4 * layer.bias.size() + 4 * layer.weight_scales.size();
  return static_cast<std::int64_t>(bytes) + 8 * chain.quantized_activations;
}

/// The constants of formulas (5) or (6) for every output.
/// @throws DomainError naming the layer when a sum could exceed 32 bits
[[nodiscard]] inline std::vector<ChannelRequantization> requantizations(
    const Int8Layer& layer, QuantizationBackend backend) {
  const auto outputs = static_cast<std::size_t>(layer.outputs);
  const std::size_t weights_of_output = layer.weights.size() / outputs;
  std::vector<ChannelRequantization> channels;
  for (std::size_t output = 0; output < outputs; ++output) {
    const bool shared = layer.weight_scales.size() == 1;
    channels.push_back(channel_requantization(
        backend, layer.input_parameters.scale, layer.weight_scales[shared ? 0 : output],
        layer.output_parameters.scale, layer.bias.empty() ? 0.0F : layer.bias[output]));
    const std::span weights(layer.weights.data() + output * weights_of_output, weights_of_output);
    if (!accumulator_fits(weights, channels.back()))
      throw DomainError("node '" + layer.name + "': output " + std::to_string(output),
                        "a sum that may exceed 32 bits", "fewer or smaller weights");
  }
  return channels;
}

[[nodiscard]] inline kernels::Rescaling rescaling(const Int8Layer& layer) {
  const QuantizationParameters to = layer.input_parameters;
  return {layer.rescale_from.value_or(to), to.zero_point, 1 / to.scale, nullptr};
}

/// Formula (9) for every level, or nothing.
[[nodiscard]] inline std::vector<std::uint8_t> rescaled_levels(const Int8Layer& layer) {
  std::vector<std::uint8_t> levels;
  if (layer.rescale_from)
    for (int level = 0; level < 256; ++level)
      levels.push_back(
          rescale(static_cast<std::uint8_t>(level), *layer.rescale_from, layer.input_parameters));
  return levels;
}

[[nodiscard]] inline Program<std::uint8_t> quantized_program(const LayerChain<Int8Layer>& chain,
                                                             QuantizationBackend backend,
                                                             InstructionSet instruction_set) {
  std::vector<LayerSource<std::uint8_t>> sources;
  for (const Int8Layer& layer : chain.layers) {
    const std::int32_t zero_point = layer.output_parameters.zero_point;
    sources.push_back({layer,
                       layer.weights,
                       requantizations(layer, backend),
                       {lowest_level(layer.activation, zero_point), zero_point},
                       layer.input_parameters.zero_point,
                       rescaling(layer),
                       rescaled_levels(layer)});
  }
  const Int8Layer& first = chain.layers.front();
  return Program<std::uint8_t>(chain.image, sources, instruction_set,
                               first.rescale_from.value_or(first.input_parameters),
                               chain.layers.back().output_parameters);
}

}  // namespace edgeopt::inline v0::detail
