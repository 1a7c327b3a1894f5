#include "edgeopt/hypervolume.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"
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
    CHECK_THROWS_AS(hypervolume(point, std::vector<double>{1, bad}, minimized(2)), DomainError);
    CHECK_THROWS_AS(
        hypervolume(std::vector<double>{bad, 0}, std::vector<double>{1, 1}, minimized(2)),
        DomainError);
  }
}
