// SPDX-License-Identifier: MIT
/// @file
/// Which tensors of a graph take memory of their own while it runs, and which share it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "edgeopt/graph.hpp"

namespace edgeopt::inline v0 {

/// What an executor of the graph is assumed to do; each rule includes those before it.
enum class StorageRule : std::uint8_t {
  every_tensor,  ///< each activation has memory of its own
  aliased,       ///< Reshape, Flatten, Squeeze, Unsqueeze and Identity return their input
  folded,        ///< what depends on constants alone is computed before the run
  integer,       ///< quantised networks compute in integers: see `TensorStorage`
};

/// The producer and the readers of every tensor.
struct TensorUses {
  static constexpr std::size_t no_node = static_cast<std::size_t>(-1);

  std::vector<std::size_t> producer;              ///< node, or `no_node` for inputs and constants
  std::vector<std::vector<std::size_t>> readers;  ///< nodes in order, one entry for each use
  std::vector<bool> output;                       ///< of the graph

  explicit TensorUses(const Graph& graph)
      : producer(graph.tensors.size(), no_node),
        readers(graph.tensors.size()),
        output(graph.tensors.size(), false) {
    for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
      for (const TensorId id : graph.nodes[node].outputs)
        if (id != no_tensor) producer[id] = node;
      for (const TensorId id : graph.nodes[node].inputs)
        if (id != no_tensor) readers[id].push_back(node);
      for (const TensorId id : graph.nodes[node].captured) readers[id].push_back(node);
    }
    for (const TensorId id : graph.outputs) output[id] = true;
  }
};

/// For each tensor the tensor whose memory it takes: itself, another, or `no_tensor` where it takes
/// none (constants, and under `folded` what follows from constants alone).
///
/// The rule `integer` describes an integer engine on a QDQ graph. The result of DequantizeLinear is
/// never stored: its reader reads the integers. A floating tensor whose only reader quantises it,
/// directly or after a Relu, is never stored either: its producer writes the integers. Inputs and
/// outputs of the graph are stored as they are. Without quantisation the rule equals `folded`.
///
/// The graph is one that `infer_shapes` accepts.
class TensorStorage {
 public:
  TensorStorage(const Graph& graph, StorageRule rule) : owner_(graph.tensors.size()), rule_(rule) {
    const TensorUses uses(graph);
    for (TensorId id = 0; id < graph.tensors.size(); ++id)
      owner_[id] = graph.tensors[id].constant ? no_tensor : id;
    if (rule >= StorageRule::integer) merge_into_quantized(graph, uses);
    for (const Node& node : graph.nodes) alias_results(node, uses);
    for (TensorId& owner : owner_)  // results written on behalf of a later tensor
      while (owner != no_tensor && owner_[owner] != owner) owner = owner_[owner];
  }

  /// The tensor whose memory holds this one, or `no_tensor`.
  [[nodiscard]] TensorId owner(TensorId id) const { return owner_[id]; }

 private:
  /// Floating results that only a quantiser reads become its result. Backwards, so that a chain
  /// through Relu is followed to its end.
  void merge_into_quantized(const Graph& graph, const TensorUses& uses) {
    for (std::size_t i = graph.nodes.size(); i-- > 0;) {
      for (const TensorId id : graph.nodes[i].outputs) {
        if (id == no_tensor || uses.output[id] || uses.readers[id].size() != 1) continue;
        if (graph.nodes[i].op == "DequantizeLinear") continue;
        const Node& reader = graph.nodes[uses.readers[id].front()];
        const TensorId result = reader.outputs.front();
        if (result == no_tensor) continue;
        const bool quantizes = reader.op == "QuantizeLinear" && reader.inputs.front() == id;
        if (quantizes || (reader.op == "Relu" && owner_[result] != result)) owner_[id] = result;
      }
    }
  }

  /// Results that are their first input, or that need no memory since every input is known.
  void alias_results(const Node& node, const TensorUses& uses) {
    // Without inputs it is a Constant, or random numbers, which are drawn anew.
    bool known = rule_ >= StorageRule::folded &&
                 (!node.inputs.empty() || !node.captured.empty() || node.op == "Constant");
    for (const auto* ids : {&node.inputs, &node.captured})
      for (const TensorId id : *ids) known = known && (id == no_tensor || owner_[id] == no_tensor);
    for (const TensorId id : node.outputs) {
      if (id == no_tensor || owner_[id] == no_tensor) continue;
      if (known) {
        owner_[id] = no_tensor;
      } else if (returns_input(node, uses.output[id])) {
        owner_[id] = owner_[node.inputs.front()];
      }
    }
  }

  [[nodiscard]] bool returns_input(const Node& node, bool is_output) const {
    if (rule_ == StorageRule::every_tensor || !node.domain.empty()) return false;
    if (node.inputs.empty() || node.inputs.front() == no_tensor) return false;
    for (const std::string_view op : {"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity"})
      if (node.op == op) return true;
    return rule_ >= StorageRule::integer && node.op == "DequantizeLinear" && !is_output;
  }

  std::vector<TensorId> owner_;
  StorageRule rule_;
};

}  // namespace edgeopt::inline v0
