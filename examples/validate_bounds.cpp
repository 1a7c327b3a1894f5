// Published latencies against the library's lower bounds, and how well a calibration predicts them.
#include <edgeopt/devices.hpp>
#include <edgeopt/io/csv.hpp>
#include <edgeopt/io/json.hpp>
#include <edgeopt/io/markdown.hpp>
#include <edgeopt/latency_calibration.hpp>
#include <edgeopt/published_latencies.hpp>
#include <edgeopt/statistics.hpp>
#include <edgeopt/table.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "common.hpp"
#include "tables.hpp"

namespace {

/// Slowdowns of a family, fitted on all its runs.
struct FamilySlowdowns {
  std::string family;
  edgeopt::Slowdowns slowdowns{};
};

/// All that is known of the published runs.
struct Validation {
  std::vector<edgeopt::BoundedLatency> bounds;
  std::vector<edgeopt::LeftOutPrediction> predictions;  // as many, in the same order
  std::vector<edgeopt::PredictionErrors> errors;
  std::vector<FamilySlowdowns> families;
};

Validation validate() {
  const std::vector<edgeopt::Device> devices = edgeopt::all_devices();
  Validation validation;
  std::vector<edgeopt::CalibrationRun> runs;
  for (const edgeopt::PublishedLatency& latency : edgeopt::published_latencies()) {
    const edgeopt::PublishedNetwork network = edgeopt::published_network(latency.network);
    const edgeopt::Device device = edgeopt::find_device(devices, latency.device);
    validation.bounds.push_back(edgeopt::bound_published(latency, network, device));
    runs.push_back(edgeopt::calibration_run(latency, network, device));
  }
  validation.predictions = edgeopt::leave_one_network_out(runs);
  if (validation.predictions.size() != runs.size())
    throw edgeopt::DomainError("published runs", "a family with one network", "at least two");
  validation.errors = edgeopt::prediction_errors(validation.predictions);
  for (const edgeopt::PredictionErrors& each : validation.errors) {
    std::vector<edgeopt::CalibrationRun> of_family;
    for (const edgeopt::CalibrationRun& run : runs)
      if (run.family == each.family) of_family.push_back(run);
    if (!of_family.empty())
      validation.families.push_back({each.family, edgeopt::fit_slowdowns(of_family)});
  }
  return validation;
}

edgeopt::Table table_of(const std::vector<FamilySlowdowns>& families) {
  edgeopt::Table table;
  table.header = {"family"};
  for (const edgeopt::OperatorClass kind : edgeopt::all_operator_classes)
    table.header.emplace_back(to_string(kind));
  for (const FamilySlowdowns& each : families) {
    std::vector<edgeopt::Cell>& row = table.rows.emplace_back();
    row.emplace_back(each.family);
    for (const double slowdown : each.slowdowns) row.emplace_back(slowdown);
  }
  return table;
}

edgeopt::Table error_table(const std::vector<edgeopt::PredictionErrors>& errors) {
  edgeopt::Table table;
  table.header = {"family", "runs", "median %", "90th percentile %", "worst %"};
  for (const edgeopt::PredictionErrors& each : errors)
    table.rows.push_back(
        {each.family, each.runs, 100 * each.median, 100 * each.percentile_90, 100 * each.worst});
  return table;
}

/// One row a run: what was published, our bound, and what the others predict.
edgeopt::Table run_table(const Validation& validation) {
  edgeopt::Table table;
  table.header = {"network", "device",       "engine",     "computes in",
                  "threads", "published ms", "bound ms",   "bound / published",
                  "limiter", "F(m, 3)",      "estimate ms"};
  for (std::size_t i = 0; i < validation.bounds.size(); ++i) {
    const edgeopt::BoundedLatency& bound = validation.bounds[i];
    table.rows.push_back({bound.network, bound.device, bound.engine,
                          std::string(to_string(bound.precision)), bound.threads,
                          bound.published_ms, bound.time_lower_bound_ms.value_or(0),
                          bound.bound_share.value_or(0), bound.limiter.value_or("unknown"),
                          bound.winograd_tile, validation.predictions[i].predicted_ms});
  }
  return table;
}

edgeopt::Table source_table(const std::vector<edgeopt::BoundedLatency>& bounds) {
  edgeopt::Table table;
  table.header = {"source", "runs"};
  for (const edgeopt::BoundedLatency& bound : bounds) {
    // Submitter and system, without the task and the file's name.
    const std::size_t results = bound.source.find("/results/");
    std::string source = bound.source;
    if (results != std::string::npos) {
      const std::size_t file = source.rfind("/performance/");
      source.resize(source.rfind('/', file - 1));
    }
    if (table.rows.empty() || edgeopt::to_text(table.rows.back()[0]) != source)
      table.rows.push_back({source, std::int64_t{0}});
    ++std::get<std::int64_t>(table.rows.back()[1]);
  }
  return table;
}

void print_document(const Validation& validation) {
  std::vector<double> shares;
  for (const edgeopt::BoundedLatency& bound : validation.bounds)
    shares.push_back(bound.bound_share.value_or(0));
  std::int64_t above = 0;
  for (const double share : shares) above += share > 1 ? 1 : 0;
  const auto percent = [&](double at) {
    return edgeopt::io::to_readable(100 * edgeopt::percentile(shares, at), {3});
  };
  const auto markdown = [](const edgeopt::Table& table) {
    return edgeopt::io::to_markdown(table, edgeopt::io::Digits{3});
  };
  std::cout
      << "# Validation against published measurements\n\n"
         "Written by `validate_bounds --document`; a test regenerates this page and compares.\n\n"
         "`published_latencies.hpp` holds "
      << validation.bounds.size()
      << " latencies that others measured: the closed division of MLPerf Tiny v1.0 to\n"
         "v1.2 on microcontroller boards, and ncnn's benchmark table on Raspberry Pi. "
         "`latency_bounds.hpp` says what these runs\ncould not be faster than.\n\n"
         "## How the bounds are made\n\n"
         "- **Type**: the one that the engine computes in. ncnn computes in halves where the "
         "processor can (Raspberry Pi 5), else\n"
         "  in fp32; int8 on cores without 8-bit vector instructions counts at the rate of their "
         "16-bit ones.\n"
         "- **Multiplications** that Winograd's convolutions F(m x m, 3 x 3) save are taken off "
         "the "
         "3 x 3 convolutions with stride 1\n"
         "  where an engine may use them: by 5.0625 for ncnn's floats (m = 6), 4 for its int8 "
         "(m = 4), and 2.25 (m = 2) for\n"
         "  engines whose source is not public (X-CUBE-AI, Plumerai, HALE). The other programs do "
         "not know the engine and grant every\n"
         "  device the largest m of its kind: no published latency is below these bounds either.\n"
         "- **Memory**: weights once, less what the caches can keep from one run to the next; "
         "ncnn stores floats as halves.\n"
         "- **Threads**: peak rates of the cores that ran.\n\n"
         "## Bounds\n\n"
         "Bounds above their measurement: "
      << above << " of " << shares.size() << ". The bound is " << percent(50)
      << " % of the published latency in the median, " << percent(90)
      << " % at the\n90th percentile and " << percent(100)
      << " % at most.\n\n"
         "## Estimates\n\n"
         "The calibrated estimate is not a bound: the bounds of the operators, by class, times a "
         "slowdown that is fitted on the\nother networks of the same family (core, precision, "
         "threads). Engines of a family share its slowdowns, so that the\nerror holds their "
         "differences too. Absolute relative errors of predictions for networks left out of the "
         "fit:\n\n"
      << markdown(error_table(validation.errors))
      << "\nSlowdowns over the bound, fitted on all networks:\n\n"
      << markdown(table_of(validation.families)) << "\n## Runs\n\n"
      << markdown(run_table(validation))
      << "\n## Sources\n\n"
         "Repositories on GitHub, with the commit that was read.\n\n"
      << markdown(source_table(validation.bounds));
}

}  // namespace

int main(int argc, char** argv) {
  examples::Program program(
      "validate_bounds",
      "Published latencies of MLPerf Tiny and ncnn against the library's lower bounds, and how "
      "well slowdowns fitted on other networks predict them.");
  bool document = false;
  examples::Format format = examples::Format::table;
  program.add_flag("--document", document, "Print docs/validation.md instead of tables");
  examples::add_format_option(program, format);
  return examples::run(program, argc, argv, [&] {
    const Validation validation = validate();
    if (document) {
      print_document(validation);
      return;
    }
    const bool for_people = format == examples::Format::table;
    examples::print(
        {{"runs", "Published latencies, lower bounds, and estimates from other networks",
          for_people ? run_table(validation) : edgeopt::to_table(validation.bounds)},
         {"errors", "Errors of the estimates",
          for_people ? error_table(validation.errors) : edgeopt::to_table(validation.errors)},
         {"slowdowns", "Slowdowns over the bound", table_of(validation.families)}},
        format);
  });
}
