// SPDX-License-Identifier: MIT
/// @file
/// Operators with graphs inside: If, Loop and Scan. What their graphs give is inferred from what
/// goes into them; where passes or branches disagree it is unknown.
#pragma once

#include <algorithm>  // std::max, std::min
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/known_values.hpp"
#include "edgeopt/operators/detail/site.hpp"

namespace edgeopt::inline v0::detail {

/// Infers what can be inferred of an inner graph, and gives the operators that are not known; see
/// shape_inference.hpp.
std::vector<std::string> infer_body(Graph& body, ValueStore& values);

[[nodiscard]] inline TensorType type_of(const Tensor& tensor) {
  return {tensor.type, tensor.shape, tensor.ranked};
}
inline void give(Site& site, TensorType type) {
  if (type.ranked)
    site.give(type.type, std::move(type.shape));
  else
    site.give_unranked(type.type);
}

/// What holds of two possible results.
[[nodiscard]] inline TensorType common(TensorType a, const TensorType& b) {
  if (a.type != b.type) a.type = ElementType::unknown;
  if (!a.ranked || !b.ranked || a.shape.size() != b.shape.size()) return {a.type, {}, false};
  for (std::size_t i = 0; i < a.shape.size(); ++i)
    if (a.shape[i] != b.shape[i]) a.shape[i] = unknown_extent;
  return a;
}

/// An inner graph with the types of its inputs set, and what it gives.
class Body {
 public:
  Body(const Site& site, std::string_view attribute, const std::vector<TensorType>& inputs) {
    const auto found = site.node().attributes.find(attribute);
    attribute_ = attribute;
    const Subgraph* inner =
        found == site.node().attributes.end() ? nullptr : std::get_if<Subgraph>(&found->second);
    if (!inner || !inner->graph) site.refuse_attribute(attribute, "missing", "a graph");
    graph_ = *inner->graph;
    const std::size_t all = graph_.inputs.size(), captured = std::min(inner->captured.size(), all);
    const std::size_t own = all - captured;
    if (own != inputs.size() || captured != inner->captured.size())
      site.refuse("inputs of '" + std::string(attribute) + "'", std::to_string(own),
                  std::to_string(inputs.size()));
    for (const TensorId id : graph_.inputs)
      if (id >= graph_.tensors.size())
        site.refuse("inputs of '" + std::string(attribute) + "'", "tensor " + std::to_string(id),
                    "tensors of the graph inside");
    for (const TensorId id : inner->captured) site.expect_tensor(id);
    if (graph_.opset == 0) graph_.opset = site.graph().opset;  // a file says it of the whole
    for (std::size_t i = 0; i < own; ++i) set(i, inputs[i]);
    values_.resize(graph_.tensors.size());
    values_.set_depth(site.depth() + 1);
    for (std::size_t i = 0; i < inner->captured.size(); ++i) {
      const Tensor& outer = site.graph().tensors[inner->captured[i]];
      set(own + i, type_of(outer));
      if (const KnownValues* known = site.values_of(inner->captured[i]))
        values_.keep(graph_.inputs[own + i], *known);
    }
    unknown_ = infer_body(graph_, values_);
  }

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] std::size_t outputs() const { return graph_.outputs.size(); }
  [[nodiscard]] TensorType output(std::size_t i) const {
    return type_of(graph_.tensors[graph_.outputs[i]]);
  }
  /// The values of an output, or null.
  [[nodiscard]] const KnownValues* values(std::size_t i) {
    return values_.find(graph_, graph_.outputs[i]);
  }

  /// Leaves the graph to the node. Nothing of this is to be read afterwards.
  void hand_over(Site& site, std::int64_t runs) {
    site.give_inner({attribute_, std::move(graph_), runs, std::move(unknown_)});
  }

 private:
  void set(std::size_t input, const TensorType& type) {
    Tensor& tensor = graph_.tensors[graph_.inputs[input]];
    tensor.type = type.type;
    tensor.shape = type.shape;
    tensor.ranked = type.ranked;
  }

