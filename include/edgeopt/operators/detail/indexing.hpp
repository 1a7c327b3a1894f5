// SPDX-License-Identifier: MIT
/// @file
/// Operators that choose elements by index or by value.
#pragma once

#include <algorithm>  // std::max, std::min
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/elementwise.hpp"
#include "edgeopt/operators/detail/known_values.hpp"
#include "edgeopt/operators/detail/site.hpp"

namespace edgeopt::inline v0::detail {

/// Gather(data, indices): the axis is replaced by the extents of the indices.
inline void gather(Site& site) {
  site.expect_inputs(2, 2);
  const Tensor& data = site.input(0);
  const Tensor& indices = site.input(1);
  site.expect_type(indices, {ElementType::s32, ElementType::s64});
  const std::size_t axis = site.axis(0, data.shape.size());
  const auto at = data.shape.begin() + static_cast<std::ptrdiff_t>(axis);
  Shape shape(data.shape.begin(), at);
  shape.insert(shape.end(), indices.shape.begin(), indices.shape.end());
  shape.insert(shape.end(), at + 1, data.shape.end());
  site.give(data.type, shape);

  const Extents* chosen = site.integers(1);
  if (chosen && is_known(*at))
    for (const std::int64_t index : *chosen)
      if (index < -*at || index >= *at)
        site.refuse("index", std::to_string(index),
                    std::to_string(-*at) + " to " + std::to_string(*at - 1));
  const KnownValues* values = site.values(0);
  if (!values || !chosen || !few_elements(shape) || !few_elements(data.shape)) return;
  std::size_t outer = 1;
  for (std::size_t i = 0; i < axis; ++i) outer *= static_cast<std::size_t>(data.shape[i]);
  const auto extent = static_cast<std::size_t>(*at);
  const std::size_t inner = outer * extent == 0 ? 0 : values->size() / (outer * extent);
  KnownValues gathered;
  gathered.known = true;
  gathered.real = values->real;
  for (std::size_t o = 0; o < outer; ++o)
    for (const std::int64_t index : *chosen)
      for (std::size_t i = 0; i < inner; ++i)
        gathered.append(
            *values,
            (o * extent + static_cast<std::size_t>(index < 0 ? index + *at : index)) * inner + i);
  site.give_values(std::move(gathered));
}

/// GatherElements(data, indices)
inline void gather_elements(Site& site) {
  site.expect_inputs(2, 2);
  site.expect_rank(site.input(1), site.input(0).shape.size());
  (void)site.axis(0, site.input(0).shape.size());
  site.give(site.input(0).type, site.input(1).shape);
}

/// GatherND(data, indices): the last extent of the indices says how many axes they address after
/// `batch_dims` common ones.
inline void gather_nd(Site& site) {
  site.expect_inputs(2, 2);
  const Tensor& data = site.input(0);
  const Tensor& indices = site.input(1);
  site.expect_rank_at_least(indices, 1);
  const std::int64_t addressed = indices.shape.back();
  const std::int64_t batch = site.integer("batch_dims", 0);
  if (!is_known(addressed)) return site.give_unranked(data.type);
  const auto rank = static_cast<std::int64_t>(data.shape.size());
  if (batch < 0 || batch > rank || addressed < 0 || addressed > rank - batch)
    site.refuse_shape(
        indices, "indices of at most the " + std::to_string(rank) + " axes of '" + data.name + "'");
  Shape shape(indices.shape.begin(), indices.shape.end() - 1);
  shape.insert(shape.end(), data.shape.begin() + batch + addressed, data.shape.end());
  site.give(data.type, std::move(shape));
}

/// Scatter, ScatterElements, ScatterND, TensorScatter: data with some elements replaced.
inline void scatter(Site& site) {
  site.expect_inputs(2, 4);
  site.give_like(site.input(0));
}

/// OneHot(indices, depth, values): a new axis of that depth.
inline void one_hot(Site& site) {
  site.expect_inputs(3, 3);
  const Tensor& indices = site.input(0);
  const KnownValues* depth = site.values(1);
  const std::size_t rank = indices.shape.size() + 1;
  const std::size_t axis = site.position(site.integer("axis", -1), rank, rank);
  std::int64_t extent = unknown_extent;
  if (depth && depth->size() == 1) {
    extent = depth->real ? integer_from(depth->reals[0]) : depth->integers[0];
    if (extent < 1) site.refuse("depth", std::to_string(extent), "an integer >= 1");
  }
  Shape shape = indices.shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), extent);
  site.give(site.input(2).type, std::move(shape));
}

