// Non-dominated sets and hypervolumes: masks exactly, volumes to 1e-12 relative.
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
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask(i) != 0) found.push_back(i);
  return found;
}

}  // namespace

TEST_CASE("non-dominated sets, their ranks and hypervolumes") {
  const nlohmann::json results = oracles::load_json(oracles::folder() / "pareto" / "result.json");
  for (const std::filesystem::path& folder : oracles::cases("pareto")) {
    INFO(folder.filename().string());
    const auto array = oracles::load<double>(folder / "points.npy");
    const std::vector<double> points(array.begin(), array.end());
    const std::vector<Direction> directions(array.shape(1), Direction::minimize);

    const auto all = non_dominated(points, directions);
    const auto distinct = non_dominated(points, directions, Duplicates::keep_first);
    CHECK(all == indices(folder / "nondominated.npy"));
    CHECK(distinct == indices(folder / "nondominated_first_of_duplicates.npy"));

    const nlohmann::json& result = results.at(folder.filename().string());
    CHECK(array.shape(0) == result.at("points"));
    CHECK(array.shape(1) == result.at("dimensions"));
    CHECK(all.size() == result.at("nondominated"));
    CHECK(distinct.size() == result.at("nondominated_distinct"));

    const auto ranks = non_dominated_ranks(points, directions);
    std::vector<std::size_t> first_rank;
    for (std::size_t i = 0; i < ranks.size(); ++i)
      if (ranks[i] == 0) first_rank.push_back(i);
    CHECK(first_rank == all);

    oracles::Deviations deviations("pareto/" + folder.filename().string() + " hypervolume");
    REQUIRE(!result.at("hypervolume").empty());
    for (const nlohmann::json& expected : result.at("hypervolume")) {
      const auto reference = expected.at("reference").get<std::vector<double>>();
      CHECK(deviations.within(1e-12, hypervolume(points, reference, directions),
                              expected.at("value").get<double>()));
    }
  }
}
