// Layer estimates, hardware summaries, model sizes, violations, frontiers and precision tables:
// integers exactly, floats to 1e-12 relative.
#include "tables.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/graph_estimates.hpp"
#include "edgeopt/hardware.hpp"
#include "edgeopt/pareto.hpp"
#include "edgeopt/small_cnn_graph.hpp"
#include "edgeopt/study/metrics.hpp"

using namespace edgeopt;

namespace {

constexpr double tolerance = 1e-12;

std::filesystem::path file(const std::string& name) {
  return oracles::folder() / "tables" / name;
}

struct LayerCase {
  std::int64_t in_channels = 0, height = 0, width = 0, conv1 = 0, conv2 = 0, classes = 0, batch = 0;
  LayerEstimate estimate;

  [[nodiscard]] SmallCNNSpec spec() const {
    return {{in_channels, height, width}, conv1, conv2, classes};
  }
};
template <class Visit>
constexpr void visit_columns(const LayerCase*, Visit&& visit) {
  visit("in_channels", &LayerCase::in_channels);
  visit("height", &LayerCase::height);
  visit("width", &LayerCase::width);
  visit("conv1", &LayerCase::conv1);
  visit("conv2", &LayerCase::conv2);
  visit("classes", &LayerCase::classes);
  visit("batch", &LayerCase::batch);
  visit(spliced, &LayerCase::estimate);
}

struct SummaryCase {
  std::int64_t conv1 = 0, conv2 = 0, batch = 0;
  double latency_ms = 0, bytes = 0, macs = 0, bandwidth = 0, configured = 0, utilization = 0,
         gmacs = 0;
};
template <class Visit>
constexpr void visit_columns(const SummaryCase*, Visit&& visit) {
  visit("conv1", &SummaryCase::conv1);
  visit("conv2", &SummaryCase::conv2);
  visit("batch", &SummaryCase::batch);
  visit("latency_ms", &SummaryCase::latency_ms);
  visit("estimated_total_bytes", &SummaryCase::bytes);
  visit("estimated_total_macs", &SummaryCase::macs);
  visit("achieved_bandwidth_gbps", &SummaryCase::bandwidth);
  visit("configured_memory_bandwidth_gbps", &SummaryCase::configured);
  visit("bandwidth_utilization", &SummaryCase::utilization);
  visit("achieved_gmacs", &SummaryCase::gmacs);
}

struct ModelCase {
  std::int64_t conv1 = 0, conv2 = 0;
  double fp32_mb = 0, fp16_mb = 0;
};
template <class Visit>
constexpr void visit_columns(const ModelCase*, Visit&& visit) {
  visit("conv1", &ModelCase::conv1);
  visit("conv2", &ModelCase::conv2);
  visit("fp32_mb", &ModelCase::fp32_mb);
  visit("fp16_mb", &ModelCase::fp16_mb);
}

struct ViolationCase {
  double memory_mb = 0;
  std::vector<MemoryViolation> violations;
};
template <class Visit>
constexpr void visit_columns(const ViolationCase*, Visit&& visit) {
  visit("memory_mb", &ViolationCase::memory_mb);
  visit(spliced, &ViolationCase::violations);
}

std::vector<SweepRow> sweep_rows(const std::filesystem::path& path) {
  return from_partial_table<SweepRow>(edgeopt::io::read_csv(path));
}

/// A frontier of the oracles. Where nothing was accepted theirs is a lone line break.
std::vector<SweepRow> frontier_rows(const std::filesystem::path& path) {
  return std::filesystem::file_size(path) <= 1 ? std::vector<SweepRow>{} : sweep_rows(path);
}

}  // namespace

