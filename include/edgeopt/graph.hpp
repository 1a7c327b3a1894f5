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
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>  // std::move
#include <variant>
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/checked_count.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// Index of a tensor in `Graph::tensors`.
using TensorId = std::size_t;
inline constexpr TensorId no_tensor = static_cast<TensorId>(-1);  ///< an optional input left out

/// An extent that is not known: a symbol that nobody has bound, or one that the data decide.
inline constexpr std::int64_t unknown_extent = -1;

/// A named value: an input of the network, the result of an operator, or a constant.
struct Tensor {
  std::string name;
  ElementType type = ElementType::f32;
  Shape shape;                  ///< with `unknown_extent` where it has to be
  bool constant = false;        ///< a parameter: known before the network runs
  std::vector<std::byte> data;  ///< of a constant whose values are known: little endian, C order
  bool ranked = true;           ///< false: not even the number of extents is known

  /// Whether every extent is known.
  [[nodiscard]] bool has_shape() const {
    for (const std::int64_t extent : shape)
      if (extent < 0) return false;
    return ranked;
  }

  /// Values of a constant. @throws DomainError when they are unknown or of another type
  template <class T>
  [[nodiscard]] std::vector<T> values() const {
    if (data.empty())
      throw DomainError("tensor '" + name + "'", "without values", "one with values");
    return Array{type, shape, data}.values<T>();
  }
};

struct Graph;

/// A graph inside a node, such as the body of a loop. Its inputs are those that the operator gives
/// it, then the tensors of the outer graph that it reads.
struct Subgraph {
  std::shared_ptr<const Graph> graph;
  std::vector<TensorId> captured;  ///< in the outer graph, for the last inputs of `graph`
  /// How often it runs when the node does, as far as inference has found out.
  std::int64_t runs = unknown_extent;

  friend bool operator==(const Subgraph&, const Subgraph&) = default;
};

/// Value of an attribute.
using Attribute = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>,
                               std::vector<double>, std::vector<std::string>, Array, Subgraph>;

/// One operator: type and attributes by ONNX's names, inputs and outputs by tensor; `no_tensor`
/// where one is left out.
struct Node {
  std::string name;
  std::string op;  ///< "Conv", "Relu", "MaxPool", "Flatten", "Gemm", "QuantizeLinear", ...
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;
  std::map<std::string, Attribute, std::less<>> attributes;
  std::string domain{};              ///< of the operator; empty for ONNX's own
  std::vector<TensorId> captured{};  ///< what its sub-graphs read besides its inputs

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

/// An extent of an input that the caller chooses: the batch, the length of a sequence.
struct SymbolicExtent {
  std::string name;  ///< the same name stands for the same number everywhere
  TensorId tensor = no_tensor;
  std::size_t axis = 0;

  friend bool operator==(const SymbolicExtent&, const SymbolicExtent&) = default;
};

/// A network: nodes in an order in which they can be executed.
struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;
  std::vector<TensorId> inputs;  ///< activations the caller gives, constants not among them
  std::vector<TensorId> outputs;
  std::vector<SymbolicExtent> symbols{};  ///< bound or not
  std::int64_t opset = 0;                 ///< version of ONNX's operators; 0 for the newest

  /// @throws DomainError when there is no such tensor
  [[nodiscard]] const Tensor& tensor(TensorId id) const {
    if (id >= tensors.size())
      throw DomainError("tensor id", std::to_string(id),
                        "below " + std::to_string(tensors.size()) + ", the number of tensors");
    return tensors[id];
  }
};

/// Number of elements of a shape; of a scalar, `[]`, it is 1.
/// @throws DomainError when an extent is unknown or the product exceeds 2^63 - 1
[[nodiscard]] inline std::int64_t element_count(const Shape& shape) {
  return checked_product(shape, [&] { return "number of elements of " + to_string(shape); });
}

/// Bytes of a tensor's values; elements of fewer than 8 bits share bytes, strings have none.
/// @throws DomainError as `element_count`
[[nodiscard]] inline std::int64_t byte_count(const Tensor& tensor) {
  const auto what = [&] {
    return "bytes of tensor '" + tensor.name + "', " + std::string(to_string(tensor.type)) + " " +
           (tensor.ranked ? to_string(tensor.shape) : "of unknown rank");
  };
  if (!tensor.ranked) throw DomainError(what(), "unknown", "a tensor of known shape");
  const std::int64_t elements = checked_product(tensor.shape, what);
  const std::int64_t bits = bits_of(tensor.type);
  if (bits > 0 && bits < 8) return elements / (8 / bits) + (elements % (8 / bits) != 0 ? 1 : 0);
  return checked_product({elements, bytes_of(tensor.type)}, what);
}

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
  const auto bytes = static_cast<std::size_t>(byte_count(constant));
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

namespace detail {

/// Names of the symbols that `chosen` holds for, in their order, each once.
template <class Chosen>
[[nodiscard]] std::vector<std::string_view> symbol_names(const Graph& graph, Chosen&& chosen) {
  std::vector<std::string_view> names;
  std::set<std::string_view> known;
  for (const SymbolicExtent& extent : graph.symbols)
    if (chosen(extent) && known.insert(extent.name).second) names.push_back(extent.name);
  return names;
}

}  // namespace detail

/// Values of symbols by their names.
using SymbolValues = std::map<std::string, std::int64_t, std::less<>>;

/// Gives every extent of these names its value; shapes that follow from it are not inferred anew.
/// @throws DomainError when a value is below 1 or the graph has no such symbol; nothing is changed
///   then
inline void bind_symbols(Graph& graph, const SymbolValues& values) {
  const std::vector<std::string_view> names =
      detail::symbol_names(graph, [](auto&&) { return true; });
  const std::set<std::string_view> known(names.begin(), names.end());
  for (const auto& [symbol, value] : values) {
    const std::string what = "extent '" + symbol + "'";
    if (value < 1) throw DomainError(what, std::to_string(value), "an integer >= 1");
    if (!known.contains(symbol))
      throw DomainError(
          what, "unknown",
          names.empty() ? "none, as every extent of the inputs is fixed" : one_of(names, symbol));
  }
  for (const SymbolicExtent& extent : graph.symbols)
    if (const auto bound = values.find(extent.name); bound != values.end())
      graph.tensors[extent.tensor].shape[extent.axis] = bound->second;
}

/// The same for one symbol. @throws DomainError as `bind_symbols`
inline void bind_symbol(Graph& graph, std::string_view symbol, std::int64_t value) {
  bind_symbols(graph, {{std::string(symbol), value}});
}

/// Names of the symbols that have no value, each once.
[[nodiscard]] inline std::vector<std::string> unbound_symbols(const Graph& graph) {
  const auto names = detail::symbol_names(graph, [&](const SymbolicExtent& extent) {
    return graph.tensors[extent.tensor].shape[extent.axis] < 0;
  });
  return {names.begin(), names.end()};
}

/// Gives every symbol that has no value this one. @throws DomainError when it is below 1
inline void bind_unbound_symbols(Graph& graph, std::int64_t value) {
  SymbolValues values;
  for (const std::string& symbol : unbound_symbols(graph)) values.emplace(symbol, value);
  bind_symbols(graph, values);
}

}  // namespace edgeopt::inline v0
