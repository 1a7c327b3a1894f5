// SPDX-License-Identifier: MIT
/// @file
/// Element types and shapes of an operator's results: a table of functions by operator name, each
/// written to its ONNX definition (https://onnx.ai/onnx/operators). A new operator is a function
/// and a line in the table.
#pragma once

#include <cmath>  // std::isfinite
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/checked_count.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// What inference finds out about a tensor.
struct TensorType {
  ElementType type = ElementType::f32;
  Shape shape;

  friend bool operator==(const TensorType&, const TensorType&) = default;
};

namespace detail {

using Extents = std::vector<std::int64_t>;

/// A node with its graph, as a shape function reads it; every complaint names the node.
class Site {
 public:
  Site(const Graph& graph, const Node& node) : graph_(graph), node_(node) {}

  [[noreturn]] void refuse(std::string_view what, std::string found, std::string allowed) const {
    throw DomainError("node '" + node_.name + "' (" + node_.op + "): " + std::string(what),
                      std::move(found), std::move(allowed));
  }

  void expect_inputs(std::size_t least, std::size_t most) const {
    const std::size_t count = node_.inputs.size();
    if (count < least || count > most)
      refuse("number of inputs", std::to_string(count),
             least == most ? std::to_string(least)
                           : std::to_string(least) + " to " + std::to_string(most));
    for (std::size_t i = 0; i < least; ++i)
      if (node_.inputs[i] == no_tensor)
        refuse("input " + std::to_string(i), "left out", "a tensor");
    for (const TensorId id : node_.inputs)
      if (id != no_tensor && id >= graph_.tensors.size())
        refuse("input", "tensor " + std::to_string(id), "a tensor of the graph");
  }

  /// An input that `expect_inputs` has shown to be there.
  [[nodiscard]] const Tensor& input(std::size_t index) const {
    return graph_.tensors[node_.inputs[index]];
  }
  [[nodiscard]] const Tensor* optional_input(std::size_t index) const {
    const bool given = index < node_.inputs.size() && node_.inputs[index] != no_tensor;
    return given ? &input(index) : nullptr;
  }

  template <class T>
  [[nodiscard]] T attribute(std::string_view name, T fallback) const {
    return node_.attribute<T>(name, std::move(fallback));
  }

  /// Attributes that are known but mean something this library does not compute.
  template <class T>
  void expect_default(std::string_view name, const T& only) const {
    if (attribute<T>(name, only) != only)
      refuse("attribute '" + std::string(name) + "'", "another value", "its default");
  }

  void expect_rank(const Tensor& tensor, std::size_t rank) const {
    if (tensor.shape.size() != rank)
      refuse("shape of '" + tensor.name + "'", to_string(tensor.shape),
             std::to_string(rank) + " extents");
  }
  void expect_shape(const Tensor& tensor, const Shape& shape) const {
    if (tensor.shape != shape)
      refuse("shape of '" + tensor.name + "'", to_string(tensor.shape), to_string(shape));
  }
  void expect_type(const Tensor& tensor, std::initializer_list<ElementType> types) const {
    std::string names;
    for (const ElementType type : types) {
      if (tensor.type == type) return;
      names += (names.empty() ? "" : " or ") + std::string(to_string(type));
    }
    refuse("type of '" + tensor.name + "'", std::string(to_string(tensor.type)), names);
  }
  void expect_floating(const Tensor& tensor) const {
    expect_type(tensor, {ElementType::f32, ElementType::f16, ElementType::f64});
  }

  /// An attribute with one integer for each of `count` positions, none below `least`.
  [[nodiscard]] Extents extents(std::string_view name, std::size_t count, std::int64_t least,
                                std::int64_t fallback) const {
    Extents values = attribute<Extents>(name, Extents(count, fallback));
    bool fine = values.size() == count;
    for (const std::int64_t value : values) fine = fine && value >= least;
    if (!fine)
      refuse("attribute '" + std::string(name) + "'", to_string(values),
             std::to_string(count) + " integers >= " + std::to_string(least));
    return values;
  }

  /// "axis", counted from the end where negative, in [0, end).
  [[nodiscard]] std::size_t axis(std::int64_t fallback, std::size_t rank, std::size_t end) const {
    const std::int64_t given = attribute<std::int64_t>("axis", fallback);
    const auto from_start = given < 0 ? given + static_cast<std::int64_t>(rank) : given;
    if (from_start < 0 || from_start >= static_cast<std::int64_t>(end))
      refuse("attribute 'axis'", std::to_string(given),
             std::to_string(-static_cast<std::int64_t>(rank)) + " to " +
                 std::to_string(static_cast<std::int64_t>(end) - 1));
    return static_cast<std::size_t>(from_start);
  }

