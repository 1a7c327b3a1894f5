// SPDX-License-Identifier: MIT
/// @file
/// What every format of arrays checks.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "edgeopt/array.hpp"
#include "edgeopt/error.hpp"

namespace edgeopt::inline v0::io::detail {

/// Bytes of an array, or nothing when they do not fit 63 bits.
[[nodiscard]] inline std::optional<std::int64_t> bytes_of_array(ElementType type,
                                                                const Shape& shape) {
  std::int64_t bytes = bytes_of(type);
  for (const std::int64_t extent : shape)
    if (extent < 0 || __builtin_mul_overflow(bytes, extent, &bytes)) return std::nullopt;
  return bytes;
}

/// @throws InputError unless there are as many bytes as type and shape say
inline void check_read_size(std::int64_t bytes, ElementType type, const Shape& shape,
                            const std::string& file, const std::string& place) {
  const auto expected = bytes_of_array(type, shape);
  if (expected != bytes)
    throw InputError(file, place, std::to_string(bytes) + " bytes of elements",
                     (expected ? std::to_string(*expected) : "more than 2^63") + " for " +
                         std::string(to_string(type)) + " " + to_string(shape));
}

/// @throws DomainError unless the array has as many bytes as its type and shape say
inline void check_written_size(const Array& array, const std::string& name) {
  if (bytes_of_array(array.type, array.shape) != static_cast<std::int64_t>(array.data.size()))
    throw DomainError(name, std::to_string(array.data.size()) + " bytes of data",
                      "as many as its shape " + to_string(array.shape) + " takes");
}

/// The same for all of them. @throws DomainError also for an empty name or one that stands twice
inline void check_written(std::span<const NamedArray> arrays) {
  std::unordered_set<std::string_view> names;
  for (const NamedArray& named : arrays) {
    check_written_size(named.array, "array '" + named.name + "'");
    if (named.name.empty() || !names.insert(named.name).second)
      throw DomainError("array name", "'" + named.name + "'", "a name that no other array has");
  }
}

}  // namespace edgeopt::inline v0::io::detail
