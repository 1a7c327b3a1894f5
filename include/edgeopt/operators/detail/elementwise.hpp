// SPDX-License-Identifier: MIT
/// @file
/// Operators that work element by element, with ONNX's broadcasting, and what is known of their
/// values. https://github.com/onnx/onnx/blob/main/docs/Broadcasting.md
#pragma once

#include <algorithm>  // std::max, std::min
#include <cmath>      // std::floor, std::ceil, ...
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
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

/// Numbers of elements between neighbours along each axis, in C order.
[[nodiscard]] inline Extents strides_of(const Shape& shape) {
  Extents strides(shape.size());
  std::int64_t step = 1;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/// Number of elements where it is known and small enough to follow their values.
[[nodiscard]] inline std::optional<std::size_t> few_elements(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    if (!is_known(extent) || extent > max_known_values) return std::nullopt;
    count *= extent;
    if (count > max_known_values) return std::nullopt;
  }
  return static_cast<std::size_t>(count);
}

/// The elements at base + sum of index[axis] * stride[axis], for every index of `shape`.
[[nodiscard]] inline KnownValues strided(const KnownValues& source, const Shape& shape,
                                         const Extents& strides, std::int64_t base = 0) {
  KnownValues result;
  result.known = true;
  result.real = source.real;
  const auto count = few_elements(shape);
  if (!count) return {};
  Extents index(shape.size(), 0);
  for (std::size_t i = 0; i < *count; ++i) {
    result.append(source, static_cast<std::size_t>(base));
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      base += strides[axis];
      if (++index[axis] < shape[axis]) break;
      base -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}

/// Extents of two operands broadcast to each other.
[[nodiscard]] inline Shape broadcast(const Site& site, const Shape& a, const Shape& b) {
  if (a == b) return a;
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  const std::size_t offset = longer.size() - shorter.size();
  Shape shape = longer;
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::int64_t& extent = shape[offset + i];
    const std::int64_t other = shorter[i];
    if (extent == other || other == 1) continue;
    if (extent == 1 || (!is_known(extent) && other > 1))
      extent = other;
    else if (is_known(extent) && is_known(other))
      site.refuse("operands", to_string(a) + " and " + to_string(b),
                  "shapes that broadcast to each other");
    else if (!is_known(other) && extent == 0)
      extent = unknown_extent;
  }
  return shape;
}

/// Values of an operand as they meet the elements of the result.
[[nodiscard]] inline KnownValues broadcast_values(const KnownValues& values, const Shape& from,
                                                  const Shape& to) {
  if (from == to) return values;
  Extents strides = strides_of(from);
  for (std::size_t i = 0; i < from.size(); ++i)
    if (from[i] == 1) strides[i] = 0;
  strides.insert(strides.begin(), to.size() - from.size(), 0);
  return strided(values, to, strides);
}

/// Whether an integer can be stored in that type, and what a real number becomes in it.
[[nodiscard]] inline bool fits(ElementType type, std::int64_t value) {
  const std::int64_t bits = bits_of(type);
  switch (type) {
    case ElementType::boolean: return value == 0 || value == 1;
    case ElementType::u8:
    case ElementType::u16:
    case ElementType::u32: return value >= 0 && value < std::int64_t{1} << bits;
    case ElementType::u64: return value >= 0;
    case ElementType::s8:
    case ElementType::s16:
    case ElementType::s32:
      return value >= -(std::int64_t{1} << (bits - 1)) && value < std::int64_t{1} << (bits - 1);
    default: return type == ElementType::s64;
  }
}

/// Values as a tensor of that type holds them; not known where one does not fit or its rounding is
/// not followed.
[[nodiscard]] inline KnownValues stored_as(ElementType type, KnownValues values) {
  if (values.real) {
    if (type == ElementType::f32)
      for (double& value : values.reals) value = static_cast<double>(static_cast<float>(value));
    else if (type != ElementType::f64)
      return {};
    return values;
  }
  for (const std::int64_t value : values.integers)
    if (!fits(type, value)) return {};
  return values;
}

