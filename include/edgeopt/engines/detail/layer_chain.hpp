// SPDX-License-Identifier: MIT
/// @file
/// A graph as the list of layers that a fused kernel exists for:
///
///     (Conv 3x3 [Relu] [MaxPool 2x2])*  Flatten  (Gemm [Relu])+
///
/// and the same in QDQ form. Anything else is refused with the name of the node.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/engines/detail/chain_reader.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/image_shape.hpp"
#include "edgeopt/kernels/layers.hpp"  // kernels::Pooling
#include "edgeopt/quantization.hpp"

namespace edgeopt::inline v0::detail {

enum class LayerKind : std::uint8_t { convolution, linear };

/// A convolution or linear layer with what follows it.
struct Layer {
  LayerKind kind = LayerKind::convolution;
  std::string name;  ///< of its Conv or Gemm node
  ImageShape input;
  std::int64_t outputs = 0;  ///< channels or features
  kernels::Pooling pooling = kernels::Pooling::none;
  OutputActivation activation = OutputActivation::none;
  std::vector<float> bias;  ///< [outputs], or empty

  /// A linear layer has an image of one pixel as output.
  [[nodiscard]] ImageShape output() const {
    if (kind == LayerKind::linear) return {outputs, 1, 1};
    const std::int64_t divisor = pooling == kernels::Pooling::none ? 1 : 2;
    return {outputs, input.height / divisor, input.width / divisor};
  }
};

struct FloatLayer : Layer {
  std::vector<float> weights;  ///< [outputs, channels, 3, 3] or [outputs, features]
};

struct Int8Layer : Layer {
  std::vector<std::int8_t> weights;                    ///< as above
  std::vector<float> weight_scales;                    ///< one, or one for each output
  std::optional<QuantizationParameters> rescale_from;  ///< the input arrives with these instead
  QuantizationParameters input_parameters;
  QuantizationParameters output_parameters;
};

/// A network; its last layer is linear and gives the logits.
template <class SomeLayer>
struct LayerChain {
  ImageShape image;
  std::vector<SomeLayer> layers;
  std::int64_t quantized_activations = 0;  ///< tensors with a scale and a zero point of their own
};

inline constexpr const char* supported_layers =
    "3x3 Conv (padding 1, stride 1, with Relu and 2x2 MaxPool or without), then Flatten, then Gemm";

/// Reads what the two forms have in common.
class LayerReader {
 public:
  explicit LayerReader(const Graph& graph) : chain(graph), shape_(chain.image_shape()) {}

  ChainReader chain;

  /// Takes a Conv; its weight has the shape that `weight` says.
  [[nodiscard]] Layer convolution(const Node& node, const Tensor& weight) const {
    const Shape expected = {weight.shape.empty() ? 0 : weight.shape[0], shape_.channels, 3, 3};
    if (weight.shape != expected)
      ChainReader::refuse(node, "with weights " + to_string(weight.shape),
                          "[channels, " + std::to_string(shape_.channels) + ", 3, 3]");
    ChainReader::expect(node, "kernel_shape", {3, 3}, {3, 3});
    ChainReader::expect(node, "strides", {1, 1}, {1, 1});
    ChainReader::expect(node, "dilations", {1, 1}, {1, 1});
    ChainReader::expect(node, "pads", {0, 0, 0, 0}, {1, 1, 1, 1});
    ChainReader::expect<std::string>(node, "auto_pad", "NOTSET", "NOTSET");
    ChainReader::expect<std::int64_t>(node, "group", 1, "group 1");
    return layer(LayerKind::convolution, node, weight.shape[0]);
  }

  /// Takes a Gemm.
  [[nodiscard]] Layer linear(const Node& node, const Tensor& weight) const {
    const Shape expected = {weight.shape.empty() ? 0 : weight.shape[0], shape_.elements()};
    if (weight.shape != expected)
      ChainReader::refuse(node, "with weights " + to_string(weight.shape),
                          "[features, " + std::to_string(shape_.elements()) + "]");
    if (node.attribute<std::int64_t>("transB", 0) != 1)
      ChainReader::refuse(node, "with transB 0", "transB 1: weights [out, in]");
    ChainReader::expect<std::int64_t>(node, "transA", 0, "transA 0");
    ChainReader::expect<double>(node, "alpha", 1, "alpha 1");
    ChainReader::expect<double>(node, "beta", 1, "beta 1");
    return layer(LayerKind::linear, node, weight.shape[0]);
  }

