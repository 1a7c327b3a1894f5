#include "edgeopt/hypervolume.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "edgeopt/pareto.hpp"
#include "edgeopt/random.hpp"

using namespace edgeopt;

namespace {

std::vector<Direction> minimized(std::size_t objectives) {
  return std::vector<Direction>(objectives, Direction::minimize);
}

/// Points with integer coordinates below `extent`.
std::vector<double> grid_points(Random& random, std::size_t count, std::size_t objectives,
                                std::uint64_t extent) {
  std::vector<double> points(count * objectives);
  for (double& value : points) value = static_cast<double>(random.below(extent));
  return points;
}

/// Unit cells of [0, extent)^objectives that some point dominates: the volume by counting.
double counted_volume(const std::vector<double>& points, std::size_t objectives,
                      std::uint64_t extent) {
  std::uint64_t cells = 1;
  for (std::size_t i = 0; i < objectives; ++i) cells *= extent;
  double volume = 0;
  for (std::uint64_t cell = 0; cell < cells; ++cell) {
    bool inside = false;
    for (std::size_t point = 0; !inside && point < points.size(); point += objectives) {
      inside = true;
      std::uint64_t rest = cell;
      for (std::size_t i = 0; i < objectives; ++i, rest /= extent)
        inside = inside && points[point + i] <= static_cast<double>(rest % extent);
    }
    volume += inside ? 1 : 0;
  }
  return volume;
}

}  // namespace

TEST_CASE("the hypervolume equals the number of dominated cells") {
  Random random(61);
  for (std::size_t objectives = 1; objectives <= 5; ++objectives)
    for (int i = 0; i < 40; ++i) {
      const auto points = grid_points(random, random.below(12), objectives, 5);
      const std::vector<double> reference(objectives, 5);
      REQUIRE(hypervolume(points, reference, minimized(objectives)) ==
              counted_volume(points, objectives, 5));
    }
}

TEST_CASE("lattice points whose values have the same sum dominate a known number of cells") {
  for (const std::size_t sum : {1U, 2U, 30U, 200U}) {
    std::vector<double> line;
    std::vector<double> triangle;
    for (std::size_t i = 0; i <= sum; ++i) {
      line.insert(line.end(), {static_cast<double>(i), static_cast<double>(sum - i)});
      for (std::size_t j = 0; i + j <= sum; ++j)
        triangle.insert(triangle.end(), {static_cast<double>(i), static_cast<double>(j),
                                         static_cast<double>(sum - i - j)});
    }
    // all cells of the cube but those whose indices have a smaller sum
    const auto edge = static_cast<double>(sum) + 1;
    const auto smaller = static_cast<double>(sum);
    CHECK(hypervolume(line, std::vector<double>(2, edge), minimized(2)) ==
          edge * edge - smaller * (smaller + 1) / 2);
    CHECK(hypervolume(triangle, std::vector<double>(3, edge), minimized(3)) ==
          edge * edge * edge - smaller * (smaller + 1) * (smaller + 2) / 6);
  }
}

TEST_CASE("sweeps agree with slices") {
  Random random(64);
  for (const std::size_t objectives : {2U, 3U})
    for (int i = 0; i < 20; ++i) {
      const std::size_t count = random.below(200);
      std::vector<double> points(count * objectives);
      for (double& value : points) value = random.uniform();
      if (i % 2 == 0)  // many on the front, of very different sizes
        for (std::size_t j = 0; j < points.size(); j += objectives) {
          points[j] = std::exp(-30 * points[j + 1]);
          points[j + objectives - 1] *= points[j + objectives - 1];
        }
      const std::vector<double> reference(objectives, 0.9);
      const double expected = detail::hypervolume_by_slices(
          detail::points_below(points, reference, minimized(objectives)));
      CHECK(hypervolume(points, reference, minimized(objectives)) ==
            Approx(expected).epsilon(1e-13));
    }
}

TEST_CASE("many points: dominated ones add nothing, powers of two scale") {
  Random random(65);
  for (const std::size_t objectives : {2U, 3U}) {
    std::vector<double> points(30'000 * objectives);
    for (double& value : points) value = random.uniform();
    const auto directions = minimized(objectives);
    const double volume = hypervolume(points, std::vector<double>(objectives, 1), directions);

    std::vector<double> front;
    for (const std::size_t point : non_dominated(points, directions))
      front.insert(front.end(), points.begin() + static_cast<std::ptrdiff_t>(point * objectives),
                   points.begin() + static_cast<std::ptrdiff_t>((point + 1) * objectives));
    CHECK(hypervolume(front, std::vector<double>(objectives, 1), directions) == volume);

    for (double& value : points) value *= 8;
    CHECK(hypervolume(points, std::vector<double>(objectives, 8), directions) ==
          std::ldexp(volume, 3 * static_cast<int>(objectives)));
  }
}

TEST_CASE("a volume beyond the largest number is infinite") {
  constexpr double most = std::numeric_limits<double>::max();
  for (std::size_t objectives = 2; objectives <= 3; ++objectives) {
    std::vector<double> points(3 * objectives, -most);
    points[0] = points[objectives + 1] = points.back() = most / 2;
    CHECK(hypervolume(points, std::vector<double>(objectives, most), minimized(objectives)) ==
          std::numeric_limits<double>::infinity());
  }
}

TEST_CASE("points outside the reference, dominated points and copies contribute nothing") {
  Random random(62);
  for (int i = 0; i < 50; ++i) {
    auto points = grid_points(random, 10, 3, 8);
    const std::vector<double> reference(3, 4);
    const double volume = hypervolume(points, reference, minimized(3));
    points.insert(points.end(), points.begin(), points.begin() + 3);
    points.insert(points.end(), {9, 0, 0, 4, 0, 0, 4, 4, 4});
    REQUIRE(hypervolume(points, reference, minimized(3)) == volume);
  }
  CHECK(hypervolume({}, std::vector<double>{1, 1}, minimized(2)) == 0);
}

TEST_CASE("maximising is minimising the negative") {
  Random random(63);
  const auto points = grid_points(random, 30, 3, 50);
  std::vector<double> negated = points;
  for (double& value : negated) value = -value;
  CHECK(hypervolume(negated, std::vector<double>{-50, -50, -50},
                    std::vector<Direction>(3, Direction::maximize)) ==
        hypervolume(points, std::vector<double>{50, 50, 50}, minimized(3)));
}

TEST_CASE("a reference that does not fit and numbers that are not finite are refused") {
  const std::vector<double> point = {0, 0};
  CHECK_THROWS_AS(hypervolume(point, std::vector<double>{1}, minimized(2)), DomainError);
  CHECK_THROWS_AS(hypervolume(point, {}, {}), DomainError);
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH(hypervolume(point, std::vector<double>{1, bad}, minimized(2)),
                      Catch::Contains("objective 2 of the reference point"));
    CHECK_THROWS_AS(
        hypervolume(std::vector<double>{bad, 0}, std::vector<double>{1, 1}, minimized(2)),
        DomainError);
  }
}