 private:
  const Graph& graph_;
  const Node& node_;
};

/// Spatial extents after a sliding window, which convolutions and poolings share:
/// (extent + pads - (dilation (kernel - 1) + 1)) / stride + 1, floored, for each axis.
inline Extents window_extents(const Site& site, const Tensor& x, const Extents& kernel) {
  site.expect_default<std::string>("auto_pad", "NOTSET");
  const std::size_t axes = kernel.size();
  const Extents strides = site.extents("strides", axes, 1, 1);
  const Extents dilations = site.extents("dilations", axes, 1, 1);
  const Extents pads = site.extents("pads", 2 * axes, 0, 0);  // all begins, then all ends
  Extents result(axes);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t extent = x.shape[axis + 2];
    const std::int64_t padded = checked_sum(checked_sum(extent, pads[axis], "padded extent"),
                                            pads[axes + axis], "padded extent");
    const std::int64_t window =
        checked_sum(checked_product({dilations[axis], kernel[axis] - 1}, "dilated kernel"), 1,
                    "dilated kernel");
    if (window > padded)
      site.refuse("kernel extent", std::to_string(window) + " after dilation",
                  "at most the padded input's " + std::to_string(padded));
    result[axis] = (padded - window) / strides[axis] + 1;
  }
  return result;
}

/// Conv(x [batch, channels, spatial...], weight [out, channels / group, kernel...], bias [out]).
inline TensorType convolution_type(const Site& site) {
  site.expect_inputs(2, 3);
  const Tensor& x = site.input(0);
  const Tensor& weight = site.input(1);
  if (x.shape.size() < 3)
    site.refuse("shape of '" + x.name + "'", to_string(x.shape),
                "batch, channels and spatial extents");
  site.expect_floating(x);
  site.expect_type(weight, {x.type});
  site.expect_rank(weight, x.shape.size());

  const std::int64_t channels = x.shape[1];
  const std::int64_t group = site.attribute<std::int64_t>("group", 1);
  if (group < 1 || channels % group != 0 || weight.shape[0] % group != 0)
    site.refuse("attribute 'group'", std::to_string(group),
                "a divisor of " + std::to_string(channels) + " input and " +
                    std::to_string(weight.shape[0]) + " output channels");
  if (weight.shape[1] != channels / group)
    site.refuse("input channels of '" + weight.name + "'", std::to_string(weight.shape[1]),
                std::to_string(channels / group));
  if (const Tensor* bias = site.optional_input(2)) {
    site.expect_type(*bias, {x.type});
    site.expect_shape(*bias, {weight.shape[0]});
  }

  const Extents kernel(weight.shape.begin() + 2, weight.shape.end());
  if (site.attribute<Extents>("kernel_shape", kernel) != kernel)
    site.refuse("attribute 'kernel_shape'", to_string(site.attribute<Extents>("kernel_shape", {})),
                to_string(kernel) + ", the kernel of '" + weight.name + "'");
  Shape shape = {x.shape[0], weight.shape[0]};
  for (const std::int64_t extent : window_extents(site, x, kernel)) shape.push_back(extent);
  return {x.type, std::move(shape)};
}

/// MaxPool(x [batch, channels, spatial...]); integers are pooled as they are.
inline TensorType max_pool_type(const Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  if (x.shape.size() < 3)
    site.refuse("shape of '" + x.name + "'", to_string(x.shape),
                "batch, channels and spatial extents");
  site.expect_default<std::int64_t>("ceil_mode", 0);
  const std::size_t axes = x.shape.size() - 2;
  const Extents kernel = site.extents("kernel_shape", axes, 1, 0);
  const Extents pads = site.extents("pads", 2 * axes, 0, 0);
  for (std::size_t i = 0; i < pads.size(); ++i)
    if (pads[i] >= kernel[i % axes])
      site.refuse("attribute 'pads'", to_string(pads),
                  "less than the kernel, so that no window holds padding alone");
  Shape shape = {x.shape[0], x.shape[1]};
  for (const std::int64_t extent : window_extents(site, x, kernel)) shape.push_back(extent);
  return {x.type, std::move(shape)};
}