  void take_relu(Layer& layer) {
    if (!chain.at("Relu")) return;
    chain.take("Relu");
    layer.activation = OutputActivation::relu;
  }

  void take_pooling(Layer& layer) {
    if (!chain.at("MaxPool")) return;
    const Node& node = chain.take("MaxPool");
    ChainReader::expect(node, "kernel_shape", {}, {2, 2});
    ChainReader::expect(node, "strides", {1, 1}, {2, 2});
    ChainReader::expect(node, "dilations", {1, 1}, {1, 1});
    ChainReader::expect(node, "pads", {0, 0, 0, 0}, {0, 0, 0, 0});
    ChainReader::expect<std::string>(node, "auto_pad", "NOTSET", "NOTSET");
    ChainReader::expect<std::int64_t>(node, "ceil_mode", 0, "ceil_mode 0");
    layer.pooling = kernels::Pooling::max_2x2;
    if (layer.input.height < 2 || layer.input.width < 2)
      ChainReader::refuse(node,
                          "on an image of " + std::to_string(layer.input.height) + " x " +
                              std::to_string(layer.input.width),
                          "at least 2 x 2");
  }

  void take_flatten() {
    ChainReader::expect<std::int64_t>(chain.take("Flatten"), "axis", 1, "axis 1");
  }

  /// The layer is complete: the next one reads its output.
  void pass(const Layer& layer) {
    shape_ =
        ChainReader::countable(layer.output(), "elements of the output of '" + layer.name + "'");
  }

 private:
  [[nodiscard]] Layer layer(LayerKind kind, const Node& node, std::int64_t outputs) const {
    Layer layer;
    layer.kind = kind;
    layer.name = node.name;
    layer.input = shape_;
    layer.outputs = outputs;
    if (outputs < 1) ChainReader::refuse(node, "without outputs", "at least one");
    if (ChainReader::has_input(node, 2)) {
      const Tensor& bias = chain.constant(node, 2);
      if (bias.shape != Shape{outputs})
        ChainReader::refuse(node, "with a bias " + to_string(bias.shape),
                            "[" + std::to_string(outputs) + "]");
      layer.bias = ChainReader::reals(bias);
    }
    return layer;
  }

  ImageShape shape_;  ///< of the current activation
};

/// @throws DomainError naming the node that no kernel exists for, or the constant without values
[[nodiscard]] inline LayerChain<FloatLayer> float_chain(const Graph& graph) {
  LayerReader reader(graph);
  ChainReader& chain = reader.chain;
  LayerChain<FloatLayer> result{chain.image_shape(), {}};
  while (chain.at("Conv")) {
    const Node& node = chain.take("Conv");
    const Tensor& weight = chain.constant(node, 1);
    FloatLayer layer{reader.convolution(node, weight), ChainReader::reals(weight)};
    reader.take_relu(layer);
    reader.take_pooling(layer);
    reader.pass(layer);
    result.layers.push_back(std::move(layer));
  }
  if (!chain.at("Flatten")) chain.refuse_next(supported_layers);
  reader.take_flatten();
  if (!chain.at("Gemm")) chain.refuse_next(supported_layers);
  while (chain.at("Gemm")) {
    const Node& node = chain.take("Gemm");
    const Tensor& weight = chain.constant(node, 1);
    FloatLayer layer{reader.linear(node, weight), ChainReader::reals(weight)};
    reader.take_relu(layer);
    reader.pass(layer);
    result.layers.push_back(std::move(layer));
  }
  chain.finish();
  return result;
}

/// Reads a network in QDQ form: every activation is stored as u8 and reaches its operator through
/// DequantizeLinear; weights are s8.
class QuantizedChainReader {
 public:
  explicit QuantizedChainReader(const Graph& graph)
      : reader_(graph), chain_(reader_.chain), result_{chain_.image_shape(), {}} {}

  [[nodiscard]] LayerChain<Int8Layer> read() {
    take_quantize();
    for (bool flat = false;;) {
      if (chain_.at("DequantizeLinear")) {
        take_dequantize();
      } else if (chain_.at("QuantizeLinear") && state_ == State::real && !rescale_from_) {
        rescale_from_ = parameters_;
        take_quantize();
      } else if (chain_.at("Flatten")) {
        reader_.take_flatten();
        flat = true;
      } else if (chain_.at("Conv") && state_ == State::real && !flat && !rescale_from_) {
        take_convolution();
      } else if (chain_.at("Gemm") && state_ == State::real && flat) {
        take_linear();
      } else {
        break;
      }
    }
    const bool complete = !result_.layers.empty() && !rescale_from_ &&
                          result_.layers.back().kind == LayerKind::linear && state_ == State::real;
    if (!complete) chain_.refuse_next(std::string(supported_layers) + ", all in QDQ form");
    chain_.finish();
    return std::move(result_);
  }

