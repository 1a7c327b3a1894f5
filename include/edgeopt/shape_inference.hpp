// SPDX-License-Identifier: MIT
/// @file
/// Element types and shapes of the results of operators, each by its ONNX definition
/// (https://onnx.ai/onnx/operators), versions 6 and up. Small tensors of numbers are followed from
/// operator to operator, so that shapes which a network computes for itself are known too. The
/// operators stand in `operators/detail/table.hpp`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>  // std::make_shared
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>  // std::move
#include <variant>  // std::get_if
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/known_values.hpp"
#include "edgeopt/operators/detail/site.hpp"
#include "edgeopt/operators/detail/table.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// A node whose results could not be found out.
struct UnknownNode {
  std::size_t node = 0;  ///< index in the graph
  std::string op;        ///< with its domain in front where it is not ONNX's own
  /// "unknown operator", "the shape of its result depends on data", "its result is a sequence of
  /// tensors" (whose elements may well be known)
  std::string reason;

  friend bool operator==(const UnknownNode&, const UnknownNode&) = default;
};

/// "Conv", "com.microsoft.QGemm"
[[nodiscard]] inline std::string qualified_op(const Node& node) {
  return node.domain.empty() ? node.op : node.domain + "." + node.op;
}

namespace detail {

[[noreturn]] inline void refuse_operator(const Site& site) {
  std::vector<std::string_view> known;
  for (const Operator& each : operators_of_onnx) known.push_back(each.name);
  const std::string_view near = nearest_name(site.node().op, known);
  site.refuse("operator", "unknown",
              "one of " + std::to_string(known.size()) + " known ones" +
                  (near.empty() ? "" : " (did you mean '" + std::string(near) + "'?)"));
}

/// "tensor 3 ('x')"
inline std::string described(const Graph& graph, TensorId id) {
  return "tensor " + std::to_string(id) +
         (id < graph.tensors.size() ? " ('" + graph.tensors[id].name + "')" : "");
}

/// Whether the operator's rule can say anything.
[[nodiscard]] inline bool is_inferable(const Graph& graph, const Node& node,
                                       const Operator& known) {
  if (known.operands == Operands::any) return true;
  for (const TensorId id : node.inputs)
    if (id < graph.tensors.size() && !graph.tensors[id].ranked) return false;
  return true;
}

/// Checks a graph's tensors and follows its nodes.
class ShapeInference {
 public:
  /// What to do with operators that the table lacks. Results of unknown ones keep what the graph
  /// says of them.
  enum class Unknown : std::uint8_t { refuse, report };

  ShapeInference(Graph& graph, ValueStore& values, Unknown policy)
      : graph_(graph), values_(values), policy_(policy), defined_(graph.tensors.size(), false) {}

  /// Sets types and shapes of all results; gives the nodes that were not understood.
  std::vector<UnknownNode> run() {
    define_constants_and_inputs();
    values_.resize(graph_.tensors.size());
    for (std::size_t index = 0; index < graph_.nodes.size(); ++index) infer(index);
    for (const TensorId id : graph_.outputs)
      if (id >= defined_.size() || !defined_[id])
        throw DomainError("graph output", described(graph_, id), "a tensor the graph defines");
    return std::move(unknown_);
  }

 private:
  void define_constants_and_inputs() {
    for (TensorId id = 0; id < graph_.tensors.size(); ++id) {
      const Tensor& tensor = graph_.tensors[id];
      if (!tensor.constant) continue;
      defined_[id] = true;
      if (!tensor.data.empty() &&
          byte_count(tensor) != static_cast<std::int64_t>(tensor.data.size()))
        throw DomainError("values of tensor '" + tensor.name + "'",
                          std::to_string(tensor.data.size()) + " bytes",
                          std::to_string(byte_count(tensor)) + " bytes");
      expect_extents(tensor, 0);
    }
    for (const TensorId id : graph_.inputs) {
      if (id >= graph_.tensors.size() || defined_[id])
        throw DomainError("graph input", described(graph_, id),
                          "a tensor that nothing else defines");
      defined_[id] = true;
      expect_extents(graph_.tensors[id], unknown_extent);
    }
  }