/// Relu(x): element by element.
inline TensorType relu_type(const Site& site) {
  site.expect_inputs(1, 1);
  return {site.input(0).type, site.input(0).shape};
}

/// Flatten(x): the extents before `axis` and those from it on, multiplied.
inline TensorType flatten_type(const Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  const std::size_t axis = site.axis(1, x.shape.size(), x.shape.size() + 1);
  const auto split = x.shape.begin() + static_cast<std::ptrdiff_t>(axis);
  return {
      x.type,
      {element_count(Shape(x.shape.begin(), split)), element_count(Shape(split, x.shape.end()))}};
}

/// Gemm(a, b, c): alpha a' b' + beta c, where ' transposes if transA, transB say so and c is
/// broadcast to the result.
inline TensorType gemm_type(const Site& site) {
  site.expect_inputs(2, 3);
  const Tensor& a = site.input(0);
  const Tensor& b = site.input(1);
  site.expect_floating(a);
  site.expect_type(b, {a.type});
  site.expect_rank(a, 2);
  site.expect_rank(b, 2);
  const bool transpose_a = site.attribute<std::int64_t>("transA", 0) != 0;
  const bool transpose_b = site.attribute<std::int64_t>("transB", 0) != 0;
  const std::int64_t inner = a.shape[transpose_a ? 0 : 1];
  if (b.shape[transpose_b ? 1 : 0] != inner)
    site.refuse("inner extent of '" + b.name + "'", std::to_string(b.shape[transpose_b ? 1 : 0]),
                std::to_string(inner) + ", that of '" + a.name + "'");
  Shape shape = {a.shape[transpose_a ? 1 : 0], b.shape[transpose_b ? 0 : 1]};
  if (const Tensor* c = site.optional_input(2)) {
    site.expect_type(*c, {a.type});
    bool fits = c->shape.size() <= 2;
    for (std::size_t i = 0; fits && i < c->shape.size(); ++i) {
      const std::int64_t extent = c->shape[c->shape.size() - 1 - i];
      fits = extent == 1 || extent == shape[1 - i];
    }
    if (!fits)
      site.refuse("shape of '" + c->name + "'", to_string(c->shape),
                  "one that broadcasts to " + to_string(shape));
  }
  return {a.type, std::move(shape)};
}

/// Checks scale and zero point of QuantizeLinear and DequantizeLinear: one of each, or one for each
/// position along `axis`.
inline void expect_quantization(const Site& site) {
  const Tensor& x = site.input(0);
  const Tensor& scale = site.input(1);
  site.expect_floating(scale);
  const bool per_tensor = scale.shape.empty() || scale.shape == Shape{1};
  if (!per_tensor)
    site.expect_shape(scale, {x.shape[site.axis(1, x.shape.size(), x.shape.size())]});
  if (scale.type == ElementType::f32 && !scale.data.empty())
    for (const float value : scale.values<float>())
      if (!(value > 0) || !std::isfinite(value))
        site.refuse("values of '" + scale.name + "'", format_real(static_cast<double>(value)),
                    "finite numbers > 0");
  if (const Tensor* zero_point = site.optional_input(2))
    site.expect_shape(*zero_point, scale.shape);
}

/// QuantizeLinear(x, scale, zero_point): the zero point's type, u8 without one.
inline TensorType quantize_type(const Site& site) {
  site.expect_inputs(2, 3);
  const Tensor& x = site.input(0);
  site.expect_floating(x);
  site.expect_type(site.input(1), {x.type});
  expect_quantization(site);
  const Tensor* zero_point = site.optional_input(2);
  if (zero_point) site.expect_type(*zero_point, {ElementType::u8, ElementType::s8});
  return {zero_point ? zero_point->type : ElementType::u8, x.shape};
}

/// DequantizeLinear(x, scale, zero_point): the scale's type.
inline TensorType dequantize_type(const Site& site) {
  site.expect_inputs(2, 3);
  const Tensor& x = site.input(0);
  site.expect_type(x, {ElementType::u8, ElementType::s8, ElementType::s32});
  expect_quantization(site);
  if (const Tensor* zero_point = site.optional_input(2)) site.expect_type(*zero_point, {x.type});
  return {site.input(1).type, x.shape};
}

/// What is known of one operator.
struct ShapeRule {
  std::string_view op;
  TensorType (*type_of_result)(const Site&);
};

