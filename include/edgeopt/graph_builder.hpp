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
#include <cstddef>
#include <cstdint>
#include <functional>  // std::less
#include <map>
#include <span>
#include <string>
#include <type_traits>  // std::invoke_result_t
#include <unordered_set>
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

/// Of a two-dimensional pooling.
struct PoolingOptions {
  std::array<std::int64_t, 2> kernel = {2, 2};
  std::array<std::int64_t, 2> strides = {2, 2};
  std::array<std::int64_t, 2> padding = {0, 0};
};

/// Results of a recurrent layer: `sequence  // [steps, directions, batch, hidden]`, and
/// `last  // [directions, batch, hidden]`.
struct RecurrentResult {
  TensorId sequence = no_tensor;
  TensorId last = no_tensor;
};

/// An extent of an input: a number, or the name of a symbol that `bind_symbol` gives a number.
class Extent {
 public:
  Extent(std::int64_t number) : number_(number) {}              // NOLINT: stands for the number
  Extent(int number) : number_(number) {}                       // NOLINT
  Extent(const char* symbol) : number_(-1), symbol_(symbol) {}  // NOLINT
  Extent(std::string symbol) : number_(-1), symbol_(std::move(symbol)) {}  // NOLINT

  [[nodiscard]] std::int64_t number() const { return number_; }
  [[nodiscard]] const std::string& symbol() const { return symbol_; }

 private:
  std::int64_t number_;
  std::string symbol_;
};

/// Builds a `Graph` in execution order. Every function names the node and its result alike, returns
/// the result's id, and throws DomainError where `infer_results` does or where a name is empty or
/// already taken; what was built before is unchanged then.
class GraphBuilder {
 public:
  explicit GraphBuilder(std::string name) { graph_.name = std::move(name); }

  /// An activation that the caller of the network gives.
  TensorId input(std::string name, Shape shape, ElementType type = ElementType::f32) {
    expect_positive(name, shape);
    const TensorId id = add_tensor({std::move(name), type, std::move(shape), false, {}});
    graph_.inputs.push_back(id);
    return id;
  }

  /// The same with extents that are known later: `input("x", {"N", 3, 224, 224})`.
  TensorId symbolic_input(std::string name, const std::vector<Extent>& extents,
                          ElementType type = ElementType::f32) {
    Shape numbers;  // of what is known, which has to be >= 1
    Shape shape;
    for (const Extent& extent : extents) {
      shape.push_back(extent.symbol().empty() ? extent.number() : unknown_extent);
      numbers.push_back(extent.symbol().empty() ? extent.number() : 1);
    }
    expect_positive(name, numbers);
    const TensorId id = add_tensor({std::move(name), type, std::move(shape), false, {}});
    graph_.inputs.push_back(id);
    for (std::size_t axis = 0; axis < extents.size(); ++axis)
      if (!extents[axis].symbol().empty())
        graph_.symbols.push_back({extents[axis].symbol(), id, axis});
    return id;
  }

  /// A parameter whose values are not known (yet): see `set_values`.
  TensorId constant(std::string name, ElementType type, Shape shape) {
    expect_positive(name, shape);
    return add_tensor({std::move(name), type, std::move(shape), true, {}});
  }

  /// A parameter with its values in C order.
  template <class T>
  TensorId constant(std::string name, Shape shape, std::span<const T> values) {
    expect_positive(name, shape);
    const Array array = Array::of<T>(std::move(shape), values);
    Tensor tensor{std::move(name), array.type, array.shape, true, {}};
    set_values(tensor, array);
    return add_tensor(std::move(tensor));
  }

  /// x [batch, channels, height, width], weight [out, channels / groups, kernel, kernel], bias
  /// [out] or `no_tensor` -> [batch, out, height', width']
  TensorId convolution(std::string name, TensorId x, TensorId weight, TensorId bias = no_tensor,
                       const ConvolutionOptions& options = {}) {
    return add({std::move(name),
                "Conv",
                with_optional({x, weight}, bias),
                {},
                window_attributes(options)});
  }

