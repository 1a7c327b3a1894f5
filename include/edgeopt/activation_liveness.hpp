// SPDX-License-Identifier: MIT
/// @file
/// How much memory the activations of a graph need at least when its nodes run in their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/memory_sharing.hpp"
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

/// The bytes alive while each node runs, in the order of the nodes: its inputs, its results, and
/// what later nodes still read. Constants count nothing. `rule` and `in_place` say which tensors
/// share memory. O(tensors + nodes).
/// @throws DomainError when a sum exceeds 64 bits
/// @pre the graph is one that `infer_shapes` accepts
[[nodiscard]] inline ActivationLiveness activation_liveness(const MemorySharing& sharing) {
  const Graph& graph = sharing.graph();
  ActivationLiveness liveness;
  std::vector<std::int64_t> begins(graph.nodes.size(), 0);
  std::vector<std::int64_t> ends(graph.nodes.size(), 0);
  for (TensorId id = 0; id < graph.tensors.size(); ++id) {
    if (sharing.owner(id) != id) continue;
    const StoredTensor& stored = liveness.tensors.emplace_back(StoredTensor{
        graph.tensors[id].name, sharing.bytes(id), sharing.first_node(id), sharing.last_node(id)});
    begins[stored.first_node] = checked_sum(begins[stored.first_node], stored.bytes, "bytes alive");
    ends[stored.last_node] = checked_sum(ends[stored.last_node], stored.bytes, "bytes alive");
  }
  std::int64_t alive = 0;
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    alive = checked_sum(alive, begins[node], "bytes alive");
    liveness.live_bytes.push_back(alive);
    if (alive > liveness.peak_bytes) {
      liveness.peak_bytes = alive;
      liveness.peak_node = node;
    }
    alive -= ends[node];
  }
  return liveness;
}

/// @throws DomainError when a sum exceeds 64 bits, or for a graph without nodes
[[nodiscard]] inline ActivationLiveness activation_liveness(const Graph& graph,
                                                            StorageRule rule = StorageRule::integer,
                                                            InPlace in_place = InPlace::never) {
  return activation_liveness(MemorySharing(graph, rule, in_place));
}

/// The least memory that the activations need: `activation_liveness(graph, rule).peak_bytes`.
[[nodiscard]] inline std::int64_t peak_activation_bytes(const Graph& graph,
                                                        StorageRule rule = StorageRule::integer) {
  return activation_liveness(graph, rule).peak_bytes;
}

}  // namespace edgeopt::inline v0
