// SPDX-License-Identifier: MIT
/// @file
/// The description of a network that everything else starts from: operators over named tensors.
///
/// Operators, their attributes and their order of inputs are those of ONNX
/// (https://onnx.ai/onnx/operators), so that a network written in code and one that was imported
/// look the same. Weights are optional: a graph without them can be analysed, a graph with them can
/// also be run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>  // std::less
#include <map>
#include <string>
#include <string_view>
#include <utility>  // std::move
#include <variant>
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/error.hpp"

namespace edgeopt::inline v0 {

/// Index of a tensor in `Graph::tensors`.
using TensorId = std::size_t;
inline constexpr TensorId no_tensor = static_cast<TensorId>(-1);  ///< an optional input left out

/// A named value: an input of the network, the result of an operator, or a constant.
struct Tensor {
  std::string name;
  ElementType type = ElementType::f32;
  Shape shape;
  bool constant = false;        ///< a parameter: known before the network runs
  std::vector<std::byte> data;  ///< of a constant whose values are known: little endian, C order

  /// Values of a constant. @throws DomainError when they are unknown or of another type
  template <class T>
  [[nodiscard]] std::vector<T> values() const {
    if (data.empty())
      throw DomainError("tensor '" + name + "'", "without values", "one with values");
    return Array{type, shape, data}.values<T>();
  }
};

/// Value of an attribute.
using Attribute =
    std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>>;

/// One operator: type and attributes by ONNX's names, inputs and outputs by tensor.
struct Node {
  std::string name;
  std::string op;  ///< "Conv", "Relu", "MaxPool", "Flatten", "Gemm", "QuantizeLinear", ...
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;
  std::map<std::string, Attribute, std::less<>> attributes;

  /// An attribute, or `fallback` where the node does not have it.
  /// @throws DomainError when it has another type
  template <class T>
  [[nodiscard]] T attribute(std::string_view attribute_name, T fallback) const {
    const auto found = attributes.find(attribute_name);
    if (found == attributes.end()) return fallback;
    if (const T* value = std::get_if<T>(&found->second)) return *value;
    throw DomainError("attribute '" + std::string(attribute_name) + "' of node '" + name + "'",
                      "of another type", "a value of the operator's type");
  }
};

/// A network: nodes in an order in which they can be executed.
struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;
  std::vector<TensorId> inputs;  ///< activations the caller gives, constants not among them
  std::vector<TensorId> outputs;

  /// @throws DomainError when there is no such tensor
  [[nodiscard]] const Tensor& tensor(TensorId id) const {
    if (id >= tensors.size())
      throw DomainError("tensor id", std::to_string(id),
                        "below " + std::to_string(tensors.size()) + ", the number of tensors");
    return tensors[id];
  }
};

/// Gives a constant its values. @throws DomainError when type, shape or number of bytes differ
inline void set_values(Tensor& constant, const Array& array) {
  const auto refuse = [&](std::string found, std::string allowed) {
    throw DomainError("values of tensor '" + constant.name + "'", std::move(found),
                      std::move(allowed));
  };
  const auto described = [](ElementType type, const Shape& shape) {
    return std::string(to_string(type)) + " " + to_string(shape);
  };
  if (!constant.constant) refuse("given", "values for constants only");
  if (array.type != constant.type || array.shape != constant.shape)
    refuse(described(array.type, array.shape), described(constant.type, constant.shape));
  std::size_t bytes = static_cast<std::size_t>(bytes_of(array.type));
  for (const std::int64_t extent : array.shape) bytes *= static_cast<std::size_t>(extent);
  if (array.data.size() != bytes)
    refuse(std::to_string(array.data.size()) + " bytes", std::to_string(bytes) + " bytes");
  constant.data = array.data;
}

/// Gives the constant of that name its values.
/// @throws DomainError when the graph has no such constant, and as above
inline void set_values(Graph& graph, const NamedArray& values) {
  for (Tensor& tensor : graph.tensors)
    if (tensor.constant && tensor.name == values.name) return set_values(tensor, values.array);
  throw DomainError("constant", "'" + values.name + "'", "one of graph '" + graph.name + "'");
}

}  // namespace edgeopt::inline v0