  /// max(x, 0)
  TensorId relu(std::string name, TensorId x) {
    return add({std::move(name), "Relu", {x}, {}, {}});
  }

  /// A convolution of each channel by itself: weight [channels, 1, kernel, kernel]
  TensorId depthwise_convolution(std::string name, TensorId x, TensorId weight,
                                 TensorId bias = no_tensor, ConvolutionOptions options = {}) {
    const Tensor& input = graph_.tensor(x);
    options.groups = input.shape.size() > 1 ? input.shape[1] : 1;
    return convolution(std::move(name), x, weight, bias, options);
  }

  /// x [batch, in, height, width], weight [in, out / groups, kernel, kernel] -> larger images
  TensorId transposed_convolution(std::string name, TensorId x, TensorId weight,
                                  TensorId bias = no_tensor,
                                  const ConvolutionOptions& options = {}) {
    return add({std::move(name),
                "ConvTranspose",
                with_optional({x, weight}, bias),
                {},
                window_attributes(options)});
  }

  /// (x - mean) / sqrt(variance + 1e-5) * scale + bias, each [channels]
  TensorId batch_normalization(std::string name, TensorId x, TensorId scale, TensorId bias,
                               TensorId mean, TensorId variance) {
    return add({std::move(name), "BatchNormalization", {x, scale, bias, mean, variance}, {}, {}});
  }

  /// Over the axes from `axis` on: scale and bias have their extents.
  TensorId layer_normalization(std::string name, TensorId x, TensorId scale,
                               TensorId bias = no_tensor, std::int64_t axis = -1) {
    return add({std::move(name),
                "LayerNormalization",
                with_optional({x, scale}, bias),
                {},
                {{"axis", axis}}});
  }

  /// a + b, a b, a - b, a / b, broadcast to each other
  TensorId plus(std::string name, TensorId a, TensorId b) {
    return add({std::move(name), "Add", {a, b}, {}, {}});
  }
  TensorId times(std::string name, TensorId a, TensorId b) {
    return add({std::move(name), "Mul", {a, b}, {}, {}});
  }
  TensorId minus(std::string name, TensorId a, TensorId b) {
    return add({std::move(name), "Sub", {a, b}, {}, {}});
  }
  TensorId divided(std::string name, TensorId a, TensorId b) {
    return add({std::move(name), "Div", {a, b}, {}, {}});
  }

  /// Any operator from one tensor to another of its shape: "Sigmoid", "Tanh", "Gelu", "HardSwish"
  TensorId activation(std::string name, const std::string& op, TensorId x) {
    return add({std::move(name), op, {x}, {}, {}});
  }
  TensorId sigmoid(std::string name, TensorId x) {
    return activation(std::move(name), "Sigmoid", x);
  }
  TensorId tanh(std::string name, TensorId x) { return activation(std::move(name), "Tanh", x); }

  /// min(max(x, low), high); relu6 is clip(x, 0, 6)
  TensorId clip(std::string name, TensorId x, double low, double high) {
    return add({std::move(name), "Clip", {x}, {}, {{"min", low}, {"max", high}}});
  }

  /// exp(x) / sum of exp(x) along an axis
  TensorId softmax(std::string name, TensorId x, std::int64_t axis = -1) {
    return add({std::move(name), "Softmax", {x}, {}, {{"axis", axis}}});
  }

  /// Joined along an axis.
  TensorId concat(std::string name, std::vector<TensorId> parts, std::int64_t axis) {
    return add({std::move(name), "Concat", std::move(parts), {}, {{"axis", axis}}});
  }

  /// The same elements in another shape; 0 keeps an extent, one -1 takes what is left.
  TensorId reshape(const std::string& name, TensorId x, const Shape& shape) {
    return add_with_list("Reshape", name, x, "shape", shape);
  }