  std::string_view attribute_;
  Graph graph_;
  ValueStore values_;
  std::vector<std::string> unknown_;
};

/// If(condition): of a known condition one branch, else what both agree upon.
inline void branch(Site& site) {
  site.expect_inputs(1, 1);
  const Extents* condition = site.integers(0);
  if (condition && condition->size() == 1) {
    const bool holds = condition->front() != 0;
    Body body(site, holds ? "then_branch" : "else_branch", {});
    for (std::size_t i = 0; i < body.outputs(); ++i) {
      give(site, body.output(i));
      if (const KnownValues* known = body.values(i)) site.give_values(*known);
    }
    body.hand_over(site, 1);
    return site.give_inner({holds ? "else_branch" : "then_branch", {}, 0, {}});
  }
  Body yes(site, "then_branch", {});
  Body no(site, "else_branch", {});
  if (yes.outputs() != no.outputs())
    site.refuse("outputs of the branches",
                std::to_string(yes.outputs()) + " and " + std::to_string(no.outputs()),
                "the same number");
  for (std::size_t i = 0; i < yes.outputs(); ++i) give(site, common(yes.output(i), no.output(i)));
  yes.hand_over(site, unknown_extent);
  no.hand_over(site, unknown_extent);
}

/// Shape with one more extent in front.
[[nodiscard]] inline TensorType stacked(TensorType type, std::int64_t count,
                                        std::int64_t axis = 0) {
  if (!type.ranked) return type;
  const auto rank = static_cast<std::int64_t>(type.shape.size()) + 1;
  const std::int64_t at = axis < 0 ? axis + rank : axis;
  type.shape.insert(type.shape.begin() + std::min(std::max<std::int64_t>(at, 0), rank - 1), count);
  return type;
}

/// Loops within so many nodes are passed through once.
inline constexpr int max_followed_loops = 3;

/// After so many passes nothing of what a loop carries is taken for granted.
inline constexpr int max_loop_passes = 3;

/// Loop(passes, condition, carried...): the body takes the number of the pass, the condition and
/// what is carried, and gives the condition, what is carried, and elements of what is collected.
inline void loop(Site& site) {
  site.expect_inputs(2 <= site.inputs() ? 0 : 2, std::max<std::size_t>(site.inputs(), 2));
  std::vector<TensorType> carried = {{ElementType::s64, {}, true},
                                     {ElementType::boolean, {}, true}};
  for (std::size_t i = 2; i < site.inputs(); ++i) {
    site.expect_input(i);
    carried.push_back(type_of(site.input(i)));
  }
  const std::size_t variables = carried.size() - 2;
  const auto pass = [&] {
    Body body(site, "body", carried);
    if (body.outputs() < 1 + variables)
      site.refuse("outputs of the body", std::to_string(body.outputs()),
                  "at least " + std::to_string(1 + variables));
    return body;
  };
  const auto forget = [&] {
    for (std::size_t i = 0; i < variables; ++i) carried[2 + i] = {ElementType::unknown, {}, false};
  };
  /// Takes up what a pass gives; whether that is something new.
  const auto widen = [&](const Body& body) {
    bool changed = false;
    for (std::size_t i = 0; i < variables; ++i) {
      TensorType both = common(carried[2 + i], body.output(1 + i));
      changed = changed || !(both == carried[2 + i]);
      carried[2 + i] = std::move(both);
    }
    return changed;
  };
  // Loops within loops would multiply their passes: deep ones take nothing for granted instead.
  const bool deep = site.depth() >= max_followed_loops;
  if (deep) forget();
  Body body = pass();
  // What changes from pass to pass is unknown. A variable may take on what another was a pass
  // before, and so on for as many passes as there are variables: these are not followed to the end.
  for (int passes = 1; widen(body); ++passes) {
    if (passes == max_loop_passes) forget();
    body = pass();
  }
  for (std::size_t i = 0; i < variables; ++i) give(site, carried[2 + i]);

  // The condition may end the loop early unless it holds, and the body hands it on or gives another
  // that holds.
  const auto is_true = [](const KnownValues* condition) {
    return condition && !condition->elements && condition->size() == 1 &&
           condition->real_at(0) != 0;
  };
  const Extents* passes = site.integers(0);
  const Graph& inner = body.graph();
  TensorId last = inner.outputs.front();
  for (const Node& node : inner.nodes)
    if (node.op == "Identity" && !node.outputs.empty() && node.outputs[0] == last &&
        !node.inputs.empty())
      last = node.inputs[0];
  const bool runs_on = (!site.has_input(1) || is_true(site.values(1))) &&
                       (last == inner.inputs[1] || is_true(body.values(0)));
  const std::int64_t count = passes && passes->size() == 1 && runs_on
                                 ? std::max<std::int64_t>(passes->front(), 0)
                                 : unknown_extent;
  for (std::size_t i = 1 + variables; i < body.outputs(); ++i)
    give(site, stacked(body.output(i), count));
  body.hand_over(site, count);
}