TEST_CASE("layer estimates, from the description and from the graph") {
  oracles::Comparison comparison("tables/layerwise.csv", "every row, from both");
  for (const LayerCase& expected : oracles::rows<LayerCase>(file("layerwise.csv"))) {
    for (const auto& estimates : {estimate_layerwise_stats(expected.spec(), expected.batch),
                                  estimate_layerwise_stats(small_cnn_graph(
                                      expected.spec(), expected.batch, Precision::fp32))}) {
      const auto found = std::find_if(
          estimates.begin(), estimates.end(),
          [&](const LayerEstimate& estimate) { return estimate.layer == expected.estimate.layer; });
      REQUIRE(found != estimates.end());
      INFO(expected.estimate.layer);
      CHECK(comparison.exact(found->output_elements, expected.estimate.output_elements));
      CHECK(comparison.exact(found->parameter_bytes, expected.estimate.parameter_bytes));
      CHECK(comparison.exact(found->activation_bytes, expected.estimate.activation_bytes));
      CHECK(comparison.exact(found->macs, expected.estimate.macs));
    }
  }
}

TEST_CASE("an input shape of another model, which the original ignores, is refused") {
  // "a model built for (1,28,28) asked about (3,32,32): ..."
  const std::string note =
      oracles::load_json(file("layerwise_input_shape_of_other_model.json")).at("note");
  std::vector<ImageShape> shapes;
  for (std::size_t at = note.find('('); at != std::string::npos; at = note.find('(', at + 1)) {
    long long channels = 0, height = 0, width = 0;
    if (std::sscanf(note.c_str() + at, "(%lld,%lld,%lld)", &channels, &height, &width) == 3)
      shapes.push_back({channels, height, width});
  }
  REQUIRE(shapes.size() == 2);
  INFO(note);
  const SmallCNNSpec spec{shapes[0]};
  CHECK_NOTHROW(estimate_layerwise_stats(spec, 1, Precision::fp32, shapes[0]));
  CHECK_THROWS_AS(estimate_layerwise_stats(spec, 1, Precision::fp32, shapes[1]), DomainError);
  std::printf("tables/layerwise_input_shape_of_other_model.json: refused\n");
}

TEST_CASE("hardware summaries") {
  oracles::Comparison comparison("tables/hardware_summary.csv", "every row");
  for (const SummaryCase& expected : oracles::rows<SummaryCase>(file("hardware_summary.csv"))) {
    const auto layers =
        estimate_layerwise_stats({{}, expected.conv1, expected.conv2}, expected.batch);
    const HardwareSummary summary =
        summarize_hardware(layers, expected.latency_ms, expected.configured);
    CHECK(comparison.exact(static_cast<double>(summary.estimated_total_bytes), expected.bytes));
    CHECK(comparison.exact(static_cast<double>(summary.estimated_total_macs), expected.macs));
    CHECK(comparison.within(tolerance, summary.achieved_bandwidth_gbps, expected.bandwidth));
    CHECK(summary.configured_memory_bandwidth_gbps == expected.configured);
    CHECK(comparison.within(tolerance, summary.bandwidth_utilization, expected.utilization));
    CHECK(comparison.within(tolerance, summary.achieved_gmacs, expected.gmacs));
    CHECK(summary.latency_clamped == (expected.latency_ms < 1e-6));
    CHECK(summary.bandwidth_clamped == (expected.configured < 1e-9));
  }
}

TEST_CASE("bytes of stored models") {
  oracles::Comparison comparison("tables/model_memory.csv", "every row");
  for (const ModelCase& expected : oracles::rows<ModelCase>(file("model_memory.csv"))) {
    const SmallCNNSpec spec{{}, expected.conv1, expected.conv2};
    const auto mb = [&spec](Precision precision) {
      return static_cast<double>(model_memory_bytes(spec, precision)) / bytes_per_mb;
    };
    // Whole bytes over a power of two are exact.
    CHECK(comparison.exact(mb(Precision::fp32), expected.fp32_mb));
    CHECK(comparison.exact(mb(Precision::fp16), expected.fp16_mb));
  }
}

TEST_CASE("violations of memory budgets") {
  std::size_t compared = 0;
  for (const ViolationCase& expected :
       oracles::rows<ViolationCase>(file("memory_violations.csv"))) {
    std::vector<double> budgets;
    for (const MemoryViolation& violation : expected.violations)
      budgets.push_back(violation.budget_mb);
    REQUIRE(!budgets.empty());
    CHECK(memory_violations(expected.memory_mb, budgets) == expected.violations);
    compared += budgets.size();
  }
  std::printf("tables/memory_violations.csv: %zu verdicts compared\n", compared);
}

