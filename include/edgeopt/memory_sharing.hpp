// SPDX-License-Identifier: MIT
/// @file
/// Which tensors of a graph lie in the same memory, and why.
#pragma once

#include <algorithm>  // std::max, std::min
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/shape_inference.hpp"
#include "edgeopt/tensor_storage.hpp"

namespace edgeopt::inline v0 {

/// Whether an operator may write its result over an input that nobody reads any more.
enum class InPlace : std::uint8_t {
  never,
  /// Operators that compute each element from the element at the same place: activations, sums,
  /// products, conversions. Input and result take the same number of bytes, since a small result
  /// would keep a large piece alive. Inputs and outputs of the graph are left as they are.
  elementwise,
};

/// A tensor without memory of its own: a row.
struct SharedTensor {
  std::string tensor;
  std::string owner;  ///< tensor whose memory it lies in; empty where it takes none
  std::string node;   ///< that makes it
  std::string op;
  std::string reason;

  friend bool operator==(const SharedTensor&, const SharedTensor&) = default;
};

template <class Visit>
constexpr void visit_columns(const SharedTensor*, Visit&& visit) {
  visit("tensor", &SharedTensor::tensor);
  visit("owner", &SharedTensor::owner);
  visit("node", &SharedTensor::node);
  visit("op", &SharedTensor::op);
  visit("reason", &SharedTensor::reason);
}

namespace detail {

/// Whether each element of the result depends on the elements at its own place only.
[[nodiscard]] inline bool is_elementwise(std::string_view op) {
  constexpr std::string_view ops =
      " Abs Add And BatchNormalization Cast Ceil Celu Clip Cos Div Dropout Elu Erf Exp Floor Gelu"
      " HardSigmoid HardSwish LeakyRelu Log Max Min Mish Mul Neg Not Or PRelu Pow QuantizeLinear"
      " Reciprocal Relu Round Selu Sigmoid Sign Sin Softplus Softsign Sqrt Sub Tanh"
      " ThresholdedRelu ";
  const std::string word = " " + std::string(op) + " ";
  return ops.find(word) != ops.npos;
}

}  // namespace detail

/// Where each tensor lies and for how long, when the nodes run in their order.
///
/// Lifetimes: inputs of the graph from the start, every other tensor from the node that makes it,
/// to the last node that reads it; outputs of the graph to the end. Memory that several tensors
/// share lives as long as they do.
///
/// The graph is one that `infer_shapes` accepts, and has to outlive this.
class MemorySharing {
 public:
  /// @throws DomainError for a graph without nodes, and a tensor whose bytes exceed 64 bits
  explicit MemorySharing(const Graph& graph, StorageRule rule = StorageRule::integer,
                         InPlace in_place = InPlace::never)
      : graph_(graph),
        uses_(graph),
        storage_(graph, rule),
        owner_(graph.tensors.size()),
        bytes_(graph.tensors.size(), 0),
        first_(graph.tensors.size(), graph.nodes.size()),
        last_(graph.tensors.size(), 0),
        holds_output_(graph.tensors.size(), false) {
    if (graph.nodes.empty()) throw DomainError("nodes of the graph", "none", "at least one");
    for (TensorId id = 0; id < owner_.size(); ++id) {
      owner_[id] = storage_.owner(id);
      if (owner_[id] == no_tensor) continue;
      if (owner_[id] == id) bytes_[id] = byte_count(graph.tensors[id]);
      const std::size_t producer = uses_.producer[id];
      const std::size_t begin = producer == TensorUses::no_node ? 0 : producer;
      const std::size_t end = uses_.readers[id].empty() ? begin : uses_.readers[id].back();
      first_[owner_[id]] = std::min(first_[owner_[id]], begin);
      last_[owner_[id]] =
          std::max(last_[owner_[id]], uses_.output[id] ? graph.nodes.size() - 1 : end);
      if (uses_.output[id]) holds_output_[owner_[id]] = true;
    }
    if (in_place == InPlace::elementwise)
      for (std::size_t node = 0; node < graph.nodes.size(); ++node) write_in_place(node);
    for (TensorId& owner : owner_)
      if (owner != no_tensor) owner = current_owner(owner);
  }

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] const TensorUses& uses() const { return uses_; }
  /// The tensor whose memory holds this one: itself, another, or `no_tensor` where it takes none.
  [[nodiscard]] TensorId owner(TensorId id) const { return owner_[id]; }
  /// Bytes of the memory that a tensor owns.
  [[nodiscard]] std::int64_t bytes(TensorId owner) const { return bytes_[owner]; }
  /// First and last node, inclusive, during which the memory that a tensor owns holds something.
  [[nodiscard]] std::size_t first_node(TensorId owner) const { return first_[owner]; }
  [[nodiscard]] std::size_t last_node(TensorId owner) const { return last_[owner]; }

