// SPDX-License-Identifier: MIT
// Random networks of the kind that engines compile, as graphs and as plain loops.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "../kernels/reference.hpp"
#include "edgeopt/graph_builder.hpp"
#include "edgeopt/image_shape.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/quantization.hpp"
#include "edgeopt/random.hpp"

namespace networks {

using edgeopt::Graph;
using edgeopt::GraphBuilder;
using edgeopt::ImageShape;
using edgeopt::OutputActivation;
using edgeopt::QuantizationBackend;
using edgeopt::QuantizationParameters;
using edgeopt::Random;
using edgeopt::TensorId;
using edgeopt::kernels::ConvolutionShape;
using edgeopt::kernels::Pooling;
using reference::List;
using reference::Sum;

/// What a layer is like; a linear one is a convolution of an image of one pixel, in the middle of
/// whose kernels the weights stand.
struct LayerPlan {
  enum class Kind { convolution, linear } kind;
  std::int64_t outputs;
  OutputActivation activation = OutputActivation::relu;
  Pooling pooling = Pooling::none;
};

struct NetworkPlan {
  ImageShape image;
  std::vector<LayerPlan> layers;
};

inline const LayerPlan logits{LayerPlan::Kind::linear, 10, OutputActivation::none};

inline LayerPlan pooled_block(std::int64_t channels) {
  return {LayerPlan::Kind::convolution, channels, OutputActivation::relu, Pooling::max_2x2};
}
inline LayerPlan block(std::int64_t channels,
                       OutputActivation activation = OutputActivation::relu) {
  return {LayerPlan::Kind::convolution, channels, activation, Pooling::none};
}
inline LayerPlan hidden(std::int64_t features) {
  return {LayerPlan::Kind::linear, features};
}

/// SmallCNN, pruned ones, deeper and stranger ones.
inline std::vector<NetworkPlan> plans() {
  return {
      {{1, 28, 28}, {pooled_block(16), pooled_block(32), logits}},
      {{1, 28, 28}, {pooled_block(5), pooled_block(10), logits}},
      {{3, 23, 17}, {pooled_block(7), block(9), pooled_block(11), hidden(20), logits}},
      {{2, 32, 19}, {pooled_block(8), pooled_block(16), block(24), pooled_block(33), logits}},
      {{1, 5, 6}, {block(3, OutputActivation::none), logits}},
      {{3, 3, 3}, {hidden(17), hidden(8), logits}},
      {{1, 2, 2}, {pooled_block(1), logits}},
  };
}

/// Extents before each layer, and after the last.
inline std::vector<ImageShape> shapes_of(const NetworkPlan& plan) {
  std::vector<ImageShape> shapes = {plan.image};
  for (const LayerPlan& layer : plan.layers) {
    const ImageShape in = shapes.back();
    const std::int64_t divisor = layer.pooling == Pooling::none ? 1 : 2;
    if (layer.kind == LayerPlan::Kind::linear)
      shapes.push_back({layer.outputs, 1, 1});
    else
      shapes.push_back({layer.outputs, in.height / divisor, in.width / divisor});
  }
  return shapes;
}

/// Weights of a layer as a graph has them: [out, in, 3, 3] or [out, in].
inline edgeopt::Shape weight_shape(const LayerPlan& layer, const ImageShape& in) {
  if (layer.kind == LayerPlan::Kind::linear) return {layer.outputs, in.elements()};
  return {layer.outputs, in.channels, 3, 3};
}

inline std::int64_t inputs_of_output(const LayerPlan& layer, const ImageShape& in) {
  return layer.kind == LayerPlan::Kind::linear ? in.elements() : 9 * in.channels;
}

/// A layer as a convolution, so that one reference serves both kinds.
inline ConvolutionShape as_convolution(const LayerPlan& layer, const ImageShape& in) {
  if (layer.kind == LayerPlan::Kind::linear)
    return {1, 1, in.elements(), in.elements(), layer.outputs, Pooling::none};
  return {in.height, in.width, in.channels, in.channels, layer.outputs, layer.pooling};
}

template <class Weight>
List<Weight> as_convolution(const LayerPlan& layer, const List<Weight>& weights) {
  if (layer.kind == LayerPlan::Kind::convolution) return weights;
  List<Weight> kernels(9 * static_cast<std::int64_t>(weights.size()));
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(weights.size()); ++i)
    kernels[9 * i + 4] = weights[i];
  return kernels;
}