  /// The axes in that order.
  TensorId transpose(std::string name, TensorId x, std::vector<std::int64_t> order) {
    return add({std::move(name), "Transpose", {x}, {}, {{"perm", std::move(order)}}});
  }

  /// x with zeros around it: all begins, then all ends.
  TensorId pad(const std::string& name, TensorId x, const std::vector<std::int64_t>& pads) {
    return add_with_list("Pad", name, x, "pads", pads);
  }

  /// x[start:end] along one axis
  TensorId slice(const std::string& name, TensorId x, std::int64_t axis, std::int64_t start,
                 std::int64_t end) {
    return all_or_nothing([&] {
      const auto number = [&](const char* what, std::int64_t value) {
        return constant<std::int64_t>(name + "." + what, {1},
                                      std::span<const std::int64_t>(&value, 1));
      };
      const TensorId starts = number("start", start), ends = number("end", end),
                     axes = number("axis", axis);
      return add({name, "Slice", {x, starts, ends, axes}, {}, {}});
    });
  }

  /// x [batch, channels, height, width] -> larger or smaller images; mode "nearest" or "linear"
  TensorId resize(const std::string& name, TensorId x, float vertical, float horizontal,
                  const std::string& mode = "nearest") {
    const std::array<float, 4> scales = {1, 1, vertical, horizontal};
    return all_or_nothing([&] {
      const TensorId factors = constant<float>(name + ".scales", {4}, scales);
      return add({name, "Resize", {x, no_tensor, factors}, {}, {{"mode", mode}}});
    });
  }

  /// a [..., n, k], b [..., k, m] -> a b [..., n, m], leading axes broadcast
  TensorId matmul(std::string name, TensorId a, TensorId b) {
    return add({std::move(name), "MatMul", {a, b}, {}, {}});
  }

  /// table [rows, ...], indices [...] -> the rows at these indices
  TensorId embedding(std::string name, TensorId table, TensorId indices) {
    return add({std::move(name), "Gather", {table, indices}, {}, {{"axis", std::int64_t{0}}}});
  }

  /// The mean over axes, which become 1.
  TensorId mean(std::string name, TensorId x, std::vector<std::int64_t> axes) {
    return add({std::move(name), "ReduceMean", {x}, {}, {{"axes", std::move(axes)}}});
  }

