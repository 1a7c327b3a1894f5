// SPDX-License-Identifier: MIT
/// @file
/// The largest rows of a table by one of their columns.
#pragma once

#include <cmath>  // std::isnan
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "edgeopt/columns.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

namespace detail {

/// Calls `use(a's value, b's value)` for the column of that name, also one of a spliced row.
template <Row RowType, class Use>
void with_column(const RowType& a, const RowType& b, std::string_view column, const Use& use) {
  visit_columns(&a, [&](const auto& label, auto member) {
    using Field = std::remove_cvref_t<decltype(a.*member)>;
    if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(label)>, Spliced>) {
      if (label == column) use(a.*member, b.*member);
    } else if constexpr (Row<Field>) {
      with_column(a.*member, b.*member, column, use);
    }
  });
}

/// Names of the columns that do not depend on values.
template <Row RowType>
void append_column_names(const RowType& row, std::vector<std::string_view>& names) {
  visit_columns(&row, [&](const auto& label, auto member) {
    using Field = std::remove_cvref_t<decltype(row.*member)>;
    if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(label)>, Spliced>) {
      names.push_back(label);
    } else if constexpr (Row<Field>) {
      append_column_names(row.*member, names);
    }
  });
}

/// Whether a is larger: numbers in their order, what is no number behind all of them.
template <class Value>
bool is_larger(const Value& a, const Value& b) {
  if constexpr (std::is_floating_point_v<Value>)
    if (std::isnan(b)) return !std::isnan(a);
  if constexpr (requires { a.has_value(); })
    if (a.has_value() && b.has_value()) return is_larger(*a, *b);
  return b < a;
}

}  // namespace detail

/// The `count` rows with the largest values in a column, largest first, equal ones in the order
/// given; all of them where there are fewer. NaN stands behind all numbers, nothing behind NaN.
/// @throws DomainError for a column the rows do not have
template <Row RowType>
[[nodiscard]] std::vector<RowType> top_rows(std::span<const RowType> rows, std::string_view column,
                                            std::size_t count) {
  std::vector<std::string_view> names;
  detail::append_column_names(RowType{}, names);
  bool known = false;
  for (const std::string_view name : names) known = known || name == column;
  if (!known) throw DomainError("column", "'" + std::string(column) + "'", one_of(names, column));

  std::vector<RowType> top;  // sorted by insertion
  for (const RowType& row : rows) {
    std::size_t place = top.size();
    bool larger = true;
    while (place > 0 && larger) {
      detail::with_column(row, top[place - 1], column, [&](const auto& mine, const auto& other) {
        larger = detail::is_larger(mine, other);
      });
      if (larger) --place;
    }
    if (place >= count) continue;
    top.insert(top.begin() + static_cast<std::ptrdiff_t>(place), row);
    if (top.size() > count) top.pop_back();
  }
  return top;
}

template <Row RowType>
[[nodiscard]] std::vector<RowType> top_rows(const std::vector<RowType>& rows,
                                            std::string_view column, std::size_t count) {
  return top_rows(std::span<const RowType>(rows), column, count);
}

}  // namespace edgeopt::inline v0
