// SPDX-License-Identifier: MIT
/// @file
/// Operators that quantise, and those of the domain com.microsoft in quantised and fused networks
/// (https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md).
#pragma once

#include <algorithm>  // std::max
#include <cmath>      // std::isfinite
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/conversion.hpp"
#include "edgeopt/operators/detail/convolution.hpp"
#include "edgeopt/operators/detail/elementwise.hpp"
#include "edgeopt/operators/detail/matrix.hpp"
#include "edgeopt/operators/detail/site.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0::detail {

/// Known scales have to be finite and above 0.
inline void expect_scale(const Site& site, std::size_t index) {
  const KnownValues* values = site.values(index);
  if (!values || !values->real) return;
  for (const double value : values->reals)
    if (!(value > 0) || !std::isfinite(value))
      site.refuse("values of '" + site.input(index).name + "'", format_real(value),
                  "finite numbers > 0");
}

/// Checks scale and zero point of QuantizeLinear and DequantizeLinear: one of each, one for each
/// position along `axis`, or one for each block along it.
inline void expect_quantization(const Site& site) {
  const Tensor& x = site.input(0);
  const Tensor& scale = site.input(1);
  site.expect_floating(scale);
  const bool per_tensor = scale.shape.empty() || scale.shape == Shape{1};
  if (!per_tensor && scale.shape.size() == 1 && site.integer("block_size", 0) == 0)
    site.expect_shape(scale, {x.shape[site.axis(1, x.shape.size())]});
  expect_scale(site, 1);
  const Tensor* zero_point = site.optional_input(2);
  const auto is_single = [](const Shape& shape) { return shape.empty() || shape == Shape{1}; };
  if (zero_point && !(is_single(scale.shape) && is_single(zero_point->shape)))
    site.expect_shape(*zero_point, scale.shape);
}

/// QuantizeLinear(x, scale, zero point): the type of the zero point, or `output_dtype`, or u8.
inline void quantize_linear(Site& site) {
  site.expect_inputs(2, 3);
  const Tensor& x = site.input(0);
  if (x.type != ElementType::s32) site.expect_floating(x);
  expect_quantization(site);
  const Tensor* zero_point = site.optional_input(2);
  if (zero_point)
    site.expect_type(
        *zero_point,
        {ElementType::u8, ElementType::s8, ElementType::u16, ElementType::s16, ElementType::u4,
         ElementType::s4, ElementType::f8e4m3fn, ElementType::f8e4m3fnuz, ElementType::f8e5m2,
         ElementType::f8e5m2fnuz, ElementType::f4e2m1, ElementType::u2, ElementType::s2});
  site.give_like(
      x, zero_point ? zero_point->type : type_attribute(site, "output_dtype", ElementType::u8));
}

/// DequantizeLinear(x, scale, zero point): the scale's type, or `output_dtype`.
inline void dequantize_linear(Site& site) {
  site.expect_inputs(2, 3);
  const Tensor& x = site.input(0);
  site.expect_type(x, {ElementType::u8, ElementType::s8, ElementType::s32, ElementType::u16,
                       ElementType::s16, ElementType::u4, ElementType::s4, ElementType::f8e4m3fn,
                       ElementType::f8e4m3fnuz, ElementType::f8e5m2, ElementType::f8e5m2fnuz,
                       ElementType::f4e2m1, ElementType::u2, ElementType::s2});
  expect_quantization(site);
  if (const Tensor* zero_point = site.optional_input(2)) site.expect_type(*zero_point, {x.type});
  site.give_like(x, type_attribute(site, "output_dtype", site.input(1).type));
}

/// DynamicQuantizeLinear(x): u8, with the scale and zero point that the data ask for.
inline void dynamic_quantize_linear(Site& site) {
  site.expect_inputs(1, 1);
  site.expect_type(site.input(0), {ElementType::f32});
  site.give_like(site.input(0), ElementType::u8);
  site.give(ElementType::f32, {});
  site.give(ElementType::u8, {});
}

// ---- com.microsoft

/// QGemm(a, scale, zero point, b, scale, zero point, c, y scale, y zero point): integers of the
/// last, or f32 where it is left out.
inline void quantized_gemm(Site& site) {
  site.expect_inputs(6, 9);
  const Tensor* zero_point = site.optional_input(8);
  give_gemm(site, site.input(0), site.input(3), site.optional_input(6),
            zero_point ? zero_point->type : ElementType::f32);
}

/// QLinearAdd, QLinearMul(a, scale, zero point, b, scale, zero point, y scale, y zero point); zero
/// points that are left out are 0.
inline void quantized_broadcasting(Site& site) {
  site.expect_inputs(7, 8, {2, 5});
  site.give(site.input(0).type, broadcast(site, site.input(0).shape, site.input(3).shape));
}

/// QLinearWhere(condition, x, scale, zero point, y, scale, zero point, z scale, z zero point)
inline void quantized_where(Site& site) {
  site.expect_inputs(9, 9);
  const Shape both = broadcast(site, site.input(1).shape, site.input(4).shape);
  site.give(site.input(1).type, broadcast(site, site.input(0).shape, both));
}

/// QLinearSigmoid, QLinearLeakyRelu, QLinearSoftmax(x, scale, zero point, y scale, y zero point)
inline void quantized_unary(Site& site) {
  site.expect_inputs(4, 5, {2});
  site.give_like(site.input(0));
}

