// SPDX-License-Identifier: MIT
/// @file
/// What each operator of a graph costs: one row a node, in execution order.
///
///     const std::vector<NodeCost> costs = operator_costs(graph);
///     const CostTotals whole = total(costs);
#pragma once

#include <algorithm>  // std::find, std::max, std::min
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>  // std::exchange
#include <variant>  // std::get_if
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/columns.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/site.hpp"
#include "edgeopt/operators/detail/table.hpp"
#include "edgeopt/operators/detail/work.hpp"
#include "edgeopt/shape_inference.hpp"

namespace edgeopt::inline v0 {

/// One operator's cost for one run of the graph, batch included. Where `unknown` is true no count
/// is to be relied upon: those that could not be found are 0 because a column needs a number.
struct NodeCost {
  std::string name;  ///< of the node
  std::string op;    ///< its operator, with the domain in front where it is not ONNX's own
  ElementType type = ElementType::f32;  ///< of the first result, as stored
  ElementType compute_type =
      ElementType::f32;               ///< of the operands that are multiplied; `type` else
  std::int64_t output_elements = 0;   ///< of all results
  std::int64_t parameters = 0;        ///< elements, counted where they are used first
  std::int64_t parameter_bytes = 0;   ///< of these
  std::int64_t constants = 0;         ///< elements of all constants, scales and shapes included
  std::int64_t constant_bytes = 0;    ///< of these: what the model's file stores for the operator
  std::int64_t activation_bytes = 0;  ///< of all results; none of a Constant
  std::int64_t macs = 0;              ///< multiply-accumulates, biases excluded
  std::int64_t bias_additions = 0;
  std::int64_t elementwise_operations = 0;  ///< see docs/conventions.md for what counts as one
  std::int64_t bytes_read = 0;              ///< operands, parameters among them, each once
  std::int64_t bytes_written = 0;           ///< results; 0 for those that are their input renamed
  double arithmetic_intensity_macs_per_byte = 0;  ///< macs / (bytes_read + bytes_written)
  bool folded = false;   ///< depends on constants alone: computed once, before the network runs
  bool unknown = false;  ///< the operator, or a shape that its cost depends on, is not known

  friend bool operator==(const NodeCost&, const NodeCost&) = default;
};

template <class Visit>
constexpr void visit_columns(const NodeCost*, Visit&& visit) {
  visit("name", &NodeCost::name);
  visit("op", &NodeCost::op);
  visit("type", &NodeCost::type);
  visit("compute_type", &NodeCost::compute_type);
  visit("output_elements", &NodeCost::output_elements);
  visit("parameters", &NodeCost::parameters);
  visit("parameter_bytes", &NodeCost::parameter_bytes);
  visit("constants", &NodeCost::constants);
  visit("constant_bytes", &NodeCost::constant_bytes);
  visit("activation_bytes", &NodeCost::activation_bytes);
  visit("macs", &NodeCost::macs);
  visit("bias_additions", &NodeCost::bias_additions);
  visit("elementwise_operations", &NodeCost::elementwise_operations);
  visit("bytes_read", &NodeCost::bytes_read);
  visit("bytes_written", &NodeCost::bytes_written);
  visit("arithmetic_intensity_macs_per_byte", &NodeCost::arithmetic_intensity_macs_per_byte);
  visit("folded", &NodeCost::folded);
  visit("unknown", &NodeCost::unknown);
}

/// Sums over the nodes whose cost is known, and how many are not.
struct CostTotals {
  std::int64_t nodes = 0;
  std::int64_t unknown_nodes = 0;
  std::int64_t parameters = 0;
  std::int64_t parameter_bytes = 0;
  std::int64_t constants = 0;
  std::int64_t constant_bytes = 0;
  std::int64_t activation_elements = 0;
  std::int64_t activation_bytes = 0;
  std::int64_t unknown_activation_bytes = 0;  ///< of these, results of unknown nodes
  std::int64_t macs = 0;
  std::int64_t bias_additions = 0;
  std::int64_t elementwise_operations = 0;
  std::int64_t bytes_read = 0;
  std::int64_t bytes_written = 0;

