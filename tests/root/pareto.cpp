#include "edgeopt/pareto.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
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

/// A few points on a small grid, so that ties and copies are common, and infinities among them.
Problem any_problem(Random& random) {
  Problem problem;
  problem.directions.resize(1 + random.below(5));
  for (Direction& direction : problem.directions)
    direction = random.below(2) == 0 ? Direction::minimize : Direction::maximize;
  problem.count = random.below(40);
  problem.points.resize(problem.count * problem.directions.size());
  for (double& value : problem.points) {
    const std::uint64_t drawn = random.below(7);
    value = drawn == 0   ? -infinity
            : drawn == 6 ? infinity
            : drawn == 5 ? -0.0
                         : static_cast<double>(drawn) - 2;
  }
  return problem;
}

/// Ways in which many points can lie.
enum class Shape { uniform, grid, equal, front, sorted, reversed, constant, close, apart };
constexpr Shape all_shapes[] = {Shape::uniform,  Shape::grid,   Shape::equal,
                                Shape::front,    Shape::sorted, Shape::reversed,
                                Shape::constant, Shape::close,  Shape::apart};

double drawn_value(Shape shape, Random& random) {
  switch (shape) {
    case Shape::equal: return 0.5;
    case Shape::grid: return static_cast<double>(random.below(20)) - 10;
    case Shape::close: return 1 + random.uniform() * 0x1p-40;
    case Shape::apart: {  // of any sign and size
      const auto exponent = static_cast<int>(random.below(2000)) - 1000;
      const double size = std::ldexp(1 + random.uniform(), exponent);
      return random.below(2) == 0 ? size : -size;
    }
    default: return random.uniform();
  }
}

Problem many_points(Shape shape, std::size_t count, std::size_t objectives, Random& random) {
  Problem problem;
  problem.count = count;
  problem.directions.assign(objectives, Direction::minimize);
  problem.points.resize(count * objectives);
  for (double& value : problem.points) value = drawn_value(shape, random);
  for (std::size_t i = 0; i < count; ++i) {
    double* const point = problem.points.data() + i * objectives;
    const auto place = static_cast<double>(i);
    if (shape == Shape::constant) point[0] = 1;
    if (shape == Shape::sorted) std::fill(point, point + objectives, place);
    if (shape == Shape::reversed) std::fill(point, point + objectives, -place);
    if (shape == Shape::front) {  // the sum is nought, exactly
      double sum = 0;
      for (std::size_t j = 1; j < objectives; ++j)
        sum += point[j] = static_cast<double>(random.below(1'000'000));
      point[0] = -sum;
    }
  }
  return problem;
}

bool dominates(const Problem& problem, std::size_t a, std::size_t b) {
  return dominates(problem.point(a), problem.point(b), problem.directions);
}

/// By the definition.
std::vector<std::size_t> expected_front(const Problem& problem, Duplicates duplicates) {
  std::vector<std::size_t> front;
  for (std::size_t a = 0; a < problem.count; ++a) {
    bool left_out = false;
    for (std::size_t b = 0; b < problem.count && !left_out; ++b)
      left_out = dominates(problem, b, a) ||
                 (duplicates == Duplicates::keep_first && b < a &&
                  std::equal(problem.point(b), problem.point(b + 1), problem.point(a)));
    if (!left_out) front.push_back(a);
  }
  return front;
}

/// By peeling front after front.
std::vector<std::int64_t> expected_ranks(const Problem& problem) {
  std::vector<std::int64_t> ranks(problem.count, -1);
  std::size_t ranked = 0;
  for (std::int64_t rank = 0; ranked < problem.count; ++rank) {
    std::vector<std::size_t> front;
    for (std::size_t a = 0; a < problem.count; ++a) {
      bool left_out = ranks[a] >= 0;
      for (std::size_t b = 0; b < problem.count && !left_out; ++b)
        left_out = ranks[b] < 0 && dominates(problem, b, a);
      if (!left_out) front.push_back(a);
    }
    for (const std::size_t point : front) ranks[point] = rank;
    ranked += front.size();
  }
  return ranks;
}

std::vector<std::size_t> plain_front(const Problem& problem, Duplicates duplicates) {
  const detail::Marks marks = detail::non_dominated_plain(
      detail::MinimizedPoints(problem.points, problem.directions), duplicates);
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < marks.size(); ++i)
    if (marks[i]) front.push_back(i);
  return front;
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
  for (int i = 0; i < 500; ++i) {
    const Problem problem = any_problem(random);
    for (const Duplicates duplicates : {Duplicates::keep_all, Duplicates::keep_first})
      REQUIRE(non_dominated(problem.points, problem.directions, duplicates) ==
              expected_front(problem, duplicates));
  }
}

TEST_CASE("ranks are what peeling front after front gives") {
  Random random(52);
  for (int i = 0; i < 500; ++i) {
    const Problem problem = any_problem(random);
    REQUIRE(non_dominated_ranks(problem.points, problem.directions) == expected_ranks(problem));
  }
}