inline List<float> random_images(const NetworkPlan& plan, std::int64_t batch, std::uint64_t seed) {
  Random random(seed);
  return reference::random_reals(random, batch * plan.image.elements(), 1);
}

// ---- floating point ----

struct FloatNetwork {
  NetworkPlan plan;
  std::vector<List<float>> weights;
  std::vector<List<float>> biases;
};

inline FloatNetwork random_float_network(const NetworkPlan& plan) {
  FloatNetwork network{plan, {}, {}};
  Random random(11);
  const std::vector<ImageShape> shapes = shapes_of(plan);
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    const std::int64_t inputs = inputs_of_output(plan.layers[i], shapes[i]);
    const double scale = 2 / std::sqrt(static_cast<double>(inputs));
    network.weights.push_back(
        reference::random_reals(random, plan.layers[i].outputs * inputs, scale));
    network.biases.push_back(reference::random_reals(random, plan.layers[i].outputs, 0.5));
  }
  return network;
}

inline Graph graph_of(const FloatNetwork& network) {
  GraphBuilder net("float network");
  const std::vector<ImageShape> shapes = shapes_of(network.plan);
  TensorId x = net.input("images", {1, shapes[0].channels, shapes[0].height, shapes[0].width});
  bool flat = false;
  for (std::size_t i = 0; i < network.plan.layers.size(); ++i) {
    const LayerPlan& layer = network.plan.layers[i];
    const std::string name = "layer" + std::to_string(i);
    const TensorId weight = net.constant(name + ".weight", weight_shape(layer, shapes[i]),
                                         std::span<const float>(network.weights[i]));
    const TensorId bias =
        net.constant(name + ".bias", {layer.outputs}, std::span<const float>(network.biases[i]));
    if (layer.kind == LayerPlan::Kind::linear && !flat) x = net.flatten("flatten", x);
    flat = layer.kind == LayerPlan::Kind::linear;
    x = flat ? net.linear(name, x, weight, bias)
             : net.convolution(name, x, weight, bias, {.padding = {1, 1}});
    if (layer.activation == OutputActivation::relu) x = net.relu(name + ".relu", x);
    if (layer.pooling != Pooling::none) x = net.max_pool(name + ".pool", x, 2, 2);
  }
  return net.build({x});
}

/// A number and how far an engine's may be off it.
struct Bounded {
  double value = 0;
  double error = 0;
};

/// How an engine rounds what it stores: x (1 + relative) + absolute.
struct Rounding {
  double relative;
  double absolute;

  [[nodiscard]] Bounded operator()(Bounded x) const {
    return {x.value, x.error + relative * (std::fabs(x.value) + x.error) + absolute};
  }
};
inline constexpr Rounding of_float = {0, 0};             // beyond what sums round
inline constexpr Rounding of_half = {0x1p-11, 0x1p-25};  // nearest; half a unit of subnormals