/// NonZero(x): one column for each element that is not 0; the data say how many.
inline void non_zero(Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  std::int64_t count = unknown_extent;
  const auto rank = static_cast<std::int64_t>(x.shape.size());
  const KnownValues* values = site.values(0);
  if (values) {
    count = 0;
    for (std::size_t i = 0; i < values->size(); ++i) count += values->real_at(i) != 0;
  }
  site.give(ElementType::s64, {rank, count});
  if (!values || rank != 1) return;
  Extents places;
  for (std::size_t i = 0; i < values->size(); ++i)
    if (values->real_at(i) != 0) places.push_back(static_cast<std::int64_t>(i));
  site.give_values(KnownValues::of(std::move(places)));
}

/// Compress(x, condition): the data say how many.
inline void compress(Site& site) {
  site.expect_inputs(2, 2);
  const Tensor& x = site.input(0);
  std::int64_t count = unknown_extent;
  if (const Extents* condition = site.integers(1)) {
    count = 0;
    for (const std::int64_t value : *condition) count += value != 0;
  }
  if (!site.has_attribute("axis")) return site.give(x.type, {count});
  Shape shape = x.shape;
  shape[site.axis(0, shape.size())] = count;
  site.give(x.type, std::move(shape));
}

/// Unique(x): values, indices, inverse indices and counts; the data say how many.
inline void unique(Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  Shape shape = {unknown_extent};
  std::int64_t inverse = site.product(x.shape);
  if (site.has_attribute("axis")) {
    const std::size_t axis = site.axis(0, x.shape.size());
    shape = x.shape;
    inverse = shape[axis];
    shape[axis] = unknown_extent;
  }
  site.give(x.type, std::move(shape));
  site.give(ElementType::s64, {unknown_extent});
  site.give(ElementType::s64, {inverse});
  site.give(ElementType::s64, {unknown_extent});
}

/// TopK(x, k): values and indices. Version 1 had k as an attribute.
inline void top_k(Site& site) {
  site.expect_inputs(1, 2);
  const Tensor& x = site.input(0);
  const std::size_t axis = site.axis(-1, x.shape.size());
  const Extents* given = site.integers(1);
  std::int64_t k = site.integer("k", unknown_extent);
  if (given && given->size() == 1) k = given->front();
  const bool known = given || site.has_attribute("k");
  if (known && (k < 0 || (is_known(x.shape[axis]) && k > x.shape[axis])))
    site.refuse("k", std::to_string(k), "0 to " + std::to_string(x.shape[axis]));
  Shape shape = x.shape;
  shape[axis] = k;
  site.give(x.type, shape);
  site.give(ElementType::s64, std::move(shape));
}

/// ArrayFeatureExtractor(x, indices) of ai.onnx.ml: those of the last axis.
inline void extract_features(Site& site) {
  site.expect_inputs(2, 2);
  Shape shape = site.input(0).shape;
  if (shape.empty()) site.refuse_shape(site.input(0), "at least one extent");
  if (shape.size() == 1) shape.insert(shape.begin(), 1);
  shape.back() = site.product(site.input(1).shape);
  site.give(site.input(0).type, std::move(shape));
}

/// NonMaxSuppression(boxes, scores, ...): rows of batch, class and box; the data say how many.
inline void non_max_suppression(Site& site) {
  site.expect_inputs(2, 5);
  site.give(ElementType::s64, {unknown_extent, 3});
}

/// ReverseSequence(x, lengths), Trilu(x, k), CumSum(x, axis), CumProd(x, axis): like x.
inline void like_first_of_two(Site& site) {
  site.expect_inputs(1, 2);
  site.give_like(site.input(0));
}

}  // namespace edgeopt::inline v0::detail