  friend bool operator==(const CostTotals&, const CostTotals&) = default;
};

template <class Visit>
constexpr void visit_columns(const CostTotals*, Visit&& visit) {
  visit("nodes", &CostTotals::nodes);
  visit("unknown_nodes", &CostTotals::unknown_nodes);
  visit("parameters", &CostTotals::parameters);
  visit("parameter_bytes", &CostTotals::parameter_bytes);
  visit("constants", &CostTotals::constants);
  visit("constant_bytes", &CostTotals::constant_bytes);
  visit("activation_elements", &CostTotals::activation_elements);
  visit("activation_bytes", &CostTotals::activation_bytes);
  visit("unknown_activation_bytes", &CostTotals::unknown_activation_bytes);
  visit("macs", &CostTotals::macs);
  visit("bias_additions", &CostTotals::bias_additions);
  visit("elementwise_operations", &CostTotals::elementwise_operations);
  visit("bytes_read", &CostTotals::bytes_read);
  visit("bytes_written", &CostTotals::bytes_written);
}

/// @throws DomainError when a sum exceeds 64 bits
[[nodiscard]] inline CostTotals total(std::span<const NodeCost> costs) {
  CostTotals sum;
  const auto add = [](std::int64_t& to, std::int64_t count) {
    to = checked_sum(to, count, "total over all operators");
  };
  for (const NodeCost& cost : costs) {
    ++sum.nodes;
    sum.unknown_nodes += cost.unknown ? 1 : 0;
    add(sum.parameters, cost.parameters);
    add(sum.parameter_bytes, cost.parameter_bytes);
    add(sum.constants, cost.constants);
    add(sum.constant_bytes, cost.constant_bytes);
    add(sum.activation_elements, cost.op == "Constant" ? 0 : cost.output_elements);
    add(sum.activation_bytes, cost.activation_bytes);
    add(sum.unknown_activation_bytes, cost.unknown ? cost.activation_bytes : 0);
    add(sum.macs, cost.macs);
    add(sum.bias_additions, cost.bias_additions);
    add(sum.elementwise_operations, cost.elementwise_operations);
    add(sum.bytes_read, cost.bytes_read);
    add(sum.bytes_written, cost.bytes_written);
  }
  return sum;
}

namespace detail {

/// The tensors among `ids`, each once: what an operator reads twice moves once.
[[nodiscard]] inline std::vector<TensorId> each_once(const std::vector<TensorId>& ids) {
  constexpr std::size_t few = 16;  // up to which looking through them is faster than a set
  std::vector<TensorId> found;
  found.reserve(ids.size());
  std::unordered_set<TensorId> seen;
  for (const TensorId id : ids) {
    const bool is_new = ids.size() <= few ? std::find(found.begin(), found.end(), id) == found.end()
                                          : seen.insert(id).second;
    if (id != no_tensor && is_new) found.push_back(id);
  }
  return found;
}

/// Walks along a graph and keeps in mind which constants were used and what they determine.
class CostReader {
 public:
  explicit CostReader(const Graph& graph)
      : graph_(graph),
        parameter_(graph.tensors.size(), false),
        folded_(graph.tensors.size(), false),
        dequantized_(graph.tensors.size(), ElementType::unknown) {
    for (TensorId id = 0; id < graph.tensors.size(); ++id)
      parameter_[id] = folded_[id] = graph.tensors[id].constant;
    for (const Node& node : graph.nodes)  // values of Constant nodes are no parameters
      for (const TensorId id : node.outputs)
        if (id < parameter_.size()) parameter_[id] = false;
  }

  [[nodiscard]] NodeCost read(const Node& node) {
    const Operator* known = find_operator(node.domain, node.op);
    const Work work = work_of(graph_, node, known);
    NodeCost cost;
    cost.name = node.name;
    cost.op = qualified_op(node);
    cost.macs = work.macs;
    cost.bias_additions = work.bias_additions;
    cost.elementwise_operations = work.elementwise;
    cost.unknown = !work.known;
    count_parameters(node, known, cost);
    count_results(node, cost);
    count_bytes(node, known ? known->traffic : Traffic::streams, cost);
    cost.compute_type = compute_type(node, cost.macs, cost.type);
    cost.folded = fold(node);
    return cost;
  }