/// Logits of one image in double, with the error that propagates: of a sum's inputs by |w|, of the
/// sum itself by the bound at kernels::Kernels, of each rounding to storage.
inline List<Bounded> evaluate(const FloatNetwork& network, std::span<const float> image,
                              Rounding stored, Rounding parameter) {
  List<Bounded> activation;
  for (const float pixel : image) activation.push_back(stored({double{pixel}, 0}));
  const std::vector<ImageShape> shapes = shapes_of(network.plan);
  for (std::size_t i = 0; i < network.plan.layers.size(); ++i) {
    const LayerPlan& layer = network.plan.layers[i];
    const ConvolutionShape shape = as_convolution(layer, shapes[i]);
    const List<float> weights = as_convolution(layer, network.weights[i]);
    const std::int64_t terms = inputs_of_output(layer, shapes[i]) + 1;
    // Three sums by the same loops: of values, of errors of inputs, and of what the largest
    // possible magnitudes make of rounding errors.
    List<double> values, reach, errors, sizes, weight_values, weight_errors, weight_sizes;
    for (const Bounded& x : activation) {
      values.push_back(x.value);
      errors.push_back(x.error);
      reach.push_back(std::fabs(x.value) + x.error);
    }
    for (const float weight : weights) {
      const double error = weight == 0 ? 0 : parameter({double{weight}, 0}).error;
      weight_values.push_back(double{weight});
      weight_errors.push_back(error);
      weight_sizes.push_back(std::fabs(double{weight}) + error);
    }
    List<double> start, start_error, start_size;
    for (const float bias : network.biases[i]) {
      start.push_back(double{bias});
      start_error.push_back(parameter({double{bias}, 0}).error);
      start_size.push_back(std::fabs(double{bias}) + start_error.back());
    }
    const List<double> none(layer.outputs);
    const List<Sum> sum = reference::convolve(shape, values, weight_values, start, 0);
    const List<Sum> from_inputs = reference::convolve(shape, errors, weight_sizes, start_error, 0);
    const List<Sum> from_weights = reference::convolve(shape, reach, weight_errors, none, 0);
    const List<Sum> size = reference::convolve(shape, reach, weight_sizes, start_size, 0);
    List<Sum> transformed = size;
    reference::magnify_by_winograd(shape, reach, weight_sizes, start_size, transformed);
    List<Bounded> next;
    const std::int64_t window = shape.pooling == Pooling::none ? 1 : 2;
    for (std::int64_t c = 0; c < shape.out_channels; ++c)
      for (std::int64_t y = 0; y < shape.out_height(); ++y)
        for (std::int64_t x = 0; x < shape.out_width(); ++x) {
          // Maxima, ReLU among them, are off by no more than the worst of their arguments.
          Bounded largest{layer.activation == OutputActivation::relu ? 0 : -INFINITY, 0};
          for (std::int64_t j = 0; j < window * window; ++j) {
            const std::int64_t at = (c * shape.height + window * y + j / window) * shape.width +
                                    window * x + j % window;
            // Of the algorithms that an engine may choose.
            const double rounding =
                std::fmax(size[at].bound(terms), transformed[at].bound(shape.in_channels + 11));
            const double error = from_inputs[at].value + from_weights[at].value + rounding;
            largest.value = std::fmax(largest.value, sum[at].value);
            largest.error = std::fmax(largest.error, error);
          }
          next.push_back(stored(largest));
        }
    activation = next;
  }
  return activation;
}

// ---- int8 ----

struct QuantizedNetwork {
  NetworkPlan plan;
  QuantizationBackend backend;
  std::vector<List<std::int8_t>> weights;
  std::vector<List<float>> weight_scales;
  std::vector<List<float>> biases;
  std::vector<QuantizationParameters> activations;  ///< the image's, then each layer's output's
  QuantizationParameters flat;                      ///< the first linear layer's input
};

inline QuantizedNetwork random_quantized_network(const NetworkPlan& plan,
                                                 QuantizationBackend backend) {
  QuantizedNetwork network{plan, backend, {}, {}, {}, {{0.0157F, 64}}, {0.021F, 2}};
  Random random(12);
  const std::vector<ImageShape> shapes = shapes_of(plan);
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    const LayerPlan& layer = plan.layers[i];
    const std::int64_t inputs = inputs_of_output(layer, shapes[i]);
    const double scale = 2.0 / (127 * std::sqrt(static_cast<double>(inputs)));
    network.weights.push_back(
        reference::random_integers<std::int8_t>(random, layer.outputs * inputs));
    network.biases.push_back(reference::random_reals(random, layer.outputs, 0.5));
    List<float> scales(backend == QuantizationBackend::fbgemm ? layer.outputs : 1);
    for (float& value : scales) value = static_cast<float>(scale * (0.5 + random.uniform()));
    network.weight_scales.push_back(scales);
    const bool relu = layer.activation == OutputActivation::relu;
    network.activations.push_back({static_cast<float>(0.015 + 0.02 * random.uniform()),
                                   relu ? static_cast<std::int32_t>(random.below(4)) : 90});
  }
  return network;
}

