// SPDX-License-Identifier: MIT
/// @file
/// Convolutions and poolings: operators with a window that slides over the spatial extents of
/// x [batch, channels, spatial...].
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/elementwise.hpp"
#include "edgeopt/operators/detail/known_values.hpp"
#include "edgeopt/operators/detail/site.hpp"

namespace edgeopt::inline v0::detail {

/// How a window moves along each spatial axis.
struct SlidingWindow {
  Extents kernel;
  Extents strides;
  Extents dilations;
  Extents pads;  ///< all begins, then all ends
  std::string auto_pad = "NOTSET";

  [[nodiscard]] bool pads_itself() const { return auto_pad.starts_with("SAME"); }
};

[[nodiscard]] inline SlidingWindow window_of(const Site& site, Extents kernel) {
  const std::size_t axes = kernel.size();
  SlidingWindow window{std::move(kernel), site.extents("strides", axes, 1, 1),
                       site.extents("dilations", axes, 1, 1), Extents(2 * axes, 0), "NOTSET"};
  window.auto_pad = site.attribute<std::string>("auto_pad", "NOTSET");
  if (window.auto_pad.empty()) window.auto_pad = "NOTSET";
  if (window.auto_pad == "NOTSET")
    window.pads = site.extents("pads", 2 * axes, 0, 0);
  else if (window.auto_pad != "VALID" && window.auto_pad != "SAME_UPPER" &&
           window.auto_pad != "SAME_LOWER")
    site.refuse_attribute("auto_pad", "'" + window.auto_pad + "'",
                          "NOTSET, VALID, SAME_UPPER or SAME_LOWER");
  return window;
}

/// dilation (kernel - 1) + 1
[[nodiscard]] inline std::int64_t dilated(const Site& site, const SlidingWindow& window,
                                          std::size_t axis) {
  if (!is_known(window.kernel[axis])) return unknown_extent;
  return site.sum(site.product({window.dilations[axis], window.kernel[axis] - 1}), 1);
}

/// Spatial extents after a sliding window: (extent + pads - window) / stride + 1, floored, or
/// ceiled where the last window still begins inside the input or the padding before it. SAME gives
/// ceil(extent / stride).
[[nodiscard]] inline Extents window_extents(const Site& site, const Tensor& x,
                                            const SlidingWindow& window, bool ceiled = false) {
  const std::size_t axes = window.kernel.size();
  Extents result(axes, unknown_extent);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t extent = x.shape[axis + 2], stride = window.strides[axis];
    if (!is_known(extent)) continue;
    if (window.pads_itself()) {
      result[axis] = extent / stride + (extent % stride != 0);
      continue;
    }
    const std::int64_t size = dilated(site, window, axis);
    if (!is_known(size)) continue;
    const std::int64_t led = site.sum(extent, window.pads[axis]);
    const std::int64_t padded = site.sum(led, window.pads[axes + axis]);
    if (size > padded)
      site.refuse("kernel extent", std::to_string(size) + " after dilation",
                  "at most the padded input's " + std::to_string(padded));
    std::int64_t steps = (padded - size) / stride;
    if (ceiled && (padded - size) % stride != 0 && (steps + 1) <= (led - 1) / stride) ++steps;
    result[axis] = steps + 1;
  }
  return result;
}

inline void expect_spatial(const Site& site, const Tensor& x) {
  if (x.shape.size() < 3) site.refuse_shape(x, "batch, channels and spatial extents");
}

/// The kernel of a weight [.., .., kernel...], which `kernel_shape` has to repeat.
[[nodiscard]] inline Extents kernel_of(const Site& site, const Tensor& weight) {
  Extents kernel(weight.shape.begin() + 2, weight.shape.end());
  for (const std::int64_t extent : kernel)
    if (extent == 0) site.refuse_shape(weight, "a kernel of extents >= 1");
  if (const Extents* given = site.list("kernel_shape")) {
    bool same = given->size() == kernel.size();
    for (std::size_t i = 0; same && i < kernel.size(); ++i)
      same = (*given)[i] > 0 && can_equal((*given)[i], kernel[i]);
    if (!same)
      site.refuse_attribute("kernel_shape", to_string(*given),
                            to_string(kernel) + ", the kernel of '" + weight.name + "'");
    return *given;
  }
  return kernel;
}

