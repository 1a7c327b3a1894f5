#include "edgeopt/pareto.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"
#include "edgeopt/random.hpp"

using namespace edgeopt;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

SweepRow candidate(double level, double latency, double accuracy, bool accepted = true) {
  SweepRow row;
  row.pruning_level = level;
  row.accepted = accepted;
  row.metrics.latency_ms = latency;
  row.metrics.energy_proxy_j = -latency;  // so that the other frontier differs
  row.metrics.memory_mb = 1;
  row.metrics.accuracy = accuracy;
  row.metrics.accuracy_ci95_low = accuracy - latency / 100;
  return row;
}

std::vector<double> levels(const std::vector<SweepRow>& rows) {
  std::vector<double> result;
  for (const SweepRow& row : rows) result.push_back(row.pruning_level);
  return result;
}

bool dominates(const double* a, const double* b, const std::vector<Direction>& directions) {
  bool better = false;
  for (std::size_t i = 0; i < directions.size(); ++i) {
    const double sign = directions[i] == Direction::minimize ? 1 : -1;
    if (sign * a[i] > sign * b[i]) return false;
    better = better || sign * a[i] < sign * b[i];
  }
  return better;
}

struct Problem {
  std::vector<double> points;
  std::vector<Direction> directions;
  std::size_t count = 0;

  [[nodiscard]] const double* point(std::size_t i) const {
    return points.data() + i * directions.size();
  }
};

/// A few points on a small grid, so that ties and copies are common.
Problem any_problem(Random& random) {
  Problem problem;
  problem.directions.resize(1 + random.below(4));
  for (Direction& direction : problem.directions)
    direction = random.below(2) == 0 ? Direction::minimize : Direction::maximize;
  problem.count = random.below(40);
  problem.points.resize(problem.count * problem.directions.size());
  for (double& value : problem.points) value = static_cast<double>(random.below(5)) - 2;
  return problem;
}

}  // namespace

TEST_CASE("the frontier keeps what is more accurate than everything cheaper") {
  const std::vector<SweepRow> rows = {
      candidate(1, 5, 0.9),        candidate(2, 3, 0.8), candidate(3, 4, 0.8),  // no better than 2
      candidate(4, 3, 0.8),                                                     // a copy of 2
      candidate(5, 3, 0.7),         // worse at the same cost
      candidate(6, 1, 0.99, false)  // not accepted
  };
  CHECK(levels(pareto_frontier(rows, FrontierCost::latency)) == std::vector<double>{2, 1});
  CHECK(levels(pareto_frontier(rows, FrontierCost::energy)) == std::vector<double>{1});
  CHECK(levels(pareto_frontier(rows, FrontierCost::memory)) == std::vector<double>{1});
}

TEST_CASE("the interval's low end can take the accuracy's place") {
  const std::vector<SweepRow> rows = {candidate(1, 1, 0.80), candidate(2, 9, 0.85)};
  CHECK(levels(pareto_frontier(rows, FrontierCost::latency)) == std::vector<double>{1, 2});
  // 0.85 - 0.09 is below 0.80 - 0.01
  CHECK(levels(pareto_frontier(rows, FrontierCost::latency, FrontierAccuracy::interval_low)) ==
        std::vector<double>{1});
}

TEST_CASE("nothing accepted, nothing on the frontier; NaN is refused") {
  CHECK(pareto_frontier({}, FrontierCost::latency).empty());
  CHECK(pareto_frontier(std::vector{candidate(1, 1, 1, false)}, FrontierCost::latency).empty());
  CHECK_THROWS_AS(
      pareto_frontier(std::vector{candidate(1, not_a_number, 1)}, FrontierCost::latency),
      DomainError);
  CHECK_THROWS_AS(pareto_frontier(std::vector{candidate(1, 1, not_a_number)}, FrontierCost::memory),
                  DomainError);
}

TEST_CASE("the non-dominated set is what the definition says") {
  Random random(51);
  for (int i = 0; i < 300; ++i) {
    const Problem problem = any_problem(random);
    std::vector<std::size_t> all;
    std::vector<std::size_t> first_of_copies;
    for (std::size_t a = 0; a < problem.count; ++a) {
      bool dominated = false;
      bool copy = false;
      for (std::size_t b = 0; b < problem.count; ++b) {
        dominated = dominated || dominates(problem.point(b), problem.point(a), problem.directions);
        copy =
            copy || (b < a && std::equal(problem.point(b), problem.point(b + 1), problem.point(a)));
      }
      if (!dominated) all.push_back(a);
      if (!dominated && !copy) first_of_copies.push_back(a);
    }
    REQUIRE(non_dominated(problem.points, problem.directions) == all);
    REQUIRE(non_dominated(problem.points, problem.directions, Duplicates::keep_first) ==
            first_of_copies);
  }
}

TEST_CASE("ranks are what peeling front after front gives") {
  Random random(52);
  for (int i = 0; i < 300; ++i) {
    const Problem problem = any_problem(random);
    std::vector<std::int64_t> expected(problem.count, -1);
    std::size_t ranked = 0;
    for (std::int64_t rank = 0; ranked < problem.count; ++rank) {
      std::vector<std::size_t> front;
      for (std::size_t a = 0; a < problem.count; ++a) {
        bool dominated = expected[a] >= 0;
        for (std::size_t b = 0; b < problem.count; ++b)
          dominated = dominated || (expected[b] < 0 && dominates(problem.point(b), problem.point(a),
                                                                 problem.directions));
        if (!dominated) front.push_back(a);
      }
      for (const std::size_t point : front) expected[point] = rank;
      ranked += front.size();
    }
    REQUIRE(non_dominated_ranks(problem.points, problem.directions) == expected);
  }
}

TEST_CASE("infinities order like numbers; NaN and ragged points are refused") {
  const std::vector<Direction> two(2, Direction::minimize);
  CHECK(non_dominated(std::vector<double>{-infinity, infinity, 0, 0}, two).size() == 2);
  CHECK(non_dominated({}, two).empty());
  CHECK_THROWS_WITH(non_dominated(std::vector<double>{0, 0, 0, not_a_number}, two),
                    Catch::Contains("objective 2 of point 2"));
  CHECK_THROWS_AS(non_dominated(std::vector<double>{1, 2, 3}, two), DomainError);
  CHECK_THROWS_AS(non_dominated_ranks(std::vector<double>{1}, {}), DomainError);
}
