// SPDX-License-Identifier: MIT
/// @file
/// SmallCNN as a graph, in each precision, without the values of its parameters.
///
/// Parameters are named as a state dict names them (`conv1.weight`, `conv1.bias`, `conv2...`,
/// `classifier...`). The int8 graph is QDQ: activations are stored as u8 and reach their operator
/// through DequantizeLinear; its further constants are `<layer>.weight_scale` and
/// `<layer>.weight_zero_point`, and `<activation>.scale` and `<activation>.zero_point` for the
/// activations input, conv1, conv2, flatten and classifier. `set_values` fills them in.
#pragma once

#include <cstdint>
#include <string>

#include "edgeopt/graph.hpp"
#include "edgeopt/graph_builder.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/small_cnn_spec.hpp"

namespace edgeopt::inline v0 {

namespace detail {

/// SmallCNN in fp32 or fp16: weights and activations of one floating type.
inline Graph floating_small_cnn_graph(const SmallCNNSpec& spec, std::int64_t batch,
                                      ElementType type) {
  GraphBuilder net("SmallCNN");
  const ConvolutionOptions same{.padding = {1, 1}};
  const auto convolution = [&](const std::string& layer, TensorId x, std::int64_t channels) {
    const std::int64_t in = net.tensor(x).shape[1];
    const TensorId weight = net.constant(layer + ".weight", type, {channels, in, 3, 3});
    const TensorId bias = net.constant(layer + ".bias", type, {channels});
    return net.convolution(layer, x, weight, bias, same);
  };
  TensorId x =
      net.input("input", {batch, spec.input.channels, spec.input.height, spec.input.width}, type);
  x = net.relu("relu1", convolution("conv1", x, spec.conv1_channels));
  x = net.max_pool("pool1", x, 2, 2);
  x = net.relu("relu2", convolution("conv2", x, spec.conv2_channels));
  x = net.flatten("flatten", net.max_pool("pool2", x, 2, 2));
  const std::int64_t features = net.tensor(x).shape[1];
  const TensorId weight = net.constant("classifier.weight", type, {spec.classes, features});
  const TensorId bias = net.constant("classifier.bias", type, {spec.classes});
  return net.build({net.linear("classifier", x, weight, bias)});
}

/// Steps of the QDQ form of a network.
class QuantizedSteps {
 public:
  QuantizedSteps(GraphBuilder& net, QuantizationBackend backend) : net_(net), backend_(backend) {}

  /// float -> u8, with parameters of this activation's own
  TensorId quantize(const std::string& activation, TensorId x) {
    scale_ = net_.constant(activation + ".scale", ElementType::f32, {});
    zero_point_ = net_.constant(activation + ".zero_point", ElementType::u8, {});
    return net_.quantize(activation + ".quantize", x, scale_, zero_point_);
  }

  /// u8 -> float, with the parameters of the last `quantize`
  TensorId dequantize(const std::string& name, TensorId x) {
    return net_.dequantize(name + ".dequantize", x, scale_, zero_point_);
  }

  /// A layer's s8 weights as float; fbgemm has a scale for each output, qnnpack one for the layer.
  TensorId weight(const std::string& layer, const Shape& shape) {
    const std::string name = layer + ".weight";
    const Shape scales = backend_ == QuantizationBackend::fbgemm ? Shape{shape[0]} : Shape{};
    const TensorId values = net_.constant(name, ElementType::s8, shape);
    const TensorId scale = net_.constant(name + "_scale", ElementType::f32, scales);
    const TensorId zero_point = net_.constant(name + "_zero_point", ElementType::s8, scales);
    return net_.dequantize(name + ".dequantize", values, scale, zero_point, 0);
  }

 private:
  GraphBuilder& net_;
  QuantizationBackend backend_;
  TensorId scale_ = no_tensor;
  TensorId zero_point_ = no_tensor;
};

/// SmallCNN in int8. Pooling keeps the scale of its input; flatten has a scale of its own.
inline Graph quantized_small_cnn_graph(const SmallCNNSpec& spec, std::int64_t batch,
                                       QuantizationBackend backend) {
  GraphBuilder net("SmallCNN");
  QuantizedSteps steps(net, backend);
  const auto block = [&](const std::string& number, TensorId x, std::int64_t channels) {
    const std::string layer = "conv" + number;
    const std::int64_t in = net.tensor(x).shape[1];
    const TensorId weight = steps.weight(layer, {channels, in, 3, 3});
    const TensorId bias = net.constant(layer + ".bias", ElementType::f32, {channels});
    const TensorId sum = net.convolution(layer, x, weight, bias, {.padding = {1, 1}});
    const TensorId stored = steps.quantize(layer, net.relu("relu" + number, sum));
    const std::string pool = "pool" + number;
    return steps.dequantize(pool, net.max_pool(pool, stored, 2, 2));
  };
  TensorId x =
      net.input("input", {batch, spec.input.channels, spec.input.height, spec.input.width});
  x = steps.dequantize("input", steps.quantize("input", x));
  x = block("1", x, spec.conv1_channels);
  x = block("2", x, spec.conv2_channels);
  x = steps.dequantize("flatten", net.flatten("flatten", steps.quantize("flatten", x)));
  const std::int64_t features = net.tensor(x).shape[1];
  const TensorId weight = steps.weight("classifier", {spec.classes, features});
  const TensorId bias = net.constant("classifier.bias", ElementType::f32, {spec.classes});
  x = steps.quantize("classifier", net.linear("classifier", x, weight, bias));
  return net.build({steps.dequantize("classifier", x)});
}

}  // namespace detail

/// The graph of SmallCNN for batches of `batch` images: `input  // [batch, channels, height,
/// width]` to logits `// [batch, classes]`. Constants have no values; `backend` matters to int8
/// only.
/// @throws DomainError when an extent is below what the network needs (height and width 4) or a
///   count overflows
[[nodiscard]] inline Graph small_cnn_graph(
    const SmallCNNSpec& spec, std::int64_t batch, Precision precision,
    QuantizationBackend backend = QuantizationBackend::fbgemm) {
  switch (precision) {
    case Precision::fp32: return detail::floating_small_cnn_graph(spec, batch, ElementType::f32);
    case Precision::fp16: return detail::floating_small_cnn_graph(spec, batch, ElementType::f16);
    case Precision::int8: break;
  }
  return detail::quantized_small_cnn_graph(spec, batch, backend);
}

}  // namespace edgeopt::inline v0
