// SPDX-License-Identifier: MIT
/// @file
/// Operators with graphs inside: If, Loop and Scan. What their graphs give is inferred from what
/// goes into them; where passes or branches disagree it is unknown.
#pragma once

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

/// Infers what can be inferred of an inner graph; see shape_inference.hpp.
void infer_body(Graph& body, ValueStore& values);

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
    const Subgraph* inner =
        found == site.node().attributes.end() ? nullptr : std::get_if<Subgraph>(&found->second);
    if (!inner || !inner->graph) site.refuse_attribute(attribute, "missing", "a graph");
    graph_ = *inner->graph;
    const std::size_t own = graph_.inputs.size() - inner->captured.size();
    if (own != inputs.size())
      site.refuse("inputs of '" + std::string(attribute) + "'", std::to_string(own),
                  std::to_string(inputs.size()));
    for (std::size_t i = 0; i < own; ++i) set(i, inputs[i]);
    ValueStore values;
    values.resize(graph_.tensors.size());
    values.set_depth(site.depth() + 1);
    for (std::size_t i = 0; i < inner->captured.size(); ++i) {
      const Tensor& outer = site.graph().tensors[inner->captured[i]];
      set(own + i, type_of(outer));
      if (const KnownValues* known = site.values_of(inner->captured[i]))
        values.keep(graph_.inputs[own + i], *known);
    }
    infer_body(graph_, values);
  }

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] std::size_t outputs() const { return graph_.outputs.size(); }
  [[nodiscard]] TensorType output(std::size_t i) const {
    return type_of(graph_.tensors[graph_.outputs[i]]);
  }

 private:
  void set(std::size_t input, const TensorType& type) {
    Tensor& tensor = graph_.tensors[graph_.inputs[input]];
    tensor.type = type.type;
    tensor.shape = type.shape;
    tensor.ranked = type.ranked;
  }

  Graph graph_;
};

/// If(condition): of a known condition one branch, else what both agree upon.
inline void branch(Site& site) {
  site.expect_inputs(1, 1);
  const Extents* condition = site.integers(0);
  if (condition && condition->size() == 1) {
    const Body body(site, condition->front() != 0 ? "then_branch" : "else_branch", {});
    for (std::size_t i = 0; i < body.outputs(); ++i) give(site, body.output(i));
    return;
  }
  const Body yes(site, "then_branch", {});
  const Body no(site, "else_branch", {});
  if (yes.outputs() != no.outputs())
    site.refuse("outputs of the branches",
                std::to_string(yes.outputs()) + " and " + std::to_string(no.outputs()),
                "the same number");
  for (std::size_t i = 0; i < yes.outputs(); ++i) give(site, common(yes.output(i), no.output(i)));
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

/// Loop(passes, condition, carried...): the body takes the number of the pass, the condition and
/// what is carried, and gives the condition, what is carried, and elements of what is collected.
inline void loop(Site& site) {
  site.expect_inputs(2 <= site.inputs() ? 0 : 2, std::max<std::size_t>(site.inputs(), 2));
  std::vector<TensorType> carried = {{ElementType::s64, {}, true},
                                     {ElementType::boolean, {}, true}};
  for (std::size_t i = 2; i < site.inputs(); ++i) {
    if (!site.has_input(i)) site.refuse("input " + std::to_string(i), "left out", "a tensor");
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
  // Loops within loops would multiply their passes: deep ones take nothing for granted instead.
  const bool deep = site.depth() >= max_followed_loops;
  if (deep)
    for (std::size_t i = 0; i < variables; ++i) carried[2 + i] = {ElementType::unknown, {}, false};
  Body body = pass();
  // What changes from pass to pass is unknown; a third pass could find nothing new but for extents
  // that change late, and those are unknown after it too.
  for (int again = 0; again < 2 && !deep; ++again) {
    bool changed = false;
    for (std::size_t i = 0; i < variables; ++i) {
      TensorType both = common(carried[2 + i], body.output(1 + i));
      changed = changed || !(both == carried[2 + i]);
      carried[2 + i] = std::move(both);
    }
    if (!changed) break;
    body = pass();
    if (again == 1)
      for (std::size_t i = 0; i < variables; ++i) {
        TensorType& last = carried[2 + i];
        if (!(last == body.output(1 + i))) last = {ElementType::unknown, {}, false};
      }
  }
  for (std::size_t i = 0; i < variables; ++i) give(site, carried[2 + i]);

  // The condition may end the loop early unless the body hands on the one it was given.
  const Extents* passes = site.integers(0);
  const Extents* condition = site.integers(1);
  const Graph& inner = body.graph();
  TensorId last = inner.outputs.front();
  for (const Node& node : inner.nodes)
    if (node.op == "Identity" && !node.outputs.empty() && node.outputs[0] == last &&
        !node.inputs.empty())
      last = node.inputs[0];
  const bool runs_on =
      last == inner.inputs[1] && (!site.has_input(1) || (condition && condition->front() != 0));
  const std::int64_t count = passes && passes->size() == 1 && runs_on
                                 ? std::max<std::int64_t>(passes->front(), 0)
                                 : unknown_extent;
  for (std::size_t i = 1 + variables; i < body.outputs(); ++i)
    give(site, stacked(body.output(i), count));
}

/// Scan(states..., sequences...): the body takes the states and one element of each sequence, and
/// gives states and elements of the collected sequences.
inline void scan(Site& site) {
  const std::int64_t sequences = site.integer("num_scan_inputs", 0);
  const auto inputs = static_cast<std::int64_t>(site.inputs());
  if (site.graph().opset == 8) {  // had a batch of its own
    for (std::size_t i = 0; i < site.node().outputs.size(); ++i)
      site.give_unranked(ElementType::unknown);
    return;
  }
  if (sequences < 1 || sequences > inputs)
    site.refuse_attribute("num_scan_inputs", std::to_string(sequences),
                          "1 to " + std::to_string(inputs));
  site.expect_inputs(site.inputs(), site.inputs());
  const auto states = static_cast<std::size_t>(inputs - sequences);
  std::vector<TensorType> given;
  for (std::size_t i = 0; i < states; ++i) given.push_back(type_of(site.input(i)));
  const Extents axes = site.extents("scan_input_axes", static_cast<std::size_t>(sequences), -64, 0);
  std::int64_t length = unknown_extent;
  for (std::size_t i = states; i < site.inputs(); ++i) {
    TensorType element = type_of(site.input(i));
    const std::size_t rank = element.shape.size();
    const std::size_t axis = site.position(axes[i - states], rank, rank, "scan_input_axes");
    if (!can_equal(length, element.shape[axis]))
      site.refuse_shape(site.input(i), std::to_string(length) + " steps");
    if (is_known(element.shape[axis])) length = element.shape[axis];
    element.shape.erase(element.shape.begin() + static_cast<std::ptrdiff_t>(axis));
    given.push_back(std::move(element));
  }
  const Body body(site, "body", given);
  if (body.outputs() < states)
    site.refuse("outputs of the body", std::to_string(body.outputs()), "its states at least");
  for (std::size_t i = 0; i < states; ++i) give(site, common(given[i], body.output(i)));
  const Extents output_axes = site.extents("scan_output_axes", body.outputs() - states, -64, 0);
  for (std::size_t i = states; i < body.outputs(); ++i)
    give(site, stacked(body.output(i), length, output_axes[i - states]));
}

}  // namespace edgeopt::inline v0::detail
