// What a network in an ONNX file costs: shapes, parameters, operations, bytes and memory of each
// operator. Its weights are not needed.
#include <edgeopt/cost_conventions.hpp>
#include <edgeopt/io/csv.hpp>
#include <edgeopt/io/json.hpp>
#include <edgeopt/io/output_folder.hpp>
#include <edgeopt/table.hpp>
#include <edgeopt/text.hpp>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common.hpp"
#include "network_analysis.hpp"
#include "tables.hpp"

namespace {

struct Options {
  std::string model;
  std::optional<std::int64_t> batch;
  std::map<std::string, std::int64_t> dimensions;
  edgeopt::CostConvention convention = edgeopt::CostConvention::macs;
  examples::Format format = examples::Format::table;
  std::string output_dir;
};

/// Takes "NAME=N" apart.
void add_dimension(const std::string& text, std::map<std::string, std::int64_t>& dimensions) {
  const std::size_t equals = text.rfind('=');
  const auto value = equals == text.npos
                         ? std::nullopt
                         : edgeopt::parse_integer<std::int64_t>(text.substr(equals + 1));
  if (!value || *value < 1 || equals == 0)
    throw CLI::ValidationError("--dim", "found '" + text + "', expected NAME=N with N >= 1");
  if (!dimensions.emplace(text.substr(0, equals), *value).second)
    throw CLI::ValidationError("--dim", "found '" + text + "' again, expected each name once");
}

void add_options(CLI::App& program, Options& options) {
  program.add_option("model", options.model, "ONNX file")->required()->type_name("MODEL");
  program.add_option("--batch", options.batch, "Value of symbolic first extents of inputs")
      ->check(examples::at_least(1))
      ->type_name("N");
  program
      .add_option_function<std::vector<std::string>>(
          "--dim",
          [&options](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) add_dimension(text, options.dimensions);
          },
          "Value of a symbolic extent")
      ->type_name("NAME=N");
  std::vector<std::pair<std::string, edgeopt::CostConvention>> conventions;
  for (const edgeopt::CostConvention each : edgeopt::cost_conventions)
    conventions.emplace_back(to_string(each), each);
  examples::add_choice<edgeopt::CostConvention>(program, "--convention", options.convention,
                                                conventions, "What the column operations adds up");
  examples::add_format_option(program, options.format);
  program.add_option("--output-dir", options.output_dir,
                     "Folder for operators.csv, totals.csv and analysis.json");
}

/// Totals in one line for people and CSV.
edgeopt::Table totals_table(const examples::NetworkAnalysis& analysis,
                            edgeopt::CostConvention convention) {
  edgeopt::Table table;
  table.rows.emplace_back();
  edgeopt::io::Json totals = examples::totals_json(analysis);
  totals["unknown_nodes"] = analysis.totals.unknown_nodes;
  totals["operations"] = edgeopt::operations(analysis.totals, convention);
  for (const auto& [name, value] : totals.items()) {
    table.header.push_back(name);
    table.rows[0].push_back(value.is_null() ? edgeopt::Cell{} : value.get<std::int64_t>());
  }
  return table;
}

/// What is unknown, operator by operator.
struct UnknownRow {
  std::int64_t index = 0;
  std::string name;
  std::string op;
  std::string reason;
};
template <class Visit>
constexpr void visit_columns(const UnknownRow*, Visit&& visit) {
  visit("index", &UnknownRow::index);
  visit("name", &UnknownRow::name);
  visit("op", &UnknownRow::op);
  visit("reason", &UnknownRow::reason);
}

edgeopt::Table unknown_table(const examples::NetworkAnalysis& analysis) {
  std::vector<UnknownRow> rows;
  for (const edgeopt::UnknownNode& each : analysis.unknown)
    rows.push_back({static_cast<std::int64_t>(each.node), analysis.graph().nodes[each.node].name,
                    each.op, each.reason});
  return edgeopt::to_table(rows);
}

std::vector<examples::TitledTable> tables(const examples::NetworkAnalysis& analysis,
                                          edgeopt::CostConvention convention) {
  std::vector<examples::TitledTable> all;
  all.push_back({"operators", "Operators (operations: " + std::string(to_string(convention)) + ")",
                 edgeopt::to_table(examples::node_rows(analysis, convention))});
  all.push_back({"totals", "Totals", totals_table(analysis, convention)});
  if (!analysis.unknown.empty())
    all.push_back({"unknown",
                   "Unknown: " + std::to_string(analysis.totals.unknown_nodes) + " of " +
                       std::to_string(analysis.totals.nodes) +
                       " nodes are in no sum of operations or bytes moved",
                   unknown_table(analysis)});
  return all;
}

void write_files(const std::string& folder, const std::vector<examples::TitledTable>& tables,
                 const std::string& json) {
  edgeopt::io::OutputFolder output{folder};
  for (const examples::TitledTable& each : tables)
    if (each.name != "unknown") output.stage(each.name + ".csv", edgeopt::io::to_csv(each.table));
  output.stage("analysis.json", json);
  output.commit("analysis.json");
  std::cerr << "Written to " << folder << ": operators.csv, totals.csv, analysis.json\n";
}

}  // namespace

int main(int argc, char** argv) {
  examples::Program program("analyze_onnx",
                            "Shapes, parameters, operations, bytes and memory of each operator.");
  Options options;
  add_options(program, options);

  return examples::run(program, argc, argv, [&] {
    const examples::NetworkAnalysis analysis =
        examples::analyze(options.model, options.batch, options.dimensions);
    for (const std::string& note : analysis.model.notes) std::cerr << "Note: " << note << '\n';
    const bool files = !options.output_dir.empty();
    std::string json;
    if (files || options.format == examples::Format::json)
      json = edgeopt::io::to_json_text(examples::to_json(analysis, options.convention));
    const auto all = files || options.format != examples::Format::json
                         ? tables(analysis, options.convention)
                         : std::vector<examples::TitledTable>();
    if (options.format == examples::Format::json)
      std::cout << json;
    else
      examples::print(all, options.format);
    if (files) write_files(options.output_dir, all, json);
  });
}
