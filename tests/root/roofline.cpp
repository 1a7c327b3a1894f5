#include "edgeopt/roofline.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/latency_bounds.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/table.hpp"

using namespace edgeopt;

namespace {

Roofline machine() {
  return {"machine",
          {{"fp32, scalar", ElementType::f32, 2},
           {"fp32, vector", ElementType::f32, 10},
           {"int8", ElementType::s8, 40}},
          {{"L1", 100, 0}, {"DRAM", 5, 1000}}};
}

}  // namespace

TEST_CASE("an operator is bounded by the ceiling that takes longest") {
  const std::vector<RooflineOperator> operators = {
      {"compute", ElementType::f32, 10'000'000, 1000, 1000},
      {"stream", ElementType::f32, 1000, 4'000'000, 1'001'000},
      {"cached", ElementType::f32, 0, 500, 500},
      {"bytes", ElementType::u8, 40'000'000, 0, 0},
      {"halves", ElementType::f16, 10, 100, 0},
  };
  const std::vector<RooflinePoint> points = place(machine(), operators);
  CHECK(points[0].bound_by == "fp32, vector");
  CHECK(points[0].compute_ceiling == "fp32, vector");
  CHECK(points[0].time_lower_bound_ms == Approx(1));
  CHECK(points[0].attainable_gmacs == Approx(10));
  CHECK(points[0].arithmetic_intensity_macs_per_byte == 5000);
  CHECK(points[1].bound_by == "DRAM");
  CHECK(points[1].time_lower_bound_ms == Approx(1));  // 5 MB, 1000 bytes of them cached, at 5 GB/s
  CHECK(points[2].bound_by == "L1");
  CHECK(points[2].time_lower_bound_ms == Approx(1e-5));
  CHECK(points[2].attainable_gmacs == 0);
  CHECK(points[3].bound_by == "int8");  // u8 is multiplied as s8 is
  CHECK(points[3].time_lower_bound_ms == Approx(1));
  CHECK_FALSE(points[4].compute_ceiling);  // there is none for halves: memory alone
  CHECK(points[4].bound_by == "L1");
}

TEST_CASE("without a ceiling that applies the bound is unknown") {
  const std::vector<RooflineOperator> operators = {{"x", ElementType::f32, 10, 10, 10}};
  const RooflinePoint point = place(Roofline{}, operators).front();
  CHECK_FALSE(point.bound_by);
  CHECK_FALSE(point.time_lower_bound_ms);
  CHECK_FALSE(point.attainable_gmacs);
  CHECK_FALSE(sequential_bound_ms(std::vector{point}));

  Roofline unknown_caches;
  unknown_caches.memory.push_back({"DRAM", 1, std::nullopt});
  CHECK_FALSE(place(unknown_caches, operators).front().bound_by);
}

TEST_CASE("no ceiling is exceeded at the bound, and one is reached") {
  Random random(3);
  const Roofline roofline = machine();
  for (int i = 0; i < 500; ++i) {
    const std::vector<RooflineOperator> operators = {
        {"x", ElementType::f32, static_cast<std::int64_t>(random.below(1'000'000)),
         static_cast<std::int64_t>(random.below(100'000)),
         1 + static_cast<std::int64_t>(random.below(100'000))}};
    const RooflinePoint point = place(roofline, operators).front();
    const double seconds = *point.time_lower_bound_ms / 1000;
    double most = static_cast<double>(point.macs) / seconds / 10e9;
    for (const MemoryCeiling& memory : roofline.memory) {
      const auto crossing = std::max<std::int64_t>(0, point.bytes - *memory.cached_bytes);
      most = std::max(most, static_cast<double>(crossing) / seconds / 1e9 / memory.bandwidth_gbps);
    }
    CHECK(most == Approx(1));
  }
}

TEST_CASE("the bound of a network is never above the sum of its operators'") {
  Random random(4);
  const auto any = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  for (int i = 0; i < 200; ++i) {
    std::vector<RooflineOperator> operators;
    NetworkDemand network{.name = "n"};
    for (int k = 0; k < 5; ++k) {
      const std::int64_t parameters = any(50'000);
      const std::int64_t activations = any(50'000);
      operators.push_back({std::to_string(k), ElementType::f32, any(1'000'000),
                           parameters + activations, any(50'000)});
      network.executed_macs += operators.back().macs;
      network.parameter_bytes_read += parameters;
    }
    const Roofline roofline{"m", {{"fp32", ElementType::f32, 10}}, {{"DRAM", 5, 0}}};
    const auto bound = latency_bound(network, roofline, 1);
    CHECK(*bound.ms <= *sequential_bound_ms(place(roofline, operators)) * (1 + 1e-12));
  }
}

TEST_CASE("ceilings have to be rates, counts not negative") {
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_AS(place({"m", {{"c", ElementType::f32, bad}}, {}}, {}), DomainError);
    CHECK_THROWS_AS(place({"m", {}, {{"c", bad, 0}}}, {}), DomainError);
  }
  CHECK_THROWS_AS(place({"m", {}, {{"c", 1, -1}}}, {}), DomainError);
  const std::vector<RooflineOperator> negative = {{"x", ElementType::f32, -1, 0, 0}};
  CHECK_THROWS_AS(place(machine(), negative), DomainError);
  const std::vector<RooflineOperator> huge = {
      {"x", ElementType::f32, 1, std::numeric_limits<std::int64_t>::max(), 1}};
  CHECK_THROWS_AS(place(machine(), huge), DomainError);
}

TEST_CASE("what was measured stands beside the bound") {
  RooflinePoint point{.name = "x", .macs = 3'000'000};
  set_measured(point, 1.5);
  CHECK(point.achieved_gmacs == Approx(2));
  CHECK_THROWS_AS(set_measured(point, 0), DomainError);
}

TEST_CASE("ceilings as rows") {
  const Table table = to_table(ceiling_rows(machine()));
  REQUIRE(table.rows.size() == 5);
  CHECK(to_text(table.rows[2][table.column_index("type")]) == "s8");
  CHECK(to_text(table.rows[4][table.column_index("cached_bytes")]) == "1000");
}
