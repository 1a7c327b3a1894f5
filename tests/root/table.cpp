#include "edgeopt/table.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/hardware_summary.hpp"
#include "edgeopt/roofline.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/top_rows.hpp"

using namespace edgeopt;

namespace {

std::vector<SweepRow> two_candidates() {
  SweepRow row;
  row.pruning_level = 0.25;
  row.precision = Precision::int8;
  row.accepted = true;
  row.metrics.accuracy = 0.9373;
  row.metrics.latency_ms = 1.0 / 3;
  row.violations = {{1.0, true}, {0.5, false}};
  SweepRow other = row;
  other.accepted = false;
  other.metrics.memory_mb = 1e-300;
  return {row, other};
}

/// The table as a CSV reader gives it: every cell a text.
Table as_text(Table table) {
  for (auto& row : table.rows)
    for (Cell& cell : row) cell = to_text(cell);
  return table;
}

}  // namespace

TEST_CASE("nested rows and columns named by values stand in their place") {
  const Table table = to_table(two_candidates());
  CHECK(table.header.front() == "pruning_level");
  CHECK(table.header[4] == "accuracy");
  CHECK(table.header[table.header.size() - 2] == "violates_1.0mb");
  CHECK(table.header.back() == "violates_0.5mb");
  CHECK(to_text(table.rows[0][1]) == "int8");
  CHECK(to_text(table.rows[0][2]) == "True");
  CHECK(to_text(table.rows[1].back()) == "False");
}

TEST_CASE("rows survive the way to a table and back, typed or as text") {
  const std::vector<SweepRow> rows = two_candidates();
  CHECK(from_table<SweepRow>(to_table(rows)) == rows);
  CHECK(from_table<SweepRow>(as_text(to_table(rows))) == rows);

  HardwareSummary without_peak;
  HardwareSummary with_peak;
  with_peak.compute_utilization = 0.125;
  with_peak.bound_regime = BoundRegime::compute_bound;
  const std::vector<HardwareSummary> summaries = {without_peak, with_peak};
  const Table table = as_text(to_table(summaries));
  CHECK(to_text(table.rows[0][table.column_index("bound_regime")]).empty());
  CHECK(to_text(table.rows[1][table.column_index("bound_regime")]) == "compute-bound");
  CHECK(from_table<HardwareSummary>(table) == summaries);
}

TEST_CASE("an empty table has the full header of its prototype") {
  const std::vector<SweepRow> prototype = two_candidates();
  const Table table = to_table(std::span<const SweepRow>{}, prototype.front());
  CHECK(table.rows.empty());
  CHECK(table.header == column_names(prototype.front()));
}

TEST_CASE("rows with other columns than the header are refused") {
  std::vector<SweepRow> rows = two_candidates();
  rows[1].violations.pop_back();
  CHECK_THROWS_AS(to_table(rows), DomainError);
}

TEST_CASE("a cell that does not fit is named by file, line and column") {
  Table table = as_text(to_table(two_candidates()));
  table.name = "sweep.csv";
  table.lines = {2, 3};
  table.rows[1][table.column_index("accuracy")] = std::string("high");
  try {
    (void)from_table<SweepRow>(table);
    FAIL("the cell was accepted");
  } catch (const InputError& error) {
    CHECK(std::string(error.what()) ==
          "sweep.csv: line 3, column 'accuracy': found 'high', expected a number");
  }
  table.rows[1][table.column_index("accuracy")] = std::string("0.5");
  table.rows[0][table.column_index("precision")] = std::string("fp64");
  CHECK_THROWS_AS(from_table<SweepRow>(table), InputError);
}

TEST_CASE("a missing column is refused with the nearest known one, unless some may be absent") {
  const Table table{"sweep.csv", {"latency", "accepted"}, {{1.0, true}}, {}};
  CHECK_THROWS_WITH(from_table<SweepRow>(table), Catch::Contains("no column 'pruning_level'"));
  const auto rows = from_partial_table<SweepRow>(table);
  CHECK(rows.at(0).accepted);
  CHECK(rows.at(0).metrics.latency_ms == 0);
}

TEST_CASE("columns of violations are recognised by their names only") {
  CHECK(MemoryViolation::is_column_name("violates_1.0mb"));
  CHECK(MemoryViolation::from_column_name("violates_2.5mb").budget_mb == 2.5);
  CHECK_FALSE(MemoryViolation::is_column_name("violates_mb"));
  CHECK_FALSE(MemoryViolation::is_column_name("violates_onemb"));
  CHECK_FALSE(MemoryViolation::is_column_name("violates_1.0"));
}

TEST_CASE("top_rows gives the largest, equal ones in the order given") {
  const std::vector<LayerEstimate> layers = {
      {"a", 1, 5, 0, 7}, {"b", 2, 5, 0, 9}, {"c", 3, 5, 0, 8}, {"d", 3, 6, 0, 9}};
  const auto names = [](const std::vector<LayerEstimate>& rows) {
    std::string text;
    for (const LayerEstimate& row : rows) text += row.layer;
    return text;
  };
  CHECK(names(top_rows(layers, "macs", 3)) == "bdc");
  CHECK(names(top_rows(layers, "parameter_bytes", 2)) == "da");
  CHECK(names(top_rows(layers, "layer", 9)) == "dcba");
  CHECK(top_rows(layers, "macs", 0).empty());
  CHECK_THROWS_WITH(top_rows(layers, "mac", 1), Catch::Contains("did you mean 'macs'?"));
}

TEST_CASE("top_rows puts NaN behind numbers, and nothing behind NaN") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<RooflinePoint> points(5);
  const double intensities[] = {nan, 1, 3, nan, 2};
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].name = std::to_string(i);
    points[i].arithmetic_intensity_macs_per_byte = intensities[i];
    if (i != 1) points[i].measured_ms = intensities[i];
  }
  const auto names = [&](std::string_view column) {
    std::string text;
    for (const RooflinePoint& point : top_rows(points, column, 5)) text += point.name;
    return text;
  };
  CHECK(names("arithmetic_intensity_macs_per_byte") == "24103");
  CHECK(names("measured_ms") == "24031");
}

TEST_CASE("a typed cell that an unsigned column cannot hold is refused") {
  Table table{"plan.csv", {"first_node"}, {{std::int64_t{-1}}}, {}};
  CHECK_THROWS_WITH(cell_value<std::size_t>(table, 0, 0),
                    Catch::Contains("found '-1', expected an integer >= 0"));
  CHECK_THROWS_AS(cell_value<std::uint8_t>(table, 0, 0), InputError);
  table.rows[0][0] = std::int64_t{7};
  CHECK(cell_value<std::size_t>(table, 0, 0) == 7);
}
