// SPDX-License-Identifier: MIT
/// @file
/// What an operator computes and moves, counted from its shapes. docs/conventions.md says which
/// operation counts how often.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "edgeopt/array.hpp"
#include "edgeopt/checked_count.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/matrix.hpp"
#include "edgeopt/operators/detail/site.hpp"

namespace edgeopt::inline v0::detail {

/// Counts for one run. Those of a convolution or product stand apart from the rest, since
/// conventions differ in what they add up.
struct Work {
  std::int64_t macs = 0;
  std::int64_t bias_additions = 0;
  std::int64_t elementwise = 0;
  bool known = true;
};

/// What of its operands an operator reads and writes.
enum class Traffic : std::uint8_t {
  streams,  ///< all inputs, all results
  selects,  ///< of the first input as much as the result holds; the others whole
  creates,  ///< no input's elements; all results
  renames,  ///< nothing: the result is the first input under another name, or a constant
};

[[nodiscard]] inline std::int64_t result_elements(const Site& site) {
  return site.has_output(0) ? site.product(site.output(0).shape) : 0;
}

/// Nothing is computed: elements are moved, or not even that.
inline Work no_work(const Site&) {
  return {};
}

/// What it costs depends on data, or is not modelled.
inline Work unknown_work(const Site&) {
  return {.known = false};
}

/// What the graphs inside a node compute, each as often as it runs; see table.hpp.
[[nodiscard]] Work inner_work(const Site& site);

/// So many operations for each element of the first result.
template <std::int64_t Count>
Work per_result(const Site& site) {
  return {.elementwise = site.product({result_elements(site), Count})};
}

/// So many operations for each element of the first input.
template <std::int64_t Count>
Work per_input(const Site& site) {
  return {.elementwise = site.product({site.product(site.input(0).shape), Count})};
}

/// One operation for each operand but the first and each element of the result.
inline Work per_operand(const Site& site) {
  const auto steps = static_cast<std::int64_t>(site.inputs()) - 1;
  return {.elementwise = site.product({result_elements(site), steps})};
}

[[nodiscard]] inline std::int64_t bias_work(const Site& site, std::size_t bias) {
  return site.has_input(bias) ? result_elements(site) : 0;
}

/// Elements of the result times those of one filter, channels / group * kernel.
template <std::size_t Weight, std::size_t Bias>
Work convolution_work(const Site& site) {
  const Shape& weight = site.input(Weight).shape;
  const std::int64_t filter = site.product(Shape(weight.begin() + 1, weight.end()));
  return {.macs = site.product({result_elements(site), filter}),
          .bias_additions = bias_work(site, Bias)};
}

/// Elements of the input times those of one filter, out / group * kernel: every element of the
/// input is multiplied by the whole filter.
inline Work transposed_convolution_work(const Site& site) {
  const Shape& weight = site.input(1).shape;
  const std::int64_t filter = site.product(Shape(weight.begin() + 1, weight.end()));
  return {.macs = site.product({site.product(site.input(0).shape), filter}),
          .bias_additions = bias_work(site, 2)};
}

/// Elements of the result times the inner extent.
template <std::size_t Bias>
Work gemm_work(const Site& site) {
  const std::int64_t inner = site.input(0).shape[site.integer("transA", 0) != 0 ? 0 : 1];
  return {.macs = site.product({result_elements(site), inner}),
          .bias_additions = bias_work(site, Bias)};
}
template <std::size_t Bias>
Work matrix_product_work(const Site& site) {
  return {.macs = site.product({result_elements(site), site.input(0).shape.back()}),
          .bias_additions = bias_work(site, Bias)};
}
inline constexpr std::size_t no_bias = 32;

inline Work fused_matrix_product_work(const Site& site) {
  return {.macs = site.product({result_elements(site), fused_operand(site, 0).back()})};
}

/// One multiplication for each combination of letters, where two operands are multiplied.
inline Work einsum_work(const Site& site) {
  if (site.inputs() > 2) return unknown_work(site);
  const std::int64_t steps = site.product(Einsum(site).all_extents());
  if (site.inputs() == 1) return {.elementwise = steps};
  return {.macs = steps};
}

/// Steps * batch * (elements of W + elements of R): every gate of every direction. Element by
/// element: `PerHidden` operations for each hidden value and step. `Hidden`: the axis of R that has
/// the hidden values alone.
template <std::int64_t PerHidden, std::size_t Hidden = 2>
Work recurrent_work(const Site& site) {
  const Shape& x = site.input(0).shape;
  const Shape& r = site.input(2).shape;
  const std::int64_t positions = site.product({x[0], x[1]});
  const std::int64_t weights = site.sum(site.product(site.input(1).shape), site.product(r));
  // The bias of W and that of R.
  const std::int64_t biases = site.has_input(3) ? site.product(site.input(3).shape) : 0;
  return {.macs = site.product({positions, weights}),
          .bias_additions = site.product({positions, biases}),
          .elementwise = site.product({positions, r[0], r[Hidden], PerHidden})};
}

/// Queries times keys, probabilities times values; softmax as `softmax_operations`.
inline constexpr std::int64_t softmax_operations = 5;
inline Work attention_work(const Site& site) {
  const AttentionExtents extents = attention_extents(site);
  const std::int64_t scores =
      site.product({extents.batch, extents.heads, extents.queries, extents.keys});
  return {.macs = site.product({scores, site.sum(extents.head, extents.value_head)}),
          .elementwise = site.product({scores, softmax_operations + 1})};
}

/// For each step and head: the state takes up key times value and is multiplied by the query; a
/// delta rule multiplies it by the key before that.
inline Work linear_attention_work(const Site& site) {
  const AttentionExtents extents = flat_attention_extents(site);
  const std::string rule = site.attribute<std::string>("update_rule", "gated_delta");
  const std::int64_t kv_heads = site.integer("kv_num_heads", 0);
  const std::int64_t products =
      site.sum(extents.heads, site.product({kv_heads, rule.ends_with("delta") ? 2 : 1}));
  const std::int64_t states =
      site.product({extents.batch, extents.queries, extents.head, extents.value_head});
  const std::int64_t gates = rule.starts_with("gated") ? kv_heads : 0;
  return {.macs = site.product({states, products}), .elementwise = site.product({states, gates})};
}

/// The projection of com.microsoft's Attention, then as above.
inline Work fused_attention_work(const Site& site) {
  if (!site.has_output(0) || site.has_input(4)) return unknown_work(site);
  const Shape& x = site.input(0).shape;
  const std::int64_t hidden = site.output(0).shape.back();
  const std::int64_t projection = site.product({x[0], x[1], site.product(site.input(1).shape)});
  const std::int64_t products = site.product({x[0], x[1], x[1], hidden, 2});
  const std::int64_t heads = site.integer("num_heads", 1);
  return {.macs = site.sum(projection, products),
          .bias_additions = site.has_input(2) ? site.product({x[0], x[1], hidden, 3}) : 0,
          .elementwise = site.product({x[0], heads, x[1], x[1], softmax_operations + 1})};
}

/// One operation for each element of the window and each element of the result.
inline Work pooling_work(const Site& site) {
  const Extents* kernel = site.list("kernel_shape");
  return {.elementwise = kernel ? site.product({result_elements(site), site.product(*kernel)})
                                : site.product(site.input(0).shape)};
}

/// The squares of `size` neighbours, a power and a division for each element.
inline Work local_normalization_work(const Site& site) {
  return {.elementwise =
              site.product({result_elements(site), site.sum(site.integer("size", 1), 2)})};
}

/// Each coordinate is a sum over the axes.
inline Work affine_grid_work(const Site& site) {
  return {.elementwise = site.product({result_elements(site), site.output(0).shape.back()})};
}

/// Interpolation as in Resize, on every spatial axis.
inline Work grid_sample_work(const Site& site) {
  const std::string mode = site.attribute<std::string>("mode", "linear");
  if (mode == "nearest") return {};
  std::int64_t taps = result_elements(site);
  for (std::size_t axis = 2; axis < site.input(0).shape.size(); ++axis)
    taps = site.product({taps, mode == "cubic" || mode == "bicubic" ? 4 : 2});
  return {.elementwise = taps};
}

/// Four taps for each sampling point, where their number does not depend on the regions.
inline Work roi_align_work(const Site& site) {
  const std::int64_t points = site.integer("sampling_ratio", 0);
  if (points < 1) return unknown_work(site);
  return {.elementwise = site.product({result_elements(site), points, points, 4})};
}

/// Interpolation: two taps for each resized axis when linear, four when cubic, one altogether when
/// the nearest element is taken.
inline Work resize_work(const Site& site) {
  const std::string mode = site.attribute<std::string>("mode", "nearest");
  const Shape& from = site.input(0).shape;
  const Shape& to = site.output(0).shape;
  std::int64_t taps = 1;
  for (std::size_t i = 0; i < from.size() && i < to.size(); ++i)
    if (from[i] != to[i])
      taps = site.product({taps, mode == "cubic" ? 4 : mode == "nearest" ? 1 : 2});
  if (mode == "nearest") return {};
  return {.elementwise = site.product({result_elements(site), taps})};
}

}  // namespace edgeopt::inline v0::detail