TEST_CASE("many points, however they lie, as by the definition") {
  Random random(53);
  for (const Shape shape : all_shapes)
    for (std::size_t objectives = 1; objectives <= 4; ++objectives) {
      INFO("shape " << static_cast<int>(shape) << ", objectives " << objectives);
      const Problem problem = many_points(shape, 600, objectives, random);
      for (const Duplicates duplicates : {Duplicates::keep_all, Duplicates::keep_first})
        REQUIRE(non_dominated(problem.points, problem.directions, duplicates) ==
                expected_front(problem, duplicates));
      const auto ranks = non_dominated_ranks(problem.points, problem.directions);
      if (shape == Shape::sorted || shape == Shape::reversed) {  // as many fronts as points
        for (std::size_t i = 0; i < problem.count; ++i)
          REQUIRE(ranks[i] ==
                  static_cast<std::int64_t>(shape == Shape::sorted ? i : problem.count - 1 - i));
      } else {
        REQUIRE(ranks == expected_ranks(problem));
      }
    }
}

TEST_CASE("more points than are sorted unseen, however they lie, as by plain comparison") {
  Random random(54);
  for (const Shape shape : all_shapes)
    for (const std::size_t objectives : {2U, 3U}) {
      INFO("shape " << static_cast<int>(shape) << ", objectives " << objectives);
      Problem problem = many_points(shape, 40'000, objectives, random);
      std::vector<std::size_t> all(problem.count);
      std::iota(all.begin(), all.end(), std::size_t{0});
      const bool everything = shape == Shape::equal || shape == Shape::front;
      REQUIRE(non_dominated(problem.points, problem.directions) ==
              (everything ? all : plain_front(problem, Duplicates::keep_all)));

      // the same when more is better
      problem.directions.back() = Direction::maximize;
      for (std::size_t i = objectives - 1; i < problem.points.size(); i += objectives)
        problem.points[i] = -problem.points[i];
      if (shape != Shape::front)
        REQUIRE(non_dominated(problem.points, problem.directions, Duplicates::keep_first) ==
                plain_front(problem, Duplicates::keep_first));
    }
}

TEST_CASE("the order of points and powers of two do not matter") {
  Random random(55);
  for (const std::size_t objectives : {2U, 3U})
    for (const std::size_t count : {50U, 5000U, 20'000U}) {
      const Problem problem = many_points(Shape::grid, count, objectives, random);
      const auto front = non_dominated(problem.points, problem.directions);
      const auto ranks = non_dominated_ranks(problem.points, problem.directions);

      Problem scaled = problem;
      for (std::size_t i = 0; i < scaled.points.size(); ++i)
        scaled.points[i] *= i % objectives == 0 ? 0x1p-300 : 0x1p200;
      REQUIRE(non_dominated(scaled.points, scaled.directions) == front);
      REQUIRE(non_dominated_ranks(scaled.points, scaled.directions) == ranks);

      std::vector<std::size_t> order(count);
      std::iota(order.begin(), order.end(), std::size_t{0});
      random.shuffle(std::span(order));
      Problem shuffled = problem;
      for (std::size_t i = 0; i < count; ++i)
        std::copy(problem.point(order[i]), problem.point(order[i] + 1),
                  shuffled.points.begin() + static_cast<std::ptrdiff_t>(i * objectives));
      auto found = non_dominated(shuffled.points, shuffled.directions);
      for (std::size_t& index : found) index = order[index];
      std::sort(found.begin(), found.end());
      REQUIRE(found == front);
      const auto shuffled_ranks = non_dominated_ranks(shuffled.points, shuffled.directions);
      for (std::size_t i = 0; i < count; ++i) REQUIRE(shuffled_ranks[i] == ranks[order[i]]);
    }
}

TEST_CASE("a rank is one more than that of the worst point that dominates") {
  Random random(56);
  for (const Shape shape : {Shape::uniform, Shape::grid, Shape::apart})
    for (const std::size_t objectives : {2U, 3U}) {
      const Problem problem = many_points(shape, 2000, objectives, random);
      const auto ranks = non_dominated_ranks(problem.points, problem.directions);
      for (std::size_t a = 0; a < problem.count; ++a) {
        std::int64_t expected = 0;
        for (std::size_t b = 0; b < problem.count; ++b)
          if (ranks[b] >= expected && dominates(problem, b, a)) expected = ranks[b] + 1;
        REQUIRE(ranks[a] == expected);
      }
    }
}

TEST_CASE("NaN among many points is found and named") {
  Random random(57);
  for (const std::size_t objectives : {2U, 3U})
    for (const Shape shape : {Shape::uniform, Shape::front}) {
      Problem problem = many_points(shape, 30'000, objectives, random);
      problem.points[20'000 * objectives + 1] = not_a_number;
      problem.points[25'000 * objectives] = not_a_number;
      CHECK_THROWS_WITH(non_dominated(problem.points, problem.directions),
                        Catch::Contains("objective 2 of point 20001"));
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