/// Gives the result of a convolution: weight [out, channels / group, kernel...].
inline void give_convolution(Site& site, const Tensor& x, const Tensor& weight, const Tensor* bias,
                             ElementType type) {
  expect_spatial(site, x);
  site.expect_rank(weight, x.shape.size());
  const std::int64_t channels = x.shape[1], outputs = weight.shape[0];
  const std::int64_t group = site.integer("group", 1);
  const auto divides = [group](std::int64_t extent) {
    return !is_known(extent) || extent % group == 0;
  };
  if (group < 1 || !divides(channels) || !divides(outputs))
    site.refuse_attribute("group", std::to_string(group),
                          "a divisor of " + std::to_string(channels) + " input and " +
                              std::to_string(outputs) + " output channels");
  if (is_known(channels) && !can_equal(weight.shape[1], channels / group))
    site.refuse("input channels of '" + weight.name + "'", std::to_string(weight.shape[1]),
                std::to_string(channels / group));
  if (bias) site.expect_shape(*bias, {outputs});
  const SlidingWindow window = window_of(site, kernel_of(site, weight));
  Shape shape = {x.shape[0], outputs};
  for (const std::int64_t extent : window_extents(site, x, window)) shape.push_back(extent);
  site.give(type, std::move(shape));
}

/// Conv(x, weight, bias)
inline void convolution(Site& site) {
  site.expect_inputs(2, 3);
  const Tensor& x = site.input(0);
  expect_spatial(site, x);
  site.expect_floating(x);
  site.expect_type(site.input(1), {x.type});
  if (const Tensor* bias = site.optional_input(2)) site.expect_type(*bias, {x.type});
  give_convolution(site, x, site.input(1), site.optional_input(2), x.type);
}

/// ConvInteger(x, weight, x zero point, weight zero point): sums of s32.
inline void convolution_of_integers(Site& site) {
  site.expect_inputs(2, 4);
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
    site.expect_type(site.input(i), {ElementType::u8, ElementType::s8});
  give_convolution(site, site.input(0), site.input(1), nullptr, ElementType::s32);
}

/// QLinearConv(x, scale, zero point, weight, scale, zero point, y scale, y zero point, bias)
inline void quantized_convolution(Site& site) {
  site.expect_inputs(8, 9);
  for (const std::size_t i : {std::size_t{0}, std::size_t{3}})
    site.expect_type(site.input(i), {ElementType::u8, ElementType::s8});
  if (const Tensor* bias = site.optional_input(8)) site.expect_type(*bias, {ElementType::s32});
  give_convolution(site, site.input(0), site.input(3), site.optional_input(8), site.input(7).type);
}

/// DeformConv(x, weight, offset, bias, mask)
inline void deformed_convolution(Site& site) {
  site.expect_inputs(3, 5);
  give_convolution(site, site.input(0), site.input(1), site.optional_input(3), site.input(0).type);
}

/// CausalConvWithState(x [batch, channels, length], weight [channels, 1, kernel], bias, past
/// state): as long as x, and the kernel - 1 positions that the next step needs.
inline void causal_convolution(Site& site) {
  site.expect_inputs(2, 4);
  const Tensor& x = site.input(0);
  const Tensor& weight = site.input(1);
  site.expect_rank(x, 3);
  site.expect_rank(weight, 3);
  site.expect_shape(weight, {x.shape[1], 1, weight.shape[2]});
  if (weight.shape[2] == 0) site.refuse_shape(weight, "a kernel of 1 position or more");
  if (const Tensor* bias = site.optional_input(2)) site.expect_shape(*bias, {x.shape[1]});
  const Shape state = {x.shape[0], x.shape[1],
                       is_known(weight.shape[2]) ? weight.shape[2] - 1 : unknown_extent};
  if (const Tensor* past = site.optional_input(3)) site.expect_shape(*past, state);
  site.give_like(x);
  site.give(x.type, state);
}