/// a^b, or nothing where it is no integer or overflows.
[[nodiscard]] inline std::optional<std::int64_t> integer_power(std::int64_t a, std::int64_t b) {
  std::int64_t result = 1;
  if (b < 0 || (b > 63 && (a < -1 || a > 1))) return std::nullopt;
  for (std::int64_t i = 0; i < (b > 63 ? b % 2 + 2 : b); ++i)
    if (__builtin_mul_overflow(result, a, &result)) return std::nullopt;
  return result;
}

/// An integer result, or nothing where it is not defined or overflows.
[[nodiscard]] inline std::optional<std::int64_t> integer_result(std::string_view op, std::int64_t a,
                                                                std::int64_t b) {
  std::int64_t result = 0;
  const auto unless = [&](bool failed) {
    return failed ? std::optional<std::int64_t>() : std::optional(result);
  };
  if (op == "Add" || op == "Sum") return unless(__builtin_add_overflow(a, b, &result));
  if (op == "Sub") return unless(__builtin_sub_overflow(a, b, &result));
  if (op == "Mul") return unless(__builtin_mul_overflow(a, b, &result));
  if (op == "Max") return std::max(a, b);
  if (op == "Min") return std::min(a, b);
  if (op == "Equal") return a == b;
  if (op == "Greater") return a > b;
  if (op == "GreaterOrEqual") return a >= b;
  if (op == "Less") return a < b;
  if (op == "LessOrEqual") return a <= b;
  if (op == "And") return a && b;
  if (op == "Or") return a || b;
  if (op == "Xor") return !a != !b;
  if (op == "Pow") return integer_power(a, b);
  const bool divides = b != 0 && !(a == std::numeric_limits<std::int64_t>::min() && b == -1);
  if (op == "Div") return divides ? std::optional(a / b) : std::nullopt;
  if (op == "Mod" && divides) {
    const std::int64_t rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;  // the sign of the divisor
  }
  return std::nullopt;
}

/// Whether a comparison of real numbers holds, or nothing for other operators.
[[nodiscard]] inline std::optional<bool> compared(std::string_view op, double a, double b) {
  if (op == "Equal") return a == b;
  if (op == "Greater") return a > b;
  if (op == "GreaterOrEqual") return a >= b;
  if (op == "Less") return a < b;
  if (op == "LessOrEqual") return a <= b;
  return std::nullopt;
}

/// A real result.
[[nodiscard]] inline std::optional<double> real_result(std::string_view op, double a, double b) {
  if (op == "Add" || op == "Sum") return a + b;
  if (op == "Sub") return a - b;
  if (op == "Mul") return a * b;
  if (op == "Div") return a / b;
  if (op == "Max") return std::max(a, b);
  if (op == "Min") return std::min(a, b);
  return std::nullopt;
}

[[nodiscard]] inline KnownValues combined(std::string_view op, ElementType type,
                                          const KnownValues& a, const KnownValues& b) {
  KnownValues result;
  result.known = true;
  result.real = a.real && type != ElementType::boolean;
  if (a.real != b.real || a.size() != b.size()) return {};
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a.real && !result.real) {
      const auto holds = compared(op, a.reals[i], b.reals[i]);
      if (!holds) return {};
      result.integers.push_back(*holds);
    } else if (a.real) {
      const auto value = real_result(op, a.reals[i], b.reals[i]);
      if (!value) return {};
      result.reals.push_back(*value);
    } else {
      const auto value = integer_result(op, a.integers[i], b.integers[i]);
      if (!value) return {};
      result.integers.push_back(*value);
    }
  }
  return stored_as(type, std::move(result));
}

