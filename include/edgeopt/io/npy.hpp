// SPDX-License-Identifier: MIT
/// @file
/// One array in NumPy's `.npy` format, versions 1 to 3, as numpy.lib.format documents it:
/// "\x93NUMPY", two bytes of version, the header's length, the header (a Python dictionary with
/// the keys descr, fortran_order and shape), then the elements.
#pragma once

#include <algorithm>  // std::min
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

#include "edgeopt/array.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/named_arrays.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0::io {

namespace detail {

inline constexpr std::string_view npy_magic = "\x93NUMPY";
inline constexpr std::size_t max_npy_header_bytes = 1 << 16;
inline constexpr std::size_t max_npy_dimensions = 32;

/// NumPy's names of the element types; bytes have no order, hence the '|'.
inline constexpr std::array<std::pair<ElementType, std::string_view>, 7> npy_types{{
    {ElementType::f16, "<f2"},
    {ElementType::f32, "<f4"},
    {ElementType::f64, "<f8"},
    {ElementType::u8, "|u1"},
    {ElementType::s8, "|i1"},
    {ElementType::s32, "<i4"},
    {ElementType::s64, "<i8"},
}};

/// Reads the dictionary of the header: `{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }`.
class NpyHeaderReader {
 public:
  NpyHeaderReader(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  /// Element type and shape; the data are empty.
  Array read() {
    expect('{');
    while (!accept('}')) {
      const std::string_view key = quoted();
      expect(':');
      read_value(key);
      if (!accept(',') && peek() != '}') fail("a comma or '}'");
    }
    while (!text_.empty())
      if (const char c = take(); c != ' ' && c != '\n') fail("blanks up to the end of the header");
    if (!type_ || !order_seen_ || !shape_) fail("the keys 'descr', 'fortran_order' and 'shape'");
    return {*type_, *shape_, {}};
  }

 private:
  [[noreturn]] void fail(const std::string& expected) const {
    throw InputError(name_, "header", "'" + std::string(text_.substr(0, 24)) + "'", expected);
  }

  void skip_blanks() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n')) text_.remove_prefix(1);
  }
  char peek() {
    skip_blanks();
    return text_.empty() ? '\0' : text_[0];
  }
  char take() {
    const char c = text_[0];
    text_.remove_prefix(1);
    return c;
  }
  bool accept(char c) {
    if (peek() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(std::string("'") + c + "'");
  }
  bool accept_word(std::string_view word) {
    skip_blanks();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  std::string_view quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("a text in quotes");
    const std::size_t end = text_.find(quote, 1);
    if (end == text_.npos) fail("a closing quote");
    const std::string_view content = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return content;
  }

  void read_value(std::string_view key) {
    if (key == "descr" && !type_)
      read_type();
    else if (key == "fortran_order" && !order_seen_)
      read_order();
    else if (key == "shape" && !shape_)
      read_shape();
    else
      throw InputError(name_, "header", "the key '" + std::string(key) + "'",
                       "'descr', 'fortran_order' and 'shape', once each");
  }

  void read_type() {
    std::string expected;
    if (peek() != '[') {  // a list describes records
      const std::string_view found = quoted();
      for (const auto& [type, descr] : npy_types) {
        if (found == descr) type_ = type;
        expected += (expected.empty() ? "" : ", ") + std::string(descr);
      }
      if (!type_)
        throw InputError(name_, "header", "element type '" + std::string(found) + "'",
                         "one of " + expected);
    } else {
      fail("a single element type");
    }
  }

  void read_order() {
    if (accept_word("True"))
      throw InputError(name_, "header", "Fortran order", "C order (numpy.ascontiguousarray)");
    if (!accept_word("False")) fail("True or False");
    order_seen_ = true;
  }

  void read_shape() {
    shape_.emplace();
    expect('(');
    while (!accept(')')) {
      const std::size_t digits = std::min(text_.find_first_not_of("0123456789"), text_.size());
      const auto extent = parse_integer<std::int64_t>(text_.substr(0, digits));
      if (!extent) fail("a dimension, at most 2^63 - 1");
      if (shape_->size() == max_npy_dimensions)
        fail("at most " + std::to_string(max_npy_dimensions) + " dimensions");
      shape_->push_back(*extent);
      text_.remove_prefix(digits);
      if (!accept(',') && peek() != ')') fail("a comma or ')'");
    }
  }

  std::string_view text_;
  const std::string& name_;
  std::optional<ElementType> type_;
  bool order_seen_ = false;
  std::optional<Shape> shape_;
};

/// Length of the header and where it begins.
inline std::pair<std::size_t, std::size_t> npy_header_range(std::string_view bytes,
                                                            const std::string& name) {
  if (!bytes.starts_with(npy_magic))
    throw InputError(name, "offset 0", "other bytes", "\"\\x93NUMPY\", as .npy files begin");
  const int version = bytes.size() > 6 ? static_cast<unsigned char>(bytes[6]) : 0;
  if (version < 1 || version > 3)
    throw InputError(name, "offset 6", "version " + std::to_string(version), "version 1, 2 or 3");
  const std::size_t begin = version == 1 ? 10 : 12;
  std::uint32_t length = 0;  // little endian: two bytes in version 1, four since
  if (bytes.size() >= begin) std::memcpy(&length, bytes.data() + 8, begin - 8);
  if (length > max_npy_header_bytes)
    throw InputError(name, "offset 8", "a header of " + std::to_string(length) + " bytes",
                     "at most " + std::to_string(max_npy_header_bytes));
  if (bytes.size() < begin || bytes.size() - begin < length)
    throw InputError(name, "offset 8", "the end of the file within the header", "the whole header");
  return {begin, length};
}

}  // namespace detail

/// Reads the bytes of a `.npy` file; `name` is what messages call them.
/// @throws InputError unless they are one complete array in C order of f16, f32, f64, u8, s8, s32
///   or s64
[[nodiscard]] inline Array parse_npy(std::string_view bytes, const std::string& name) {
  const auto [begin, length] = detail::npy_header_range(bytes, name);
  Array array = detail::NpyHeaderReader(bytes.substr(begin, length), name).read();
  const std::string_view elements = bytes.substr(begin + length);
  detail::check_read_size(static_cast<std::int64_t>(elements.size()), array.type, array.shape, name,
                          "offset " + std::to_string(begin + length));
  const auto data = std::as_bytes(std::span(elements));
  array.data.assign(data.begin(), data.end());
  return array;
}

/// Reads a `.npy` file; see `parse_npy`. @throws SystemError when it cannot be read
[[nodiscard]] inline Array read_npy(const std::filesystem::path& path,
                                    std::int64_t max_bytes = default_max_file_bytes) {
  return parse_npy(read_file(path, max_bytes), path.string());
}

/// The bytes of a `.npy` file of version 1 that holds the array.
/// @throws DomainError when the data have another size than the shape says, and for element types
///   that reading refuses
[[nodiscard]] inline std::string to_npy(const Array& array) {
  detail::check_written_size(array, "array");
  std::string header = "{'descr': '";
  bool known = false;
  for (const auto& [type, descr] : detail::npy_types)
    if (type == array.type) {
      header += descr;
      known = true;
    }
  if (!known)
    throw DomainError("element type", std::string(to_string(array.type)),
                      "one that this writer of .npy knows");
  header += "', 'fortran_order': False, 'shape': (";
  for (std::size_t i = 0; i < array.shape.size(); ++i)
    header += (i > 0 ? ", " : "") + std::to_string(array.shape[i]);
  header += array.shape.size() == 1 ? ",), }" : "), }";
  // The elements begin at a multiple of 64, and a line break ends the header.
  constexpr std::size_t before = 10;
  header.append(63 - (before + header.size()) % 64, ' ');
  header += '\n';

  std::string bytes(detail::npy_magic);
  bytes += {'\x01', '\x00', static_cast<char>(header.size() & 0xff),
            static_cast<char>(header.size() >> 8)};
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(array.data.data()), array.data.size());
  return bytes;
}

}  // namespace edgeopt::inline v0::io