TEST_CASE("frontiers and facts of sweeps") {
  const nlohmann::json facts = oracles::load_json(file("sweeps/facts.json"));
  const auto folders = oracles::cases("tables/sweeps");
  std::size_t with_rows = 0;  // other facts tell how the original fails on an empty sweep
  for (const auto& [name, fact] : facts.items())
    if (fact.is_object() && fact.contains("rows")) ++with_rows;
  REQUIRE(with_rows == folders.size());
  CHECK(pareto_frontier(std::vector<SweepRow>{}, FrontierCost::latency).empty());
  CHECK(precision_tradeoff_table(std::vector<SweepRow>{}).empty());
  for (const std::filesystem::path& folder : folders) {
    INFO(folder.filename().string());
    const std::vector<SweepRow> rows = sweep_rows(folder / "sweep.csv");
    const auto by_latency = pareto_frontier(rows, FrontierCost::latency);
    const auto by_energy = pareto_frontier(rows, FrontierCost::energy);
    CHECK(by_latency == frontier_rows(folder / "pareto_latency.csv"));
    CHECK(by_energy == frontier_rows(folder / "pareto_energy.csv"));

    const nlohmann::json& fact = facts.at(folder.filename().string());
    std::size_t accepted = 0;
    for (const SweepRow& row : rows) accepted += row.accepted ? 1 : 0;
    CHECK(rows.size() == fact.at("rows"));
    CHECK(accepted == fact.at("accepted_rows"));
    CHECK(rows.size() - accepted == fact.at("rejected_rows"));
    CHECK(by_latency.size() == fact.at("frontier_latency_rows"));
    CHECK(by_energy.size() == fact.at("frontier_energy_rows"));
    std::printf("tables/sweeps/%s: frontiers of %zu and %zu of %zu rows compared exactly\n",
                folder.filename().c_str(), by_latency.size(), by_energy.size(), rows.size());
    CHECK(fact.at("best_accuracy_accepted").is_null() == (accepted == 0));
    CHECK(fact.at("lowest_latency_ms_accepted").is_null() == (accepted == 0));
    if (accepted == 0) continue;
    CHECK(by_latency.back().metrics.accuracy == fact.at("best_accuracy_accepted"));
    CHECK(by_latency.front().metrics.latency_ms == fact.at("lowest_latency_ms_accepted"));
  }
}

TEST_CASE("precision tables of sweeps") {
  for (const std::filesystem::path& folder : oracles::cases("tables/sweeps")) {
    INFO(folder.filename().string());
    oracles::Comparison comparison("tables/sweeps/" + folder.filename().string(),
                                   "precision table");
    const auto table = precision_tradeoff_table(sweep_rows(folder / "sweep.csv"));
    const auto expected = oracles::rows<PrecisionTradeoff>(folder / "precision_tradeoffs.csv");
    REQUIRE(table.size() == expected.size());
    for (std::size_t i = 0; i < table.size(); ++i) {
      // The order of equal latencies is open there; here it follows the name.
      if (i > 0) CHECK(table[i - 1].latency_ms_mean <= table[i].latency_ms_mean);
      const auto same = std::find_if(expected.begin(), expected.end(), [&](const auto& row) {
        return row.precision == table[i].precision;
      });
      REQUIRE(same != expected.end());
      CHECK(comparison.within(tolerance, table[i].accuracy_mean, same->accuracy_mean));
      CHECK(comparison.within(tolerance, table[i].latency_ms_mean, same->latency_ms_mean));
      CHECK(comparison.within(tolerance, table[i].memory_mb_mean, same->memory_mb_mean));
      CHECK(comparison.within(tolerance, table[i].energy_proxy_j_mean, same->energy_proxy_j_mean));
      CHECK(comparison.within(tolerance, table[i].accepted_ratio, same->accepted_ratio));
    }
  }
}
