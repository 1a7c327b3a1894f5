// What frontiers are computed with: the sort, the set of indices, the filter.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include "catch.hpp"
#include "edgeopt/detail/dominance_filter.hpp"
#include "edgeopt/detail/lexicographic_sort.hpp"
#include "edgeopt/detail/non_dominated.hpp"
#include "edgeopt/detail/staircase.hpp"
#include "edgeopt/random.hpp"

using namespace edgeopt;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<detail::Position> compared_order(const detail::MinimizedPoints& points,
                                             std::size_t first) {
  std::vector<detail::Position> order(points.size());
  std::iota(order.begin(), order.end(), detail::Position{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::lexicographical_compare(points[a] + first, points[a] + points.objectives(),
                                        points[b] + first, points[b] + points.objectives());
  });
  return order;
}

}  // namespace

TEST_CASE("ordered bits are ordered as the numbers are") {
  constexpr double least = std::numeric_limits<double>::denorm_min();
  const std::vector<double> ascending = {-infinity, -1e300, -2,    std::nextafter(-1, -2),
                                         -1,        -least, 0,     least,
                                         1e-300,    1,      1e300, infinity};
  for (std::size_t i = 1; i < ascending.size(); ++i)
    CHECK(detail::ordered_bits(ascending[i - 1]) < detail::ordered_bits(ascending[i]));
  CHECK(detail::ordered_bits(-0.0) == detail::ordered_bits(0.0));
}

TEST_CASE("points are sorted as by comparison, stably") {
  Random random(71);
  const auto any_value = [&](int kind) {
    switch (kind) {
      case 0: return random.uniform();
      case 1: return static_cast<double>(random.below(4)) * (random.below(2) == 0 ? -1 : 1);
      case 2: return 1 + random.uniform() * 0x1p-30;                         // close together
      case 3: return random.below(100) == 0 ? -infinity : random.uniform();  // one far away
      default:
        return std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(2000)) - 1000);
    }
  };
  for (const std::size_t count : {0U, 1U, 2U, 512U, 513U, 5000U})
    for (int kind = 0; kind < 25; ++kind) {
      std::vector<double> values(count * 2);
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = any_value(i % 2 == 0 ? kind / 5 : kind % 5);
      const detail::MinimizedPoints points(std::move(values), 2);
      REQUIRE(detail::LexicographicSort::order(points) == compared_order(points, 0));
      REQUIRE(detail::LexicographicSort::order(points, 1) == compared_order(points, 1));
    }
}

TEST_CASE("a set of indices finds neighbours as std::set does") {
  Random random(72);
  for (const std::size_t bound : {1U, 63U, 64U, 65U, 4096U, 4097U, 300'000U}) {
    detail::IndexSet indices(bound);
    std::set<std::size_t> expected;
    for (int i = 0; i < 3000; ++i) {
      const auto index = static_cast<std::size_t>(random.below(bound));
      if (random.below(2) == 0) {
        indices.insert(index);
        expected.insert(index);
      } else {
        indices.erase(index);
        expected.erase(index);
      }
      const auto asked = static_cast<std::size_t>(random.below(bound));
      const auto after = expected.lower_bound(asked);
      REQUIRE(indices.at_or_after(asked) ==
              (after == expected.end() ? detail::IndexSet::none : *after));
      const auto beyond = expected.upper_bound(asked);
      REQUIRE(indices.at_or_before(asked) ==
              (beyond == expected.begin() ? detail::IndexSet::none : *std::prev(beyond)));
    }
  }
}

TEST_CASE("the filter drops most of a cloud, and nothing that is not dominated") {
  Random random(73);
  const std::vector<Direction> directions = {Direction::minimize, Direction::maximize,
                                             Direction::minimize};
  std::vector<double> values(150'000);
  for (double& value : values) value = random.uniform();
  for (const std::size_t objectives : {2U, 3U}) {
    const std::span used = std::span(directions).first(objectives);
    const std::span points = std::span(values).first(50'000 * objectives);
    const auto left = detail::filter_dominated(points, used);
    REQUIRE_FALSE(left.empty());
    CHECK(left.size() < 10'000);
    CHECK(std::is_sorted(left.begin(), left.end()));
    const detail::Marks front =
        detail::non_dominated_plain(detail::MinimizedPoints(points, used), Duplicates::keep_all);
    for (detail::Position i = 0; i < front.size(); ++i)
      if (front[i]) CHECK(std::binary_search(left.begin(), left.end(), i));
  }
  CHECK(detail::filter_dominated(std::span(values).first(3000), directions).empty());
}
