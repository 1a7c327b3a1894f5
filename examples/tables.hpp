// Tables on standard output in the format that was asked for.
#pragma once

#include <CLI/CLI.hpp>
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