/// ConvTranspose(x, weight [channels, out / group, kernel...], bias):
/// stride (extent - 1) + output_padding + window - pads, or what `output_shape` says.
inline void transposed_convolution(Site& site) {
  site.expect_inputs(2, 3);
  const Tensor& x = site.input(0);
  const Tensor& weight = site.input(1);
  expect_spatial(site, x);
  site.expect_floating(x);
  site.expect_type(weight, {x.type});
  site.expect_rank(weight, x.shape.size());
  const std::int64_t group = site.integer("group", 1);
  if (group < 1 || (is_known(x.shape[1]) && x.shape[1] % group != 0))
    site.refuse_attribute("group", std::to_string(group),
                          "a divisor of " + std::to_string(x.shape[1]) + " input channels");
  if (!can_equal(weight.shape[0], x.shape[1]))
    site.refuse("input channels of '" + weight.name + "'", std::to_string(weight.shape[0]),
                std::to_string(x.shape[1]));
  Shape shape = {x.shape[0], site.product({weight.shape[1], group})};
  if (const Tensor* bias = site.optional_input(2)) site.expect_shape(*bias, {shape[1]});
  const SlidingWindow window = window_of(site, kernel_of(site, weight));
  const std::size_t axes = window.kernel.size();
  const Extents more = site.extents("output_padding", axes, 0, 0);
  const Extents* asked = site.list("output_shape");
  if (asked && asked->size() != axes && asked->size() != axes + 2)
    site.refuse_attribute("output_shape", to_string(*asked), std::to_string(axes) + " extents");
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t extent = x.shape[axis + 2];
    if (asked) {
      const std::int64_t given = (*asked)[axis + asked->size() - axes];
      if (given < 1) site.refuse_attribute("output_shape", to_string(*asked), "extents >= 1");
      shape.push_back(given);
      continue;
    }
    if (window.pads_itself()) {
      shape.push_back(site.product({extent, window.strides[axis]}));
      continue;
    }
    const std::int64_t size = dilated(site, window, axis);
    if (!is_known(extent) || !is_known(size)) {
      shape.push_back(unknown_extent);
      continue;
    }
    const std::int64_t whole =
        extent == 0 ? 0
                    : site.sum(site.sum(site.product({window.strides[axis], extent - 1}), size),
                               more[axis]);
    const std::int64_t cut = site.sum(window.pads[axis], window.pads[axes + axis]);
    if (cut > whole) site.refuse_attribute("pads", to_string(window.pads), "less than the result");
    shape.push_back(whole - cut);
  }
  site.give(x.type, std::move(shape));
}

/// The window of a pooling; no window may hold padding alone.
[[nodiscard]] inline SlidingWindow pooling_window(const Site& site, const Tensor& x) {
  expect_spatial(site, x);
  const std::size_t axes = x.shape.size() - 2;
  SlidingWindow window = window_of(site, site.extents("kernel_shape", axes, 1, 0));
  for (std::size_t axis = 0; axis < axes; ++axis) {
    if (window.kernel[axis] < 1)
      site.refuse_attribute("kernel_shape", "missing", std::to_string(axes) + " integers >= 1");
    for (const std::size_t i : {axis, axes + axis})
      if (window.pads[i] >= dilated(site, window, axis))
        site.refuse_attribute("pads", to_string(window.pads),
                              "less than the kernel, so that no window holds padding alone");
  }
  return window;
}

/// MaxPool, AveragePool, LpPool(x): integers are pooled as they are; MaxPool also tells where the
/// maxima were.
inline void pooling(Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  const SlidingWindow window = pooling_window(site, x);
  Shape shape = {x.shape[0], x.shape[1]};
  for (const std::int64_t extent :
       window_extents(site, x, window, site.integer("ceil_mode", 0) != 0))
    shape.push_back(extent);
  site.give(x.type, shape);
  site.give(ElementType::s64, std::move(shape));
}

