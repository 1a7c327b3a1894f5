// What a network in an ONNX file costs: shapes, parameters, operations, bytes and memory of each
// operator, and its place under the ceilings of a device. Its weights are not needed.
#include <edgeopt/cost_conventions.hpp>
#include <edgeopt/io/csv.hpp>
#include <edgeopt/io/json.hpp>
#include <edgeopt/io/output_folder.hpp>
#include <edgeopt/io/readable.hpp>
#include <edgeopt/memory_plan.hpp>
#include <edgeopt/table.hpp>
#include <edgeopt/text.hpp>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common.hpp"
#include "device_options.hpp"
#include "model_file.hpp"
#include "network_analysis.hpp"
#include "network_json.hpp"
#include "tables.hpp"
#include "written_files.hpp"

namespace {

struct Options {
  std::string model;
  std::optional<std::int64_t> batch;
  examples::Binding dimensions;
  std::string device;
  std::vector<std::string> device_files;
  std::optional<std::int64_t> winograd_tile;
  bool plan = false;
  edgeopt::CostConvention convention = edgeopt::CostConvention::macs;
  examples::Format format = examples::Format::table;
  std::string output_dir;
};

void add_options(CLI::App& program, Options& options) {
  program.add_option("model", options.model, "ONNX file")->required()->type_name("MODEL");
  program.add_option("--batch", options.batch, "Value of symbolic first extents of inputs")
      ->check(examples::at_least(1))
      ->type_name("N");
  examples::add_dimension_option(program, options.dimensions);
  CLI::Option* device =
      program.add_option("--device", options.device, "Place the operators under its ceilings")
          ->type_name("NAME");
  examples::add_device_files_option(program, options.device_files);
  examples::add_winograd_option(program, options.winograd_tile)->needs(device);
  program.add_flag("--plan", options.plan, "Show where each activation lies in one arena");
  std::vector<std::pair<std::string, edgeopt::CostConvention>> conventions;
  for (const edgeopt::CostConvention each : edgeopt::cost_conventions)
    conventions.emplace_back(to_string(each), each);
  examples::add_choice<edgeopt::CostConvention>(program, "--convention", options.convention,
                                                conventions, "What the column operations adds up");
  examples::add_format_option(program, options.format);
  program.add_option("--output-dir", options.output_dir,
                     "Folder for operators.csv, totals.csv and analysis.json; with --plan and "
                     "--device also memory_plan.csv and roofline.csv");
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

/// What --plan shows.
void add_plan_tables(const edgeopt::MemoryPlan& plan, bool for_people,
                     std::vector<examples::TitledTable>& all) {
  const edgeopt::Table summary = edgeopt::to_table(std::vector{edgeopt::summarize_memory(plan)});
  all.push_back(
      {"arena", "Activations in one arena", edgeopt::to_table(edgeopt::planned_tensors(plan))});
  all.push_back({"arena_summary", "The arena", for_people ? examples::in_lines(summary) : summary});
}

/// What --device shows.
void add_placement_tables(const examples::DevicePlacement& placement, bool for_people,
                          std::vector<examples::TitledTable>& all) {
  std::string title =
      "Operators on " + placement.roofline.name + ", each run by itself: bounds, not predictions";
  if (placement.sequential_bound_ms)
    title += "; together at least " +
             edgeopt::io::to_readable(*placement.sequential_bound_ms, {4}) + " ms";
  const edgeopt::Table nodes = edgeopt::to_table(placement.nodes);
  all.push_back({"roofline", title, for_people ? examples::without_empty_columns(nodes) : nodes});
  if (!placement.network) return;
  const edgeopt::Table network = edgeopt::to_table(std::vector{*placement.network});
  all.push_back({"device", "The network on " + placement.roofline.name,
                 for_people ? examples::in_lines(network) : network});
}

std::vector<examples::TitledTable> tables(const examples::NetworkAnalysis& analysis,
                                          const Options& options) {
  const bool for_people = options.format == examples::Format::table;
  std::vector<examples::TitledTable> all;
  all.push_back({"operators",
                 "Operators (operations: " + std::string(to_string(options.convention)) + ")",
                 edgeopt::to_table(examples::node_rows(analysis, options.convention))});
  all.push_back({"totals", "Totals", totals_table(analysis, options.convention)});
  if (options.plan && analysis.plan) add_plan_tables(*analysis.plan, for_people, all);
  if (analysis.placement) add_placement_tables(*analysis.placement, for_people, all);
  if (!analysis.unknown.empty())
    all.push_back({"unknown",
                   "Unknown: " + std::to_string(analysis.totals.unknown_nodes) + " of " +
                       std::to_string(analysis.totals.nodes) +
                       " nodes are in no sum of operations or bytes moved",
                   unknown_table(analysis)});
  return all;
}

void write_files(const Options& options, const examples::NetworkAnalysis& analysis,
                 const std::string& json) {
  edgeopt::io::OutputFolder output{options.output_dir};
  std::vector<std::string> written;
  const auto stage = [&](const std::string& name, const std::string& text) {
    output.stage(name, text);
    written.push_back(name);
  };
  const auto stage_table = [&](const std::string& name, const edgeopt::Table& table) {
    stage(name, edgeopt::io::to_csv(table));
  };
  stage_table("operators.csv",
              edgeopt::to_table(examples::node_rows(analysis, options.convention)));
  stage_table("totals.csv", totals_table(analysis, options.convention));
  if (options.plan && analysis.plan)
    stage_table("memory_plan.csv", edgeopt::to_table(edgeopt::planned_tensors(*analysis.plan)));
  if (analysis.placement) stage_table("roofline.csv", edgeopt::to_table(analysis.placement->nodes));
  stage("analysis.json", json);
  output.commit("analysis.json");
  examples::report_written(options.output_dir, written);
}

void report(const Options& options) {
  const bool files = !options.output_dir.empty();
  const bool as_json = options.format == examples::Format::json;
  std::optional<edgeopt::Device> device;
  if (!options.device.empty())  // first: an unknown name is refused before anything is read
    device = examples::named_device(examples::read_devices(options.device_files), options.device);
  examples::NetworkAnalysis analysis = examples::analyze(
      examples::read_bound_model(options.model, options.batch, options.dimensions));
  examples::print_notes(analysis);
  if (options.plan || files || as_json) examples::plan_memory(analysis);
  if (options.plan && !analysis.plan)
    std::cerr << "Note: no plan, because the size of some activation is unknown\n";
  if (device) examples::place_on(*device, options.winograd_tile, analysis);
  std::string json;
  if (files || as_json)
    json = edgeopt::io::to_json_text(examples::to_json(analysis, options.convention));
  if (as_json)
    std::cout << json;
  else
    examples::print(tables(analysis, options), options.format);
  if (files) write_files(options, analysis, json);
}

}  // namespace

int main(int argc, char** argv) {
  examples::Program program("analyze_onnx",
                            "Shapes, parameters, operations, bytes and memory of each operator.");
  Options options;
  add_options(program, options);
  return examples::run(program, argc, argv, [&] { report(options); });
}
