// SPDX-License-Identifier: MIT
/// @file
/// Types of the elements of tensors: all that ONNX has, with their names and sizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>  // std::size
#include <string_view>

namespace edgeopt::inline v0 {

/// Type of a tensor's elements. f16 is IEEE binary16, bf16 the upper half of binary32; f8 and f4
/// name their exponent and mantissa bits; c64 and c128 are pairs of f32 and f64. Strings have no
/// size of their own. `unknown` is what inference could not find out.
enum class ElementType : std::uint8_t {
  f16,
  f32,
  f64,
  u8,
  s8,
  s32,
  s64,
  bf16,
  u16,
  s16,
  u32,
  u64,
  boolean,
  c64,
  c128,
  f8e4m3fn,
  f8e4m3fnuz,
  f8e5m2,
  f8e5m2fnuz,
  u4,
  s4,
  f4e2m1,
  f8e8m0,
  u2,
  s2,
  string,
  unknown,
};

namespace detail {

/// What stands behind an enumerator, in the order of the enumeration.
struct ElementTypeTraits {
  std::string_view name;
  std::int64_t bits;  ///< of one element where they are packed
  bool floating;
};

inline constexpr ElementTypeTraits element_type_traits[] = {
    {"f16", 16, true},       {"f32", 32, true},    {"f64", 64, true},       {"u8", 8, false},
    {"s8", 8, false},        {"s32", 32, false},   {"s64", 64, false},      {"bf16", 16, true},
    {"u16", 16, false},      {"s16", 16, false},   {"u32", 32, false},      {"u64", 64, false},
    {"bool", 8, false},      {"c64", 64, false},   {"c128", 128, false},    {"f8e4m3fn", 8, true},
    {"f8e4m3fnuz", 8, true}, {"f8e5m2", 8, true},  {"f8e5m2fnuz", 8, true}, {"u4", 4, false},
    {"s4", 4, false},        {"f4e2m1", 4, true},  {"f8e8m0", 8, true},     {"u2", 2, false},
    {"s2", 2, false},        {"string", 0, false}, {"unknown", 0, false},
};

static_assert(std::size(element_type_traits) == static_cast<std::size_t>(ElementType::unknown) + 1);

[[nodiscard]] constexpr const ElementTypeTraits& traits_of(ElementType type) noexcept {
  return element_type_traits[static_cast<std::size_t>(type)];
}

}  // namespace detail

/// Bits of one element; fewer than 8 for those of which several lie in a byte, 0 for strings and
/// unknown types.
[[nodiscard]] constexpr std::int64_t bits_of(ElementType type) noexcept {
  return detail::traits_of(type).bits;
}

/// Bytes of one element by itself: one for those of fewer than 8 bits, 0 for strings and unknown
/// types.
[[nodiscard]] constexpr std::int64_t bytes_of(ElementType type) noexcept {
  return (bits_of(type) + 7) / 8;
}

/// Whether the elements are real numbers with an exponent.
[[nodiscard]] constexpr bool is_floating(ElementType type) noexcept {
  return detail::traits_of(type).floating;
}

/// Whether the elements are integers; truth values are not.
[[nodiscard]] constexpr bool is_integer(ElementType type) noexcept {
  switch (type) {
    case ElementType::u2:
    case ElementType::s2:
    case ElementType::u4:
    case ElementType::s4:
    case ElementType::u8:
    case ElementType::s8:
    case ElementType::u16:
    case ElementType::s16:
    case ElementType::u32:
    case ElementType::s32:
    case ElementType::u64:
    case ElementType::s64: return true;
    default: return false;
  }
}

[[nodiscard]] constexpr std::string_view to_string(ElementType type) noexcept {
  return detail::traits_of(type).name;
}

/// Reads the name of an element type; false, with `type` unchanged, when it is not one.
[[nodiscard]] constexpr bool from_string(std::string_view name, ElementType& type) noexcept {
  for (std::size_t i = 0; i < std::size(detail::element_type_traits); ++i) {
    if (name != detail::element_type_traits[i].name) continue;
    type = static_cast<ElementType>(i);
    return true;
  }
  return false;
}

}  // namespace edgeopt::inline v0