 private:
  enum class State : std::uint8_t { real, quantized };  ///< of the current tensor

  /// Scale and zero point of a QuantizeLinear or DequantizeLinear of an activation.
  [[nodiscard]] QuantizationParameters parameters(const Node& node) const {
    const std::vector<float> scale = chain_.constant(node, 1).values<float>();
    const std::vector<std::uint8_t> zero_point = chain_.constant(node, 2).values<std::uint8_t>();
    if (scale.size() != 1 || zero_point.size() != 1)
      ChainReader::refuse(node, "with " + std::to_string(scale.size()) + " scales", "one");
    const QuantizationParameters found = {scale.front(), zero_point.front()};
    require_valid(found, node.name);
    return found;
  }

  void take_quantize() {
    parameters_ = parameters(chain_.take("QuantizeLinear"));
    state_ = State::quantized;
    ++result_.quantized_activations;
  }

  void take_dequantize() {
    const Node& node = chain_.take("DequantizeLinear");
    if (state_ != State::quantized || parameters(node) != parameters_)
      ChainReader::refuse(node, "with other parameters than the tensor was quantised with",
                          "the same");
    state_ = State::real;
  }

  void take_convolution() {
    const Node& node = chain_.take("Conv");
    const Node& dequantize = chain_.take_producer(node, 1, "DequantizeLinear");
    Int8Layer layer = {
        reader_.convolution(node, chain_.constant(dequantize, 0)), {}, {}, {}, {}, {}};
    take_rest(layer, dequantize);
    reader_.take_pooling(layer);
    finish(std::move(layer));
  }

  void take_linear() {
    const Node& node = chain_.take("Gemm");
    const Node& dequantize = chain_.take_producer(node, 1, "DequantizeLinear");
    Int8Layer layer = {reader_.linear(node, chain_.constant(dequantize, 0)), {}, {}, {}, {}, {}};
    take_rest(layer, dequantize);
    finish(std::move(layer));
  }

  /// Weights, ReLU and the quantisation of the output.
  void take_rest(Int8Layer& layer, const Node& dequantize) {
    layer.weights = chain_.constant(dequantize, 0).values<std::int8_t>();
    layer.weight_scales = chain_.constant(dequantize, 1).values<float>();
    const std::size_t scales = layer.weight_scales.size();
    if (scales != 1 && scales != static_cast<std::size_t>(layer.outputs))
      ChainReader::refuse(dequantize, "with " + std::to_string(scales) + " scales",
                          "one, or one for each output channel");
    const auto axis = dequantize.attribute<std::int64_t>("axis", 1);  // 1 is ONNX's default
    if (scales != 1 && axis != 0)
      ChainReader::refuse(dequantize, "with scales along 'axis' " + std::to_string(axis), "axis 0");
    for (const float scale : layer.weight_scales)
      if (!(scale > 0) || scale - scale != 0)
        ChainReader::refuse(dequantize, "with scale " + format_real(double{scale}),
                            "a finite number above 0");
    if (ChainReader::has_input(dequantize, 2))
      for (const std::int8_t zero : chain_.constant(dequantize, 2).values<std::int8_t>())
        if (zero != 0) ChainReader::refuse(dequantize, "with another zero point", "0");
    layer.rescale_from = std::exchange(rescale_from_, std::nullopt);
    layer.input_parameters = parameters_;
    reader_.take_relu(layer);
    take_quantize();
    layer.output_parameters = parameters_;
  }

  void finish(Int8Layer layer) {
    reader_.pass(layer);
    result_.layers.push_back(std::move(layer));
  }

  LayerReader reader_;
  ChainReader& chain_;
  LayerChain<Int8Layer> result_;
  State state_ = State::real;
  QuantizationParameters parameters_;                   ///< of the last quantised tensor
  std::optional<QuantizationParameters> rescale_from_;  ///< a second QuantizeLinear came after it
};

/// @throws DomainError naming the node that no kernel exists for, or the constant without values
[[nodiscard]] inline LayerChain<Int8Layer> quantized_chain(const Graph& graph) {
  return QuantizedChainReader(graph).read();
}

}  // namespace edgeopt::inline v0::detail