inline Graph graph_of(const QuantizedNetwork& network) {
  GraphBuilder net("quantised network");
  const auto scalar = [&](const std::string& name, auto value) {
    return net.constant(name, {}, std::span<const decltype(value)>(&value, 1));
  };
  TensorId scale{}, zero_point{};  // of the last quantised tensor
  const auto quantize = [&](const std::string& name, TensorId x, QuantizationParameters p) {
    scale = scalar(name + ".scale", p.scale);
    zero_point = scalar(name + ".zero_point", static_cast<std::uint8_t>(p.zero_point));
    return net.quantize(name + ".quantize", x, scale, zero_point);
  };
  const auto dequantize = [&](const std::string& name, TensorId x) {
    return net.dequantize(name + ".dequantize", x, scale, zero_point);
  };

  const std::vector<ImageShape> shapes = shapes_of(network.plan);
  TensorId x = net.input("images", {1, shapes[0].channels, shapes[0].height, shapes[0].width});
  x = dequantize("images", quantize("images", x, network.activations[0]));
  bool flat = false;
  for (std::size_t i = 0; i < network.plan.layers.size(); ++i) {
    const LayerPlan& layer = network.plan.layers[i];
    const std::string name = "layer" + std::to_string(i);
    const std::vector<std::int8_t> zeros(network.weight_scales[i].size());
    const edgeopt::Shape scales =
        zeros.size() == 1 ? edgeopt::Shape{} : edgeopt::Shape{layer.outputs};
    const TensorId weight = net.dequantize(
        name + ".weight.dequantize",
        net.constant(name + ".weight", weight_shape(layer, shapes[i]),
                     std::span<const std::int8_t>(network.weights[i])),
        net.constant(name + ".weight_scale", scales,
                     std::span<const float>(network.weight_scales[i])),
        net.constant(name + ".weight_zero_point", scales, std::span<const std::int8_t>(zeros)), 0);
    const TensorId bias =
        net.constant(name + ".bias", {layer.outputs}, std::span<const float>(network.biases[i]));
    if (layer.kind == LayerPlan::Kind::linear && !flat)
      x = dequantize("flat", net.flatten("flatten", quantize("flat", x, network.flat)));
    flat = layer.kind == LayerPlan::Kind::linear;
    x = flat ? net.linear(name, x, weight, bias)
             : net.convolution(name, x, weight, bias, {.padding = {1, 1}});
    if (layer.activation == OutputActivation::relu) x = net.relu(name + ".relu", x);
    x = quantize(name, x, network.activations[i + 1]);
    if (layer.pooling != Pooling::none) x = net.max_pool(name + ".pool", x, 2, 2);
    x = dequantize(name, x);
  }
  return net.build({x});
}

/// Logits of one image by the scalar formulas; exact.
inline List<float> evaluate(const QuantizedNetwork& network, std::span<const float> image) {
  QuantizationParameters parameters = network.activations[0];
  List<std::uint8_t> levels;
  for (const float pixel : image) levels.push_back(edgeopt::quantize_u8(pixel, parameters));
  const std::vector<ImageShape> shapes = shapes_of(network.plan);
  bool flat = false;
  for (std::size_t i = 0; i < network.plan.layers.size(); ++i) {
    const LayerPlan& layer = network.plan.layers[i];
    if (layer.kind == LayerPlan::Kind::linear && !flat) {
      for (std::uint8_t& level : levels) level = edgeopt::rescale(level, parameters, network.flat);
      parameters = network.flat;
      flat = true;
    }
    const ConvolutionShape shape = as_convolution(layer, shapes[i]);
    const List<Sum> sums =
        reference::convolve(shape, levels, as_convolution(layer, network.weights[i]),
                            List<double>(layer.outputs), parameters.zero_point);
    const QuantizationParameters output = network.activations[i + 1];
    const List<float>& scales = network.weight_scales[i];
    List<std::uint8_t> next;
    for (std::int64_t c = 0; c < shape.out_channels; ++c) {
      const edgeopt::ChannelRequantization channel = edgeopt::channel_requantization(
          network.backend, parameters.scale, scales[scales.size() == 1 ? 0 : c], output.scale,
          network.biases[i][c]);
      for (std::int64_t y = 0; y < shape.out_height(); ++y)
        for (std::int64_t x = 0; x < shape.out_width(); ++x)
          next.push_back(static_cast<std::uint8_t>(
              reference::pooled(shape, sums, c, y, x, [&](const Sum& sum) {
                return static_cast<double>(edgeopt::requantize(static_cast<std::int32_t>(sum.value),
                                                               channel, output.zero_point,
                                                               layer.activation));
              })));
    }
    levels = next;
    parameters = output;
  }
  List<float> result;
  for (const std::uint8_t level : levels) result.push_back(edgeopt::dequantize(level, parameters));
  return result;
}

}  // namespace networks