  static void expect_extents(const Tensor& tensor, std::int64_t least) {
    for (const std::int64_t extent : tensor.shape)
      if (extent < least)
        throw DomainError("shape of tensor '" + tensor.name + "'", to_string(tensor.shape),
                          "extents >= 0");
  }

  void infer(std::size_t index) {
    const Node& node = graph_.nodes[index];
    Site site(graph_, node, values_);
    expect_defined(site, node);
    const Operator* known = find_operator(node.domain, node.op);
    if (!known && policy_ == Unknown::refuse) refuse_operator(site);
    const bool inferable = known && is_inferable(graph_, node, *known);
    if (inferable) known->infer(site);
    for (Site::InnerRun& inner : site.inner_runs()) keep_inner(index, inner);
    if (!has_outputs(node)) site.refuse("every output", "left out", "at least one tensor");
    if (inferable && node.outputs.size() > site.results().size())
      site.refuse("number of outputs", std::to_string(node.outputs.size()),
                  "1 to " + std::to_string(site.results().size()));
    bool complete = true;
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
      if (node.outputs[i] != no_tensor) complete = define(site, i, inferable) && complete;
    if (!known)
      unknown_.push_back({index, qualified_op(node), "unknown operator"});
    else if (!complete && has_known_inputs(node))
      unknown_.push_back({index, qualified_op(node),
                          is_sequence(node.outputs.front())
                              ? "its result is a sequence of tensors"
                              : "the shape of its result depends on data"});
  }

  /// Only some operators may leave out a result, and none all of them.
  [[nodiscard]] static bool has_outputs(const Node& node) {
    for (const TensorId id : node.outputs)
      if (id != no_tensor) return true;
    return false;
  }

  /// Leaves the shapes of a graph inside a node to those who count what it computes.
  void keep_inner(std::size_t index, Site::InnerRun& found) {
    Node& node = graph_.nodes[index];
    for (std::string& op : found.unknown)
      unknown_.push_back({index, std::move(op), "unknown operator"});
    const auto attribute = node.attributes.find(found.attribute);
    Subgraph* inner =
        attribute != node.attributes.end() ? std::get_if<Subgraph>(&attribute->second) : nullptr;
    if (!inner) return;
    inner->runs = found.runs;
    if (found.runs != 0) inner->graph = std::make_shared<const Graph>(std::move(found.graph));
  }

  void expect_defined(const Site& site, const Node& node) const {
    const auto expect = [&](TensorId id) {
      if (id >= defined_.size() || !defined_[id])
        site.refuse("input", described(graph_, id), "a tensor defined before this node");
    };
    for (const TensorId id : node.inputs)
      if (id != no_tensor) expect(id);
    for (const TensorId id : node.captured) expect(id);
    for (const auto& [name, attribute] : node.attributes)
      if (const Subgraph* inner = std::get_if<Subgraph>(&attribute))
        for (const TensorId id : inner->captured) expect(id);
  }

  /// Defines a result; false where its shape is not known.
  bool define(Site& site, std::size_t output, bool inferred) {
    const TensorId id = site.node().outputs[output];
    // A Constant's result may have been marked as one before.
    const bool repeated = id < defined_.size() && defined_[id] &&
                          !(site.node().op == "Constant" && graph_.tensors[id].constant &&
                            constants_.insert(id).second);
    if (id >= defined_.size() || repeated)
      site.refuse("output", described(graph_, id), "a tensor that nothing else defines");
    defined_[id] = true;
    Tensor& tensor = graph_.tensors[id];
    if (inferred) {
      TensorType& type = site.results()[output];
      tensor.type = type.type;
      tensor.shape = std::move(type.shape);
      tensor.ranked = type.ranked;
      if (site.node().op == "Constant" && site.node().domain.empty() && !tensor.constant) {
        tensor.constant = true;
        constants_.insert(id);
      }
      if (tensor.has_shape()) (void)byte_count(tensor);
      if (KnownValues& known = site.known_results()[output]; known.known)
        values_.keep(id, std::move(known));
    }
    return tensor.has_shape();
  }

