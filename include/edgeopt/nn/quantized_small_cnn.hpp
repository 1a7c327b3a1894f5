// SPDX-License-Identifier: MIT
/// @file
/// SmallCNN in int8: s8 weights with their scales, float biases, and the quantisation parameters of
/// its activations. (n) refers to the formulas of `quantization.hpp`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/nn/calibration.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/tensor.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/quantization.hpp"
#include "edgeopt/small_cnn_spec.hpp"

namespace edgeopt::inline v0 {

/// The parameters of a convolution (Rank 4) or of the classifier (Rank 2).
template <std::size_t Rank>
struct QuantizedLayer {
  xt::xtensor<std::int8_t, Rank> weight;  ///< [outputs, ...]
  xt::xtensor<float, 1> weight_scale;     ///< [outputs] for fbgemm, [1] for qnnpack
  xt::xtensor<float, 1> bias;             ///< [outputs]
  std::int64_t saturated_weights = 0;     ///< how many were clamped in (2)

  [[nodiscard]] std::size_t outputs() const noexcept { return bias.size(); }

  /// The weights of one output.
  [[nodiscard]] std::span<const std::int8_t> output_weights(std::size_t output) const {
    const std::size_t count = weight.size() / outputs();
    return span_of(weight).subspan(output * count, count);
  }

  /// The scale of one output's weights.
  [[nodiscard]] float output_scale(std::size_t output) const {
    return weight_scale(weight_scale.size() == 1 ? 0 : output);
  }

  friend bool operator==(const QuantizedLayer&, const QuantizedLayer&) = default;
};

/// SmallCNN as int8 engines run it.
struct QuantizedSmallCNN {
  ImageShape input;
  QuantizationBackend backend = QuantizationBackend::fbgemm;
  QuantizedLayer<4> conv1;       ///< weight [conv1_channels, input.channels, 3, 3]
  QuantizedLayer<4> conv2;       ///< weight [conv2_channels, conv1_channels, 3, 3]
  QuantizedLayer<2> classifier;  ///< weight [classes, conv2_channels * (height/4) * (width/4)]
  PerActivation<QuantizationParameters> activations;

  /// The network without its parameters.
  /// @throws DomainError when the extents of the tensors do not fit one another or the backend, or
  ///   quantisation parameters are not valid (`require_valid`)
  [[nodiscard]] SmallCNNSpec spec() const {
    const auto extent = [](const auto& layer) {
      return static_cast<std::int64_t>(layer.outputs());
    };
    const SmallCNNSpec spec{input, extent(conv1), extent(conv2), extent(classifier)};
    require_valid(spec);
    require("conv1", conv1, {spec.conv1_channels, input.channels, 3, 3});
    require("conv2", conv2, {spec.conv2_channels, spec.conv1_channels, 3, 3});
    require("classifier", classifier, {spec.classes, spec.pooled2().elements()});
    visit_activations(
        [](const char* name, const auto& parameters) { require_valid(parameters, name); },
        activations);
    return spec;
  }

  friend bool operator==(const QuantizedSmallCNN&, const QuantizedSmallCNN&) = default;

