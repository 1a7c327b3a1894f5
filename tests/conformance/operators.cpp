// The operator profile and the batch fit: floats to 1e-12 relative, integers exactly.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "edgeopt/batch_fit.hpp"
#include "edgeopt/operator_profile.hpp"
#include "tables.hpp"

using namespace edgeopt;

namespace {

constexpr double tolerance = 1e-12;

std::filesystem::path file(const std::string& name) {
  return oracles::folder() / "operators" / name;
}

struct OperatorCase {
  std::int64_t batch = 0, features = 0;
  OperatorCost cost;
};
template <class Visit>
constexpr void visit_columns(const OperatorCase*, Visit&& visit) {
  visit("batch", &OperatorCase::batch);
  visit("features", &OperatorCase::features);
  visit(spliced, &OperatorCase::cost);
}

struct TotalsCase {
  std::int64_t batch = 0, features = 0;
  double stream_interval_ms = 0, fp16_memory_kb = 0, int8_memory_kb = 0;
  HardwareTotals totals;
};
template <class Visit>
constexpr void visit_columns(const TotalsCase*, Visit&& visit) {
  visit("batch", &TotalsCase::batch);
  visit("features", &TotalsCase::features);
  visit("stream_interval_ms", &TotalsCase::stream_interval_ms);
  visit("fp16_memory_kb", &TotalsCase::fp16_memory_kb);
  visit("int8_memory_kb", &TotalsCase::int8_memory_kb);
  visit(spliced, &TotalsCase::totals);
}

struct BatchCase {
  std::int64_t batch = 0, features = 0, bytes = 0, adjusted_batch = 0;
  double limit_mb = 0, memory_mb = 0;
};
template <class Visit>
constexpr void visit_columns(const BatchCase*, Visit&& visit) {
  visit("batch", &BatchCase::batch);
  visit("features", &BatchCase::features);
  visit("bytes", &BatchCase::bytes);
  visit("limit_mb", &BatchCase::limit_mb);
  visit("memory_mb", &BatchCase::memory_mb);
  visit("adjusted_batch", &BatchCase::adjusted_batch);
}

struct UtilizationCase {
  double operations = 0, budget = 0, utilization = 0;
};
template <class Visit>
constexpr void visit_columns(const UtilizationCase*, Visit&& visit) {
  visit("operations", &UtilizationCase::operations);
  visit("budget", &UtilizationCase::budget);
  visit("utilization", &UtilizationCase::utilization);
}

}  // namespace

TEST_CASE("operators of the profile") {
  oracles::Comparison comparison("operators/operators.csv", "every row");
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> next;  // operators come in order
  for (const OperatorCase& expected : oracles::rows<OperatorCase>(file("operators.csv"))) {
    const auto profile = build_hardware_profile_table(expected.batch, expected.features, 1);
    const std::size_t index = next[{expected.batch, expected.features}]++;
    REQUIRE(index < profile.operators.size());
    const OperatorCost& cost = profile.operators[index];
    CHECK(cost.name == expected.cost.name);
    CHECK(comparison.within(tolerance, cost.latency_ms, expected.cost.latency_ms));
    CHECK(comparison.within(tolerance, cost.memory_kb, expected.cost.memory_kb));
  }
  for (const auto& [of, count] : next)
    CHECK(count == build_hardware_profile_table(of.first, of.second, 1).operators.size());
}

TEST_CASE("totals of the profile") {
  oracles::Comparison comparison("operators/totals.csv", "every row");
  for (const TotalsCase& expected : oracles::rows<TotalsCase>(file("totals.csv"))) {
    const auto profile = build_hardware_profile_table(expected.batch, expected.features,
                                                      expected.stream_interval_ms);
    const auto check = [&](double found, double from) {
      CHECK(comparison.within(tolerance, found, from));
    };
    check(profile.totals.latency_ms, expected.totals.latency_ms);
    check(profile.totals.memory_kb, expected.totals.memory_kb);
    check(profile.totals.estimated_bandwidth_mb_s, expected.totals.estimated_bandwidth_mb_s);
    check(profile.totals.stream_utilization, expected.totals.stream_utilization);
    check(profile.precision_tradeoffs.fp32_memory_kb, expected.totals.memory_kb);
    check(profile.precision_tradeoffs.fp16_memory_kb, expected.fp16_memory_kb);
    check(profile.precision_tradeoffs.int8_memory_kb, expected.int8_memory_kb);
  }
}

TEST_CASE("memory of batches, and batches that fit") {
  oracles::Comparison comparison("operators/batch_memory.csv", "every row");
  for (const BatchCase& expected : oracles::rows<BatchCase>(file("batch_memory.csv"))) {
    INFO(expected.batch << " x " << expected.features << ", limit " << expected.limit_mb);
    CHECK(comparison.within(
        tolerance, estimate_batch_memory_mb(expected.batch, expected.features, expected.bytes),
        expected.memory_mb));
    CHECK(comparison.exact(auto_adjust_batch_size(expected.batch, expected.features,
                                                  {expected.limit_mb, 0}, expected.bytes),
                           expected.adjusted_batch));
  }
}

TEST_CASE("utilisation of compute budgets") {
  oracles::Comparison comparison("operators/compute_utilization.csv", "every row");
  for (const UtilizationCase& expected :
       oracles::rows<UtilizationCase>(file("compute_utilization.csv")))
    CHECK(comparison.within(tolerance,
                            compute_utilization(expected.operations, {0, expected.budget}),
                            expected.utilization));
}
