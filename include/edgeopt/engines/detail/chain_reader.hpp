// SPDX-License-Identifier: MIT
/// @file
/// Walks along a graph that is one chain of operators, and refuses whatever an engine would not
/// compute as the graph says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/half.hpp"
#include "edgeopt/image_shape.hpp"

namespace edgeopt::inline v0::detail {

/// "[1, 1]" of an attribute.
using Extents = std::vector<std::int64_t>;

/// Stands at a tensor, first at the graph's input; `take` goes over the node that reads it.
class ChainReader {
 public:
  explicit ChainReader(const Graph& graph) : graph_(graph), taken_(graph.nodes.size()) {
    if (graph.inputs.size() != 1 || graph.outputs.size() != 1)
      throw DomainError("graph '" + graph.name + "'",
                        "one with " + std::to_string(graph.inputs.size()) + " inputs and " +
                            std::to_string(graph.outputs.size()) + " outputs",
                        "one input and one output");
    current_ = graph.inputs.front();
  }

  /// Extents of the network's input.
  /// @throws DomainError when it is not a batch of images, or one has too many elements to count
  [[nodiscard]] ImageShape image_shape() const {
    const Tensor& input = graph_.tensor(graph_.inputs.front());
    if (input.shape.size() != 4)
      throw DomainError("shape of input '" + input.name + "'", to_string(input.shape),
                        "[batch, channels, height, width]");
    for (const std::int64_t extent : input.shape)
      if (extent < 1)
        throw DomainError("shape of input '" + input.name + "'", to_string(input.shape),
                          "extents >= 1");
    return countable({input.shape[1], input.shape[2], input.shape[3]},
                     "elements of input '" + input.name + "'");
  }

  /// The shape itself. @throws DomainError when the number of its elements exceeds 2^63 - 1
  [[nodiscard]] static ImageShape countable(const ImageShape& shape, const std::string& what) {
    (void)checked_product({shape.channels, shape.height, shape.width}, what);
    return shape;
  }

  /// Whether the next node is of this type.
  [[nodiscard]] bool at(std::string_view op) const {
    const std::size_t index = next();
    return index < graph_.nodes.size() && graph_.nodes[index].op == op &&
           graph_.nodes[index].domain.empty();
  }

  /// The next node, which must be of this type.
  const Node& take(std::string_view op) {
    if (!at(op)) refuse_next(std::string(op));
    const std::size_t index = next();
    const Node& node = graph_.nodes[index];
    if (node.inputs.front() != current_) refuse(node, "its second input computed", "a constant");
    taken_[index] = true;
    current_ = only_output(node);
    return node;
  }

  /// The node that computes a parameter of `node`, such as a weight that is dequantised.
  const Node& take_producer(const Node& node, std::size_t input, std::string_view op) {
    for (std::size_t index = 0; index < graph_.nodes.size(); ++index) {
      const Node& producer = graph_.nodes[index];
      if (input >= node.inputs.size() || only_output(producer) != node.inputs[input]) continue;
      if (producer.op != op || !producer.domain.empty()) break;
      taken_[index] = true;
      return producer;
    }
    refuse(node, "its input " + std::to_string(input) + " from elsewhere",
           "the result of " + std::string(op));
  }

  /// The chain has to end here. @throws DomainError naming the node that is left over
  void finish() const {
    if (current_ != graph_.outputs.front() || next() < graph_.nodes.size())
      refuse_next("nothing, as the network ends here");
    for (std::size_t index = 0; index < taken_.size(); ++index)
      if (!taken_[index]) refuse(graph_.nodes[index], "beside the chain", "part of one chain");
  }

  /// The next node cannot stand here.
  [[noreturn]] void refuse_next(const std::string& allowed) const {
    const std::size_t index = next();
    if (index < graph_.nodes.size()) refuse(graph_.nodes[index], "not supported here", allowed);
    throw DomainError("graph '" + graph_.name + "'",
                      "at its end with '" + graph_.tensor(current_).name + "'", allowed);
  }

  [[noreturn]] static void refuse(const Node& node, const std::string& value,
                                  const std::string& allowed) {
    throw DomainError("node '" + node.name + "' (" + node.op + ")", value, allowed);
  }

  [[nodiscard]] static bool has_input(const Node& node, std::size_t input) {
    return input < node.inputs.size() && node.inputs[input] != no_tensor;
  }

  /// A parameter of a node, with or without values.
  /// @throws DomainError when it is not a constant, or its values are not as many as its shape says
  [[nodiscard]] const Tensor& constant(const Node& node, std::size_t input) const {
    if (!has_input(node, input) || !graph_.tensor(node.inputs[input]).constant)
      refuse(node, "without a constant as input " + std::to_string(input), "one with it");
    const Tensor& tensor = graph_.tensor(node.inputs[input]);
    if (tensor.data.empty()) return tensor;
    const std::int64_t bytes = byte_count(tensor);
    if (tensor.data.size() != static_cast<std::size_t>(bytes))
      refuse(node,
             "with " + std::to_string(tensor.data.size()) + " bytes as values of '" + tensor.name +
                 "' " + to_string(tensor.shape),
             std::to_string(bytes) + " bytes");
    return tensor;
  }

  /// Values of a constant that is stored as f32 or f16.
  [[nodiscard]] static std::vector<float> reals(const Tensor& tensor) {
    if (tensor.type != ElementType::f16) return tensor.values<float>();
    std::vector<float> values;
    for (const std::uint16_t half : tensor.values<std::uint16_t>())
      values.push_back(float_from_half(half));
    return values;
  }

  /// Only one value of an attribute is supported, which is ONNX's default too.
  template <class T>
  static void expect(const Node& node, std::string_view attribute, const T& only,
                     const std::string& text) {
    if (node.attribute<T>(attribute, only) != only)
      refuse(node, "with another '" + std::string(attribute) + "'", text);
  }
  static void expect(const Node& node, std::string_view attribute, const Extents& fallback,
                     const Extents& only) {
    const Extents found = node.attribute<Extents>(attribute, fallback);
    if (found != only)
      refuse(node, "with '" + std::string(attribute) + "' " + to_string(found), to_string(only));
  }

 private:
  /// Index of the node that reads the current tensor; the number of nodes when none does.
  [[nodiscard]] std::size_t next() const {
    std::size_t found = graph_.nodes.size();
    for (std::size_t index = 0; index < graph_.nodes.size(); ++index)
      for (const TensorId input : graph_.nodes[index].inputs) {
        if (input != current_) continue;
        if (found != graph_.nodes.size() && found != index)
          refuse(graph_.nodes[index], "a branch of '" + graph_.tensor(current_).name + "'",
                 "part of one chain");
        found = index;
      }
    return found;
  }

  [[nodiscard]] static TensorId only_output(const Node& node) {
    if (node.outputs.size() != 1)
      refuse(node, "one with " + std::to_string(node.outputs.size()) + " outputs", "one output");
    return node.outputs.front();
  }

  const Graph& graph_;
  std::vector<bool> taken_;
  TensorId current_ = no_tensor;
};

}  // namespace edgeopt::inline v0::detail
