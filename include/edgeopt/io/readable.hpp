// SPDX-License-Identifier: MIT
/// @file
/// Cells as people read them.
#pragma once

#include <charconv>  // std::to_chars
#include <cstdint>
#include <cstdlib>  // std::abs
#include <string>
#include <variant>

#include "edgeopt/table.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0::io {

/// How real numbers are shown: rounded to some significant digits, or exactly.
struct Digits {
  int significant = 0;  ///< 1 to 17; 0 shows every digit that the number needs
};
inline constexpr Digits exact_digits{0};

/// A real number rounded to significant digits, without trailing zeros: "0.1235", "12350",
/// "1.5e-07".
[[nodiscard]] inline std::string to_readable(double value, Digits digits) {
  if (digits.significant <= 0) return format_real(value);
  char buffer[64];
  const auto rounded = std::to_chars(buffer, buffer + sizeof buffer, value,
                                     std::chars_format::scientific, digits.significant - 1);
  // The rounded decimal, read back, has a shortest text of at most those digits.
  const double nearest = parse_real(std::string_view(buffer, rounded.ptr)).value_or(value);
  std::string text = format_real(nearest);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

/// A cell as text: numbers as above, `yes` and `no`, nothing for an empty cell.
[[nodiscard]] inline std::string to_readable(const Cell& cell, Digits digits) {
  if (const bool* truth = std::get_if<bool>(&cell)) return *truth ? "yes" : "no";
  if (const double* real = std::get_if<double>(&cell)) return to_readable(*real, digits);
  return to_text(cell);
}

namespace detail {

/// Numbers stand to the right, everything else to the left.
[[nodiscard]] inline bool is_numeric_column(const Table& table, std::size_t column) {
  for (const auto& row : table.rows)
    if (!std::holds_alternative<std::int64_t>(row[column]) &&
        !std::holds_alternative<double>(row[column]) &&
        !std::holds_alternative<std::monostate>(row[column]))
      return false;
  return !table.rows.empty();
}

}  // namespace detail

}  // namespace edgeopt::inline v0::io
