#include "edgeopt/batch_fit.hpp"

#include <limits>

#include "catch.hpp"
#include "edgeopt/random.hpp"

using namespace edgeopt;

TEST_CASE("memory of a batch") {
  CHECK(estimate_batch_memory_mb(1024, 128) == 1);
  CHECK(estimate_batch_memory_mb(1024, 128, 4) == 0.5);
  CHECK_THROWS_AS(estimate_batch_memory_mb(0, 1), DomainError);
  CHECK_THROWS_AS(estimate_batch_memory_mb(1, -1), DomainError);
  CHECK_THROWS_AS(estimate_batch_memory_mb(1, 1, 0), DomainError);
  CHECK_THROWS_AS(estimate_batch_memory_mb(std::int64_t{1} << 40, std::int64_t{1} << 40),
                  DomainError);
}

TEST_CASE("a batch is halved until it fits or is one") {
  CHECK(auto_adjust_batch_size(1000, 1024, {1.0, 0}) == 125);  // 1000, 500, 250 need 7.8, 3.9, 1.95
  CHECK(auto_adjust_batch_size(7, 1024, {0, 0}) == 1);
  Random random(71);
  for (int i = 0; i < 300; ++i) {
    const auto batch = static_cast<std::int64_t>(1 + random.below(5000));
    const auto features = static_cast<std::int64_t>(1 + random.below(500));
    const HardwareProfile profile{random.uniform() * 2, 0};
    const std::int64_t adjusted = auto_adjust_batch_size(batch, features, profile);
    const auto fits = [&](std::int64_t n) {
      return estimate_batch_memory_mb(n, features) <= profile.memory_limit_mb;
    };
    std::int64_t halved = batch;
    while (halved > adjusted) {
      REQUIRE_FALSE(fits(halved));
      halved /= 2;
    }
    REQUIRE(halved == adjusted);
    REQUIRE((adjusted == 1 || fits(adjusted)));
  }
}

TEST_CASE("utilisation of a compute budget") {
  CHECK(compute_utilization(50, {0, 200}) == 0.25);
  CHECK(compute_utilization(500, {0, 200}) == 1);
  CHECK(compute_utilization(0.5, {0, 0}) == 0.5);  // budgets below 1 count as 1
  for (const double bad :
       {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_AS(compute_utilization(bad, {0, 1}), DomainError);
    CHECK_THROWS_AS(compute_utilization(1, {0, bad}), DomainError);
    CHECK_THROWS_AS(auto_adjust_batch_size(1, 1, {bad, 1}), DomainError);
  }
}