 private:
  template <std::size_t Rank>
  void require(const std::string& name, const QuantizedLayer<Rank>& layer,
               const Shape& weight) const {
    if (const Shape shape = shape_of(layer.weight); shape != weight)
      throw DomainError("shape of " + name + ".weight", to_string(shape), to_string(weight));
    const Shape scales{backend == QuantizationBackend::fbgemm ? weight[0] : 1};
    if (const Shape shape = shape_of(layer.weight_scale); shape != scales)
      throw DomainError("shape of " + name + ".weight_scale", to_string(shape), to_string(scales));
  }
};

/// Calls `visit(name, layer)` for each layer of a (const) QuantizedSmallCNN.
template <class Visit, class Model>
constexpr void visit_layers(Visit&& visit, Model& model) {
  visit("conv1", model.conv1);
  visit("conv2", model.conv2);
  visit("classifier", model.classifier);
}

/// Bytes that the network stores: 1 a weight, 4 a bias, 4 a weight scale, and 8 for scale and zero
/// point of each of the five activations.
[[nodiscard]] inline std::int64_t parameter_bytes(const QuantizedSmallCNN& model) {
  std::size_t bytes = 0;
  visit_layers(
      [&](const char*, const auto& layer) {
        bytes += layer.weight.size() + 4 * layer.bias.size() + 4 * layer.weight_scale.size();
      },
      model);
  visit_activations([&](const char*, const QuantizationParameters&) { bytes += 8; },
                    model.activations);
  return static_cast<std::int64_t>(bytes);
}

namespace detail {

/// A layer's weights quantised by (1) and (2): with a scale for each output (fbgemm) or for the
/// layer (qnnpack).
/// weight  // [outputs, ...]; bias  // [outputs]
template <std::size_t Rank>
QuantizedLayer<Rank> quantize_layer(const xt::xtensor<float, Rank>& weight,
                                    const xt::xtensor<float, 1>& bias,
                                    QuantizationBackend backend) {
  const std::size_t scales = backend == QuantizationBackend::fbgemm ? bias.size() : 1;
  const std::size_t weights_per_scale = weight.size() / scales;
  QuantizedLayer<Rank> layer;
  layer.weight.resize(weight.shape());
  layer.weight_scale = zero_tensor<float>(static_cast<std::int64_t>(scales));
  layer.bias = bias;
  for (std::size_t s = 0; s < scales; ++s) {
    const auto weights = span_of(weight).subspan(s * weights_per_scale, weights_per_scale);
    const auto quantized = span_of(layer.weight).subspan(s * weights_per_scale, weights_per_scale);
    const float scale = layer.weight_scale(s) = weight_scale(weights);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      quantized[i] = quantize_s8(weights[i], scale);
      if (weight_level(weights[i], scale) != static_cast<float>(quantized[i]))
        ++layer.saturated_weights;
    }
  }
  return layer;
}

}  // namespace detail

/// The constants of (5) or (6) for each output of a layer.
/// @throws DomainError when one is not representable, or a sum of (4) could exceed 32 bits
template <std::size_t Rank>
[[nodiscard]] std::vector<ChannelRequantization> layer_requantization(
    const QuantizedLayer<Rank>& layer, QuantizationBackend backend, QuantizationParameters input,
    QuantizationParameters output) {
  std::vector<ChannelRequantization> channels;
  channels.reserve(layer.outputs());
  for (std::size_t o = 0; o < layer.outputs(); ++o) {
    channels.push_back(channel_requantization(backend, input.scale, layer.output_scale(o),
                                              output.scale, layer.bias(o)));
    if (!accumulator_fits(layer.output_weights(o), channels.back()))
      throw DomainError("sum of an int8 layer's output " + std::to_string(o), "more than 2^31 - 1",
                        "weights and bias whose sums fit 32 bits");
  }
  return channels;
}

/// Post-training static quantisation: the network in int8, for activations in the ranges that
/// calibration found. fbgemm spreads them over 128 levels and scales weights per output; qnnpack
/// over 256 levels, and per layer.
/// @throws DomainError when a parameter is not finite, or so large that int8 arithmetic would
///   overflow
[[nodiscard]] inline QuantizedSmallCNN to_int8(const SmallCNN<float>& model,
                                               const Calibration& calibration,
                                               QuantizationBackend backend) {
  (void)model.spec();
  QuantizedSmallCNN result;
  result.input = model.input;
  result.backend = backend;
  result.conv1 = detail::quantize_layer(model.conv1_weight, model.conv1_bias, backend);
  result.conv2 = detail::quantize_layer(model.conv2_weight, model.conv2_bias, backend);
  result.classifier =
      detail::quantize_layer(model.classifier_weight, model.classifier_bias, backend);
  visit_activations(
      [&](const char*, const ObservedActivation& found, QuantizationParameters& parameters) {
        parameters = quantization_parameters(found.quantized, activation_levels(backend));
      },
      calibration, result.activations);

  const auto& a = result.activations;
  (void)layer_requantization(result.conv1, backend, a.input, a.conv1);
  (void)layer_requantization(result.conv2, backend, a.conv1, a.conv2);
  (void)layer_requantization(result.classifier, backend, a.flatten, a.classifier);
  return result;
}

}  // namespace edgeopt::inline v0
