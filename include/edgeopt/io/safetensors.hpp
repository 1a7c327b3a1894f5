// SPDX-License-Identifier: MIT
/// @file
/// Named arrays in the safetensors format (github.com/huggingface/safetensors, "Format"): the
/// length of a JSON header in eight bytes, the header, then the bytes of all arrays without a gap.
#pragma once

#include <algorithm>  // std::sort
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>  // std::memcpy
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>  // std::pair
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/json.hpp"
#include "edgeopt/io/named_arrays.hpp"

namespace edgeopt::inline v0::io {

namespace detail {

inline constexpr std::int64_t max_safetensors_header_bytes = std::int64_t{1} << 20;

inline constexpr std::array<std::pair<ElementType, std::string_view>, 7> safetensors_types{{
    {ElementType::f16, "F16"},
    {ElementType::f32, "F32"},
    {ElementType::f64, "F64"},
    {ElementType::u8, "U8"},
    {ElementType::s8, "I8"},
    {ElementType::s32, "I32"},
    {ElementType::s64, "I64"},
}};

/// An array as the header describes it: its bytes are [begin, end) of what follows the header.
struct SafetensorsEntry {
  std::string name;
  ElementType type = ElementType::f32;
  Shape shape;
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

/// Reads the entries out of the header.
class SafetensorsHeaderReader {
 public:
  explicit SafetensorsHeaderReader(const std::string& file) : file_(file) {}

  std::vector<SafetensorsEntry> read(const Json& header) const {
    if (!header.is_object()) fail("header", "no object", "an object of arrays");
    std::vector<SafetensorsEntry> entries;
    for (const auto& [name, description] : header.items()) {
      if (name == "__metadata__") {
        check_metadata(description);
      } else {
        entries.push_back(read_entry(name, description));
      }
    }
    return entries;
  }

 private:
  [[noreturn]] void fail(const std::string& place, const std::string& found,
                         const std::string& expected) const {
    throw InputError(file_, place, found, expected);
  }

  void check_metadata(const Json& metadata) const {
    bool is_plain = metadata.is_object();
    if (is_plain)
      for (const Json& value : metadata) is_plain = is_plain && value.is_string();
    if (!is_plain) fail("header, '__metadata__'", "other values", "an object of texts");
  }

  SafetensorsEntry read_entry(const std::string& name, const Json& description) const {
    const std::string place = "array '" + name + "'";
    if (!description.is_object() || description.size() != 3 || !description.contains("dtype") ||
        !description.contains("shape") || !description.contains("data_offsets"))
      fail(place, "other keys", "dtype, shape and data_offsets");
    SafetensorsEntry entry;
    entry.name = name;
    entry.type = read_type(place, description["dtype"]);
    entry.shape = read_counts(place + ", shape", description["shape"]);
    const Shape offsets = read_counts(place + ", data_offsets", description["data_offsets"]);
    if (offsets.size() != 2 || offsets[0] > offsets[1])
      fail(place + ", data_offsets", to_string(offsets), "a begin and an end not before it");
    entry.begin = offsets[0];
    entry.end = offsets[1];
    check_read_size(entry.end - entry.begin, entry.type, entry.shape, file_, place);
    return entry;
  }

  ElementType read_type(const std::string& place, const Json& value) const {
    std::string expected;
    for (const auto& [type, name] : safetensors_types) {
      if (value == name) return type;
      expected += (expected.empty() ? "" : ", ") + std::string(name);
    }
    fail(place + ", dtype", value.dump(-1, ' ', true), "one of " + expected);
  }

  Shape read_counts(const std::string& place, const Json& values) const {
    if (!values.is_array()) fail(place, "no list", "a list of integers");
    if (values.size() > 32) fail(place, "more than 32 integers", "at most that many");
    Shape counts;
    for (const Json& value : values) {
      if (!value.is_number_unsigned() || value.get<std::uint64_t>() > INT64_MAX)
        fail(place, value.dump(-1, ' ', true), "integers from 0 to 2^63 - 1");
      counts.push_back(value.get<std::int64_t>());
    }
    return counts;
  }