/// Gives the values of a broadcasting operator's result where those of all operands are known.
inline void give_combined_values(Site& site) {
  const TensorType& result = site.results().back();
  // Mod with `fmod` takes the sign of the dividend, and is followed for neither kind of numbers.
  const std::string_view op = site.integer("fmod", 0) != 0 ? "" : std::string_view(site.node().op);
  constexpr std::size_t most_operands = 8;  // that shapes are computed from
  const KnownValues* first = site.values(0);
  if (!first || site.inputs() > most_operands || !few_elements(result.shape)) return;
  for (std::size_t i = 1; i < site.inputs(); ++i)
    if (!site.values(i)) return;
  KnownValues values = broadcast_values(*first, site.input(0).shape, result.shape);
  for (std::size_t i = 1; i < site.inputs() && values.known; ++i)
    values = combined(op, result.type, values,
                      broadcast_values(*site.values(i), site.input(i).shape, result.shape));
  site.give_values(std::move(values));
}

/// Add, Sub, Mul, Div, ...: the broadcast shape in the operands' type. Before version 7 the
/// attribute `broadcast` stretched the second operand alone.
inline void broadcasting(Site& site) {
  site.expect_inputs(2, 2);
  const Tensor& a = site.input(0);
  const Tensor& b = site.input(1);
  site.expect_type(b, {a.type});
  if (site.integer("broadcast", 0) != 0) return site.give_like(a);
  site.give(a.type, broadcast(site, a.shape, b.shape));
  give_combined_values(site);
}

/// Pow: as `broadcasting`, but the exponent may be of any type.
inline void power(Site& site) {
  site.expect_inputs(2, 2);
  if (site.integer("broadcast", 0) != 0) return site.give_like(site.input(0));
  site.give(site.input(0).type, broadcast(site, site.input(0).shape, site.input(1).shape));
  give_combined_values(site);
}

/// Equal, Less, And, ...: as `broadcasting`, with truth values as result.
inline void comparing(Site& site) {
  site.expect_inputs(2, 2);
  const Tensor& a = site.input(0);
  const Tensor& b = site.input(1);
  site.expect_type(b, {a.type});
  if (site.integer("broadcast", 0) != 0) return site.give_like(a, ElementType::boolean);
  site.give(ElementType::boolean, broadcast(site, a.shape, b.shape));
  give_combined_values(site);
}

/// Max, Min, Sum, Mean: any number of operands.
inline void broadcasting_all(Site& site) {
  site.expect_inputs(1, site.inputs());
  if (site.inputs() == 0) site.refuse("number of inputs", "0", "at least one");
  Shape shape = site.input(0).shape;
  for (std::size_t i = 1; i < site.inputs(); ++i) {
    if (!site.has_input(i)) site.refuse("input " + std::to_string(i), "left out", "a tensor");
    site.expect_type(site.input(i), {site.input(0).type});
    shape = broadcast(site, shape, site.input(i).shape);
  }
  site.give(site.input(0).type, std::move(shape));
  give_combined_values(site);
}

/// Relu, Sigmoid, ...: the shape and type of the input; further inputs are scalars or parameters.
inline void unary(Site& site) {
  site.expect_inputs(1, std::max<std::size_t>(site.inputs(), 1));
  site.give_like(site.input(0));
}

/// Neg, Abs, Floor, Ceil, Round, Sqrt, Sign, Relu: as `unary`; shapes are computed with them.
inline void unary_arithmetic(Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  site.give_like(x);
  const KnownValues* values = site.values(0);
  if (!values) return;
  const std::string_view op = site.node().op;
  KnownValues result = *values;
  for (std::int64_t& value : result.integers) {
    if (value == std::numeric_limits<std::int64_t>::min()) return;
    if (op == "Neg" || (op == "Abs" && value < 0)) value = -value;
    if (op == "Sign") value = (value > 0) - (value < 0);
    if (op == "Relu") value = std::max<std::int64_t>(value, 0);
  }
  for (double& value : result.reals) {
    if (op == "Neg") value = -value;
    if (op == "Abs") value = std::fabs(value);
    if (op == "Floor") value = std::floor(value);
    if (op == "Ceil") value = std::ceil(value);
    if (op == "Round") value = std::nearbyint(value);
    if (op == "Sqrt") value = std::sqrt(value);
    if (op == "Relu") value = std::max(value, 0.0);
    if (op == "Sign") value = static_cast<double>((value > 0) - (value < 0));
  }
  site.give_values(stored_as(x.type, std::move(result)));
}