 private:
  static void add(std::int64_t& sum, std::int64_t count) {
    sum = checked_sum(sum, count, "count of an operator");
  }

  void count_parameters(const Node& node, const Operator* known, NodeCost& cost) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      count_constant(node.inputs[i], known, i < 32 ? Inputs{1} << i : 0, cost);
    for (const Subgraph* inside : graphs_inside(node)) count_inner_parameters(*inside, cost);
    for (const TensorId id : node.captured) count_constant(id, nullptr, 0, cost);
  }

  void count_constant(TensorId id, const Operator* known, Inputs position, NodeCost& cost) {
    if (id >= parameter_.size() || !parameter_[id]) return;  // left out, or counted
    parameter_[id] = false;                                  // counted where it is used first
    const Tensor& tensor = graph_.tensors[id];
    const bool parameter =
        is_floating(tensor.type)
            ? !tensor.shape.empty() && !(known && (known->settings & position) != 0)
            : known && (known->weights & position) != 0;
    count(tensor, parameter, cost);
  }

  static void count(const Tensor& tensor, bool parameter, NodeCost& cost) {
    const std::int64_t elements = element_count(tensor.shape), bytes = byte_count(tensor);
    add(cost.constants, elements);
    add(cost.constant_bytes, bytes);
    if (!parameter) return;
    add(cost.parameters, elements);
    add(cost.parameter_bytes, bytes);
  }

  [[nodiscard]] static std::vector<const Subgraph*> graphs_inside(const Node& node) {
    std::vector<const Subgraph*> found;
    for (const auto& [name, attribute] : node.attributes)
      if (const Subgraph* inside = std::get_if<Subgraph>(&attribute); inside && inside->graph)
        found.push_back(inside);
    return found;
  }

  /// Calls `visit` with each tensor that a graph inside a node reads, by its id here and there.
  template <class Visit>
  void visit_captured(const Subgraph& inside, Visit&& visit) const {
    const std::vector<TensorId>& inputs = inside.graph->inputs;
    const std::size_t own = inputs.size() - std::min(inputs.size(), inside.captured.size());
    for (std::size_t i = own; i < inputs.size(); ++i)
      if (inputs[i] < inside.graph->tensors.size()) visit(inside.captured[i - own], inputs[i]);
  }

  /// A reader of a graph inside a node; of what it captures it knows what this one does.
  [[nodiscard]] CostReader reader_inside(const Subgraph& inside) const {
    CostReader reader(*inside.graph);
    visit_captured(inside, [&](TensorId here, TensorId there) {
      reader.parameter_[there] = parameter_[here];
      reader.dequantized_[there] = dequantized_[here];
    });
    return reader;
  }

  /// Constants that the nodes of a graph inside use.
  void count_inner_parameters(const Subgraph& inside, NodeCost& cost) {
    CostReader reader = reader_inside(inside);
    for (const Node& node : inside.graph->nodes)
      reader.count_parameters(node, find_operator(node.domain, node.op), cost);
    visit_captured(inside, [&](TensorId here, TensorId there) {
      parameter_[here] = reader.parameter_[there];
    });
  }

  void count_results(const Node& node, NodeCost& cost) const {
    bool first = true;
    for (const TensorId id : node.outputs) {
      if (id == no_tensor) continue;
      const Tensor& tensor = graph_.tensors[id];
      if (std::exchange(first, false)) cost.type = tensor.type;
      if (!tensor.has_shape()) continue;
      add(cost.output_elements, element_count(tensor.shape));
      if (!tensor.constant) add(cost.activation_bytes, byte_count(tensor));
    }
  }

  void count_bytes(const Node& node, Traffic traffic, NodeCost& cost) const {
    if (traffic == Traffic::renames) return;
    for (const TensorId id : node.outputs)
      if (id != no_tensor && graph_.tensors[id].has_shape())
        add(cost.bytes_written, byte_count(graph_.tensors[id]));
    if (traffic == Traffic::creates) return;
    for (const TensorId id : each_once(node.inputs)) {
      if (!graph_.tensors[id].has_shape()) continue;
      const std::int64_t bytes = byte_count(graph_.tensors[id]);
      const bool part = traffic == Traffic::selects && id == node.inputs[0];
      add(cost.bytes_read, part ? std::min(bytes, cost.bytes_written) : bytes);
    }
    const std::int64_t moved = checked_sum(cost.bytes_read, cost.bytes_written, "bytes moved");
    if (moved > 0)
      cost.arithmetic_intensity_macs_per_byte =
          static_cast<double>(cost.macs) / static_cast<double>(moved);
  }

