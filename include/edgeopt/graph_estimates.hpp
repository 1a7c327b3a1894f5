// SPDX-License-Identifier: MIT
/// @file
/// What each weighted layer of a graph costs. For SmallCNN's graph the result equals that of
/// `estimate_layerwise_stats` on its description.
#pragma once

#include <algorithm>  // std::find_if
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/checked_count.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/graph_costs.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/shape_inference.hpp"
#include "edgeopt/tensor_storage.hpp"

namespace edgeopt::inline v0 {

namespace detail {

/// The constant that a tensor is, directly or through the dequantisation of a stored weight;
/// `no_tensor` for an activation.
inline TensorId stored_constant(const Graph& graph, const TensorUses& uses, TensorId id) {
  while (id != no_tensor && !graph.tensors[id].constant) {
    if (uses.producer[id] == TensorUses::no_node) return no_tensor;
    const Node& producer = graph.nodes[uses.producer[id]];
    if (producer.op != "DequantizeLinear" && producer.op != "Identity") return no_tensor;
    id = producer.inputs.front();
  }
  return id;
}

}  // namespace detail

/// One estimate for each node that has parameters and multiplies by them, in order. Parameters are
/// counted where they are used first, as they are stored (s8 weights of a quantised network take
/// one byte); scales and zero points are left out. Activation bytes are those of the result as an
/// integer engine stores it.
/// @throws DomainError when a count exceeds 64 bits
/// @pre the graph is one that `infer_shapes` accepts, with every shape known
[[nodiscard]] inline std::vector<LayerEstimate> estimate_layerwise_stats(const Graph& graph) {
  const TensorUses uses(graph);
  const TensorStorage storage(graph, StorageRule::integer);
  std::vector<bool> counted(graph.tensors.size(), false);
  std::vector<LayerEstimate> estimates;
  for (const Node& node : graph.nodes) {
    const std::int64_t macs =
        detail::work_of(graph, node, detail::find_operator(node.domain, node.op)).macs;
    if (macs == 0) continue;
    LayerEstimate estimate{.layer = node.name, .macs = macs};
    bool weighted = false;
    for (const TensorId input : node.inputs) {
      const TensorId constant = detail::stored_constant(graph, uses, input);
      if (constant == no_tensor) continue;
      weighted = true;
      if (counted[constant]) continue;
      counted[constant] = true;
      estimate.parameter_bytes =
          checked_sum(estimate.parameter_bytes, byte_count(graph.tensors[constant]),
                      "parameter bytes of node '" + node.name + "'");
    }
    if (!weighted) continue;
    const TensorId result = *std::find_if(node.outputs.begin(), node.outputs.end(),
                                          [](TensorId id) { return id != no_tensor; });
    estimate.output_elements = element_count(graph.tensors[result].shape);
    const TensorId owner = storage.owner(result);  // none where all operands are constants
    estimate.activation_bytes = byte_count(graph.tensors[owner == no_tensor ? result : owner]);
    estimates.push_back(estimate);
  }
  return estimates;
}

}  // namespace edgeopt::inline v0
