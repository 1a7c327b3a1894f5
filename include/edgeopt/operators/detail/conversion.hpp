// SPDX-License-Identifier: MIT
/// @file
/// Operators that make constants, change element types or tell shapes.
#pragma once

#include <cmath>  // std::ceil
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

/// The element types by their numbers in ONNX's TensorProto.DataType, from 0 on.
inline constexpr ElementType onnx_element_types[] = {
    ElementType::unknown,    ElementType::f32,      ElementType::u8,         ElementType::s8,
    ElementType::u16,        ElementType::s16,      ElementType::s32,        ElementType::s64,
    ElementType::string,     ElementType::boolean,  ElementType::f16,        ElementType::f64,
    ElementType::u32,        ElementType::u64,      ElementType::c64,        ElementType::c128,
    ElementType::bf16,       ElementType::f8e4m3fn, ElementType::f8e4m3fnuz, ElementType::f8e5m2,
    ElementType::f8e5m2fnuz, ElementType::u4,       ElementType::s4,         ElementType::f4e2m1,
    ElementType::f8e8m0,     ElementType::u2,       ElementType::s2};

/// The element type of that number; `unknown` for 0 and for numbers this library does not know.
[[nodiscard]] constexpr ElementType element_type_of_onnx(std::int64_t number) {
  const bool known =
      number >= 0 && number < static_cast<std::int64_t>(std::size(onnx_element_types));
  return known ? onnx_element_types[number] : ElementType::unknown;
}

/// An attribute that names an element type by its number.
[[nodiscard]] inline ElementType type_attribute(const Site& site, std::string_view name,
                                                ElementType fallback) {
  const std::int64_t number = site.integer(name, 0);
  if (number == 0) return fallback;
  const ElementType type = element_type_of_onnx(number);
  if (type == ElementType::unknown)
    site.refuse_attribute(name, std::to_string(number), "the number of an element type");
  return type;
}

/// Constant: exactly one attribute holds the value.
inline void constant(Site& site) {
  site.expect_inputs(0, 0);
  const Node& node = site.node();
  if (const auto found = node.attributes.find("value"); found != node.attributes.end()) {
    const Array* array = std::get_if<Array>(&found->second);
    if (!array) site.refuse_attribute("value", "of another type", "a tensor");
    site.give(array->type, array->shape);
    return site.give_values(decode(array->type, array->shape, array->data));
  }
  const auto count = [](const auto& values) { return static_cast<std::int64_t>(values.size()); };
  for (const auto& [name, value] : node.attributes) {
    if (const auto* integer = std::get_if<std::int64_t>(&value); integer && name == "value_int") {
      site.give(ElementType::s64, {});
      return site.give_values(KnownValues::of(std::vector<std::int64_t>{*integer}));
    }
    if (const auto* real = std::get_if<double>(&value); real && name == "value_float") {
      site.give(ElementType::f32, {});
      return site.give_values(KnownValues::of(std::vector<double>{*real}));
    }
    if (const auto* text = std::get_if<std::string>(&value); text && name == "value_string")
      return site.give(ElementType::string, {});
    if (const auto* list = std::get_if<Extents>(&value); list && name == "value_ints") {
      site.give(ElementType::s64, {count(*list)});
      if (count(*list) <= max_known_values) site.give_values(KnownValues::of(*list));
      return;
    }
    if (const auto* list = std::get_if<std::vector<double>>(&value);
        list && name == "value_floats") {
      site.give(ElementType::f32, {count(*list)});
      if (count(*list) <= max_known_values) site.give_values(KnownValues::of(*list));
      return;
    }
    if (const auto* list = std::get_if<std::vector<std::string>>(&value))
      return site.give(ElementType::string, {count(*list)});
  }
  site.refuse("attributes", "no value", "one of value, value_int, value_float, value_ints, ...");
}