inline constexpr ShapeRule shape_rules[] = {
    {"Conv", convolution_type}, {"DequantizeLinear", dequantize_type},
    {"Flatten", flatten_type},  {"Gemm", gemm_type},
    {"MaxPool", max_pool_type}, {"QuantizeLinear", quantize_type},
    {"Relu", relu_type},
};

inline const ShapeRule& shape_rule(const Site& site, std::string_view op) {
  std::vector<std::string_view> known;
  for (const ShapeRule& rule : shape_rules) {
    if (rule.op == op) return rule;
    known.push_back(rule.op);
  }
  site.refuse("operator", "unknown", one_of(known, op));
}

}  // namespace detail

/// Element types and shapes of a node's results, from those of its inputs.
/// @throws DomainError naming the node and what is wrong with it: unknown operator, missing input,
///   ranks, extents, types or attributes that do not fit, a count that overflows
[[nodiscard]] inline std::vector<TensorType> infer_results(const Graph& graph, const Node& node) {
  const detail::Site site(graph, node);
  const TensorType type = detail::shape_rule(site, node.op).type_of_result(site);
  (void)byte_count({node.name, type.type, type.shape, false, {}});
  return {type};
}

namespace detail {

/// "tensor 3 ('x')"
inline std::string described(const Graph& graph, TensorId id) {
  return "tensor " + std::to_string(id) +
         (id < graph.tensors.size() ? " ('" + graph.tensors[id].name + "')" : "");
}

/// Checks what a graph says of its tensors before any node runs; gives which of them are defined.
inline std::vector<bool> defined_before_run(const Graph& graph) {
  std::vector<bool> defined(graph.tensors.size());
  std::set<std::string_view> names;
  for (TensorId id = 0; id < graph.tensors.size(); ++id) {
    const Tensor& tensor = graph.tensors[id];
    if (tensor.name.empty() || !names.insert(tensor.name).second)
      throw DomainError("name of tensor " + std::to_string(id), "'" + tensor.name + "'",
                        "a name no other tensor has");
    defined[id] = tensor.constant;
    if (tensor.constant && !tensor.data.empty() &&
        byte_count(tensor) != static_cast<std::int64_t>(tensor.data.size()))
      throw DomainError("values of tensor '" + tensor.name + "'",
                        std::to_string(tensor.data.size()) + " bytes",
                        std::to_string(byte_count(tensor)) + " bytes");
  }
  for (const TensorId id : graph.inputs) {
    if (id >= graph.tensors.size() || defined[id])
      throw DomainError("graph input", described(graph, id), "a tensor that nothing else defines");
    defined[id] = true;
  }
  for (TensorId id = 0; id < graph.tensors.size(); ++id)
    for (const std::int64_t extent : graph.tensors[id].shape)
      if (defined[id] && extent < 1)
        throw DomainError("shape of tensor '" + graph.tensors[id].name + "'",
                          to_string(graph.tensors[id].shape), "extents >= 1");
  return defined;
}

}  // namespace detail

/// Checks a whole graph and sets the element type and shape of every node's results.
/// @throws DomainError for duplicate or empty names, tensors that are not defined before they are
///   read or defined twice, outputs that nothing defines, and as `infer_results`
inline void infer_shapes(Graph& graph) {
  std::vector<bool> defined = detail::defined_before_run(graph);
  std::set<std::string_view> names;
  for (const Node& node : graph.nodes) {
    const detail::Site site(graph, node);
    if (node.name.empty() || !names.insert(node.name).second)
      site.refuse("name", "'" + node.name + "'", "a name no other node has");
    for (const TensorId id : node.inputs)
      if (id != no_tensor && (id >= defined.size() || !defined[id]))
        site.refuse("input", detail::described(graph, id), "a tensor defined before this node");
    const std::vector<TensorType> results = infer_results(graph, node);
    if (node.outputs.size() != results.size())
      site.refuse("number of outputs", std::to_string(node.outputs.size()),
                  std::to_string(results.size()));
    for (std::size_t i = 0; i < results.size(); ++i) {
      const TensorId id = node.outputs[i];
      if (id >= defined.size() || defined[id])
        site.refuse("output", detail::described(graph, id), "a tensor that nothing else defines");
      defined[id] = true;
      graph.tensors[id].type = results[i].type;
      graph.tensors[id].shape = results[i].shape;
    }
  }
  for (const TensorId id : graph.outputs)
    if (id >= defined.size() || !defined[id])
      throw DomainError("graph output", detail::described(graph, id), "a tensor the graph defines");
}

}  // namespace edgeopt::inline v0
