// Tables on standard output in the format that was asked for.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <edgeopt/io/csv.hpp>
#include <edgeopt/io/json.hpp>
#include <edgeopt/io/text_table.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "common.hpp"

namespace examples {

enum class Format : std::uint8_t { table, csv, json };

inline void add_format_option(CLI::App& app, Format& format) {
  add_choice<Format>(app, "--format", format,
                     {{"table", Format::table}, {"csv", Format::csv}, {"json", Format::json}},
                     "How to print");
}

/// A table and what a reader should know about it. The name is its key in JSON.
struct TitledTable {
  std::string name;
  std::string title;
  edgeopt::Table table;
};

/// A table of one row as one line for each column: what fits a terminal.
inline edgeopt::Table in_lines(const edgeopt::Table& row) {
  edgeopt::Table lines;
  lines.header = {"quantity", "value"};
  for (std::size_t column = 0; column < row.header.size(); ++column) {
    const edgeopt::Cell& value = row.rows.front()[column];
    lines.rows.push_back({row.header[column], value.index() == 0 ? "unknown" : value});
  }
  return lines;
}

/// A table without the columns that are empty in every row.
inline edgeopt::Table without_empty_columns(const edgeopt::Table& table) {
  edgeopt::Table kept;
  kept.rows.resize(table.rows.size());
  for (std::size_t column = 0; column < table.header.size(); ++column) {
    const auto has_value = [=](const auto& row) { return row[column].index() != 0; };
    if (std::none_of(table.rows.begin(), table.rows.end(), has_value)) continue;
    kept.header.push_back(table.header[column]);
    for (std::size_t i = 0; i < table.rows.size(); ++i)
      kept.rows[i].push_back(table.rows[i][column]);
  }
  return kept;
}

/// For people: one below the other. JSON: an object with one array for each. CSV, which can hold
/// one table only: the first.
inline void print(const std::vector<TitledTable>& tables, Format format) {
  if (format == Format::csv) {
    std::cout << edgeopt::io::to_csv(tables.front().table);
  } else if (format == Format::json) {
    edgeopt::io::Json object = edgeopt::io::Json::object();
    for (const TitledTable& each : tables) object[each.name] = edgeopt::io::to_json(each.table);
    std::cout << edgeopt::io::to_json_text(object);
  } else {
    for (const TitledTable& each : tables)
      std::cout << (&each == &tables.front() ? "" : "\n") << each.title << '\n'
                << edgeopt::io::to_text_table(each.table);
  }
}

}  // namespace examples
