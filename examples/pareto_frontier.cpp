// Any table in, its non-dominated rows out.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <edgeopt/error.hpp>
#include <edgeopt/hypervolume.hpp>
#include <edgeopt/io/csv.hpp>
#include <edgeopt/pareto.hpp>
#include <edgeopt/table.hpp>
#include <edgeopt/text.hpp>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common.hpp"
#include "tables.hpp"

namespace {

using edgeopt::Direction;
using edgeopt::Table;

/// Only the rows in which a truth value stands in every one of these columns.
Table rows_where(Table table, const std::vector<std::string>& columns) {
  for (const std::string& name : columns) {
    const std::size_t column = table.column_index(name);
    Table kept{table.name, table.header, {}, {}};
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      if (!edgeopt::cell_value<bool>(table, row, column)) continue;
      kept.rows.push_back(std::move(table.rows[row]));
      kept.lines.push_back(table.lines[row]);
    }
    table = std::move(kept);
  }
  return table;
}

/// [rows, objectives], minimised columns first.
struct Objectives {
  std::vector<double> points;
  std::vector<Direction> directions;
};

Objectives objectives_of(const Table& table, const std::vector<std::string>& minimized,
                         const std::vector<std::string>& maximized) {
  Objectives objectives;
  std::vector<std::size_t> columns;
  const auto add = [&](const std::vector<std::string>& names, Direction direction) {
    for (const std::string& name : names) {
      columns.push_back(table.column_index(name));
      objectives.directions.push_back(direction);
    }
  };
  add(minimized, Direction::minimize);
  add(maximized, Direction::maximize);
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    for (const std::size_t column : columns) {
      const auto value = edgeopt::cell_value<double>(table, row, column);
      if (std::isnan(value))
        throw edgeopt::InputError(table.name, table.place(row, column), "nan", "a number");
      objectives.points.push_back(value);
    }
  return objectives;
}

/// All rows with their rank in a column of its own.
Table with_ranks(Table table, const Objectives& objectives) {
  if (std::ranges::find(table.header, "rank") != table.header.end())
    throw edgeopt::InputError(table.name, "header", "a column 'rank'",
                              "none, because --ranks adds it");
  const auto ranks = edgeopt::non_dominated_ranks(objectives.points, objectives.directions);
  table.header.emplace_back("rank");
  for (std::size_t row = 0; row < ranks.size(); ++row) table.rows[row].emplace_back(ranks[row]);
  return table;
}

Table non_dominated_rows(const Table& table, const Objectives& objectives) {
  Table frontier{table.name, table.header, {}, {}};
  for (const std::size_t row : edgeopt::non_dominated(objectives.points, objectives.directions))
    frontier.rows.push_back(table.rows[row]);
  return frontier;
}

}  // namespace

int main(int argc, char** argv) {
  examples::Program program("pareto_frontier",
                            "The rows of a CSV file that no other row beats: at least as good in "
                            "every objective, better in one.");
  std::string file;
  std::vector<std::string> minimized;
  std::vector<std::string> maximized;
  std::vector<std::string> where;
  std::vector<double> reference;
  bool ranks = false;
  examples::Format format = examples::Format::csv;
  program.add_option("file", file, "CSV file with a header line")->required();
  program.add_option("--minimize", minimized, "Columns of which less is better");
  program.add_option("--maximize", maximized, "Columns of which more is better");
  program.add_option("--where", where, "Columns that have to be True, for example: accepted");
  program
      .add_option("--hypervolume", reference,
                  "Worst values that count, minimised columns first: also print the volume "
                  "dominated up to there")
      ->delimiter(',')
      ->type_name("REF,...");
  program.add_flag("--ranks", ranks,
                   "All rows, with a column that counts the frontiers in front of them");
  examples::add_choice<examples::Format>(program, "--format", format,
                                         {{"csv", examples::Format::csv},
                                          {"table", examples::Format::table},
                                          {"json", examples::Format::json}},
                                         "How to print");

  return examples::run(program, argc, argv, [&] {
    if (minimized.empty() && maximized.empty())
      throw CLI::RequiredError("--minimize or --maximize");
    const Table table = rows_where(edgeopt::io::read_csv(file), where);
    const Objectives objectives = objectives_of(table, minimized, maximized);
    std::optional<double> volume;
    if (!reference.empty())
      volume = edgeopt::hypervolume(objectives.points, reference, objectives.directions);
    Table shown = ranks ? with_ranks(table, objectives) : non_dominated_rows(table, objectives);
    if (format != examples::Format::csv) shown = edgeopt::with_inferred_types(std::move(shown));
    const std::string title = "Out of " + std::to_string(table.rows.size()) + " candidates";
    examples::print({{"rows", title, std::move(shown)}}, format);
    // Beside the rows rather than among them: standard output stays a table.
    if (volume) std::cerr << "hypervolume " << edgeopt::format_real(*volume) << '\n';
  });
}
