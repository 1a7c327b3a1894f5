#include "edgeopt/nn/pruning.hpp"

#include <cmath>
#include <limits>

#include "catch.hpp"
#include "edgeopt/nn/forward.hpp"
#include "random_images.hpp"

namespace {

using namespace edgeopt;

constexpr SmallCNNSpec spec{{2, 9, 8}, 6, 7, 5};

TEST_CASE("counts round half to even and keep at least one") {
  CHECK(kept_channel_count(16, 0.0) == 16);
  CHECK(kept_channel_count(5, 0.5) == 2);  // 2.5
  CHECK(kept_channel_count(7, 0.5) == 4);  // 3.5
  CHECK(kept_channel_count(10, 0.75) == 2);
  CHECK(kept_channel_count(32, 0.7) == 10);
  CHECK(kept_channel_count(1, 0.99) == 1);
  CHECK(kept_channel_count(16, 0.999) == 1);
  CHECK(kept_channel_count(std::int64_t{1} << 53, 0.0) == std::int64_t{1} << 53);
  CHECK_THROWS_AS(kept_channel_count(0, 0.0), DomainError);
  CHECK_THROWS_AS(kept_channel_count((std::int64_t{1} << 53) + 1, 0.0), DomainError);
}

TEST_CASE("counts fall as levels rise, within half a channel of the exact number") {
  for (std::int64_t channels = 1; channels <= 64; ++channels) {
    std::int64_t before = channels;
    for (int step = 0; step < 1000; ++step) {
      const double level = step / 1000.0;
      const std::int64_t kept = kept_channel_count(channels, level);
      CHECK(kept <= before);
      const double exact = static_cast<double>(channels) * (1 - level);
      if (kept > 1) CHECK(std::abs(static_cast<double>(kept) - exact) <= 0.5);
      before = kept;
    }
  }
}

TEST_CASE("levels outside [0, 1) are refused") {
  const auto model = initialized_small_cnn<float>(spec, 1);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  for (const double level : {-0.1, -1e-9, 1.0, 1.5, nan, inf, -inf}) {
    CHECK_THROWS_AS(structured_channel_prune(model, level), DomainError);
    CHECK_THROWS_AS(pruned(spec, level), DomainError);
  }
  CHECK(structured_channel_prune(model, 0.0) == model);
  CHECK(structured_channel_prune(model, -0.0) == model);
}

TEST_CASE("the channels of largest weights stay, the lower index among equals") {
  xt::xtensor<float, 4> weight({5, 1, 3, 3}, 0.0F);
  weight(0, 0, 1, 1) = 1;
  weight(1, 0, 0, 0) = -3;
  weight(2, 0, 2, 2) = 0.5F;
  weight(2, 0, 2, 1) = -0.5F;
  weight(3, 0, 0, 1) = 2;
  weight(4, 0, 0, 1) = -1;
  CHECK(channel_scores(weight) == std::vector<double>{1, 3, 1, 2, 1});
  CHECK(kept_channels(weight, 0.4) == std::vector<std::int64_t>{0, 1, 3});
  CHECK(kept_channels(weight, 0.2) == std::vector<std::int64_t>{0, 1, 2, 3});
  CHECK(kept_channels(weight, 0.9) == std::vector<std::int64_t>{1});
}

TEST_CASE("weights that are not finite cannot be ranked") {
  auto model = initialized_small_cnn<float>(spec, 1);
  model.conv2_weight(3, 0, 0, 0) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(structured_channel_prune(model, 0.5), Catch::Contains("channel 3"));
}

TEMPLATE_TEST_CASE("a pruned network computes what the whole one does with dead channels", "",
                   float, double, long double) {
  const double level = GENERATE(0.1, 0.3, 0.5, 0.8);
  const auto model = initialized_small_cnn<TestType>(spec, 4);
  const ChannelSelection kept = channels_to_keep(model, level);
  auto dead = model;
  const auto silence = [](auto& weight, auto& bias, const std::vector<std::int64_t>& alive) {
    const std::size_t block = weight.size() / bias.size();
    for (std::size_t o = 0; o < bias.size(); ++o) {
      if (std::count(alive.begin(), alive.end(), static_cast<std::int64_t>(o)) > 0) continue;
      std::fill_n(weight.data() + o * block, block, TestType(0));
      bias(o) = 0;
    }
  };
  silence(dead.conv1_weight, dead.conv1_bias, kept.conv1);
  silence(dead.conv2_weight, dead.conv2_bias, kept.conv2);

  const auto smaller = structured_channel_prune(model, level);
  CHECK(smaller.spec() == pruned(spec, level));
  const auto images = random_images<TestType>(spec.input, 3);
  const auto expected = forward(dead, images);
  const auto found = forward(smaller, images);
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(std::abs(found.data()[i] - expected.data()[i]) <=
          200 * std::numeric_limits<TestType>::epsilon());
}

TEST_CASE("selections are checked") {
  const auto model = initialized_small_cnn<float>(spec, 1);
  CHECK(select_channels(model, {{0, 1, 2, 3, 4, 5}, {0, 1, 2, 3, 4, 5, 6}}) == model);
  CHECK_THROWS_AS(select_channels(model, {{}, {0}}), DomainError);
  CHECK_THROWS_AS(select_channels(model, {{0}, {7}}), DomainError);
  CHECK_THROWS_AS(select_channels(model, {{-1}, {0}}), DomainError);
  CHECK_THROWS_AS(select_channels(model, {{1, 1}, {0}}), DomainError);
  CHECK_THROWS_AS(select_channels(model, {{2, 1}, {0}}), DomainError);
}

}  // namespace
