// Non-dominated sets, ranks and hypervolumes: masks exactly, volumes to 1e-12 relative.
#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/hypervolume.hpp"
#include "edgeopt/pareto.hpp"
#include "tables.hpp"

using namespace edgeopt;

namespace {

/// The indices where a stored mask is set.
std::vector<std::size_t> indices(const std::filesystem::path& file) {
  const auto mask = oracles::load<std::uint8_t>(file);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    REQUIRE(mask(i) <= 1);
    if (mask(i) != 0) found.push_back(i);
  }
  return found;
}

/// Ranks by their definition: the points that none of those left dominates, again and again.
std::vector<std::int64_t> peeled_ranks(const xt::xarray<double>& points) {
  const std::size_t objectives = points.shape(1);
  const auto dominates = [&](std::size_t a, std::size_t b) {
    bool better = false;
    for (std::size_t i = 0; i < objectives; ++i) {
      if (points(a, i) > points(b, i)) return false;
      better = better || points(a, i) < points(b, i);
    }
    return better;
  };
  std::vector<std::int64_t> ranks(points.shape(0), -1);
  std::vector<std::size_t> left(points.shape(0));
  std::iota(left.begin(), left.end(), std::size_t{0});
  for (std::int64_t rank = 0; !left.empty(); ++rank) {
    std::vector<std::size_t> dominated;
    for (const std::size_t point : left) {
      const bool beaten = std::any_of(left.begin(), left.end(),
                                      [&](std::size_t other) { return dominates(other, point); });
      if (beaten)
        dominated.push_back(point);
      else
        ranks[point] = rank;
    }
    REQUIRE(dominated.size() < left.size());
    left = dominated;
  }
  return ranks;
}

}  // namespace

TEST_CASE("non-dominated sets, their ranks and hypervolumes") {
  const nlohmann::json results = oracles::load_json(oracles::folder() / "pareto" / "result.json");
  const auto folders = oracles::cases("pareto");
  REQUIRE(results.size() == folders.size());
  for (const std::filesystem::path& folder : folders) {
    const std::string name = folder.filename().string();
    INFO(name);
    const auto array = oracles::load<double>(folder / "points.npy");
    const std::vector<double> points(array.begin(), array.end());
    const std::vector<Direction> directions(array.shape(1), Direction::minimize);

    const auto all = non_dominated(points, directions);
    const auto distinct = non_dominated(points, directions, Duplicates::keep_first);
    {
      oracles::Comparison comparison("pareto/" + name, "indices of the non-dominated points");
      CHECK(comparison.exact(all, indices(folder / "nondominated.npy")));
      CHECK(comparison.exact(distinct, indices(folder / "nondominated_first_of_duplicates.npy")));
    }
    const nlohmann::json& result = results.at(name);
    CHECK(array.shape(0) == result.at("points"));
    CHECK(array.shape(1) == result.at("dimensions"));
    CHECK(all.size() == result.at("nondominated"));
    CHECK(distinct.size() == result.at("nondominated_distinct"));
    {
      oracles::Comparison comparison("pareto/" + name, "ranks, to those of a brute-force peel");
      CHECK(comparison.exact(non_dominated_ranks(points, directions), peeled_ranks(array)));
    }

    oracles::Comparison comparison("pareto/" + name, "hypervolumes");
    REQUIRE(!result.at("hypervolume").empty());
    for (const nlohmann::json& expected : result.at("hypervolume")) {
      const auto reference = expected.at("reference").get<std::vector<double>>();
      CHECK(comparison.within(1e-12, hypervolume(points, reference, directions),
                              expected.at("value").get<double>()));
    }
  }
}