/// The extents that an input of integers holds; of known number but unknown where they are not
/// known. Gives no shape where even their number is unknown.
[[nodiscard]] inline std::optional<Shape> shape_from(const Site& site, std::size_t index) {
  const Tensor& tensor = site.input(index);
  if (const Extents* values = site.integers(index)) return *values;
  if (tensor.shape.size() != 1 || !is_known(tensor.shape[0])) return std::nullopt;
  if (tensor.shape[0] > static_cast<std::int64_t>(max_rank))
    site.refuse_shape(tensor, "at most " + std::to_string(max_rank) + " extents");
  return Shape(static_cast<std::size_t>(tensor.shape[0]), unknown_extent);
}

/// ConstantOfShape(shape): everywhere the attribute's value, f32 0 without it.
inline void constant_of_shape(Site& site) {
  site.expect_inputs(1, 1);
  ElementType type = ElementType::f32;
  KnownValues value = KnownValues::of(std::vector<double>{0});
  const auto found = site.node().attributes.find("value");
  if (found != site.node().attributes.end()) {
    const Array* array = std::get_if<Array>(&found->second);
    if (!array) site.refuse_attribute("value", "of another type", "a tensor of one element");
    type = array->type;
    value = decode(type, array->shape, array->data);
  }
  const auto shape = shape_from(site, 0);
  if (!shape) return site.give_unranked(type);
  const Extents* known = site.integers(0);
  for (const std::int64_t extent : *shape)
    if (known && extent < 0) site.refuse("shape", to_string(*shape), "extents >= 0");
  site.give(type, *shape);
  if (known && value.known && value.size() == 1 && few_elements(*shape))
    site.give_values(strided(value, *shape, Extents(shape->size(), 0)));
}

/// The first input in another type. Real numbers are cut off.
inline void give_cast(Site& site, ElementType type) {
  site.give_like(site.input(0), type);
  const KnownValues* values = site.values(0);
  if (!values) return;
  KnownValues result;
  result.known = true;
  result.real = is_floating(type);
  for (std::size_t i = 0; i < values->size(); ++i) {
    if (result.real)
      result.reals.push_back(values->real_at(i));
    else if (type == ElementType::boolean)
      result.integers.push_back(values->real_at(i) != 0);
    else
      result.integers.push_back(values->real ? integer_from(values->reals[i])
                                             : values->integers[i]);
  }
  site.give_values(stored_as(type, std::move(result)));
}

/// Cast(x), to the type that the attribute `to` numbers.
inline void cast(Site& site) {
  site.expect_inputs(1, 1);
  const ElementType type = type_attribute(site, "to", ElementType::unknown);
  if (type == ElementType::unknown) site.refuse_attribute("to", "missing", "an element type");
  give_cast(site, type);
}

/// CastLike(x, other), BitCast(x)
inline void cast_like(Site& site) {
  site.expect_inputs(2, 2);
  give_cast(site, site.input(1).type);
}
inline void bit_cast(Site& site) {
  site.expect_inputs(1, 1);
  const ElementType type = type_attribute(site, "to", ElementType::unknown);
  if (bits_of(type) != bits_of(site.input(0).type))
    site.refuse_attribute("to", std::string(to_string(type)), "a type of as many bits");
  site.give_like(site.input(0), type);
}

/// Identity(x)
inline void identity(Site& site) {
  site.expect_inputs(1, 1);
  site.give_like(site.input(0));
  if (const KnownValues* values = site.values(0)) site.give_values(*values);
}

/// Shape(x): the extents from `start` to `end`, both counted from the end where negative and held
/// within the rank.
inline void shape_of_input(Site& site) {
  site.expect_inputs(1, 1);
  const Shape& shape = site.input(0).shape;
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto bound = [rank](std::int64_t at) {
    return std::min(std::max<std::int64_t>(at < 0 ? at + rank : at, 0), rank);
  };
  const std::int64_t start = bound(site.integer("start", 0));
  const std::int64_t end = std::max(start, bound(site.integer("end", rank)));
  const Extents part(shape.begin() + start, shape.begin() + end);
  site.give(ElementType::s64, {end - start});
  for (const std::int64_t extent : part)
    if (!is_known(extent)) return;
  site.give_values(KnownValues::of(part));
}

