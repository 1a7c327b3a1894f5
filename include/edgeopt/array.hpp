// SPDX-License-Identifier: MIT
/// @file
/// An array of numbers with its type and shape, as files hold it.
#pragma once

#include <bit>  // std::endian
#include <cstddef>
#include <cstdint>
#include <cstring>  // std::memcpy
#include <span>
#include <string>
#include <type_traits>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/element_type.hpp"
#include "edgeopt/error.hpp"

namespace edgeopt::inline v0 {

static_assert(std::endian::native == std::endian::little, "edgeopt supports little-endian only");

/// The element type of a C++ type; halves are held as their bits in `std::uint16_t`.
template <class T>
[[nodiscard]] constexpr ElementType element_type_of() noexcept {
  if constexpr (std::is_same_v<T, std::uint16_t>)
    return ElementType::f16;
  else if constexpr (std::is_same_v<T, float>)
    return ElementType::f32;
  else if constexpr (std::is_same_v<T, double>)
    return ElementType::f64;
  else if constexpr (std::is_same_v<T, std::uint8_t>)
    return ElementType::u8;
  else if constexpr (std::is_same_v<T, std::int8_t>)
    return ElementType::s8;
  else if constexpr (std::is_same_v<T, std::int16_t>)
    return ElementType::s16;
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return ElementType::s32;
  else if constexpr (std::is_same_v<T, std::uint32_t>)
    return ElementType::u32;
  else if constexpr (std::is_same_v<T, std::uint64_t>)
    return ElementType::u64;
  else {
    static_assert(std::is_same_v<T, std::int64_t>, "no element type corresponds to this type");
    return ElementType::s64;
  }
}

/// Extents of a tensor, outermost first: `[batch, channels, height, width]`.
using Shape = std::vector<std::int64_t>;

/// "[1, 28, 28]"
[[nodiscard]] inline std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (const std::int64_t extent : shape)
    text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
  return text + "]";
}

/// Numbers of one type in C order, little endian.
struct Array {
  ElementType type = ElementType::f32;
  Shape shape;
  std::vector<std::byte> data;  ///< bytes_of(type) * product of the shape

  template <class T>
  [[nodiscard]] static Array of(Shape shape, std::span<const T> values) {
    Array array{element_type_of<T>(), std::move(shape), {}};
    array.data.resize(values.size_bytes());
    if (!values.empty()) std::memcpy(array.data.data(), values.data(), values.size_bytes());
    return array;
  }

  /// The numbers. @throws DomainError when T is not the element type
  template <class T>
  [[nodiscard]] std::vector<T> values() const {
    if (element_type_of<T>() != type)
      throw DomainError("element type", std::string(to_string(type)),
                        std::string(to_string(element_type_of<T>())));
    std::vector<T> result(data.size() / sizeof(T));
    if (!result.empty()) std::memcpy(result.data(), data.data(), result.size() * sizeof(T));
    return result;
  }

  friend bool operator==(const Array&, const Array&) = default;
};

/// An array with its name, as models are saved: "conv1.weight".
struct NamedArray {
  std::string name;
  Array array;

  friend bool operator==(const NamedArray&, const NamedArray&) = default;
};

}  // namespace edgeopt::inline v0
