// SPDX-License-Identifier: MIT
/// @file
/// Tables as HTML.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/io/readable.hpp"
#include "edgeopt/table.hpp"

namespace edgeopt::inline v0::io {

/// A text that HTML shows as it is, in content and in quoted attributes.
[[nodiscard]] inline std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  return escaped;
}

/// A table as an HTML `<table>` element; numbers are aligned to the right.
[[nodiscard]] inline std::string to_html(const Table& table, Digits digits = exact_digits) {
  std::vector<std::string_view> cell_starts;
  for (std::size_t i = 0; i < table.header.size(); ++i)
    cell_starts.push_back(detail::is_numeric_column(table, i) ? "<td style=\"text-align: right\">"
                                                              : "<td>");
  std::string text = "<table>\n<thead>\n<tr>";
  for (const std::string& name : table.header)
    text += "<th scope=\"col\">" + html_escaped(name) + "</th>";
  text += "</tr>\n</thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    text += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += cell_starts[i];
      text += html_escaped(to_readable(row[i], digits)) + "</td>";
    }
    text += "</tr>\n";
  }
  return text + "</tbody>\n</table>\n";
}

}  // namespace edgeopt::inline v0::io
