// SPDX-License-Identifier: MIT
/// @file
/// A node of a graph as the rules of its operator read it.
#pragma once

#include <algorithm>  // std::find
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/checked_count.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/known_values.hpp"

namespace edgeopt::inline v0 {

namespace detail {

using Extents = std::vector<std::int64_t>;

/// Shapes of more extents are refused.
inline constexpr std::size_t max_rank = 64;

[[nodiscard]] inline bool is_known(std::int64_t extent) {
  return extent >= 0;
}

/// Whether two extents can be the same number.
[[nodiscard]] inline bool can_equal(std::int64_t a, std::int64_t b) {
  return a == b || !is_known(a) || !is_known(b);
}

/// Every complaint of a rule names the node. Rules read inputs and attributes, and give results in
/// order; where an extent or a value is not known they give what is.
class Site {
 public:
  /// `values` has room for the graph's tensors, unless nobody asks for values.
  Site(const Graph& graph, const Node& node, ValueStore& values)
      : graph_(graph), node_(node), values_(values) {}

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] const Node& node() const { return node_; }

  /// How many nodes the graph lies in, one within the other.
  [[nodiscard]] int depth() const { return values_.depth(); }

  [[noreturn]] void refuse(std::string_view what, std::string found, std::string allowed) const {
    throw DomainError("node '" + node_.name + "' (" + node_.op + "): " + std::string(what),
                      std::move(found), std::move(allowed));
  }
  [[noreturn]] void refuse_attribute(std::string_view name, std::string found,
                                     std::string allowed) const {
    refuse("attribute '" + std::string(name) + "'", std::move(found), std::move(allowed));
  }
  [[noreturn]] void refuse_shape(const Tensor& tensor, std::string allowed) const {
    refuse("shape of '" + tensor.name + "'", to_string(tensor.shape), std::move(allowed));
  }

  // ---- inputs

  [[nodiscard]] std::size_t inputs() const { return node_.inputs.size(); }

  /// `optional`: which of the first `least` may be left out.
  void expect_inputs(std::size_t least, std::size_t most,
                     std::initializer_list<std::size_t> optional = {}) const {
    const std::size_t count = node_.inputs.size();
    if (count < least || count > most)
      refuse("number of inputs", std::to_string(count),
             least == most ? std::to_string(least)
                           : std::to_string(least) + " to " + std::to_string(most));
    for (std::size_t i = 0; i < least; ++i)
      if (std::find(optional.begin(), optional.end(), i) == optional.end()) expect_input(i);
    for (const TensorId id : node_.inputs)
      if (id != no_tensor) expect_tensor(id);
  }
  void expect_input(std::size_t index) const {
    if (!has_input(index)) refuse("input " + std::to_string(index), "left out", "a tensor");
  }
  void expect_tensor(TensorId id) const {
    if (id >= graph_.tensors.size())
      refuse("input", "tensor " + std::to_string(id), "a tensor of the graph");
  }
  [[nodiscard]] bool has_input(std::size_t index) const {
    return index < node_.inputs.size() && node_.inputs[index] != no_tensor;
  }

  /// An input that `expect_inputs` has shown to be there.
  [[nodiscard]] const Tensor& input(std::size_t index) const {
    return graph_.tensors[node_.inputs[index]];
  }
  [[nodiscard]] const Tensor* optional_input(std::size_t index) const {
    return has_input(index) ? &input(index) : nullptr;
  }

  /// The values of an input, or null where they are not known.
  [[nodiscard]] const KnownValues* values(std::size_t index) const {
    return has_input(index) ? values_.find(graph_, node_.inputs[index]) : nullptr;
  }

  /// The values of any tensor, or null.
  [[nodiscard]] const KnownValues* values_of(TensorId id) const { return values_.find(graph_, id); }

  /// The values of an input of integers, or null.
  [[nodiscard]] const Extents* integers(std::size_t index) const {
    const KnownValues* known = values(index);
    return known && !known->real ? &known->integers : nullptr;
  }

  // ---- results

  /// Outputs of the node, for rules about costs.
  [[nodiscard]] const Tensor& output(std::size_t index) const {
    return graph_.tensors[node_.outputs[index]];
  }
  [[nodiscard]] bool has_output(std::size_t index) const {
    return index < node_.outputs.size() && node_.outputs[index] != no_tensor;
  }

  /// The next result.
  void give(ElementType type, Shape shape) {
    if (shape.size() > max_rank)
      refuse("result", "of " + std::to_string(shape.size()) + " extents",
             "at most " + std::to_string(max_rank));
    results_.push_back({type, std::move(shape), true});
    known_.emplace_back();
  }
  void give_like(const Tensor& tensor) { give_like(tensor, tensor.type); }
  void give_like(const Tensor& tensor, ElementType type) {
    results_.push_back({type, tensor.shape, tensor.ranked});
    known_.emplace_back();
  }
  void give_unranked(ElementType type) {
    results_.push_back({type, {}, false});
    known_.emplace_back();
  }

  /// Values of the last result.
  void give_values(KnownValues values) { known_.back() = std::move(values); }

  /// A graph inside the node with its shapes, and how often it runs.
  struct InnerRun {
    std::string_view attribute;
    Graph graph;
    std::int64_t runs = unknown_extent;
    std::vector<std::string> unknown;  ///< its operators that nobody knows
  };
  void give_inner(InnerRun inner) { inner_.push_back(std::move(inner)); }

