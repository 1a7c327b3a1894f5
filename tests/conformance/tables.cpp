// Layer estimates, hardware summaries, model sizes, violations, frontiers and precision tables:
// integers exactly, floats to 1e-12 relative.
#include "tables.hpp"

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
  for (const LayerCase& expected : oracles::rows<LayerCase>(file("layerwise.csv"))) {
    bool found = false;
    for (const auto& estimates : {estimate_layerwise_stats(expected.spec(), expected.batch),
                                  estimate_layerwise_stats(small_cnn_graph(
                                      expected.spec(), expected.batch, Precision::fp32))})
      for (const LayerEstimate& estimate : estimates) {
        if (estimate.layer != expected.estimate.layer) continue;
        found = true;
        CHECK(estimate == expected.estimate);
      }
    CHECK(found);
  }
}

TEST_CASE("an input shape of another model, which the original ignores, is refused") {
  REQUIRE(std::filesystem::exists(file("layerwise_input_shape_of_other_model.json")));
  CHECK_THROWS_AS(
      estimate_layerwise_stats({{1, 28, 28}}, 1, Precision::fp32, ImageShape{3, 32, 32}),
      DomainError);
}

TEST_CASE("hardware summaries") {
  oracles::Deviations deviations("tables/hardware_summary");
  for (const SummaryCase& expected : oracles::rows<SummaryCase>(file("hardware_summary.csv"))) {
    const auto layers =
        estimate_layerwise_stats({{}, expected.conv1, expected.conv2}, expected.batch);
    const HardwareSummary summary =
        summarize_hardware(layers, expected.latency_ms, expected.configured);
    CHECK(static_cast<double>(summary.estimated_total_bytes) == expected.bytes);
    CHECK(static_cast<double>(summary.estimated_total_macs) == expected.macs);
    CHECK(deviations.within(tolerance, summary.achieved_bandwidth_gbps, expected.bandwidth));
    CHECK(summary.configured_memory_bandwidth_gbps == expected.configured);
    CHECK(deviations.within(tolerance, summary.bandwidth_utilization, expected.utilization));
    CHECK(deviations.within(tolerance, summary.achieved_gmacs, expected.gmacs));
    CHECK(summary.latency_clamped == (expected.latency_ms < 1e-6));
    CHECK(summary.bandwidth_clamped == (expected.configured < 1e-9));
  }
}

TEST_CASE("bytes of stored models") {
  for (const ModelCase& expected : oracles::rows<ModelCase>(file("model_memory.csv"))) {
    const SmallCNNSpec spec{{}, expected.conv1, expected.conv2};
    const auto mb = [&spec](Precision precision) {
      return static_cast<double>(model_memory_bytes(spec, precision)) / bytes_per_mb;
    };
    CHECK(mb(Precision::fp32) == expected.fp32_mb);  // whole bytes over a power of two: exact
    CHECK(mb(Precision::fp16) == expected.fp16_mb);
  }
}

TEST_CASE("violations of memory budgets") {
  for (const ViolationCase& expected :
       oracles::rows<ViolationCase>(file("memory_violations.csv"))) {
    std::vector<double> budgets;
    for (const MemoryViolation& violation : expected.violations)
      budgets.push_back(violation.budget_mb);
    REQUIRE(!budgets.empty());
    CHECK(memory_violations(expected.memory_mb, budgets) == expected.violations);
  }
}

TEST_CASE("frontiers and facts of sweeps") {
  const nlohmann::json facts = oracles::load_json(file("sweeps/facts.json"));
  for (const std::filesystem::path& folder : oracles::cases("tables/sweeps")) {
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
    if (accepted == 0) continue;
    CHECK(by_latency.back().metrics.accuracy == fact.at("best_accuracy_accepted"));
    CHECK(by_latency.front().metrics.latency_ms == fact.at("lowest_latency_ms_accepted"));
  }
}

TEST_CASE("precision tables of sweeps") {
  oracles::Deviations deviations("tables/sweeps precision_tradeoffs");
  for (const std::filesystem::path& folder : oracles::cases("tables/sweeps")) {
    INFO(folder.filename().string());
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
      CHECK(deviations.within(tolerance, table[i].accuracy_mean, same->accuracy_mean));
      CHECK(deviations.within(tolerance, table[i].latency_ms_mean, same->latency_ms_mean));
      CHECK(deviations.within(tolerance, table[i].memory_mb_mean, same->memory_mb_mean));
      CHECK(deviations.within(tolerance, table[i].energy_proxy_j_mean, same->energy_proxy_j_mean));
      CHECK(deviations.within(tolerance, table[i].accepted_ratio, same->accepted_ratio));
    }
  }
}
