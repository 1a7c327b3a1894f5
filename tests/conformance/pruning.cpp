// Structured pruning against PyTorch's choice of channels.
#include "catch.hpp"

#include <fstream>
#include <sstream>

#include "comparison.hpp"
#include "edgeopt/nn/pruning.hpp"
#include "edgeopt/pruning_counts.hpp"
#include "edgeopt/text.hpp"
#include "models.hpp"
#include "rounding.hpp"

namespace {

using namespace edgeopt;
namespace fs = std::filesystem;

const fs::path folder = oracles::folder() / "pruning";

using Channels = std::vector<std::int64_t>;

Channels load_channels(const fs::path& file) {
  const auto values = oracles::load<std::int64_t>(file);
  return {values.begin(), values.end()};
}

// The folder does not tell the images' size, only how many pixels are left of them behind both
// poolings: they might as well all lie in one row.
SmallCNN<float> stored_model(const fs::path& path) {
  const auto extent = [&](const char* file, std::size_t axis) {
    return static_cast<std::int64_t>(oracles::load<float>(path / file).shape(axis));
  };
  const std::int64_t pooled = extent("classifier_weight.npy", 1) / extent("conv2_weight.npy", 0);
  return oracles::load_model<float>(path, {extent("conv1_weight.npy", 1), 4, 4 * pooled});
}

TEST_CASE("every level keeps the channels and parameters that PyTorch keeps") {
  const SmallCNN<float> model = stored_model(folder / "model");
  const nlohmann::json levels = oracles::load_json(folder / "levels.json");
  REQUIRE(levels["levels"].size() > 0);
  REQUIRE(levels["directories"].size() == levels["levels"].size());
  const auto folders = oracles::cases("pruning");
  const auto stored = std::count_if(folders.begin(), folders.end(), [](const fs::path& path) {
    return path.filename().string().starts_with("level_");
  });
  REQUIRE(static_cast<std::size_t>(stored) == levels["levels"].size());
  for (std::size_t i = 0; i < levels["levels"].size(); ++i) {
    const double level = levels["levels"][i];
    const fs::path path = folder / levels["directories"][i].get<std::string>();
    INFO(path.filename().string());
    const ChannelSelection kept = channels_to_keep(model, level);
    CHECK(kept.conv1 == load_channels(path / "keep1.npy"));
    CHECK(kept.conv2 == load_channels(path / "keep2.npy"));
    const SmallCNN<float> smaller = structured_channel_prune(model, level);
    CHECK(smaller == stored_model(path));
    CHECK(smaller.spec() == pruned(model.spec(), level));
    std::printf("%s: kept channels (%zu, %zu) and all parameters compared bit for bit\n",
                path.filename().c_str(), kept.conv1.size(), kept.conv2.size());
  }
}

TEST_CASE("scores") {
  const SmallCNN<float> model = stored_model(folder / "model");
  oracles::Comparison comparison("pruning/model", "sums of |weight|");
  const auto compare = [&](const xt::xtensor<float, 4>& weight, const char* file) {
    // Theirs are sums of floats: of n terms, n units of rounding of float.
    const std::size_t terms = weight.size() / weight.shape(0);
    CHECK(comparison.within(rounding::gamma(static_cast<std::int64_t>(terms)),
                            channel_scores(weight), oracles::load<float>(folder / "model" / file)));
  };
  compare(model.conv1_weight, "conv1_scores.npy");
  compare(model.conv2_weight, "conv2_scores.npy");
}

TEST_CASE("counts of kept channels") {
  std::ifstream file(folder / "keep_counts.csv");
  std::string line;
  REQUIRE(std::getline(file, line));
  REQUIRE(line == "n,level,keep");
  int rows = 0;
  for (; std::getline(file, line); ++rows) {
    std::istringstream cells(line);
    std::string n, level, keep;
    std::getline(cells, n, ',');
    std::getline(cells, level, ',');
    std::getline(cells, keep, ',');
    INFO(line);
    CHECK(kept_channel_count(parse_integer<std::int64_t>(n).value(), parse_real(level).value()) ==
          parse_integer<std::int64_t>(keep).value());
  }
  std::printf("keep_counts.csv: %d rows compared exactly\n", rows);
  CHECK(rows > 0);
}

TEST_CASE("levels that are refused") {
  const nlohmann::json rejects = oracles::load_json(folder / "rejects.json");
  REQUIRE(rejects["reference_verdict"].size() > 0);
  const SmallCNN<float> model = stored_model(folder / "model");
  for (const auto& [text, verdict] : rejects["reference_verdict"].items()) {
    INFO(text);
    REQUIRE(verdict == "rejected");
    CHECK_THROWS_AS(structured_channel_prune(model, parse_real(text).value()), DomainError);
  }
  REQUIRE(rejects["negative_zero_is_accepted"] == true);
  CHECK(structured_channel_prune(model, -0.0) == model);
  std::printf("rejects.json: %zu levels refused, -0.0 accepted\n",
              rejects["reference_verdict"].size());
}

TEST_CASE("of equal scores the lower index is kept") {
  const nlohmann::json kept = oracles::load_json(folder / "ties" / "kept.json");
  REQUIRE(kept["levels"].size() > 0);
  for (const std::string layer : {"conv1", "conv2"}) {
    const xt::xtensor<float, 4> weight =
        oracles::load<float>(folder / "ties" / (layer + "_weight.npy"));
    const auto scores = channel_scores(weight);
    const auto sorted_scores = [&](const Channels& channels) {
      std::vector<double> chosen;
      for (const std::int64_t channel : channels)
        chosen.push_back(scores[static_cast<std::size_t>(channel)]);
      std::sort(chosen.begin(), chosen.end());
      return chosen;
    };
    for (const auto& entry : kept["levels"]) {
      const double level = entry["level"];
      INFO(layer << " level " << level);
      const Channels ours = kept_channels(weight, level);
      CHECK(ours == entry[layer + "_lowest_index_first"].get<Channels>());
      CHECK(sorted_scores(ours) == sorted_scores(entry[layer + "_torch_topk"].get<Channels>()));
    }
    std::printf("ties: %s, %zu levels compared exactly, scores with those of torch.topk\n",
                layer.c_str(), kept["levels"].size());
  }
}

}  // namespace
