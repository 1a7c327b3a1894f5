// Sample statistics and Student's t: 1e-12 relative, with the exceptions of the README.
#include "edgeopt/statistics.hpp"

#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "tables.hpp"

using namespace edgeopt;

namespace {

struct SummaryCase {
  std::string name;
  std::int64_t n = 0;
  double mean = 0, population_std = 0;
  std::optional<double> sample_std;
  double median = 0, p95 = 0;
  std::optional<double> t_975, ci95_low, ci95_high;
};
template <class Visit>
constexpr void visit_columns(const SummaryCase*, Visit&& visit) {
  visit("name", &SummaryCase::name);
  visit("n", &SummaryCase::n);
  visit("mean", &SummaryCase::mean);
  visit("population_std", &SummaryCase::population_std);
  visit("sample_std", &SummaryCase::sample_std);
  visit("median", &SummaryCase::median);
  visit("p95", &SummaryCase::p95);
  visit("t_975", &SummaryCase::t_975);
  visit("ci95_low", &SummaryCase::ci95_low);
  visit("ci95_high", &SummaryCase::ci95_high);
}

struct QuantileCase {
  std::int64_t degrees = 0;
  double t_975 = 0;
};
template <class Visit>
constexpr void visit_columns(const QuantileCase*, Visit&& visit) {
  visit("degrees_of_freedom", &QuantileCase::degrees);
  visit("t_975", &QuantileCase::t_975);
}

std::filesystem::path file(const std::string& name) {
  return oracles::folder() / "statistics" / name;
}

/// Units in the last place of double at a magnitude.
double rounding_at(double magnitude) {
  return std::abs(magnitude) * 0x1p-52;
}

}  // namespace

TEST_CASE("samples") {
  for (const SummaryCase& expected : oracles::rows<SummaryCase>(file("summary.csv"))) {
    INFO(expected.name);
    oracles::Comparison comparison("statistics/" + expected.name, "every statistic");
    const auto array = oracles::load<double>(file(expected.name + ".npy"));
    const std::vector<double> values(array.begin(), array.end());
    REQUIRE(static_cast<std::int64_t>(values.size()) == expected.n);

    // A deviation cannot be known better than the values it is the spread of: near the size of
    // their rounding nothing is left, and in between digits are lost in proportion.
    const double rounding = rounding_at(expected.mean);
    const bool constant = expected.population_std <= 4 * rounding;
    const bool offset = !constant && expected.population_std < 1e-6 * std::abs(expected.mean);
    const double tolerance = offset ? 1e-6 : 1e-12;
    const auto deviation_fits = [&](double found, double from) {
      if (!constant) return comparison.within(tolerance, found, from);
      return found >= 0 && found < std::max(1e-15, 4 * rounding);
    };

    const double centre = mean(values);
    CHECK(comparison.within(1e-12, centre, expected.mean, rounding));
    CHECK(deviation_fits(population_deviation(values), expected.population_std));
    CHECK(comparison.within(1e-12, median(values), expected.median));
    CHECK(comparison.within(1e-12, percentile(values, 95), expected.p95));

    const auto sample = sample_deviation(values);
    const auto interval = mean_interval(values);
    REQUIRE(sample.has_value() == expected.sample_std.has_value());
    REQUIRE(interval.has_value() == expected.ci95_low.has_value());
    if (!sample) continue;
    CHECK(deviation_fits(*sample, *expected.sample_std));
    CHECK(comparison.within(1e-10, t_quantile(0.975, expected.n - 1), *expected.t_975));
    // The ends of the interval are as good as its centre and half-width.
    const double half = (*expected.ci95_high - *expected.ci95_low) / 2;
    const double slack = 2 * rounding + (offset ? 1e-6 : 1e-10) * half;
    CHECK(comparison.within(0, interval->low, *expected.ci95_low, slack));
    CHECK(comparison.within(0, interval->high, *expected.ci95_high, slack));
  }
}

TEST_CASE("points of Student's t") {
  oracles::Comparison comparison("statistics/t_quantiles.csv", "every row");
  for (const QuantileCase& expected : oracles::rows<QuantileCase>(file("t_quantiles.csv"))) {
    INFO(expected.degrees);
    CHECK(comparison.within(1e-10, t_quantile(0.975, expected.degrees), expected.t_975));
  }
}
