#include "edgeopt/operator_profile.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"

using namespace edgeopt;

TEST_CASE("the default profile by hand") {
  const OperatorProfile profile = build_hardware_profile_table(32, 64, 10);
  REQUIRE(profile.operators.size() == 4);
  CHECK(profile.operators[0] == OperatorCost{"input_normalization", 0.32, 16});
  CHECK(profile.operators[1] == OperatorCost{"linear_projection", 0.96, 24});
  CHECK(profile.operators[2] == OperatorCost{"activation", 0.256, 8});
  CHECK(profile.operators[3] == OperatorCost{"decision_head", 0.384, 0.25});
  CHECK(profile.totals.latency_ms == Approx(1.92).epsilon(1e-15));
  CHECK(profile.totals.memory_kb == 48.25);
  CHECK(profile.totals.stream_utilization == Approx(0.192).epsilon(1e-15));
  CHECK(profile.totals.estimated_bandwidth_mb_s == Approx(48.25 / 1024 / 0.00192).epsilon(1e-14));
  CHECK(profile.precision_tradeoffs.fp16_memory_kb == 24.125);
  CHECK(profile.precision_tradeoffs.int8_memory_kb == 12.0625);
  CHECK(profile.edge_constraints.bottleneck.find("linear_projection") == 0);
  CHECK(profile.edge_constraints.cache_sensitivity.find("moderate") == 0);
}

TEST_CASE("utilisation stops at one, and intervals below a millisecond count as one") {
  CHECK(build_hardware_profile_table(1000, 1, 5).totals.stream_utilization == 1);
  CHECK(build_hardware_profile_table(1, 1, 0).totals ==
        build_hardware_profile_table(1, 1, 1).totals);
}

TEST_CASE("the words follow the numbers") {
  const auto sensitivity = [](std::int64_t batch, std::int64_t features) {
    const std::string text =
        build_hardware_profile_table(batch, features, 1).edge_constraints.cache_sensitivity;
    return text.substr(0, text.find(':'));
  };
  CHECK(sensitivity(1, 1) == "low");
  CHECK(sensitivity(32, 64) == "moderate");
  CHECK(sensitivity(1024, 1024) == "high");
}

TEST_CASE("coefficients are a parameter") {
  const std::vector<OperatorCoefficients> own = {{"a", 1, 0, 1024}, {"b", 2, 1024, 0}};
  const OperatorProfile profile = build_hardware_profile_table(2, 3, 1, own);
  CHECK(profile.operators == std::vector<OperatorCost>{{"a", 2, 2}, {"b", 4, 6}});
  CHECK(profile.edge_constraints.bottleneck.find("b ") == 0);
  const std::vector<OperatorCoefficients> free = {{"free", 0, 1024, 0}};
  // no time at all counts as a nanosecond
  CHECK(build_hardware_profile_table(1, 1024, 1, free).totals.estimated_bandwidth_mb_s ==
        Approx(1e9).epsilon(1e-12));
}

TEST_CASE("amounts that make no sense are refused") {
  CHECK_THROWS_AS(build_hardware_profile_table(0, 1, 1), DomainError);
  CHECK_THROWS_AS(build_hardware_profile_table(1, 0, 1), DomainError);
  CHECK_THROWS_AS(build_hardware_profile_table(1, 1, 1, {}), DomainError);
  for (const double bad :
       {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_AS(build_hardware_profile_table(1, 1, bad), DomainError);
    const std::vector<OperatorCoefficients> coefficients = {{"a", 1, bad, 0}};
    CHECK_THROWS_AS(build_hardware_profile_table(1, 1, 1, coefficients), DomainError);
  }
}
