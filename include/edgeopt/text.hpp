// SPDX-License-Identifier: MIT
/// @file
/// Numbers as text and names as suggestions, independent of the locale.
#pragma once

#include <charconv>  // std::to_chars, std::from_chars
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>  // std::errc
#include <vector>

namespace edgeopt::inline v0 {

/// The shortest decimal that reads back to the same double, laid out as Python's `repr` does it:
/// `100000.0`, `1e-05`, `1e+16`, `inf`, `nan`.
[[nodiscard]] inline std::string format_real(double value) {
  if (value != value) return "nan";
  char scientific[32];
  const auto written = std::to_chars(scientific, scientific + sizeof scientific, value,
                                     std::chars_format::scientific);
  std::string text(scientific, written.ptr);
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return text;  // inf, -inf

  int exponent = 0;
  const char* digits_of_exponent = text.data() + e + 1;
  if (*digits_of_exponent == '+') ++digits_of_exponent;
  std::from_chars(digits_of_exponent, text.data() + text.size(), exponent);
  if (exponent < -4 || exponent >= 16) return text;

  const std::string sign = text[0] == '-' ? "-" : "";
  std::string digits = text.substr(sign.size(), e - sign.size());
  if (digits.size() > 1) digits.erase(1, 1);  // the point
  if (exponent < 0)
    return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0') + ".0";
  return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

/// Reads a whole text as a real number; nothing when any character is left over, the text is empty
/// or the number does not fit. Accepts what `format_real` writes, and a leading '+'.
[[nodiscard]] inline std::optional<double> parse_real(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Reads a whole text as an integer; nothing when it is not one or does not fit.
template <class Integer>
[[nodiscard]] std::optional<Integer> parse_integer(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  Integer value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Number of single-character insertions, deletions and replacements between two words.
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      const std::size_t inserted = row[j - 1] + 1;
      const std::size_t deleted = row[j] + 1;
      row[j] = inserted < deleted ? inserted : deleted;
      if (replaced < row[j]) row[j] = replaced;
    }
  }
  return row[b.size()];
}

/// The name that was probably meant: the nearest one (the first among equals), or an empty view
/// when none is within half the length of the word. Words of more than 64 characters have none.
[[nodiscard]] inline std::string_view nearest_name(std::string_view word,
                                                   std::span<const std::string_view> names) {
  std::string_view nearest;
  if (word.size() > 64) return nearest;
  std::size_t best = word.size() / 2 + 1;
  for (const std::string_view name : names) {
    const std::size_t distance = edit_distance(word, name);
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  return nearest;
}

/// "fp32, fp16 or int8", and " (did you mean 'fp16'?)" where one is near to `word`.
[[nodiscard]] inline std::string one_of(std::span<const std::string_view> names,
                                        std::string_view word = {}) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  if (const std::string_view near = word.empty() ? word : nearest_name(word, names); !near.empty())
    text += " (did you mean '" + std::string(near) + "'?)";
  return text;
}

}  // namespace edgeopt::inline v0