  [[nodiscard]] bool has_known_inputs(const Node& node) {
    for (const TensorId id : node.inputs)
      if (id != no_tensor && !graph_.tensors[id].has_shape() && !is_sequence(id)) return false;
    return true;
  }

  /// Whether a tensor is a sequence whose elements are known.
  [[nodiscard]] bool is_sequence(TensorId id) {
    const KnownValues* known = id != no_tensor ? values_.find(graph_, id) : nullptr;
    return known && known->elements;
  }

  Graph& graph_;
  ValueStore& values_;
  Unknown policy_;
  std::vector<bool> defined_;
  std::unordered_set<TensorId> constants_;
  std::vector<UnknownNode> unknown_;
};

inline std::vector<std::string> infer_body(Graph& body, ValueStore& values) {
  std::vector<std::string> unknown;
  for (UnknownNode& each : ShapeInference(body, values, ShapeInference::Unknown::report).run())
    if (each.reason == "unknown operator") unknown.push_back(std::move(each.op));
  return unknown;
}

/// Checks that a set of names has no empty and no double one.
template <class Range, class Name, class Refuse>
void expect_distinct(const Range& range, Name&& name, Refuse&& refuse) {
  std::unordered_set<std::string_view> names;
  names.reserve(range.size());
  for (const auto& each : range)
    if (std::string_view text = name(each); text.empty() || !names.insert(text).second)
      refuse(each);
}

}  // namespace detail

/// Element types and shapes of a node's results, from those of its inputs: all that the operator
/// can have, in order.
/// @throws DomainError naming the node and what is wrong with it: unknown operator, missing input,
///   ranks, extents, types or attributes that do not fit, a count that overflows
[[nodiscard]] inline std::vector<TensorType> infer_results(const Graph& graph, const Node& node) {
  detail::ValueStore values;
  values.resize(graph.tensors.size());
  detail::Site site(graph, node, values);
  const detail::Operator* known = detail::find_operator(node.domain, node.op);
  if (!known) detail::refuse_operator(site);
  if (!detail::is_inferable(graph, node, *known)) {
    for (std::size_t i = 0; i < std::max<std::size_t>(node.outputs.size(), 1); ++i)
      site.give_unranked(ElementType::unknown);
    return std::move(site.results());
  }
  known->infer(site);
  for (const TensorType& result : site.results()) {
    const Tensor tensor{node.name, result.type, result.shape, false, {}, result.ranked};
    if (tensor.has_shape()) (void)byte_count(tensor);
  }
  return std::move(site.results());
}

/// Checks a whole graph and sets the element type and shape of every node's results. Shapes that
/// depend on data or on unbound symbols stay unknown where they do; results of Constant nodes
/// become constants.
/// @throws DomainError for duplicate or empty names, tensors that are not defined before they are
///   read or defined twice, outputs that nothing defines, unknown operators, and as
///   `infer_results`
inline void infer_shapes(Graph& graph) {
  const auto no_name = [](const std::string& kind, const std::string& found) {
    throw DomainError("name of a " + kind, "'" + found + "'", "a name no other " + kind + " has");
  };
  detail::expect_distinct(
      graph.tensors, [](const Tensor& tensor) -> std::string_view { return tensor.name; },
      [&](const Tensor& tensor) { no_name("tensor", tensor.name); });
  detail::expect_distinct(
      graph.nodes, [](const Node& node) -> std::string_view { return node.name; },
      [&](const Node& node) { no_name("node", node.name); });
  detail::ValueStore values;
  (void)detail::ShapeInference(graph, values, detail::ShapeInference::Unknown::refuse).run();
}

/// The same for a graph that may have operators nobody knows, such as an imported one: they are
/// given back, in order, with the nodes whose results only data can tell. Results of an unknown
/// operator keep the type and shape that the graph gives them; mark them as not `ranked` where it
/// gives none. Names of nodes may be empty and stand twice.
/// @throws DomainError as `infer_shapes` for everything else
[[nodiscard]] inline std::vector<UnknownNode> infer_known_shapes(Graph& graph) {
  detail::ValueStore values;
  return detail::ShapeInference(graph, values, detail::ShapeInference::Unknown::report).run();
}

}  // namespace edgeopt::inline v0
