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
#include <map>
#include <string>
#include <string_view>
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

  [[nodiscard]] const Tensor& tensor(TensorId id) const { return tensors.at(id); }
};

}  // namespace edgeopt::inline v0