/// Not, IsNaN, IsInf: truth values of the input's shape.
inline void unary_test(Site& site) {
  site.expect_inputs(1, 1);
  site.give_like(site.input(0), ElementType::boolean);
  const Extents* values = site.integers(0);
  if (!values || site.node().op != "Not") return;
  Extents result = *values;
  for (std::int64_t& value : result) value = value == 0;
  site.give_values(KnownValues::of(std::move(result)));
}

/// PRelu(x, slope): the slope is broadcast to x alone, never the other way.
inline void parametric_relu(Site& site) {
  site.expect_inputs(2, 2);
  site.give_like(site.input(0));
}

/// SwiGLU(a, b): a sigmoid(alpha a) b, without broadcasting.
inline void gated(Site& site) {
  site.expect_inputs(2, 2);
  site.expect_type(site.input(1), {site.input(0).type});
  site.expect_shape(site.input(1), site.input(0).shape);
  site.give_like(site.input(0));
}

/// Clip(x, min, max): the bounds are scalars, attributes before version 11.
inline void clip(Site& site) {
  site.expect_inputs(1, 3);
  for (std::size_t i = 1; i < 3; ++i)
    if (const Tensor* bound = site.optional_input(i))
      site.expect_type(*bound, {site.input(0).type});
  site.give_like(site.input(0));
  const KnownValues* values = site.values(0);
  const bool known = site.inputs() > 1 && (!site.has_input(1) || site.integers(1)) &&
                     (!site.has_input(2) || site.integers(2));
  if (!values || values->real || !known) return;
  KnownValues result = *values;
  for (std::int64_t& value : result.integers) {
    if (site.has_input(1) && site.integers(1)->size() == 1)
      value = std::max(value, site.integers(1)->front());
    if (site.has_input(2) && site.integers(2)->size() == 1)
      value = std::min(value, site.integers(2)->front());
  }
  site.give_values(std::move(result));
}

/// Where(condition, x, y)
inline void where(Site& site) {
  site.expect_inputs(3, 3);
  const Tensor& condition = site.input(0);
  const Tensor& x = site.input(1);
  const Tensor& y = site.input(2);
  site.expect_type(condition, {ElementType::boolean});
  site.expect_type(y, {x.type});
  const Shape shape = broadcast(site, broadcast(site, condition.shape, x.shape), y.shape);
  site.give(x.type, shape);
  const bool known = site.values(0) && site.values(1) && site.values(2);
  if (!known || !few_elements(shape)) return;
  const KnownValues chosen = broadcast_values(*site.values(0), condition.shape, shape);
  const KnownValues yes = broadcast_values(*site.values(1), x.shape, shape);
  const KnownValues no = broadcast_values(*site.values(2), y.shape, shape);
  KnownValues result;
  result.known = true;
  result.real = yes.real;
  for (std::size_t i = 0; i < chosen.size(); ++i)
    result.append(chosen.integers[i] != 0 ? yes : no, i);
  site.give_values(std::move(result));
}

/// Dropout(x): x and, where asked for, what was kept: truth values since version 10.
inline void dropout(Site& site) {
  site.expect_inputs(1, 3);
  const Tensor& x = site.input(0);
  site.give_like(x);
  const bool old = site.graph().opset > 0 && site.graph().opset < 10;
  site.give_like(x, old ? x.type : ElementType::boolean);
}

}  // namespace edgeopt::inline v0::detail
