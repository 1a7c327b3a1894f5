// SPDX-License-Identifier: MIT
/// @file
/// Rows as a table of cells and back. Writers and readers of CSV, JSON, Markdown and HTML know this
/// type only; what a row's columns are stands in its `visit_columns`.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>  // std::in_range
#include <variant>
#include <vector>

#include "edgeopt/columns.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// Nothing, a truth value, a count, a real number or a text.
using Cell = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

/// A header and rows of as many cells.
struct Table {
  std::string name;  ///< the file or parameter it came from; used in messages
  std::vector<std::string> header;
  std::vector<std::vector<Cell>> rows;
  std::vector<std::int64_t> lines;  ///< where each row began in a file that was read; else empty

  /// Index of a column. @throws InputError when there is none of that name
  [[nodiscard]] std::size_t column_index(std::string_view column_name) const {
    for (std::size_t i = 0; i < header.size(); ++i)
      if (header[i] == column_name) return i;
    std::vector<std::string_view> names(header.begin(), header.end());
    throw InputError(name, "header", "no column '" + std::string(column_name) + "'",
                     names.empty() ? "a header line" : one_of(names, column_name));
  }

  /// "line 7, column 'accuracy'": the place of a cell, for messages.
  [[nodiscard]] std::string place(std::size_t row, std::size_t column) const {
    const std::string where = row < lines.size() ? "line " + std::to_string(lines[row])
                                                 : "row " + std::to_string(row + 1);
    return where + ", column '" + header[column] + "'";
  }
};

/// A cell as the text that CSV holds: `True`, `False`, integers, `format_real`, nothing.
[[nodiscard]] inline std::string to_text(const Cell& cell) {
  if (const bool* truth = std::get_if<bool>(&cell)) return *truth ? "True" : "False";
  if (const auto* count = std::get_if<std::int64_t>(&cell)) return std::to_string(*count);
  if (const double* real = std::get_if<double>(&cell)) return format_real(*real);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return {};
}

namespace detail {

template <class T>
concept Enumeration = std::is_enum_v<T>;

template <class Value>
Cell to_cell(const Value& value) {
  if constexpr (std::same_as<Value, bool>) {
    return value;
  } else if constexpr (std::integral<Value>) {
    return static_cast<std::int64_t>(value);
  } else if constexpr (std::floating_point<Value>) {
    return static_cast<double>(value);
  } else if constexpr (Enumeration<Value>) {
    return std::string(to_string(value));
  } else if constexpr (requires { value.has_value(); }) {
    return value.has_value() ? to_cell(*value) : Cell{};
  } else {
    return std::string(value);
  }
}

/// What a cell of this type has to look like, for messages.
template <class Value>
constexpr std::string_view expectation() {
  if constexpr (std::same_as<Value, bool>)
    return "True or False";
  else if constexpr (std::unsigned_integral<Value>)
    return "an integer >= 0";
  else if constexpr (std::integral<Value>)
    return "an integer";
  else if constexpr (std::floating_point<Value>)
    return "a number";
  else if constexpr (requires(Value value) { value.has_value(); })
    return expectation<typename Value::value_type>();
  else
    return "a known name";
}

/// Reads a cell, whether it still is text (from CSV) or already typed; false when it does not fit.
template <class Value>
bool from_cell(const Cell& cell, Value& value) {
  const auto* text = std::get_if<std::string>(&cell);
  if constexpr (std::same_as<Value, bool>) {
    if (const bool* truth = std::get_if<bool>(&cell)) return value = *truth, true;
    if (text && (*text == "True" || *text == "true" || *text == "1")) return value = true, true;
    if (text && (*text == "False" || *text == "false" || *text == "0")) return value = false, true;
    return false;
  } else if constexpr (std::integral<Value>) {
    if (const auto* count = std::get_if<std::int64_t>(&cell)) {
      value = static_cast<Value>(*count);
      return std::in_range<Value>(*count);
    }
    const auto parsed = text ? parse_integer<Value>(*text) : std::optional<Value>{};
    if (parsed) value = *parsed;
    return parsed.has_value();
  } else if constexpr (std::floating_point<Value>) {
    if (const double* real = std::get_if<double>(&cell))
      return value = static_cast<Value>(*real), true;
    if (const auto* count = std::get_if<std::int64_t>(&cell))
      return value = static_cast<Value>(*count), true;
    const auto parsed = text ? parse_real(*text) : std::optional<double>{};
    if (parsed) value = static_cast<Value>(*parsed);
    return parsed.has_value();
  } else if constexpr (Enumeration<Value>) {
    return text && from_string(*text, value);
  } else if constexpr (requires { value.has_value(); }) {
    if (std::holds_alternative<std::monostate>(cell) || (text && text->empty()))
      return value.reset(), true;
    return from_cell(cell, value.emplace());
  } else {
    value = to_text(cell);
    return true;
  }
}

template <class Label>
inline constexpr bool is_spliced = std::same_as<Label, Spliced>;

template <Row RowType>
void append_header(const RowType& prototype, std::vector<std::string>& header) {
  visit_columns(&prototype, [&](const auto& label, auto member) {
    const auto& field = prototype.*member;
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (!is_spliced<std::remove_cvref_t<decltype(label)>>) {
      header.emplace_back(label);
    } else if constexpr (Row<Field>) {
      append_header(field, header);
    } else {
      for (const auto& element : field) header.push_back(element.column_name());
    }
  });
}

template <Row RowType>
void append_cells(const RowType& row, std::vector<Cell>& cells) {
  visit_columns(&row, [&](const auto& label, auto member) {
    const auto& field = row.*member;
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (!is_spliced<std::remove_cvref_t<decltype(label)>>) {
      cells.push_back(to_cell(field));
    } else if constexpr (Row<Field>) {
      append_cells(field, cells);
    } else {
      for (const auto& element : field) cells.push_back(to_cell(element.value));
    }
  });
}

template <class Value>
void read_cell(const Table& table, std::size_t row, std::size_t column, Value& value) {
  const Cell& cell = table.rows[row][column];
  if (!from_cell(cell, value))
    throw InputError(table.name, table.place(row, column), "'" + to_text(cell) + "'",
                     std::string(expectation<Value>()));
}

template <Row RowType>
void read_row(const Table& table, std::size_t row, bool absent_columns_allowed, RowType& value) {
  visit_columns(&value, [&](const auto& label, auto member) {
    auto& field = value.*member;
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (!is_spliced<std::remove_cvref_t<decltype(label)>>) {
      if (absent_columns_allowed) {
        for (std::size_t i = 0; i < table.header.size(); ++i)
          if (table.header[i] == label) read_cell(table, row, i, field);
      } else {
        read_cell(table, row, table.column_index(label), field);
      }
    } else if constexpr (Row<Field>) {
      read_row(table, row, absent_columns_allowed, field);
    } else {
      using Keyed = typename Field::value_type;
      field.clear();
      for (std::size_t i = 0; i < table.header.size(); ++i) {
        if (!Keyed::is_column_name(table.header[i])) continue;
        field.push_back(Keyed::from_column_name(table.header[i]));
        read_cell(table, row, i, field.back().value);
      }
    }
  });
}

template <Row RowType>
std::vector<RowType> read_rows(const Table& table, bool absent_columns_allowed) {
  std::vector<RowType> rows(table.rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) read_row(table, i, absent_columns_allowed, rows[i]);
  return rows;
}

}  // namespace detail