  [[nodiscard]] std::vector<InnerRun>& inner_runs() { return inner_; }
  [[nodiscard]] std::vector<TensorType>& results() { return results_; }
  [[nodiscard]] std::vector<KnownValues>& known_results() { return known_; }

  // ---- attributes

  [[nodiscard]] bool has_attribute(std::string_view name) const {
    return node_.attributes.find(name) != node_.attributes.end();
  }
  template <class T>
  [[nodiscard]] T attribute(std::string_view name, T fallback) const {
    return node_.attribute<T>(name, std::move(fallback));
  }
  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t fallback) const {
    return node_.attributes.empty() ? fallback : node_.attribute<std::int64_t>(name, fallback);
  }

  /// A list of integers, or null where the node does not have it. An empty list may have been
  /// written without its type.
  [[nodiscard]] const Extents* list(std::string_view name) const {
    const auto found = node_.attributes.find(name);
    if (found == node_.attributes.end()) return nullptr;
    if (const auto* values = std::get_if<Extents>(&found->second)) return values;
    refuse_attribute(name, "of another type", "a list of integers");
  }

  /// An attribute with one integer for each of `count` positions, none below `least`.
  [[nodiscard]] Extents extents(std::string_view name, std::size_t count, std::int64_t least,
                                std::int64_t fallback) const {
    const Extents* given = list(name);
    if (!given) return Extents(count, fallback);
    bool fine = given->size() == count;
    for (const std::int64_t value : *given) fine = fine && value >= least;
    if (!fine)
      refuse_attribute(name, to_string(*given),
                       std::to_string(count) + " integers >= " + std::to_string(least));
    return *given;
  }

  /// An axis, counted from the end where negative, as a position in [0, end).
  [[nodiscard]] std::size_t position(std::int64_t axis, std::size_t rank, std::size_t end,
                                     std::string_view what = "attribute 'axis'") const {
    const auto from_start = axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis;
    if (from_start < 0 || from_start >= static_cast<std::int64_t>(end))
      refuse(what, std::to_string(axis),
             std::to_string(-static_cast<std::int64_t>(rank)) + " to " +
                 std::to_string(static_cast<std::int64_t>(end) - 1));
    return static_cast<std::size_t>(from_start);
  }

  /// The attribute "axis" for a tensor of that rank.
  [[nodiscard]] std::size_t axis(std::int64_t fallback, std::size_t rank) const {
    return position(integer("axis", fallback), rank, rank);
  }

  /// Which extents of a tensor a list of axes names. @throws DomainError when one stands twice
  [[nodiscard]] std::vector<bool> chosen(const Extents& axes, std::size_t rank) const {
    std::vector<bool> marked(rank, false);
    for (const std::int64_t axis : axes) {
      const std::size_t at = position(axis, rank, rank, "axes");
      if (marked[at]) refuse("axes", to_string(axes), "each axis once");
      marked[at] = true;
    }
    return marked;
  }

  // ---- checks

  void expect_rank(const Tensor& tensor, std::size_t rank) const {
    if (tensor.shape.size() != rank) refuse_shape(tensor, std::to_string(rank) + " extents");
  }
  void expect_rank_at_least(const Tensor& tensor, std::size_t rank) const {
    if (tensor.shape.size() < rank)
      refuse_shape(tensor, "at least " + std::to_string(rank) + " extents");
  }
  void expect_shape(const Tensor& tensor, const Shape& shape) const {
    if (!tensor.ranked) return;
    bool fits = tensor.shape.size() == shape.size();
    for (std::size_t i = 0; fits && i < shape.size(); ++i)
      fits = can_equal(tensor.shape[i], shape[i]);
    if (!fits) refuse_shape(tensor, to_string(shape));
  }
  void expect_type(const Tensor& tensor, std::initializer_list<ElementType> types) const {
    if (tensor.type == ElementType::unknown) return;
    for (const ElementType type : types)
      if (tensor.type == type || type == ElementType::unknown) return;
    std::string names;
    for (const ElementType type : types)
      names += (names.empty() ? "" : " or ") + std::string(to_string(type));
    refuse("type of '" + tensor.name + "'", std::string(to_string(tensor.type)), names);
  }
  void expect_floating(const Tensor& tensor) const {
    if (!is_floating(tensor.type))
      expect_type(tensor,
                  {ElementType::f32, ElementType::f16, ElementType::bf16, ElementType::f64});
  }

  // ---- arithmetic on extents: unknown where an operand is

  [[nodiscard]] std::int64_t sum(std::int64_t a, std::int64_t b) const {
    if (!is_known(a) || !is_known(b)) return unknown_extent;
    return checked_sum(a, b, [this] { return count_name("sum"); });
  }
  template <class Counts>
  [[nodiscard]] std::int64_t product(const Counts& counts) const {
    for (const std::int64_t count : counts)
      if (!is_known(count)) return unknown_extent;
    return checked_product(counts, [this] { return count_name("product"); });
  }
  [[nodiscard]] std::int64_t product(std::initializer_list<std::int64_t> counts) const {
    return product<std::initializer_list<std::int64_t>>(counts);
  }

 private:
  [[nodiscard]] std::string count_name(const char* what) const {
    return "node '" + node_.name + "' (" + node_.op + "): a " + what + " of extents";
  }

  const Graph& graph_;
  const Node& node_;
  ValueStore& values_;
  std::vector<TensorType> results_;
  std::vector<KnownValues> known_;
  std::vector<InnerRun> inner_;
};

}  // namespace detail

}  // namespace edgeopt::inline v0
