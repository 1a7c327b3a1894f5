// SPDX-License-Identifier: MIT
#include "edgeopt/study/loader.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <numeric>
#include <set>
#include <stdexcept>
#include <vector>

#include "catch.hpp"
#include "edgeopt/study/ordered_prefetch.hpp"

using namespace edgeopt;

namespace {

/// Images of 2x3 pixels; every pixel of image i is i, its label i % 5.
Dataset numbered(std::int64_t size) {
  Dataset data{{1, 2, 3}, 5, {}, {}};
  for (std::int64_t i = 0; i < size; ++i) {
    data.images.insert(data.images.end(), 6, static_cast<std::uint8_t>(i));
    data.labels.push_back(static_cast<std::uint8_t>(i % 5));
  }
  return data;
}

/// Number of the image that stands at `index` of a batch of `numbered` images.
std::uint8_t number_of(const Batch& batch, std::size_t index) {
  const float value = batch.images[index * 6];
  for (int p = 0; p < 256; ++p)
    if (normalized_pixel(static_cast<std::uint8_t>(p)) == value)
      return static_cast<std::uint8_t>(p);
  throw std::logic_error("not a normalised pixel");
}

std::vector<std::uint8_t> numbers_of(Epoch epoch_of_numbered) {
  std::vector<std::uint8_t> numbers;
  for (const Batch& batch : epoch_of_numbered)
    for (std::size_t i = 0; i < batch.labels.size(); ++i) {
      numbers.push_back(number_of(batch, i));
      REQUIRE(batch.labels[i] == numbers.back() % 5);
    }
  return numbers;
}

}  // namespace

TEST_CASE("pixels are normalised to -1 .. 1 in float arithmetic") {
  CHECK(normalized_pixel(0) == -1.0F);
  CHECK(normalized_pixel(255) == 1.0F);
  // 128/255 rounds to 0x1.010102p-1; what follows is exact
  CHECK(normalized_pixel(128) == 0x1.0102p-8F);
  for (int p = 1; p < 256; ++p)
    CHECK(normalized_pixel(static_cast<std::uint8_t>(p)) >
          normalized_pixel(static_cast<std::uint8_t>(p - 1)));
}

TEST_CASE("stored order, short last batch") {
  const Dataset data = numbered(10);
  const BatchLoader loader(data, {.batch_size = 4});
  CHECK(loader.batches() == 3);
  std::vector<std::int64_t> sizes;
  for (const Batch& batch : loader.epoch()) {
    CHECK(batch.shape == ImageShape{1, 2, 3});
    CHECK(batch.images.size() == static_cast<std::size_t>(batch.size() * 6));
    sizes.push_back(batch.size());
  }
  CHECK(sizes == std::vector<std::int64_t>{4, 4, 2});

  std::vector<std::uint8_t> expected(10);
  std::iota(expected.begin(), expected.end(), std::uint8_t{0});
  CHECK(numbers_of(loader.epoch(0)) == expected);
  CHECK(numbers_of(loader.epoch(5)) == expected);
}

TEST_CASE("a batch size above the number of images gives one batch") {
  const Dataset data = numbered(3);
  const BatchLoader loader(data, {.batch_size = std::numeric_limits<std::int64_t>::max()});
  CHECK(loader.batches() == 1);
  CHECK(numbers_of(loader.epoch()).size() == 3);
}

TEST_CASE("every epoch is another permutation, decided by seed and number") {
  const Dataset data = numbered(200);
  const BatchLoader loader(data, {.batch_size = 32, .order = BatchOrder::shuffled, .seed = 7});
  const std::vector<std::uint8_t> first = numbers_of(loader.epoch(0));
  const std::vector<std::uint8_t> second = numbers_of(loader.epoch(1));
  CHECK(first != second);
  CHECK(std::set(first.begin(), first.end()).size() == 200);
  CHECK(std::set(second.begin(), second.end()).size() == 200);
  CHECK(numbers_of(loader.epoch(0)) == first);

  const BatchLoader other(data, {.batch_size = 32, .order = BatchOrder::shuffled, .seed = 8});
  CHECK(numbers_of(other.epoch(0)) != first);
}