/// QLinearAveragePool, QLinearGlobalAveragePool(x, scale, zero point, y scale, y zero point);
/// `channels_last` puts the channels last.
inline void quantized_pooling(Site& site) {
  site.expect_inputs(4, 5, {2});
  const Tensor& x = site.input(0);
  const bool last = site.integer("channels_last", 0) != 0;
  Tensor moved = x;
  if (last && moved.shape.size() > 2) {
    moved.shape.insert(moved.shape.begin() + 1, moved.shape.back());
    moved.shape.pop_back();
  }
  expect_spatial(site, moved);
  Shape shape = {moved.shape[0], moved.shape[1]};
  if (site.node().op == "QLinearGlobalAveragePool")
    shape.resize(moved.shape.size(), 1);
  else
    for (const std::int64_t extent : window_extents(site, moved, pooling_window(site, moved),
                                                    site.integer("ceil_mode", 0) != 0))
      shape.push_back(extent);
  if (last) {
    shape.push_back(shape[1]);
    shape.erase(shape.begin() + 1);
  }
  site.give(x.type, std::move(shape));
}

/// QLinearConcat(y scale, y zero point, (x, scale, zero point)...)
inline void quantized_concat(Site& site) {
  site.expect_inputs(5, std::max<std::size_t>(site.inputs(), 5));
  if (site.inputs() % 3 != 2)
    site.refuse("number of inputs", std::to_string(site.inputs()), "2 and then 3 for each part");
  Shape shape = site.input(2).shape;
  const std::size_t axis = site.axis(1, shape.size());
  for (std::size_t i = 5; i < site.inputs(); i += 3) {
    site.expect_input(i);
    const Tensor& part = site.input(i);
    site.expect_rank(part, shape.size());
    shape[axis] = site.sum(shape[axis], part.shape[axis]);
  }
  site.give(site.input(2).type, std::move(shape));
}

/// DynamicQuantizeMatMul(a, b, b scale, b zero point, bias), MatMulIntegerToFloat(a, b, a scale,
/// b scale, a zero point, b zero point, bias)
inline void matrix_product_to_float(Site& site) {
  site.expect_inputs(3, 7);
  give_product(site, site.input(0), site.input(1), ElementType::f32);
}

/// MatMulNBits(a [..., K], b, scales, ...): b is packed [N, blocks, bytes]; K and N are attributes.
inline void matrix_product_of_blocks(Site& site) {
  site.expect_inputs(3, 6);
  const Tensor& a = site.input(0);
  site.expect_rank_at_least(a, 1);
  const std::int64_t n = site.integer("N", 0);
  if (n < 1) site.refuse_attribute("N", std::to_string(n), "an integer >= 1");
  if (!can_equal(a.shape.back(), site.integer("K", 0)))
    site.refuse_attribute("K", std::to_string(site.integer("K", 0)),
                          std::to_string(a.shape.back()) + ", the last extent of '" + a.name + "'");
  Shape shape = a.shape;
  shape.back() = n;
  site.give(a.type, std::move(shape));
}

/// FusedMatMul(a, b): of operands as `fused_operand` gives them.
inline void fused_matrix_product(Site& site) {
  site.expect_inputs(2, 2);
  Tensor a = site.input(0);
  Tensor b = site.input(1);
  a.shape = fused_operand(site, 0);
  b.shape = fused_operand(site, 1);
  give_product(site, a, b, a.type);
}

/// FusedConv(x, weight, bias, z): Conv, + z, and an activation.
inline void fused_convolution(Site& site) {
  site.expect_inputs(2, 4);
  give_convolution(site, site.input(0), site.input(1), site.optional_input(2), site.input(0).type);
}

/// SkipLayerNormalization(x, skip, gamma, beta, bias): normalised, mean, deviation, the sum.
inline void skip_layer_normalization(Site& site) {
  site.expect_inputs(3, 5);
  const Tensor& x = site.input(0);
  site.give_like(x);
  Shape statistics = x.shape;
  if (!statistics.empty()) statistics.back() = 1;
  site.give(ElementType::f32, statistics);
  site.give(ElementType::f32, std::move(statistics));
  site.give_like(x);
}

/// Attention(x [batch, length, inputs], weights [inputs, 3 hidden], bias): of one projection.
inline void fused_attention(Site& site) {
  site.expect_inputs(2, 7);
  const Tensor& x = site.input(0);
  const Tensor& weights = site.input(1);
  site.expect_rank(x, 3);
  site.expect_rank(weights, 2);
  if (site.has_input(4) || site.has_attribute("qkv_hidden_sizes")) {
    site.give(x.type, {x.shape[0], x.shape[1], unknown_extent});
    return site.give_unranked(x.type);
  }
  const std::int64_t columns = weights.shape[1];
  site.give(x.type, {x.shape[0], x.shape[1], is_known(columns) ? columns / 3 : unknown_extent});
  const std::int64_t heads = site.integer("num_heads", 0);
  const bool known = is_known(columns) && heads > 0;
  site.give(x.type, {2, x.shape[0], heads > 0 ? heads : unknown_extent, x.shape[1],
                     known ? columns / 3 / heads : unknown_extent});
}

}  // namespace edgeopt::inline v0::detail
