// SPDX-License-Identifier: MIT
/// @file
/// Any graph, and SmallCNN's description, as the weighted operators that calibrated estimates go
/// by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "edgeopt/graph.hpp"
#include "edgeopt/graph_costs.hpp"
#include "edgeopt/layer_estimates.hpp"
#include "edgeopt/operator_class.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/published_networks.hpp"
#include "edgeopt/shape_inference.hpp"
#include "edgeopt/small_cnn_spec.hpp"

namespace edgeopt::inline v0 {

/// The nodes that multiply. Their weights are the inputs with two axes or more that are known
/// before the graph runs, dequantised ones among them.
/// @throws DomainError when a count exceeds 64 bits
/// @pre `infer_shapes` has accepted the graph
[[nodiscard]] inline PublishedNetwork weighted_operators(const Graph& graph) {
  PublishedNetwork network{graph.name, {}};
  std::vector<bool> known(graph.tensors.size());  // before the run
  for (TensorId id = 0; id < graph.tensors.size(); ++id) known[id] = graph.tensors[id].constant;
  const std::vector<NodeCost> costs = operator_costs(graph);
  for (std::size_t i = 0; i < costs.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (costs[i].folded)
      for (const TensorId id : node.outputs)
        if (id != no_tensor) known[id] = true;
    if (costs[i].macs == 0) continue;
    WeightedOperator each{operator_class(graph, node), costs[i].macs};
    for (const TensorId id : node.inputs)
      if (id != no_tensor && known[id] && graph.tensors[id].shape.size() >= 2)
        each.parameters += element_count(graph.tensors[id].shape);
    network.operators.push_back(each);
  }
  return network;
}

/// SmallCNN, for a batch; biases count as weights.
/// @throws DomainError for one that cannot be built
[[nodiscard]] inline PublishedNetwork weighted_operators(const SmallCNNSpec& spec,
                                                         std::int64_t batch) {
  PublishedNetwork network{"SmallCNN", {}};
  const std::vector<LayerEstimate> layers = estimate_layerwise_stats(spec, batch, Precision::int8);
  for (std::size_t i = 0; i < layers.size(); ++i)
    network.operators.push_back(
        {i + 1 < layers.size() ? OperatorClass::convolution_3x3 : OperatorClass::linear,
         layers[i].macs, layers[i].parameter_bytes});
  return network;
}

}  // namespace edgeopt::inline v0
