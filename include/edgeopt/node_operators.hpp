// SPDX-License-Identifier: MIT
/// @file
/// The nodes of a graph as operators of a roofline, each run by itself.
#pragma once

#include <algorithm>  // std::max
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/graph.hpp"
#include "edgeopt/graph_costs.hpp"
#include "edgeopt/roofline.hpp"
#include "edgeopt/shape_inference.hpp"
#include "edgeopt/tensor_storage.hpp"

namespace edgeopt::inline v0 {

/// Operators, and which node each is.
struct NodeOperators {
  std::vector<std::size_t> nodes;
  std::vector<RooflineOperator> operators;
};

namespace detail {

/// Bytes of each tensor as an integer engine stores it (see `StorageRule::integer`): of the
/// integers where a floating tensor is dequantised from, or only quantised to. 0 where the shape is
/// unknown.
inline std::vector<std::int64_t> stored_bytes(const Graph& graph, const TensorStorage& storage) {
  std::vector<std::int64_t> bytes(graph.tensors.size(), 0);
  const auto size_of = [&](TensorId id) {
    return graph.tensors[id].has_shape() ? byte_count(graph.tensors[id]) : 0;
  };
  for (TensorId id = 0; id < graph.tensors.size(); ++id)
    bytes[id] = size_of(storage.owner(id) == no_tensor ? id : storage.owner(id));
  for (const Node& node : graph.nodes) {  // weights: known before the run, so without an owner
    if (node.op != "DequantizeLinear" || node.inputs.empty() || node.outputs.empty()) continue;
    if (node.inputs[0] != no_tensor && node.outputs[0] != no_tensor &&
        storage.owner(node.outputs[0]) == no_tensor)
      bytes[node.outputs[0]] = size_of(node.inputs[0]);
  }
  return bytes;
}

/// What a node moves less than the types of its tensors say.
inline std::int64_t saved_bytes(const Graph& graph, const std::vector<TensorId>& ids,
                                const std::vector<std::int64_t>& stored) {
  std::int64_t saved = 0;
  for (const TensorId id : each_once(ids))
    if (graph.tensors[id].has_shape())
      saved += std::max<std::int64_t>(0, byte_count(graph.tensors[id]) - stored[id]);
  return saved;
}

/// Whether the result is the input, as it is for what an integer engine makes of Relu and
/// QuantizeLinear behind a convolution.
inline bool is_part_of_another(const Node& node, const TensorStorage& storage) {
  if (node.inputs.empty() || node.inputs[0] == no_tensor || node.outputs.empty() ||
      node.outputs[0] == no_tensor)
    return false;
  const TensorId owner = storage.owner(node.inputs[0]);
  return owner != no_tensor && owner == storage.owner(node.outputs[0]);
}

}  // namespace detail

/// The nodes that have a place on a roofline, in their order: those whose cost is known, that are
/// not computed before the network runs, and that multiply or move bytes. Tensors count as an
/// engine stores them that computes quantised operators in integers, so that bounds hold for it;
/// without quantisation that is as the graph has them. A node without a name is called by its
/// operator.
/// @throws DomainError when a count exceeds 64 bits
/// @pre `costs` are those of `operator_costs(graph)`
[[nodiscard]] inline NodeOperators node_operators(const Graph& graph,
                                                  std::span<const NodeCost> costs) {
  const TensorStorage storage(graph, StorageRule::integer);
  const std::vector<std::int64_t> stored = detail::stored_bytes(graph, storage);
  NodeOperators found;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    const NodeCost& cost = costs[i];
    const Node& node = graph.nodes[i];
    if (cost.unknown || cost.folded) continue;
    RooflineOperator each{cost.name.empty() ? cost.op : cost.name, cost.compute_type, cost.macs, 0,
                          0};
    if (!detail::is_part_of_another(node, storage)) {
      each.bytes_read = cost.bytes_read - detail::saved_bytes(graph, node.inputs, stored);
      each.bytes_written = cost.bytes_written - detail::saved_bytes(graph, node.outputs, stored);
      each.bytes_read = std::max<std::int64_t>(0, each.bytes_read);  // of a table: only some rows
      each.bytes_written = std::max<std::int64_t>(0, each.bytes_written);
    }
    if (each.macs == 0 && each.bytes_read == 0 && each.bytes_written == 0) continue;
    found.nodes.push_back(i);
    found.operators.push_back(std::move(each));
  }
  return found;
}

}  // namespace edgeopt::inline v0
