// SPDX-License-Identifier: MIT
#include "edgeopt/study/training.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/nn/forward.hpp"
#include "edgeopt/study/synthetic_digits.hpp"

using namespace edgeopt;

namespace {

/// A small network on a few hundred digits: a fraction of a second.
ExperimentConfig small_config() {
  ExperimentConfig config;
  config.conv1_channels = 4;
  config.conv2_channels = 6;
  config.batch_size = 32;
  config.epochs = 2;
  config.learning_rate = 0.01;
  config.num_workers = 0;
  return config;
}

DataSplits digits(std::int64_t training) {
  DataSplits splits;
  splits.training = synthetic_digits(1, SyntheticSplit::training, training);
  splits.validation = synthetic_digits(1, SyntheticSplit::validation, 100);
  return splits;
}

double accuracy(const SmallCNN<float>& model, const BatchLoader& loader) {
  std::int64_t right = 0;
  for (const Batch& batch : loader.epoch()) {
    const xt::xtensor<float, 2> logits = forward(model, std::span<const float>(batch.images));
    for (std::size_t i = 0; i < batch.labels.size(); ++i) {
      const float* row = &logits(i, 0);
      right += std::max_element(row, row + 10) - row == batch.labels[i] ? 1 : 0;
    }
  }
  return static_cast<double>(right) / static_cast<double>(loader.data().size());
}

}  // namespace

TEST_CASE("training learns") {
  const DataSplits splits = digits(600);
  const ExperimentConfig config = small_config();
  const Loaders loaders = build_loaders(config, splits);
  ThreadPool pool;
  const TrainedModel trained = train_model(config, loaders, pool);
  REQUIRE(trained.epochs.size() == 2);
  CHECK(trained.epochs[0].epoch == 1);
  CHECK(trained.epochs[1].epoch == 2);
  CHECK(trained.epochs[1].loss < trained.epochs[0].loss);
  CHECK(trained.epochs[1].loss < 1.6);  // guessing costs log 10 = 2.3
  CHECK(trained.model.spec() == small_cnn_spec(config, splits.training));
  CHECK(accuracy(trained.model, loaders.validation) > 0.4);  // guessing gives 0.1
}

TEST_CASE("neither threads nor workers change a bit") {
  const DataSplits splits = digits(150);
  ExperimentConfig config = small_config();
  ThreadPool one;
  const TrainedModel expected = train_model(config, build_loaders(config, splits), one);
  for (const int threads : {1, 2, 3}) {
    config.num_workers = threads;
    ThreadPool pool(threads);
    const TrainedModel trained = train_model(config, build_loaders(config, splits), pool);
    CHECK(trained.model == expected.model);
    CHECK(trained.epochs == expected.epochs);
  }
}

TEST_CASE("seeds decide weights and order") {
  const DataSplits splits = digits(100);
  ExperimentConfig config = small_config();
  config.epochs = 1;
  config.dataloader_seed = 3;
  ThreadPool pool;
  const TrainedModel first = train_model(config, build_loaders(config, splits), pool);
  config.dataloader_seed = 4;
  CHECK(train_model(config, build_loaders(config, splits), pool).model != first.model);
  config.dataloader_seed = 3;
  CHECK(train_model(config, build_loaders(config, splits), pool).model == first.model);
  config.seed = 8;
  CHECK(train_model(config, build_loaders(config, splits), pool).model != first.model);
}

TEST_CASE("a watcher sees every batch and every epoch") {
  const DataSplits splits = digits(70);
  const ExperimentConfig config = small_config();
  const Loaders loaders = build_loaders(config, splits);
  std::vector<TrainingProgress> batches;
  std::vector<EpochSummary> epochs;
  SmallCNN<float> last;
  TrainingWatch watch;
  watch.on_batch = [&](const TrainingProgress& progress) { batches.push_back(progress); };
  watch.on_epoch = [&](const EpochSummary& summary, const SmallCNN<float>& model) {
    epochs.push_back(summary);
    last = model;
  };
  ThreadPool pool;
  const TrainedModel trained = train_model(config, loaders, pool, watch);
  REQUIRE(batches.size() == 6);
  CHECK(batches[4].epoch == 2);
  CHECK(batches[4].epochs == 2);
  CHECK(batches[4].batch == 2);
  CHECK(batches[4].batches == 3);
  CHECK(epochs == trained.epochs);
  CHECK(last == trained.model);
  const double mean = (32 * batches[0].loss + 32 * batches[1].loss + 6 * batches[2].loss) / 70;
  CHECK(epochs[0].loss == Approx(mean).epsilon(1e-12));
}

TEST_CASE("training can be interrupted between batches") {
  const DataSplits splits = digits(100);
  ExperimentConfig config = small_config();
  config.num_workers = 2;
  std::stop_source source;
  std::int64_t batches = 0;
  TrainingWatch watch;
  watch.stop = source.get_token();
  watch.on_batch = [&](const TrainingProgress&) {
    if (++batches == 2) source.request_stop();
  };
  ThreadPool pool(2);
  CHECK_THROWS_AS(train_model(config, build_loaders(config, splits), pool, watch), Interrupted);
  CHECK(batches == 2);
}

TEST_CASE("divergence is an error, not a network of NaN") {
  const DataSplits splits = digits(200);
  ExperimentConfig config = small_config();
  config.learning_rate = 1e30;
  ThreadPool pool;
  try {
    (void)train_model(config, build_loaders(config, splits), pool);
    FAIL("trained");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find("smaller learning_rate") != std::string::npos);
  }
}

TEST_CASE("fine tuning goes on from a network, in new orders") {
  const DataSplits splits = digits(200);
  ExperimentConfig config = small_config();
  const Loaders loaders = build_loaders(config, splits);
  ThreadPool pool;
  const TrainedModel trained = train_model(config, loaders, pool);

  SmallCNN<float> untouched = trained.model;
  CHECK(fine_tune(untouched, config, loaders, pool).empty());  // fine_tune_epochs is 0
  CHECK(untouched == trained.model);

  config.fine_tune_epochs = 2;
  SmallCNN<float> tuned = trained.model;
  const std::vector<EpochSummary> epochs = fine_tune(tuned, config, loaders, pool);
  REQUIRE(epochs.size() == 2);
  CHECK(epochs[1].loss < trained.epochs[1].loss);

  SmallCNN<float> in_old_orders = trained.model;
  (void)train(in_old_orders, loaders.training, {.epochs = 2, .learning_rate = 0.01}, pool);
  CHECK(in_old_orders != tuned);
}

TEST_CASE("data that does not fit the network is refused") {
  const DataSplits splits = digits(40);
  SmallCNN<float> model({.input = {1, 12, 12}});
  ThreadPool pool;
  CHECK_THROWS_AS(train(model, build_loaders(small_config(), splits).training, {}, pool),
                  DomainError);
}