/// One cell as a bool, a number or an enumeration, whether it is typed or still text.
/// @throws InputError, naming the cell, when it does not fit
template <class Value>
[[nodiscard]] Value cell_value(const Table& table, std::size_t row, std::size_t column) {
  Value value{};
  detail::read_cell(table, row, column, value);
  return value;
}

/// The names of a row's columns; `prototype` gives those that depend on values.
template <Row RowType>
[[nodiscard]] std::vector<std::string> column_names(const RowType& prototype = {}) {
  std::vector<std::string> names;
  detail::append_header(prototype, names);
  return names;
}

/// Rows as a table. Columns whose names depend on values take them from `prototype`, so that an
/// empty table has its full header.
/// @throws DomainError when a row has other such columns than the prototype
template <Row RowType>
[[nodiscard]] Table to_table(std::span<const RowType> rows, const RowType& prototype) {
  Table table;
  table.header = column_names(prototype);
  table.rows.reserve(rows.size());
  for (const RowType& row : rows) {
    if (column_names(row) != table.header)
      throw DomainError("row " + std::to_string(table.rows.size() + 1),
                        "a row with other columns than the header", "one with the same columns");
    detail::append_cells(row, table.rows.emplace_back());
  }
  return table;
}

/// Rows as a table; the first row (or a default one) is the prototype.
template <Row RowType>
[[nodiscard]] Table to_table(std::span<const RowType> rows) {
  return to_table(rows, rows.empty() ? RowType{} : rows.front());
}

template <Row RowType>
[[nodiscard]] Table to_table(const std::vector<RowType>& rows) {
  return to_table(std::span<const RowType>(rows));
}

/// A table as rows; columns the row does not know are passed over.
/// @throws InputError for a missing column or a cell that does not fit
template <Row RowType>
[[nodiscard]] std::vector<RowType> from_table(const Table& table) {
  return detail::read_rows<RowType>(table, false);
}

/// The same for tables that hold only some of the columns; other fields keep their defaults.
/// @throws InputError for a cell that does not fit
template <Row RowType>
[[nodiscard]] std::vector<RowType> from_partial_table(const Table& table) {
  return detail::read_rows<RowType>(table, true);
}

/// A table of text cells, such as CSV gives, with the types its columns can have: a column of
/// integers only becomes integers, one of numbers only numbers, one of True and False only truth
/// values. Empty cells become empty.
[[nodiscard]] inline Table with_inferred_types(Table table) {
  const auto convert = [&]<class Value>(std::size_t column, Value value) {
    std::vector<Cell> typed;
    for (const auto& row : table.rows) {
      const bool is_empty = to_text(row[column]).empty();
      if (!is_empty && !detail::from_cell(row[column], value)) return false;
      typed.push_back(is_empty ? Cell{} : Cell{value});
    }
    for (std::size_t i = 0; i < typed.size(); ++i) table.rows[i][column] = std::move(typed[i]);
    return true;
  };
  for (std::size_t column = 0; column < table.header.size(); ++column)
    convert(column, std::int64_t{}) || convert(column, double{}) || convert(column, bool{});
  return table;
}

}  // namespace edgeopt::inline v0
