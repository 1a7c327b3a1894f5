// SPDX-License-Identifier: MIT
/// @file
/// Tables for a terminal.
#pragma once

#include <algorithm>  // std::max
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/io/readable.hpp"
#include "edgeopt/io/utf8.hpp"
#include "edgeopt/table.hpp"

namespace edgeopt::inline v0::io {

namespace detail {

/// A text without control characters, which could move a terminal's cursor.
[[nodiscard]] inline std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

}  // namespace detail

/// A table with aligned columns, two blanks apart, a line under the header; numbers to the right.
///
///     layer        macs
///     ----------  -----
///     classifier  15680
[[nodiscard]] inline std::string to_text_table(const Table& table, Digits digits = {4}) {
  const std::size_t columns = table.header.size();
  std::vector<std::vector<std::string>> lines(1);
  for (const std::string& name : table.header) lines[0].push_back(detail::printable(name));
  for (const auto& row : table.rows) {
    auto& line = lines.emplace_back();
    for (const Cell& cell : row) line.push_back(detail::printable(to_readable(cell, digits)));
  }

  std::vector<std::size_t> widths(columns, 0);
  std::vector<char> is_numeric;
  for (std::size_t i = 0; i < columns; ++i)
    is_numeric.push_back(detail::is_numeric_column(table, i));
  for (const auto& line : lines)
    for (std::size_t i = 0; i < columns; ++i)
      widths[i] = std::max(widths[i], character_count(line[i]));
  std::vector<std::string> rule;
  for (const std::size_t width : widths) rule.emplace_back(width, '-');
  lines.insert(lines.begin() + 1, std::move(rule));

  std::string text;
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < columns; ++i) {
      const std::string blanks(widths[i] - character_count(line[i]), ' ');
      text += i > 0 ? "  " : "";
      text += is_numeric[i] != 0 ? blanks + line[i] : line[i] + blanks;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

}  // namespace edgeopt::inline v0::io