  /// Every result that has no memory of its own, in the order of the graph's tensors.
  [[nodiscard]] std::vector<SharedTensor> shared_tensors() const {
    std::vector<SharedTensor> shared;
    for (TensorId id = 0; id < owner_.size(); ++id) {
      const std::size_t producer = uses_.producer[id];
      if (owner_[id] == id || producer == TensorUses::no_node) continue;
      const Node& node = graph_.nodes[producer];
      shared.push_back({graph_.tensors[id].name,
                        owner_[id] == no_tensor ? "" : graph_.tensors[owner_[id]].name, node.name,
                        node.op, reason(id, node)});
    }
    return shared;
  }

 private:
  /// Lets a node's result take the memory of an input that ends there. Inputs and outputs of the
  /// graph stay as they are.
  void write_in_place(std::size_t index) {
    const Node& node = graph_.nodes[index];
    if (!node.domain.empty() || !detail::is_elementwise(node.op) || node.outputs.empty()) return;
    const TensorId result = node.outputs.front();
    if (result == no_tensor) return;
    const TensorId made = storage_.owner(result);
    if (made == no_tensor || first_[made] != index) return;
    for (const TensorId input : node.inputs) {
      if (input == no_tensor || storage_.owner(input) == no_tensor) continue;
      const TensorId memory = current_owner(input);
      if (memory == made || last_[memory] != index || !may_be_overwritten(node, input, result))
        continue;
      owner_[made] = memory;
      last_[memory] = last_[made];
      holds_output_[memory] = holds_output_[made];
      return;
    }
  }

  /// The element read stands where the one written goes, takes as many bytes, and nothing else in
  /// that memory is read in another order.
  [[nodiscard]] bool may_be_overwritten(const Node& node, TensorId input, TensorId result) {
    const TensorId memory = current_owner(input);
    const Shape& shape = graph_.tensors[result].shape;
    if (uses_.producer[memory] == TensorUses::no_node || holds_output_[memory] ||
        graph_.tensors[input].shape != shape ||
        bytes_[storage_.owner(result)] != bytes_[storage_.owner(input)])
      return false;
    for (const TensorId other : node.inputs)
      if (other != no_tensor && storage_.owner(other) != no_tensor &&
          current_owner(other) == memory && graph_.tensors[other].shape != shape)
        return false;
    return true;
  }

  /// The end of the chain of owners, which becomes shorter on the way.
  [[nodiscard]] TensorId current_owner(TensorId id) {
    while (owner_[id] != id) id = owner_[id] = owner_[owner_[id]];
    return id;
  }

  [[nodiscard]] std::string reason(TensorId id, const Node& node) const {
    if (owner_[id] == no_tensor) return "follows from constants alone";
    const TensorId stored = storage_.owner(id);
    if (stored == id) return "written over an input that is not read any more";
    if (node.op == "DequantizeLinear") return "its reader reads the integers";
    if (uses_.producer[stored] != TensorUses::no_node &&
        uses_.producer[stored] > uses_.producer[id])
      return "its node writes the integers";
    return "is its input in another shape";
  }

  const Graph& graph_;
  TensorUses uses_;
  TensorStorage storage_;
  std::vector<TensorId> owner_;
  std::vector<std::int64_t> bytes_;
  std::vector<std::size_t> first_;
  std::vector<std::size_t> last_;
  std::vector<bool> holds_output_;
};

}  // namespace edgeopt::inline v0
