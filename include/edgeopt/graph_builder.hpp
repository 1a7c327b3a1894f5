// SPDX-License-Identifier: MIT
/// @file
/// Writes a network down in code, operator by operator; shapes are inferred, and mistakes refused,
/// at each line.
///
///     GraphBuilder net("tiny");
///     const TensorId x = net.input("x", {1, 1, 28, 28});
///     const TensorId w = net.constant("conv.weight", ElementType::f32, {4, 1, 3, 3});
///     const TensorId y = net.relu("relu", net.convolution("conv", x, w));
///     const Graph graph = net.build({y});
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/shape_inference.hpp"

namespace edgeopt::inline v0 {

/// Of a two-dimensional convolution; {vertical, horizontal}, the same padding on both sides.
struct ConvolutionOptions {
  std::array<std::int64_t, 2> strides = {1, 1};
  std::array<std::int64_t, 2> padding = {0, 0};
  std::array<std::int64_t, 2> dilations = {1, 1};
  std::int64_t groups = 1;
};

/// Builds a `Graph` in execution order. Every function names the node and its result alike, returns
/// the result's id, and throws DomainError where `infer_results` does or where a name is empty or
/// already taken.
class GraphBuilder {
 public:
  explicit GraphBuilder(std::string name) { graph_.name = std::move(name); }

  /// An activation that the caller of the network gives.
  TensorId input(std::string name, Shape shape, ElementType type = ElementType::f32) {
    const TensorId id = add_tensor({std::move(name), type, std::move(shape), false, {}});
    graph_.inputs.push_back(id);
    return id;
  }

  /// A parameter whose values are not known (yet): see `set_values`.
  TensorId constant(std::string name, ElementType type, Shape shape) {
    return add_tensor({std::move(name), type, std::move(shape), true, {}});
  }

  /// A parameter with its values in C order.
  template <class T>
  TensorId constant(std::string name, Shape shape, std::span<const T> values) {
    const Array array = Array::of<T>(std::move(shape), values);
    Tensor tensor{std::move(name), array.type, array.shape, true, {}};
    set_values(tensor, array);
    return add_tensor(std::move(tensor));
  }

  /// x [batch, channels, height, width], weight [out, channels / groups, kernel, kernel], bias
  /// [out] or `no_tensor` -> [batch, out, height', width']
  TensorId convolution(std::string name, TensorId x, TensorId weight, TensorId bias = no_tensor,
                       const ConvolutionOptions& options = {}) {
    const auto [vertical, horizontal] = options.padding;
    return add({std::move(name),
                "Conv",
                with_optional({x, weight}, bias),
                {},
                {{"strides", list(options.strides)},
                 {"pads", std::vector<std::int64_t>{vertical, horizontal, vertical, horizontal}},
                 {"dilations", list(options.dilations)},
                 {"group", options.groups}}});
  }

  /// max(x, 0)
  TensorId relu(std::string name, TensorId x) {
    return add({std::move(name), "Relu", {x}, {}, {}});
  }

  /// x [batch, channels, height, width] -> maxima of kernel x kernel windows, no padding, floored
  TensorId max_pool(std::string name, TensorId x, std::int64_t kernel, std::int64_t stride) {
    return add({std::move(name),
                "MaxPool",
                {x},
                {},
                {{"kernel_shape", std::vector<std::int64_t>{kernel, kernel}},
                 {"strides", std::vector<std::int64_t>{stride, stride}}}});
  }

  /// x [batch, ...] -> [batch, elements of one item]
  TensorId flatten(std::string name, TensorId x) {
    return add({std::move(name), "Flatten", {x}, {}, {{"axis", std::int64_t{1}}}});
  }

  /// x [batch, in], weight [out, in], bias [out] or `no_tensor` -> x weight^T + bias [batch, out]
  TensorId linear(std::string name, TensorId x, TensorId weight, TensorId bias = no_tensor) {
    return add({std::move(name),
                "Gemm",
                with_optional({x, weight}, bias),
                {},
                {{"transB", std::int64_t{1}}}});
  }

  /// x / scale + zero_point, in the zero point's type. Scale and zero point have one value, or one
  /// for each position along `axis`.
  TensorId quantize(std::string name, TensorId x, TensorId scale, TensorId zero_point,
                    std::int64_t axis = 1) {
    return add({std::move(name), "QuantizeLinear", {x, scale, zero_point}, {}, {{"axis", axis}}});
  }

  /// (x - zero_point) scale, in the scale's type
  TensorId dequantize(std::string name, TensorId x, TensorId scale, TensorId zero_point,
                      std::int64_t axis = 1) {
    return add({std::move(name), "DequantizeLinear", {x, scale, zero_point}, {}, {{"axis", axis}}});
  }

  /// Any operator with one result that `infer_results` knows; `node.outputs` is set here.
  TensorId add(Node node) {
    for (const TensorId id : node.inputs)
      if (id != no_tensor && id >= graph_.tensors.size())
        throw DomainError("node '" + node.name + "' (" + node.op + "): input",
                          "tensor " + std::to_string(id), "a tensor of this builder");
    TensorType type = infer_results(graph_, node).front();
    node.outputs = {add_tensor({node.name, type.type, std::move(type.shape), false, {}})};
    graph_.nodes.push_back(std::move(node));
    return graph_.nodes.back().outputs.front();
  }

  /// Type and shape of what has been built so far. @throws DomainError for an id of none of it
  [[nodiscard]] const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }

  /// The graph with its outputs. The builder keeps its state and can be built upon.
  [[nodiscard]] Graph build(std::vector<TensorId> outputs) const {
    Graph graph = graph_;
    graph.outputs = std::move(outputs);
    infer_shapes(graph);
    return graph;
  }

 private:
  TensorId add_tensor(Tensor tensor) {
    for (const std::int64_t extent : tensor.shape)
      if (extent < 1)
        throw DomainError("shape of tensor '" + tensor.name + "'", to_string(tensor.shape),
                          "extents >= 1");
    (void)byte_count(tensor);
    if (tensor.name.empty() || !names_.insert(tensor.name).second)
      throw DomainError("name of a tensor of graph '" + graph_.name + "'", "'" + tensor.name + "'",
                        "a name that is not taken");
    graph_.tensors.push_back(std::move(tensor));
    return graph_.tensors.size() - 1;
  }

  static std::vector<TensorId> with_optional(std::vector<TensorId> inputs, TensorId last) {
    if (last != no_tensor) inputs.push_back(last);
    return inputs;
  }
  static std::vector<std::int64_t> list(const std::array<std::int64_t, 2>& pair) {
    return {pair[0], pair[1]};
  }

  Graph graph_;
  std::set<std::string> names_;
};

}  // namespace edgeopt::inline v0