/// Scan(states..., sequences...): the body takes the states and one element of each sequence, and
/// gives states and elements of the collected sequences. Version 8 had the lengths of the sequences
/// in front, and a batch as first axis of everything else.
inline void scan(Site& site) {
  const bool batched = site.graph().opset == 8;
  const std::size_t first = batched ? 1 : 0;
  const std::int64_t sequences = site.integer("num_scan_inputs", 0);
  const auto inputs = static_cast<std::int64_t>(site.inputs()) - static_cast<std::int64_t>(first);
  if (sequences < 1 || sequences > inputs)
    site.refuse_attribute("num_scan_inputs", std::to_string(sequences),
                          "1 to " + std::to_string(inputs));
  for (std::size_t i = first; i < site.inputs(); ++i) site.expect_input(i);
  const auto states = static_cast<std::size_t>(inputs - sequences);
  const auto known_extent = [&](std::int64_t& extent, const Tensor& tensor, std::size_t axis) {
    if (!can_equal(extent, tensor.shape[axis]))
      site.refuse_shape(tensor,
                        "extent " + std::to_string(extent) + " along axis " + std::to_string(axis));
    if (is_known(tensor.shape[axis])) extent = tensor.shape[axis];
  };
  std::int64_t batch = unknown_extent, length = unknown_extent;
  const auto one_of_batch = [&](const Tensor& tensor) {
    TensorType type = type_of(tensor);
    if (!batched) return type;
    site.expect_rank_at_least(tensor, 1);
    known_extent(batch, tensor, 0);
    type.shape.erase(type.shape.begin());
    return type;
  };
  std::vector<TensorType> given;
  for (std::size_t i = first; i < first + states; ++i) given.push_back(one_of_batch(site.input(i)));
  const Extents axes = site.extents("scan_input_axes", static_cast<std::size_t>(sequences), -64, 0);
  for (std::size_t i = first + states; i < site.inputs(); ++i) {
    TensorType element = one_of_batch(site.input(i));
    const std::size_t rank = element.shape.size();
    const std::size_t axis = site.position(axes[i - first - states], rank, rank, "scan_input_axes");
    known_extent(length, site.input(i), axis + first);
    element.shape.erase(element.shape.begin() + static_cast<std::ptrdiff_t>(axis));
    given.push_back(std::move(element));
  }
  Body body(site, "body", given);
  if (body.outputs() < states)
    site.refuse("outputs of the body", std::to_string(body.outputs()), "its states at least");
  const auto give_batch = [&](TensorType type) {
    give(site, batched ? stacked(std::move(type), batch) : std::move(type));
  };
  for (std::size_t i = 0; i < states; ++i) give_batch(common(given[i], body.output(i)));
  const Extents output_axes = site.extents("scan_output_axes", body.outputs() - states, -64, 0);
  for (std::size_t i = states; i < body.outputs(); ++i)
    give_batch(stacked(body.output(i), length, output_axes[i - states]));
  const std::int64_t each = batched ? site.product({batch, length}) : length;
  body.hand_over(site, each);
}

}  // namespace edgeopt::inline v0::detail