/// Size(x)
inline void size_of_input(Site& site) {
  site.expect_inputs(1, 1);
  const std::int64_t count = site.product(site.input(0).shape);
  site.give(ElementType::s64, {});
  if (is_known(count)) site.give_values(KnownValues::of(Extents{count}));
}

/// Range(start, limit, delta): max(ceil((limit - start) / delta), 0) numbers.
inline void range(Site& site) {
  site.expect_inputs(3, 3);
  const ElementType type = site.input(0).type;
  const KnownValues* start = site.values(0);
  const KnownValues* limit = site.values(1);
  const KnownValues* delta = site.values(2);
  const bool known = start && limit && delta && start->size() == 1 && limit->size() == 1 &&
                     delta->size() == 1 && start->real == delta->real && start->real == limit->real;
  if (!known) return site.give(type, {unknown_extent});
  if (delta->real_at(0) == 0) site.refuse("delta", "0", "another number");
  if (start->real) {
    const double first = start->reals[0], step = delta->reals[0];
    const double count = std::max(std::ceil((limit->reals[0] - first) / step), 0.0);
    if (!(count < 9e15)) site.refuse("range", "endless", "one that ends");
    return site.give(type, {static_cast<std::int64_t>(count)});
  }
  const std::int64_t first = start->integers[0], last = limit->integers[0],
                     step = delta->integers[0];
  // In 128 bits no difference of two numbers overflows.
  __extension__ using Wide = __int128;
  const Wide span = Wide{last} - first;
  const Wide wide_count =
      span == 0 || (span < 0) != (step < 0) ? 0 : (span + (step > 0 ? step - 1 : step + 1)) / step;
  if (wide_count > std::numeric_limits<std::int64_t>::max())
    site.refuse("range", "of more than 2^63 - 1 numbers", "a count that fits 64 bits");
  const auto count = static_cast<std::int64_t>(wide_count);
  site.give(type, {count});
  if (count > max_known_values) return;
  Extents values;
  for (std::int64_t i = 0; i < count; ++i)
    values.push_back(static_cast<std::int64_t>(first + Wide{i} * step));
  site.give_values(stored_as(type, KnownValues::of(std::move(values))));
}

/// RandomNormal, RandomUniform: the attribute `shape`.
inline void random_of_shape(Site& site) {
  site.expect_inputs(0, 0);
  const Extents* shape = site.list("shape");
  if (!shape) site.refuse_attribute("shape", "missing", "the extents of the result");
  for (const std::int64_t extent : *shape)
    if (extent < 0) site.refuse_attribute("shape", to_string(*shape), "extents >= 0");
  site.give(type_attribute(site, "dtype", ElementType::f32), *shape);
}

/// RandomNormalLike, RandomUniformLike, Bernoulli, EyeLike: the input's shape; its type unless
/// `dtype` says another.
inline void generated_like(Site& site) {
  site.expect_inputs(1, 1);
  site.give_like(site.input(0), type_attribute(site, "dtype", site.input(0).type));
}

/// Multinomial(x [batch, classes])
inline void multinomial(Site& site) {
  site.expect_inputs(1, 1);
  site.expect_rank(site.input(0), 2);
  const std::int64_t samples = site.integer("sample_size", 1);
  if (samples < 1) site.refuse_attribute("sample_size", std::to_string(samples), "an integer >= 1");
  site.give(type_attribute(site, "dtype", ElementType::s32), {site.input(0).shape[0], samples});
}

/// HannWindow, HammingWindow, BlackmanWindow(size)
inline void window(Site& site) {
  site.expect_inputs(1, 1);
  const Extents* size = site.integers(0);
  const bool known = size && size->size() == 1;
  if (known && size->front() < 0) site.refuse("size", to_string(*size), "an integer >= 0");
  site.give(type_attribute(site, "output_datatype", ElementType::f32),
            {known ? size->front() : unknown_extent});
}

}  // namespace edgeopt::inline v0::detail