TEST_CASE("the number of workers changes nothing") {
  const Dataset data = numbered(250);
  const auto with_workers = [&](std::int64_t workers) {
    return BatchLoader(
        data, {.batch_size = 16, .order = BatchOrder::shuffled, .seed = 3, .workers = workers});
  };
  const std::vector<std::uint8_t> expected = numbers_of(with_workers(0).epoch(4));
  for (const std::int64_t workers : {1, 2, 3, 40})
    CHECK(numbers_of(with_workers(workers).epoch(4)) == expected);
}

TEST_CASE("an epoch may be left at any time") {
  const Dataset data = numbered(250);
  const BatchLoader loader(data, {.batch_size = 2, .workers = 3});
  for (int taken = 0; taken < 20; ++taken) {
    Epoch epoch = loader.epoch();
    for (int i = 0; i < taken; ++i) REQUIRE(epoch.next() != nullptr);
  }
}

TEST_CASE("loaders of a study") {
  DataSplits splits;
  splits.training = numbered(100);
  splits.validation = numbered(50);
  ExperimentConfig config;
  config.batch_size = 30;
  config.seed = 11;
  const Loaders loaders = build_loaders(config, splits);
  CHECK(loaders.training.batches() == 4);
  CHECK(loaders.validation.batches() == 2);
  CHECK(numbers_of(loaders.validation.epoch())[49] == 49);
  const std::vector<std::uint8_t> order = numbers_of(loaders.training.epoch(0));
  CHECK(!std::is_sorted(order.begin(), order.end()));

  SECTION("dataloader_seed replaces seed, and is all that matters") {
    config.dataloader_seed = 11;
    config.seed = 12;
    CHECK(numbers_of(build_loaders(config, splits).training.epoch(0)) == order);
    config.dataloader_seed = 12;
    CHECK(numbers_of(build_loaders(config, splits).training.epoch(0)) != order);
  }
}

TEST_CASE("unusable loaders are refused") {
  const Dataset data = numbered(3);
  const Dataset empty;
  CHECK_THROWS_AS(BatchLoader(empty, {}), DomainError);
  Dataset torn = numbered(3);
  torn.images.pop_back();
  CHECK_THROWS_AS(BatchLoader(torn, {}), DomainError);
  CHECK_THROWS_AS(BatchLoader(data, {.batch_size = 0}), DomainError);
  CHECK_THROWS_AS(BatchLoader(data, {.workers = -1}), DomainError);
}

TEST_CASE("a failed preparation reaches the caller in its place") {
  for (const std::int64_t workers : {0, 1, 3}) {
    OrderedPrefetch<std::int64_t, void (*)(std::int64_t, std::int64_t&)> items(
        10, workers, [](std::int64_t index, std::int64_t& item) {
          if (index == 4) throw std::runtime_error("four");
          item = index * index;
        });
    for (std::int64_t i = 0; i < 10; ++i) {
      if (i == 4) {
        CHECK_THROWS_WITH(items.next(), "four");
      } else {
        const std::int64_t* item = items.next();
        REQUIRE(item != nullptr);
        CHECK(*item == i * i);
      }
    }
    CHECK(items.next() == nullptr);
    CHECK(items.next() == nullptr);
  }
}

TEST_CASE("no more than two items for each worker are prepared ahead") {
  std::atomic<std::int64_t> prepared = 0;
  const auto count = [&](std::int64_t, int&) { ++prepared; };
  OrderedPrefetch<int, decltype(count)> items(1000, 2, count);
  for (std::int64_t taken = 1; taken <= 200; ++taken) {
    items.next();
    // released when taken again: the one in the caller's hands counts among the four
    CHECK(prepared <= taken - 1 + 4);
  }
}