/// GlobalAveragePool, GlobalMaxPool, GlobalLpPool(x)
inline void global_pooling(Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  site.expect_rank_at_least(x, 2);
  Shape shape(x.shape.size(), 1);
  shape[0] = x.shape[0];
  shape[1] = x.shape[1];
  site.give(x.type, std::move(shape));
}

/// MaxUnpool(x, indices, output shape)
inline void unpooling(Site& site) {
  site.expect_inputs(2, 3);
  const Tensor& x = site.input(0);
  const SlidingWindow window = pooling_window(site, x);
  if (site.has_input(2)) {
    const Extents* asked = site.integers(2);
    if (!asked) return site.give(x.type, Shape(x.shape.size(), unknown_extent));
    bool fits = asked->size() == x.shape.size();
    for (const std::int64_t extent : *asked) fits = fits && extent >= 0;
    if (!fits)
      site.refuse("output shape", to_string(*asked),
                  std::to_string(x.shape.size()) + " extents >= 0");
    return site.give(x.type, *asked);
  }
  const std::size_t axes = window.kernel.size();
  Shape shape = {x.shape[0], x.shape[1]};
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t extent = x.shape[axis + 2];
    if (!is_known(extent) || extent == 0) {
      shape.push_back(extent);
      continue;
    }
    const std::int64_t whole =
        site.sum(site.product({window.strides[axis], extent - 1}), window.kernel[axis]);
    const std::int64_t cut = site.sum(window.pads[axis], window.pads[axes + axis]);
    if (cut > whole) site.refuse_attribute("pads", to_string(window.pads), "less than the result");
    shape.push_back(whole - cut);
  }
  site.give(x.type, std::move(shape));
}

/// MaxRoiPool(x, rois [n, 5]) and RoiAlign(x, rois [n, 4], batch indices [n])
inline void pooling_of_regions(Site& site) {
  site.expect_inputs(2, 3);
  const Tensor& x = site.input(0);
  site.expect_rank(x, 4);
  site.expect_rank(site.input(1), 2);
  Extents pooled = {site.integer("output_height", 1), site.integer("output_width", 1)};
  if (const Extents* given = site.list("pooled_shape")) pooled = *given;
  if (pooled.size() != 2 || pooled[0] < 1 || pooled[1] < 1)
    site.refuse("pooled shape", to_string(pooled), "two extents >= 1");
  site.give(x.type, {site.input(1).shape[0], x.shape[1], pooled[0], pooled[1]});
}

/// GridSample(x [batch, channels, ...], grid [batch, spatial..., axes])
inline void grid_sample(Site& site) {
  site.expect_inputs(2, 2);
  const Tensor& x = site.input(0);
  const Tensor& grid = site.input(1);
  expect_spatial(site, x);
  site.expect_rank(grid, x.shape.size());
  Shape shape = {x.shape[0], x.shape[1]};
  shape.insert(shape.end(), grid.shape.begin() + 1, grid.shape.end() - 1);
  site.give(x.type, std::move(shape));
}

/// AffineGrid(theta [batch, axes, axes + 1], size [batch, channels, spatial...])
inline void affine_grid(Site& site) {
  site.expect_inputs(2, 2);
  const Extents* size = site.integers(1);
  if (!size) return site.give_unranked(site.input(0).type);
  if (size->size() < 4)
    site.refuse("size", to_string(*size), "batch, channels and spatial extents");
  Shape shape = {(*size)[0]};
  shape.insert(shape.end(), size->begin() + 2, size->end());
  shape.push_back(static_cast<std::int64_t>(size->size()) - 2);
  for (const std::int64_t extent : shape)
    if (extent < 0) site.refuse("size", to_string(*size), "extents >= 0");
  site.give(site.input(0).type, std::move(shape));
}

}  // namespace edgeopt::inline v0::detail
