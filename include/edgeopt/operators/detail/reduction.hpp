// SPDX-License-Identifier: MIT
/// @file
/// Operators that reduce axes to one element, and normalisations.
#pragma once

#include <algorithm>  // std::max, std::min
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/conversion.hpp"
#include "edgeopt/operators/detail/elementwise.hpp"
#include "edgeopt/operators/detail/known_values.hpp"
#include "edgeopt/operators/detail/rearrangement.hpp"
#include "edgeopt/operators/detail/site.hpp"

namespace edgeopt::inline v0::detail {

/// The values of a reduction of integers along some axes, where shapes are computed with them.
[[nodiscard]] inline KnownValues reduced_values(std::string_view op, ElementType type,
                                                const KnownValues& values, const Shape& shape,
                                                const std::vector<bool>& reduced) {
  const std::string_view step = op == "ReduceSum"    ? "Add"
                                : op == "ReduceProd" ? "Mul"
                                : op == "ReduceMax"  ? "Max"
                                : op == "ReduceMin"  ? "Min"
                                                     : "";
  if (step.empty() || values.real || values.size() == 0 || !few_elements(shape)) return {};
  // The kept axes first: what is reduced to one value then lies together.
  Extents strides, inner_strides;
  Shape ordered, inner;
  const Extents all = strides_of(shape);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    (reduced[i] ? inner : ordered).push_back(shape[i]);
    (reduced[i] ? inner_strides : strides).push_back(all[i]);
  }
  ordered.insert(ordered.end(), inner.begin(), inner.end());
  strides.insert(strides.end(), inner_strides.begin(), inner_strides.end());
  const KnownValues together = strided(values, ordered, strides);
  const std::size_t length = *few_elements(inner);
  Extents results;
  for (std::size_t begin = 0; begin < together.size(); begin += length) {
    std::int64_t result = together.integers[begin];
    for (std::size_t i = 1; i < length; ++i) {
      const auto next = integer_result(step, result, together.integers[begin + i]);
      if (!next) return {};
      result = *next;
    }
    results.push_back(result);
  }
  return stored_as(type, KnownValues::of(std::move(results)));
}

/// ReduceSum(x, axes), ...: those axes become 1, or go away without `keepdims`. No axes stand for
/// all of them, or for none with `noop_with_empty_axes`.
inline void reduce(Site& site) {
  site.expect_inputs(1, 2);
  const Tensor& x = site.input(0);
  const std::size_t rank = x.shape.size();
  const bool keep = site.integer("keepdims", 1) != 0;
  const Setting axes = setting(site, "axes", 1);
  if (axes.given && !axes.values)
    return keep ? site.give(x.type, Shape(rank, unknown_extent)) : site.give_unranked(x.type);
  const bool all = !axes.given || axes.values->empty();
  if (all && site.integer("noop_with_empty_axes", 0) != 0) return site.give_like(x);
  const std::vector<bool> reduced =
      all ? std::vector<bool>(rank, true) : site.chosen(*axes.values, rank);
  Shape shape;
  for (std::size_t i = 0; i < rank; ++i) {
    if (!reduced[i])
      shape.push_back(x.shape[i]);
    else if (keep)
      shape.push_back(1);
  }
  site.give(x.type, std::move(shape));
  if (const KnownValues* values = site.values(0))
    site.give_values(reduced_values(site.node().op, x.type, *values, x.shape, reduced));
}

/// ArgMax(x), ArgMin(x): indices along one axis.
inline void arg_reduce(Site& site) {
  site.expect_inputs(1, 1);
  Shape shape = site.input(0).shape;
  const std::size_t axis = site.axis(0, shape.size());
  if (site.integer("keepdims", 1) != 0)
    shape[axis] = 1;
  else
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  site.give(ElementType::s64, std::move(shape));
}

/// Softmax, LogSoftmax, Hardmax, LpNormalization: along `axis`.
inline void along_axis(Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  if (!x.shape.empty()) (void)site.axis(-1, x.shape.size());
  site.give_like(x);
}

/// BatchNormalization(x [batch, channels, ...], scale, bias, mean, variance): while training also
/// running statistics, one for each channel.
inline void batch_normalization(Site& site) {
  site.expect_inputs(5, 5);
  const Tensor& x = site.input(0);
  site.expect_floating(x);
  const std::int64_t channels = x.shape.size() > 1 ? x.shape[1] : 1;
  const bool spatial = site.integer("spatial", 1) != 0;
  for (std::size_t i = 1; spatial && i < 5; ++i) site.expect_shape(site.input(i), {channels});
  site.give_like(x);
  for (std::size_t i = 1; i < 5; ++i) site.give(site.input(3).type, {channels});
}

/// InstanceNormalization(x, scale, bias), GroupNormalization, LRN, MeanVarianceNormalization.
inline void normalization(Site& site) {
  site.expect_inputs(1, 3);
  site.expect_floating(site.input(0));
  site.give_like(site.input(0));
}

/// LayerNormalization(x, scale, bias): from `axis` on; also mean and inverse deviation.
inline void layer_normalization(Site& site) {
  site.expect_inputs(1, 3);
  const Tensor& x = site.input(0);
  site.expect_floating(x);
  const std::size_t axis = site.axis(-1, x.shape.size());
  site.give_like(x);
  Shape statistics = x.shape;
  for (std::size_t i = axis; i < statistics.size(); ++i) statistics[i] = 1;
  const ElementType type = type_attribute(site, "stash_type", ElementType::f32);
  site.give(type, statistics);
  site.give(type, std::move(statistics));
}

/// NegativeLogLikelihoodLoss(x [batch, classes, ...], target [batch, ...], weight), and
/// SoftmaxCrossEntropyLoss, which gives the logarithms of probabilities too.
inline void loss(Site& site) {
  site.expect_inputs(2, 3);
  const Tensor& x = site.input(0);
  if (site.attribute<std::string>("reduction", "mean") == "none")
    site.give(x.type, site.input(1).shape);
  else
    site.give(x.type, {});
  site.give_like(x);
}

}  // namespace edgeopt::inline v0::detail