  /// The type that is multiplied: integers where both operands are dequantised, since an integer
  /// engine computes with what is stored. Of a node with graphs inside that of the node there which
  /// multiplies most.
  [[nodiscard]] ElementType compute_type(const Node& node, std::int64_t macs,
                                         ElementType fallback) {
    if (node.op == "DequantizeLinear" && !node.inputs.empty() && node.inputs[0] != no_tensor)
      for (const TensorId id : node.outputs)
        if (id != no_tensor) dequantized_[id] = graph_.tensors[node.inputs[0]].type;
    if (macs == 0) return fallback;
    if (const auto inside = graphs_inside(node); !inside.empty())
      return compute_type_inside(inside, fallback);
    if (node.inputs.size() < 2 || node.inputs[0] == no_tensor || node.inputs[1] == no_tensor)
      return fallback;
    const ElementType stored = dequantized_[node.inputs[0]];
    if (stored != ElementType::unknown && dequantized_[node.inputs[1]] != ElementType::unknown)
      return stored;
    return graph_.tensors[node.inputs[0]].type;
  }

  /// @pre the cost of the node is known, and so are the shapes in every graph that runs
  [[nodiscard]] ElementType compute_type_inside(const std::vector<const Subgraph*>& graphs,
                                                ElementType fallback) const {
    ElementType type = fallback;
    std::int64_t most = 0;
    for (const Subgraph* inside : graphs) {
      if (inside->runs == 0) continue;
      CostReader reader = reader_inside(*inside);
      for (const Node& node : inside->graph->nodes) {
        const Operator* known = find_operator(node.domain, node.op);
        const std::int64_t macs = work_of(*inside->graph, node, known).macs;
        const ElementType multiplied = reader.compute_type(node, macs, fallback);
        if (macs > most) type = multiplied;
        most = std::max(most, macs);
      }
    }
    return type;
  }

  /// Whether constants determine the results; remembers it.
  bool fold(const Node& node) {
    // Without inputs: a Constant, or random numbers.
    bool known = !node.inputs.empty() || !node.captured.empty() || node.op == "Constant";
    for (const auto* ids : {&node.inputs, &node.captured})
      for (const TensorId id : *ids) known = known && (id == no_tensor || folded_[id]);
    for (const TensorId id : node.outputs)
      if (id != no_tensor) folded_[id] = known;
    return known;
  }

  const Graph& graph_;
  std::vector<bool> parameter_;           ///< constants that no node has used yet
  std::vector<bool> folded_;              ///< known before the network runs
  std::vector<ElementType> dequantized_;  ///< type of the integers behind a dequantised tensor
};

}  // namespace detail

/// The cost of every node, in order.
///
/// Multiply-accumulates: Conv: elements of the result times those of one filter; ConvTranspose:
/// elements of the input times those of one filter; Gemm, MatMul: elements of the result times the
/// inner extent; LSTM, GRU, RNN: steps * batch * (elements of W + elements of R). Quantised forms
/// alike; If, Loop and Scan: those of the graph inside as often as it runs, where that is known;
/// everything else has none.
///
/// Parameters are constants of floating type with at least one axis, and integer weights and biases
/// of quantised operators; scales, zero points, shapes and initial states are not among them, nor
/// values of Constant nodes.
/// @throws DomainError when a count exceeds 64 bits
/// @pre `infer_shapes` or `infer_known_shapes` has accepted the graph
[[nodiscard]] inline std::vector<NodeCost> operator_costs(const Graph& graph) {
  detail::CostReader reader(graph);
  std::vector<NodeCost> costs;
  costs.reserve(graph.nodes.size());
  for (const Node& node : graph.nodes) costs.push_back(reader.read(node));
  return costs;
}

}  // namespace edgeopt::inline v0
