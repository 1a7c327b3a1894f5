// SPDX-License-Identifier: MIT
/// @file
/// What each layer of SmallCNN costs, from its description alone.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/columns.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/small_cnn_spec.hpp"

namespace edgeopt::inline v0 {

namespace detail {

/// Counts of a weighted layer that depend neither on batch nor on precision.
struct WeightedLayer {
  const char* name;
  std::int64_t outputs;          ///< of one image, before pooling
  std::int64_t weights;          ///< output channels * inner extent
  std::int64_t biases;           ///< one for each output channel
  std::int64_t macs_per_output;  ///< Cin * kh * kw of a convolution, inputs of a linear layer
};

/// 3x3 convolution with padding 1 and stride 1: the output is as large as the input.
inline WeightedLayer convolution_layer(const char* name, const ImageShape& input,
                                       std::int64_t channels) {
  const std::int64_t inner = checked_product({input.channels, 3, 3}, name);
  return {name, checked_product({channels, input.height, input.width}, name),
          checked_product({channels, inner}, name), channels, inner};
}

inline WeightedLayer linear_layer(const char* name, std::int64_t inputs, std::int64_t outputs) {
  return {name, outputs, checked_product({outputs, inputs}, name), outputs, inputs};
}

/// The weighted layers in order. @throws DomainError as `require_valid`, or on overflow
inline std::array<WeightedLayer, 3> weighted_layers(const SmallCNNSpec& spec) {
  require_valid(spec);
  const ImageShape pooled = spec.pooled2();
  const std::int64_t features =
      checked_product({pooled.channels, pooled.height, pooled.width}, "classifier inputs");
  return {convolution_layer("conv1", spec.input, spec.conv1_channels),
          convolution_layer("conv2", spec.pooled1(), spec.conv2_channels),
          linear_layer("classifier", features, spec.classes)};
}

/// Weights and biases as stored; scales of quantised weights are not among them.
inline std::int64_t parameter_bytes(const WeightedLayer& layer, Precision precision) {
  return checked_sum(checked_product({layer.weights, bytes_per_value(precision)}, "weight bytes"),
                     checked_product({layer.biases, bytes_per_bias(precision)}, "bias bytes"),
                     "parameter bytes");
}

}  // namespace detail

/// The cost of each weighted layer for one batch.
///
/// Convolution: output = batch * Cout * Hout * Wout before pooling, macs = output * Cin * 3 * 3.
/// Linear: output = batch * out, macs = batch * in * out. Bytes: see `bytes_per_value`; biases take
/// `bytes_per_bias`.
/// @throws DomainError for a network that cannot be built, a batch below 1 or a count beyond 64
/// bits
[[nodiscard]] inline std::vector<LayerEstimate> estimate_layerwise_stats(
    const SmallCNNSpec& spec, std::int64_t batch, Precision precision = Precision::fp32) {
  if (batch < 1) throw DomainError("batch", std::to_string(batch), "an integer >= 1");
  std::vector<LayerEstimate> estimates;
  for (const detail::WeightedLayer& layer : detail::weighted_layers(spec)) {
    const std::int64_t outputs = checked_product({batch, layer.outputs}, "output elements");
    estimates.push_back(
        {.layer = layer.name,
         .output_elements = outputs,
         .parameter_bytes = detail::parameter_bytes(layer, precision),
         .activation_bytes =
             checked_product({outputs, bytes_per_value(precision)}, "activation bytes"),
         .macs = checked_product({outputs, layer.macs_per_output}, "multiply-accumulates")});
  }
  return estimates;
}

/// The same for a caller who holds the shape of the images as well.
/// @throws DomainError as above, and for a shape that is not the network's input
[[nodiscard]] inline std::vector<LayerEstimate> estimate_layerwise_stats(const SmallCNNSpec& spec,
                                                                         std::int64_t batch,
                                                                         Precision precision,
                                                                         const ImageShape& input) {
  if (input != spec.input)
    throw DomainError("input shape", to_string(input),
                      to_string(spec.input) + ", the input of the network");
  return estimate_layerwise_stats(spec, batch, precision);
}

/// Sums over all layers. Bytes follow `bytes_convention`.
struct EstimateTotals {
  std::int64_t bytes = 0;  ///< parameter_bytes + activation_bytes
  std::int64_t macs = 0;
};

/// What the bytes of an estimate count; stands beside them wherever they are shown, since a graph
/// analysis also counts what each operator reads.
inline constexpr const char* bytes_convention =
    "parameters once a batch and outputs written; inputs not read";

/// @throws DomainError when a sum exceeds 64 bits
[[nodiscard]] inline EstimateTotals total(std::span<const LayerEstimate> layers) {
  EstimateTotals sum;
  for (const LayerEstimate& layer : layers) {
    sum.bytes = checked_sum(sum.bytes, layer.parameter_bytes, "total bytes");
    sum.bytes = checked_sum(sum.bytes, layer.activation_bytes, "total bytes");
    sum.macs = checked_sum(sum.macs, layer.macs, "total multiply-accumulates");
  }
  return sum;
}

/// A layer's estimate with its shares of the network's total, 0 to 1; 0 where the total is 0.
struct LayerShare {
  LayerEstimate estimate;
  double macs_share = 0;
  double bytes_share = 0;

  friend bool operator==(const LayerShare&, const LayerShare&) = default;
};

template <class Visit>
constexpr void visit_columns(const LayerShare*, Visit&& visit) {
  visit(spliced, &LayerShare::estimate);
  visit("macs_share", &LayerShare::macs_share);
  visit("bytes_share", &LayerShare::bytes_share);
}

/// Each layer's shares of multiply-accumulates and bytes, in the order given.
/// @throws DomainError when a sum exceeds 64 bits
[[nodiscard]] inline std::vector<LayerShare> layer_shares(std::span<const LayerEstimate> layers) {
  const EstimateTotals whole = total(layers);
  const auto share = [](std::int64_t part, std::int64_t all) {
    return all == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(all);
  };
  std::vector<LayerShare> shares;
  for (const LayerEstimate& layer : layers)
    shares.push_back({layer, share(layer.macs, whole.macs),
                      share(layer.parameter_bytes + layer.activation_bytes, whole.bytes)});
  return shares;
}

}  // namespace edgeopt::inline v0
