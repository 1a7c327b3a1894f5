// SPDX-License-Identifier: MIT
/// @file
/// Arrays in the IDX format of the MNIST files, gzipped or not.
///
/// Two zero bytes, a type code, the number of dimensions; then each dimension as a 32-bit integer
/// and the elements in C order, all big endian (Y. LeCun, C. Cortes, C. Burges, "The MNIST database
/// of handwritten digits").
#pragma once

#include <algorithm>  // std::copy_n, std::min, std::reverse
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "edgeopt/array.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/io/gzip.hpp"

namespace edgeopt::inline v0::io {

/// What of an IDX file is wanted, and how much it may hold.
struct IdxOptions {
  /// Only the first items (along the first dimension) are kept; the rest is checked all the same.
  std::int64_t first_items = std::numeric_limits<std::int64_t>::max();
  DecompressionLimits limits = {};
};

/// An IDX file's content.
struct IdxContent {
  Array array;                     ///< the items kept; its first extent is their number
  std::int64_t items_in_file = 0;  ///< first dimension of the whole file
};

namespace detail {

inline constexpr std::size_t max_idx_dimensions = 8;

/// Bytes in memory, read as a file is.
class MemoryInput {
 public:
  MemoryInput(std::string_view bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

  std::size_t read(std::span<std::byte> buffer) {
    const auto source = std::as_bytes(std::span(bytes_));
    const std::size_t count = std::min(buffer.size(), source.size());
    std::copy_n(source.begin(), count, buffer.begin());
    bytes_.remove_prefix(count);
    return count;
  }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::int64_t likely_bytes() const noexcept {
    return static_cast<std::int64_t>(bytes_.size());
  }

 private:
  std::string_view bytes_;
  std::string name_;
};

struct IdxHeader {
  ElementType type = ElementType::u8;
  Shape shape;
  std::int64_t offset = 4;      // where the elements begin
  std::int64_t item_bytes = 0;  // of one item along the first dimension
};

[[nodiscard]] inline std::optional<ElementType> idx_element_type(std::byte code) {
  switch (std::to_integer<int>(code)) {
    case 0x08: return ElementType::u8;
    case 0x09: return ElementType::s8;
    case 0x0c: return ElementType::s32;
    case 0x0d: return ElementType::f32;
    case 0x0e: return ElementType::f64;
    default: return std::nullopt;
  }
}

[[nodiscard]] inline std::string hex_byte(std::byte value) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto number = std::to_integer<unsigned>(value);
  return {'0', 'x', digits[number >> 4], digits[number & 15]};
}

/// The first four bytes: type and number of dimensions.
template <class Source>
std::size_t read_idx_magic(Source& source, IdxHeader& header) {
  std::array<std::byte, 4> magic{};
  if (const std::size_t count = source.read(magic); count < magic.size())
    throw InputError(source.name(), "offset 0", std::to_string(count) + " bytes",
                     "an IDX file, which begins with 4 bytes of type and dimensions");
  if (magic[0] == std::byte{0x1f} && magic[1] == std::byte{0x8b})
    throw InputError(source.name(), "offset 0", "gzip data", "IDX data, decompressed");
  if (magic[0] != std::byte{0} || magic[1] != std::byte{0})
    throw InputError(source.name(), "offset 0", hex_byte(magic[0]) + " " + hex_byte(magic[1]),
                     "0x00 0x00, as IDX files begin");
  const auto type = idx_element_type(magic[2]);
  if (!type)
    throw InputError(source.name(), "offset 2", "type code " + hex_byte(magic[2]),
                     "0x08 (u8), 0x09 (s8), 0x0c (s32), 0x0d (f32) or 0x0e (f64)");
  header.type = *type;
  const auto dimensions = std::to_integer<std::size_t>(magic[3]);
  if (dimensions == 0 || dimensions > max_idx_dimensions)
    throw InputError(source.name(), "offset 3", std::to_string(dimensions) + " dimensions",
                     "1 to " + std::to_string(max_idx_dimensions));
  return dimensions;
}

template <class Source>
std::int64_t read_idx_dimension(Source& source, std::int64_t offset) {
  std::array<std::byte, 4> bytes{};
  if (source.read(bytes) < bytes.size())
    throw InputError(source.name(), "offset " + std::to_string(offset),
                     "the end of the data within the dimensions", "4 bytes for each dimension");
  std::uint32_t extent = 0;
  for (const std::byte byte : bytes) extent = extent << 8 | std::to_integer<std::uint32_t>(byte);
  if (extent == 0)
    throw InputError(source.name(), "offset " + std::to_string(offset), "a dimension of 0",
                     "at least 1");
  return extent;
}

template <class Source>
IdxHeader read_idx_header(Source& source, std::int64_t max_bytes) {
  IdxHeader header;
  const std::size_t dimensions = read_idx_magic(source, header);
  std::int64_t bytes = bytes_of(header.type);
  for (std::size_t i = 0; i < dimensions; ++i, header.offset += 4) {
    const std::int64_t extent = read_idx_dimension(source, header.offset);
    header.shape.push_back(extent);
    if (bytes > max_bytes / extent)
      throw InputError(source.name(), "offset " + std::to_string(header.offset),
                       "dimensions " + to_string(header.shape) + " of more than " +
                           std::to_string(max_bytes) + " bytes",
                       "at most that many");
    bytes *= extent;
  }
  header.item_bytes = bytes / header.shape.front();
  return header;
}

/// Reads up to `wanted` bytes to the end of `data`, which grows with what is really there.
template <class Source>
std::int64_t append_bytes(Source& source, std::int64_t wanted, std::vector<std::byte>& data) {
  constexpr std::int64_t step = std::int64_t{1} << 16;
  data.reserve(static_cast<std::size_t>(std::min(wanted, source.likely_bytes())));
  std::int64_t done = 0;
  while (done < wanted) {
    const auto asked = static_cast<std::size_t>(std::min(step, wanted - done));
    const std::size_t before = data.size();
    data.resize(before + asked);
    const std::size_t count = source.read(std::span(data).subspan(before));
    data.resize(before + count);
    done += static_cast<std::int64_t>(count);
    if (count < asked) break;
  }
  return done;
}

/// Reads and forgets up to `wanted` bytes.
template <class Source>
std::int64_t skip_bytes(Source& source, std::int64_t wanted) {
  std::vector<std::byte> buffer(std::size_t{1} << 16);
  std::int64_t done = 0;
  while (done < wanted) {
    const std::int64_t asked = std::min(static_cast<std::int64_t>(buffer.size()), wanted - done);
    const std::size_t count = source.read(std::span(buffer).first(static_cast<std::size_t>(asked)));
    done += static_cast<std::int64_t>(count);
    if (static_cast<std::int64_t>(count) < asked) break;
  }
  return done;
}

/// Turns big-endian elements into the machine's little-endian ones.
inline void reverse_elements(Array& array) {
  const std::int64_t bytes = bytes_of(array.type);
  if (bytes == 1) return;
  for (auto element = array.data.begin(); element != array.data.end(); element += bytes)
    std::reverse(element, element + bytes);
}

template <class Source>
IdxContent read_idx_from(Source& source, const IdxOptions& options) {
  if (options.first_items < 1)
    throw DomainError("first_items", std::to_string(options.first_items), "at least 1");
  const IdxHeader header = read_idx_header(source, options.limits.bytes);
  IdxContent content;
  content.items_in_file = header.shape.front();
  content.array.type = header.type;
  content.array.shape = header.shape;
  content.array.shape.front() = std::min(content.items_in_file, options.first_items);

  const std::int64_t bytes = header.item_bytes * content.items_in_file;
  const std::int64_t kept = header.item_bytes * content.array.shape.front();
  std::int64_t present = append_bytes(source, kept, content.array.data);
  if (present == kept) present += skip_bytes(source, bytes - kept);
  if (present < bytes)
    throw InputError(source.name(), "offset " + std::to_string(header.offset),
                     std::to_string(present) + " bytes of elements",
                     std::to_string(bytes) + " for dimensions " + to_string(header.shape));
  if (skip_bytes(source, 1) != 0)
    throw InputError(source.name(), "offset " + std::to_string(header.offset + bytes),
                     "bytes behind the last element", "the end of the data");
  reverse_elements(content.array);
  return content;
}

}  // namespace detail

/// Reads an IDX file, gzipped or not (its first bytes tell). The whole file is checked, whatever
/// part of it is kept; memory follows what is kept, never what the header claims.
/// Offsets in messages count decompressed bytes, but for damage to the compression itself.
/// @throws SystemError when the file cannot be read
/// @throws InputError when it is not a complete IDX file, or is larger than the limits
/// @throws DomainError unless options.first_items >= 1
[[nodiscard]] inline IdxContent read_idx(const std::filesystem::path& path,
                                         const IdxOptions& options = {}) {
  DecompressedFile file(path, options.limits);
  return detail::read_idx_from(file, options);
}

/// The same for bytes in memory, which are not gzipped; `name` is what messages call them.
[[nodiscard]] inline IdxContent parse_idx(std::string_view bytes, const std::string& name,
                                          const IdxOptions& options = {}) {
  detail::MemoryInput source(bytes, name);
  return detail::read_idx_from(source, options);
}

}  // namespace edgeopt::inline v0::io
