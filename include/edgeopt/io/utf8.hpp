// SPDX-License-Identifier: MIT
/// @file
/// UTF-8: checks of text before it is parsed, and what is written of text that is not UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "edgeopt/error.hpp"

namespace edgeopt::inline v0::io {

/// Offset of the first byte that is not UTF-8 (RFC 3629: no overlong form, no surrogate, nothing
/// above U+10FFFF), or the length of the text when all of it is.
[[nodiscard]] inline std::size_t valid_utf8_prefix(std::string_view text) noexcept {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto byte = [&](std::size_t k) {
      return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U;
    };
    const unsigned lead = byte(0);
    const std::size_t length = lead < 0x80                   ? 1U
                               : lead >= 0xc2 && lead < 0xe0 ? 2U
                               : lead >= 0xe0 && lead < 0xf0 ? 3U
                               : lead >= 0xf0 && lead < 0xf5 ? 4U
                                                             : 0U;
    if (length == 0) return i;
    // The second byte's range excludes overlong forms, surrogates and what lies above U+10FFFF.
    const unsigned lowest = lead == 0xe0 ? 0xa0U : lead == 0xf0 ? 0x90U : 0x80U;
    const unsigned highest = lead == 0xed ? 0x9fU : lead == 0xf4 ? 0x8fU : 0xbfU;
    if (length > 1 && (byte(1) < lowest || byte(1) > highest)) return i;
    for (std::size_t k = 2; k < length; ++k)
      if (byte(k) < 0x80 || byte(k) > 0xbf) return i;
    i += length;
  }
  return text.size();
}

/// The text with U+FFFD in place of each byte that is not UTF-8, for formats that hold nothing
/// else.
[[nodiscard]] inline std::string to_utf8(std::string_view text) {
  std::string valid;
  while (true) {
    const std::size_t prefix = valid_utf8_prefix(text);
    valid += text.substr(0, prefix);
    if (prefix == text.size()) return valid;
    valid += "\uFFFD";
    text.remove_prefix(prefix + 1);
  }
}

/// Characters of a UTF-8 text; tables and pictures take each to be equally wide.
[[nodiscard]] inline std::size_t character_count(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) == 0x80 ? 0U : 1U;
  return count;
}

namespace detail {

/// "line 3" for an offset.
[[nodiscard]] inline std::string line_at(std::string_view text, std::size_t offset) {
  std::int64_t line = 1;
  for (const char c : text.substr(0, offset)) line += c == '\n' ? 1 : 0;
  return "line " + std::to_string(line);
}

/// @throws InputError unless the text is UTF-8 without NUL and at most `max_bytes` long
inline void check_text(std::string_view text, const std::string& name, std::int64_t max_bytes) {
  if (text.size() > static_cast<std::size_t>(max_bytes))
    throw InputError(name, "", std::to_string(text.size()) + " bytes",
                     "at most " + std::to_string(max_bytes));
  if (const std::size_t nul = text.find('\0'); nul != text.npos)
    throw InputError(name, line_at(text, nul), "a NUL character", "text");
  if (const std::size_t valid = valid_utf8_prefix(text); valid != text.size())
    throw InputError(name, line_at(text, valid), "bytes that are not UTF-8", "text in UTF-8");
}

}  // namespace detail

}  // namespace edgeopt::inline v0::io