  /// x [steps, batch, in], W [1, 4 hidden, in], R [1, 4 hidden, hidden], bias [1, 8 hidden]
  RecurrentResult lstm(std::string name, TensorId x, TensorId w, TensorId r,
                       TensorId bias = no_tensor) {
    return recurrent("LSTM", std::move(name), x, w, r, bias);
  }
  /// The same with 3 gates: W [1, 3 hidden, in], R [1, 3 hidden, hidden], bias [1, 6 hidden]
  RecurrentResult gru(std::string name, TensorId x, TensorId w, TensorId r,
                      TensorId bias = no_tensor) {
    return recurrent("GRU", std::move(name), x, w, r, bias);
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

  /// Windows of any form: maxima, or means without the padding
  TensorId max_pool(std::string name, TensorId x, const PoolingOptions& options) {
    return add({std::move(name), "MaxPool", {x}, {}, pooling_attributes(options)});
  }
  TensorId average_pool(std::string name, TensorId x, const PoolingOptions& options = {}) {
    return add({std::move(name), "AveragePool", {x}, {}, pooling_attributes(options)});
  }

  /// x [batch, channels, height, width] -> [batch, channels, 1, 1]
  TensorId global_average_pool(std::string name, TensorId x) {
    return activation(std::move(name), "GlobalAveragePool", x);
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
  TensorId add(Node node) { return add_all(std::move(node), {""}).front(); }

  /// Any operator with several results: the first is named as the node, each further one as the
  /// node and a suffix of its own. `node.outputs` is set here.
  std::vector<TensorId> add_all(Node node, const std::vector<std::string>& suffixes) {
    for (const TensorId id : node.inputs)
      if (id != no_tensor && id >= graph_.tensors.size())
        throw DomainError("node '" + node.name + "' (" + node.op + "): input",
                          "tensor " + std::to_string(id), "a tensor of this builder");
    node.outputs.assign(suffixes.size(), no_tensor);  // how many are wanted
    std::vector<TensorType> types = infer_results(graph_, node);
    if (types.size() < suffixes.size())
      throw DomainError("node '" + node.name + "' (" + node.op + "): number of outputs",
                        std::to_string(suffixes.size()), std::to_string(types.size()));
    all_or_nothing([&] {
      for (std::size_t i = 0; i < suffixes.size(); ++i)
        node.outputs[i] = add_tensor({node.name + suffixes[i],
                                      types[i].type,
                                      std::move(types[i].shape),
                                      false,
                                      {},
                                      types[i].ranked});
    });
    graph_.nodes.push_back(std::move(node));
    return graph_.nodes.back().outputs;
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
  static void expect_positive(const std::string& name, const Shape& shape) {
    for (const std::int64_t extent : shape)
      if (extent < 1)
        throw DomainError("shape of tensor '" + name + "'", to_string(shape), "extents >= 1");
  }

  TensorId add_tensor(Tensor tensor) {
    if (tensor.has_shape()) (void)byte_count(tensor);
    if (tensor.name.empty() || !names_.insert(tensor.name).second)
      throw DomainError("name of a tensor of graph '" + graph_.name + "'", "'" + tensor.name + "'",
                        "a name that is not taken");
    graph_.tensors.push_back(std::move(tensor));
    return graph_.tensors.size() - 1;
  }

  /// An operator whose second input is a list of integers.
  TensorId add_with_list(const char* op, const std::string& name, TensorId x, const char* what,
                         const std::vector<std::int64_t>& values) {
    return all_or_nothing([&] {
      const TensorId list = constant<std::int64_t>(
          name + "." + what, {static_cast<std::int64_t>(values.size())}, values);
      return add({name, op, {x, list}, {}, {}});
    });
  }

  /// Adds several tensors, or none where one of them or their node is refused.
  template <class Add>
  std::invoke_result_t<const Add&> all_or_nothing(const Add& add_tensors) {
    const std::size_t before = graph_.tensors.size();
    try {
      return add_tensors();
    } catch (...) {
      for (; graph_.tensors.size() > before; graph_.tensors.pop_back())
        names_.erase(graph_.tensors.back().name);
      throw;
    }
  }

  RecurrentResult recurrent(const char* op, std::string name, TensorId x, TensorId w, TensorId r,
                            TensorId bias) {
    const Shape& state = graph_.tensor(r).shape;
    const std::int64_t hidden = state.empty() ? 0 : state.back();
    const auto results = add_all(
        {std::move(name), op, with_optional({x, w, r}, bias), {}, {{"hidden_size", hidden}}},
        {"", ".last"});
    return {results[0], results[1]};
  }

  using Attributes = std::map<std::string, Attribute, std::less<>>;
  static Attributes window_attributes(const ConvolutionOptions& options) {
    return {{"strides", list(options.strides)},
            {"pads", both_sides(options.padding)},
            {"dilations", list(options.dilations)},
            {"group", options.groups}};
  }
  static Attributes pooling_attributes(const PoolingOptions& options) {
    return {{"kernel_shape", list(options.kernel)},
            {"strides", list(options.strides)},
            {"pads", both_sides(options.padding)}};
  }
  static std::vector<std::int64_t> both_sides(const std::array<std::int64_t, 2>& padding) {
    return {padding[0], padding[1], padding[0], padding[1]};
  }

  static std::vector<TensorId> with_optional(std::vector<TensorId> inputs, TensorId last) {
    if (last != no_tensor) inputs.push_back(last);
    return inputs;
  }
  static std::vector<std::int64_t> list(const std::array<std::int64_t, 2>& pair) {
    return {pair[0], pair[1]};
  }

  Graph graph_;
  std::unordered_set<std::string> names_;
};

}  // namespace edgeopt::inline v0
