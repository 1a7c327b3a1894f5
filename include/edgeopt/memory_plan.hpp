// SPDX-License-Identifier: MIT
/// @file
/// How much memory the activations of a graph need at least when its nodes run in their order.
#pragma once

#include <algorithm>  // std::min, std::max
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/checked_count.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/shape_inference.hpp"
#include "edgeopt/stored_tensor.hpp"
#include "edgeopt/tensor_storage.hpp"

namespace edgeopt::inline v0 {

/// The activations of a graph over time.
struct ActivationLiveness {
  std::vector<StoredTensor> tensors;     ///< in the order of the graph's tensors
  std::vector<std::int64_t> live_bytes;  ///< while each node runs
  std::int64_t peak_bytes = 0;           ///< the largest of them: no arena can be smaller
  std::size_t peak_node = 0;             ///< the first node that reaches it

  /// What is alive while a node runs.
  [[nodiscard]] std::vector<StoredTensor> alive_at(std::size_t node) const {
    std::vector<StoredTensor> alive;
    for (const StoredTensor& tensor : tensors)
      if (tensor.first_node <= node && node <= tensor.last_node) alive.push_back(tensor);
    return alive;
  }
};

namespace detail {

/// Lifetime of every tensor by itself, as `first_node` and `last_node`: inputs of the graph from
/// the start, others from the node that makes them, to the last reader; outputs of the graph to the
/// end.
inline std::vector<StoredTensor> tensor_lifetimes(const Graph& graph) {
  const TensorUses uses(graph);
  std::vector<StoredTensor> lifetimes(graph.tensors.size());
  for (TensorId id = 0; id < lifetimes.size(); ++id) {
    StoredTensor& lifetime = lifetimes[id];
    lifetime.name = graph.tensors[id].name;
    lifetime.bytes = byte_count(graph.tensors[id]);
    lifetime.first_node = uses.producer[id] == TensorUses::no_node ? 0 : uses.producer[id];
    lifetime.last_node = uses.readers[id].empty() ? lifetime.first_node : uses.readers[id].back();
    if (uses.output[id]) lifetime.last_node = graph.nodes.size() - 1;
  }
  return lifetimes;
}

}  // namespace detail

/// The bytes alive while each node runs, in the order of the nodes: its inputs, its results, and
/// what later nodes still read. Constants count nothing. `rule` says which tensors share memory.
/// @throws DomainError when a sum exceeds 64 bits, or for a graph without nodes
/// @pre the graph is one that `infer_shapes` accepts
[[nodiscard]] inline ActivationLiveness activation_liveness(
    const Graph& graph, StorageRule rule = StorageRule::integer) {
  if (graph.nodes.empty()) throw DomainError("nodes of the graph", "none", "at least one");
  const TensorStorage storage(graph, rule);
  const std::vector<StoredTensor> lifetimes = detail::tensor_lifetimes(graph);
  std::vector<StoredTensor> owners = lifetimes;
  for (TensorId id = 0; id < lifetimes.size(); ++id) {
    const TensorId owner = storage.owner(id);
    if (owner == no_tensor) continue;
    owners[owner].first_node = std::min(owners[owner].first_node, lifetimes[id].first_node);
    owners[owner].last_node = std::max(owners[owner].last_node, lifetimes[id].last_node);
  }

  ActivationLiveness liveness;
  liveness.live_bytes.assign(graph.nodes.size(), 0);
  for (TensorId id = 0; id < owners.size(); ++id) {
    if (storage.owner(id) != id) continue;
    for (std::size_t node = owners[id].first_node; node <= owners[id].last_node; ++node)
      liveness.live_bytes[node] =
          checked_sum(liveness.live_bytes[node], owners[id].bytes, "bytes alive");
    liveness.tensors.push_back(owners[id]);
  }
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    if (liveness.live_bytes[node] <= liveness.peak_bytes) continue;
    liveness.peak_bytes = liveness.live_bytes[node];
    liveness.peak_node = node;
  }
  return liveness;
}

/// The least memory that the activations need: `activation_liveness(graph, rule).peak_bytes`.
[[nodiscard]] inline std::int64_t peak_activation_bytes(const Graph& graph,
                                                        StorageRule rule = StorageRule::integer) {
  return activation_liveness(graph, rule).peak_bytes;
}

}  // namespace edgeopt::inline v0