  const std::string& file_;
};

/// Sorts the entries by place and checks that they cover the data without gap or overlap.
inline void check_safetensors_layout(std::vector<SafetensorsEntry>& entries,
                                     std::int64_t data_bytes, const std::string& file) {
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::int64_t covered = 0;
  for (const SafetensorsEntry& entry : entries) {
    if (entry.begin != covered || entry.end > data_bytes)
      throw InputError(file, "array '" + entry.name + "'",
                       "bytes " + std::to_string(entry.begin) + " to " + std::to_string(entry.end),
                       "the bytes from " + std::to_string(covered) + " on, within " +
                           std::to_string(data_bytes));
    covered = entry.end;
  }
  if (covered != data_bytes)
    throw InputError(file, "behind the last array", std::to_string(data_bytes - covered) + " bytes",
                     "the end of the file");
}

inline std::string safetensors_header(const std::vector<const NamedArray*>& arrays) {
  Json header = Json::object();
  std::size_t begin = 0;
  for (const NamedArray* named : arrays) {
    const Array& array = named->array;
    Json& entry = header[named->name];
    for (const auto& [type, name] : safetensors_types)
      if (type == array.type) entry["dtype"] = name;
    if (!entry.contains("dtype"))
      throw DomainError("element type of '" + named->name + "'", std::string(to_string(array.type)),
                        "one that this writer knows");
    entry["shape"] = array.shape;
    entry["data_offsets"] = {begin, begin + array.data.size()};
    begin += array.data.size();
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const Json::exception&) {
    throw DomainError("array name", "bytes that are not UTF-8", "UTF-8");
  }
  text.append((8 - text.size() % 8) % 8, ' ');  // the data begin at a multiple of 8
  return text;
}

}  // namespace detail

/// Reads the bytes of a safetensors file; the arrays come in the order of their data. Metadata are
/// checked and passed over.
/// @throws InputError for anything that the format forbids, for element types other than F16, F32,
///   F64, U8, I8, I32 and I64, and for a header of more than 1 MiB
[[nodiscard]] inline std::vector<NamedArray> parse_safetensors(std::string_view bytes,
                                                               const std::string& name) {
  std::uint64_t length = 0;
  if (bytes.size() < sizeof length)
    throw InputError(name, "offset 0", std::to_string(bytes.size()) + " bytes",
                     "8 bytes of header length");
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > detail::max_safetensors_header_bytes || length > bytes.size() - sizeof length)
    throw InputError(
        name, "offset 0", "a header of " + std::to_string(length) + " bytes",
        "at most " + std::to_string(detail::max_safetensors_header_bytes) + ", within the file");
  const auto header_bytes = static_cast<std::size_t>(length);
  const std::string_view text = bytes.substr(sizeof length, header_bytes);
  if (!text.starts_with('{'))
    throw InputError(name, "offset 8", "another character", "'{', as headers begin");
  const Json header = parse_json(text, name + ", header", {.keys = std::int64_t{1} << 14});
  auto entries = detail::SafetensorsHeaderReader(name).read(header);

  const auto data = std::as_bytes(std::span(bytes)).subspan(sizeof length + header_bytes);
  detail::check_safetensors_layout(entries, static_cast<std::int64_t>(data.size()), name);
  std::vector<NamedArray> arrays;
  for (detail::SafetensorsEntry& entry : entries) {
    const auto part = data.subspan(static_cast<std::size_t>(entry.begin),
                                   static_cast<std::size_t>(entry.end - entry.begin));
    arrays.push_back(
        {std::move(entry.name), {entry.type, std::move(entry.shape), {part.begin(), part.end()}}});
  }
  return arrays;
}

/// Reads a safetensors file; see `parse_safetensors`. @throws SystemError when it cannot be read
[[nodiscard]] inline std::vector<NamedArray> read_safetensors(
    const std::filesystem::path& path, std::int64_t max_bytes = default_max_file_bytes) {
  return parse_safetensors(read_file(path, max_bytes), path.string());
}

/// The bytes of a safetensors file in the order that the format's own library prefers: wide
/// elements first, so that each array is aligned, then by name.
/// @throws DomainError for a name that stands twice, is "__metadata__" or not UTF-8, for data of
///   another size than the shape says, and for element types that reading refuses
[[nodiscard]] inline std::string to_safetensors(std::span<const NamedArray> arrays) {
  detail::check_written(arrays);
  for (const NamedArray& named : arrays)
    if (named.name == "__metadata__")
      throw DomainError("array name", "'__metadata__'", "one that the format does not reserve");
  std::vector<const NamedArray*> sorted;
  for (const NamedArray& array : arrays) sorted.push_back(&array);
  std::sort(sorted.begin(), sorted.end(), [](const NamedArray* a, const NamedArray* b) {
    return std::pair(-bytes_of(a->array.type), std::string_view(a->name)) <
           std::pair(-bytes_of(b->array.type), std::string_view(b->name));
  });
  const std::string header = detail::safetensors_header(sorted);
  const std::uint64_t length = header.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  bytes += header;
  for (const NamedArray* named : sorted)
    bytes.append(reinterpret_cast<const char*>(named->array.data.data()), named->array.data.size());
  return bytes;
}

}  // namespace edgeopt::inline v0::io
