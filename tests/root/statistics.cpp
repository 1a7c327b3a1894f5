#include "edgeopt/statistics.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"
#include "edgeopt/random.hpp"

using namespace edgeopt;

namespace {

using Sample = std::vector<double>;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("a small sample by hand") {
  const Sample values = {4, 1, 3, 2};
  CHECK(mean(values) == 2.5);
  CHECK(population_deviation(values) == Approx(std::sqrt(1.25)).epsilon(1e-15));
  CHECK(sample_deviation(values).value() == Approx(std::sqrt(5.0 / 3)).epsilon(1e-15));
  CHECK(median(values) == 2.5);
  CHECK(percentile(values, 0) == 1);
  CHECK(percentile(values, 100) == 4);
  CHECK(percentile(values, 25) == 1.75);
}

TEST_CASE("one value has no sample deviation and no interval") {
  const Sample one = {3};
  CHECK(mean(one) == 3);
  CHECK(population_deviation(one) == 0);
  CHECK(percentile(one, 95) == 3);
  CHECK_FALSE(sample_deviation(one).has_value());
  CHECK_FALSE(mean_interval(one).has_value());
}

TEST_CASE("a large offset does not cost the deviation its digits") {
  Sample values;
  for (int i = 0; i < 1000; ++i)
    values.push_back(1e9 + (i % 2 == 0 ? 0.0009765625 : -0.0009765625));
  CHECK(mean(values) == 1e9);
  CHECK(population_deviation(values) == 0.0009765625);
}

TEST_CASE("shifting and scaling act on mean and deviation as they should") {
  Random random(41);
  for (int i = 0; i < 100; ++i) {
    Sample values(2 + random.below(50));
    for (double& value : values) value = random.uniform();
    Sample moved = values;
    for (double& value : moved) value = 3 - 2 * value;
    REQUIRE(mean(moved) == Approx(3 - 2 * mean(values)).epsilon(1e-13));
    REQUIRE(population_deviation(moved) == Approx(2 * population_deviation(values)).epsilon(1e-12));
    REQUIRE(percentile(moved, 30) == Approx(3 - 2 * percentile(values, 70)).epsilon(1e-13));
    const Interval interval = mean_interval(values).value();
    REQUIRE(interval.low <= mean(values));
    REQUIRE(mean(values) <= interval.high);
  }
}

TEST_CASE("empty samples and numbers that are not finite are refused") {
  for (const Sample& bad : {Sample{}, Sample{1, not_a_number}, Sample{infinity},
                            Sample{-infinity, 1}, Sample{1e141, 1}}) {
    CHECK_THROWS_AS(mean(bad), DomainError);
    CHECK_THROWS_AS(population_deviation(bad), DomainError);
    CHECK_THROWS_AS(sample_deviation(bad), DomainError);
    CHECK_THROWS_AS(median(bad), DomainError);
    CHECK_THROWS_AS(mean_interval(bad), DomainError);
  }
  for (const double bad : {-1.0, 100.5, not_a_number})
    CHECK_THROWS_AS(percentile(Sample{1}, bad), DomainError);
  for (const double bad : {0.0, 1.0, -0.5, not_a_number}) {
    CHECK_THROWS_AS(mean_interval(Sample{1, 2}, bad), DomainError);
    CHECK_THROWS_AS(t_quantile(bad, 3), DomainError);
    CHECK_THROWS_AS(normal_quantile(bad), DomainError);
    CHECK_THROWS_AS(wilson_interval(1, 2, bad), DomainError);
  }
}

TEST_CASE("Student's t has closed forms for one and two degrees of freedom") {
  for (const double p : {0.5, 0.501, 0.6, 0.75, 0.9, 0.975, 0.999, 0.999999}) {
    const double centred = 2 * p - 1;
    constexpr double pi = 3.14159265358979323846;
    CHECK(t_quantile(p, 1) == Approx(std::tan(pi * (p - 0.5))).epsilon(1e-10));
    CHECK(t_quantile(p, 2) ==
          Approx(centred * std::sqrt(2 / (1 - centred * centred))).epsilon(1e-10));
    CHECK(t_quantile(1 - p, 5) == Approx(-t_quantile(p, 5)).epsilon(1e-9));
  }
  CHECK_THROWS_AS(t_quantile(0.9, 0), DomainError);
}

TEST_CASE("quantiles keep their digits in the lower tail") {
  constexpr double pi = 3.14159265358979323846;
  for (const double p : {1e-300, 1e-17, 1e-12, 1e-8})
    CHECK(t_quantile(p, 1) == Approx(-1 / std::tan(pi * p)).epsilon(1e-10));
  CHECK(normal_quantile(1e-17) == Approx(-8.493793224109598).epsilon(1e-12));
  CHECK(normal_quantile(1e-300) == Approx(-37.0471).epsilon(1e-5));
}

TEST_CASE("Student's t falls towards the normal quantile") {
  double before = infinity;
  for (const std::int64_t degrees : {1, 2, 5, 10, 30, 99, 100, 101, 1000, 100000, 100000000}) {
    const double t = t_quantile(0.975, degrees);
    CHECK(t < before);
    CHECK(t > normal_quantile(0.975));
    before = t;
  }
  CHECK(before == Approx(normal_quantile(0.975)).epsilon(1e-7));
  CHECK(normal_quantile(0.975) == Approx(1.959963984540054).epsilon(1e-14));
  CHECK(normal_quantile(0.5) == 0);
  CHECK(normal_quantile(0.025) == Approx(-1.959963984540054).epsilon(1e-14));
}

TEST_CASE("the Wilson interval by hand and at its ends") {
  // 81 of 263 at 95 %: the example of R. Newcombe, Statistics in Medicine 17 (1998), method 3.
  const Interval interval = wilson_interval(81, 263);
  CHECK(interval.low == Approx(0.2553).margin(5e-5));
  CHECK(interval.high == Approx(0.3662).margin(5e-5));
  CHECK(wilson_interval(0, 20).low == 0);
  CHECK(wilson_interval(20, 20).high == 1);
  CHECK(wilson_interval(0, 20).high == Approx(0.1611).margin(5e-5));
  CHECK_THROWS_AS(wilson_interval(0, 0), DomainError);
  CHECK_THROWS_AS(wilson_interval(-1, 5), DomainError);
  CHECK_THROWS_AS(wilson_interval(6, 5), DomainError);
}

TEST_CASE("the Wilson interval holds the share, is symmetric and solves its equation") {
  const double z = normal_quantile(0.975);
  for (std::int64_t trials = 1; trials <= 40; ++trials)
    for (std::int64_t successes = 0; successes <= trials; ++successes) {
      const Interval interval = wilson_interval(successes, trials);
      const Interval mirrored = wilson_interval(trials - successes, trials);
      const auto n = static_cast<double>(trials);
      const double share = static_cast<double>(successes) / n;
      REQUIRE(interval.low <= share);
      REQUIRE(share <= interval.high);
      REQUIRE(interval.low == Approx(1 - mirrored.high).margin(1e-15));
      for (const double p : {interval.low, interval.high})  // |share - p| = z sqrt(p (1 - p) / n)
        REQUIRE((share - p) * (share - p) == Approx(z * z * p * (1 - p) / n).margin(1e-15));
    }
}
