// SPDX-License-Identifier: MIT
/// @file
/// Tables as Markdown (GitHub's tables).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "edgeopt/io/readable.hpp"
#include "edgeopt/table.hpp"

namespace edgeopt::inline v0::io {

namespace detail {

/// A text that Markdown shows as it is: punctuation with a meaning gets a backslash.
[[nodiscard]] inline std::string markdown_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      escaped += ' ';
      continue;
    }
    if (std::string_view("\\`*_[]<>|#~&").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace detail

/// A table as Markdown; line breaks within cells become blanks.
[[nodiscard]] inline std::string to_markdown(const Table& table, Digits digits = exact_digits) {
  std::string text = "|";
  for (const std::string& name : table.header) text += " " + detail::markdown_escaped(name) + " |";
  text += "\n|";
  for (std::size_t i = 0; i < table.header.size(); ++i)
    text += detail::is_numeric_column(table, i) ? "---:|" : "---|";
  text += '\n';
  for (const auto& row : table.rows) {
    text += '|';
    for (const Cell& cell : row)
      text += " " + detail::markdown_escaped(to_readable(cell, digits)) + " |";
    text += '\n';
  }
  return text;
}

}  // namespace edgeopt::inline v0::io
