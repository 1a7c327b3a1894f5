// SPDX-License-Identifier: MIT
// The trainer of the engines against the reference.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "edgeopt/engines/small_cnn_trainer.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/kernels/instruction_set.hpp"
#include "edgeopt/nn/adam.hpp"
#include "edgeopt/nn/backward.hpp"
#include "edgeopt/nn/parameter_spans.hpp"
#include "largest.hpp"
#include "random_images.hpp"

namespace {

using namespace edgeopt;

std::vector<std::int64_t> some_labels(std::int64_t batch, std::int64_t classes) {
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < batch; ++i) labels.push_back(i * i % classes);
  return labels;
}

template <class To, class From>
SmallCNN<To> converted(const SmallCNN<From>& model) {
  SmallCNN<To> result(model.spec());
  visit_parameters(
      [](const char*, auto& to, const auto& from) {
        std::transform(from.begin(), from.end(), to.begin(),
                       [](From value) { return static_cast<To>(value); });
      },
      result, model);
  return result;
}

// The largest difference of a tensor, relative to its largest value.
double largest_deviation(const SmallCNN<float>& found, const SmallCNN<double>& expected) {
  Largest<double> deviation;
  visit_parameters(
      [&](const char*, const auto& f, const auto& e) {
        Largest<double> difference, size;
        for (std::size_t i = 0; i < e.size(); ++i) {
          difference.include(std::abs(static_cast<double>(f.data()[i]) - e.data()[i]));
          size.include(std::abs(e.data()[i]));
        }
        if (difference.value() > 0) deviation.include(difference.value() / size.value());
      },
      found, expected);
  return deviation.value();
}

struct TrainingCase {
  SmallCNNSpec spec;
  std::int64_t batch;
};

// Odd and prime extents; channels around the vectors of 4, 8 and 16; rows and columns that pooling
// drops; more chunks than images and the other way round.
const std::vector<TrainingCase> cases = {
    {{{1, 28, 28}, 16, 32, 10}, 20}, {{{1, 4, 4}, 1, 1, 1}, 1},   {{{1, 5, 7}, 3, 2, 3}, 5},
    {{{3, 9, 8}, 7, 13, 11}, 17},    {{{2, 6, 11}, 8, 5, 2}, 33}, {{{17, 4, 6}, 2, 19, 256}, 3},
    {{{5, 13, 4}, 17, 8, 7}, 16},    {{{1, 31, 5}, 33, 3, 6}, 4},
};

}  // namespace

TEST_CASE("Every instruction set gives the reference's loss and gradients") {
  ThreadPool pool;
  for (const InstructionSet set : supported_instruction_sets())
    for (const auto& [spec, batch] : cases) {
      CAPTURE(to_string(set), spec.input.channels, spec.input.height, spec.input.width,
              spec.conv1_channels, spec.conv2_channels, spec.classes, batch);
      const auto model = initialized_small_cnn<float>(spec, 5);
      const auto images = random_images<float>(spec.input, batch);
      const auto labels = some_labels(batch, spec.classes);
      const std::vector<double> exact_images(images.begin(), images.end());
      const auto expected = loss_and_gradients(converted<double>(model), exact_images, labels);

      SmallCNNTrainer trainer(spec, {}, set);
      CHECK(trainer.instruction_set() == set);
      SmallCNN<float> gradients(spec);
      const float loss = trainer.gradients(parameter_spans(model), images, labels,
                                           parameter_spans(gradients), pool);
      CHECK(static_cast<double>(loss) == Approx(expected.loss).epsilon(1e-5));
      CHECK(largest_deviation(gradients, expected.gradients.parameters) < 2e-5);
    }
}

TEST_CASE("Of equal values in a window the first in row order gets the gradient") {
  // Constant images and weights that are multiples of 1/64: whole windows are equal, sums exact.
  const SmallCNNSpec spec{{1, 12, 9}, 6, 10, 4};
  SmallCNN<float> model(spec);
  int value = 0;
  visit_parameters(
      [&](const char*, auto& tensor) {
        for (float& parameter : tensor)
          parameter = static_cast<float>((value = (value * 7 + 3) % 19) - 7) / 64;
      },
      model);
  const std::int64_t batch = 6;
  const std::vector<float> images(static_cast<std::size_t>(batch * spec.input.elements()), 0.5F);
  const auto labels = some_labels(batch, spec.classes);
  const auto expected = loss_and_gradients(
      converted<double>(model), std::vector<double>(images.begin(), images.end()), labels);
  ThreadPool pool;
  for (const InstructionSet set : supported_instruction_sets()) {
    SmallCNN<float> gradients(spec);
    (void)SmallCNNTrainer(spec, {}, set)
        .gradients(parameter_spans(model), images, labels, parameter_spans(gradients), pool);
    CHECK(largest_deviation(gradients, expected.gradients.parameters) < 1e-5);
  }
}

TEST_CASE("A step is Adam on the gradients, to the bit") {
  const SmallCNNSpec spec{{2, 9, 10}, 5, 7, 3};
  const std::int64_t batch = 19;
  const auto images = random_images<float>(spec.input, batch);
  const auto labels = some_labels(batch, spec.classes);
  const AdamOptions options{0.02, 0.8, 0.95, 1e-6};
  ThreadPool pool;
  for (const InstructionSet set : supported_instruction_sets()) {
    auto plain = initialized_small_cnn<float>(spec, 2);
    auto trained = plain;
    SmallCNN<float> gradients(spec);
    Adam<float> adam(spec, options);
    SmallCNNTrainer source(spec, options, set), trainer(spec, options, set);
    for (int step = 0; step < 5; ++step) {
      const float expected = source.gradients(parameter_spans(plain), images, labels,
                                              parameter_spans(gradients), pool);
      adam.update(plain, gradients);
      CHECK(trainer.step(parameter_spans(trained), images, labels, pool) == expected);
      CHECK(trained == plain);
    }
  }
}

TEST_CASE("Trained parameters are the same bits for any number of threads") {
  const SmallCNNSpec spec{{1, 11, 8}, 9, 12, 5};
  for (const std::int64_t batch : {1, 5, 16, 37}) {
    const auto images = random_images<float>(spec.input, batch);
    const auto labels = some_labels(batch, spec.classes);
    const auto train = [&](int threads) {
      auto model = initialized_small_cnn<float>(spec, 2);
      SmallCNNTrainer trainer(spec);
      ThreadPool pool(threads);
      std::vector<float> losses;
      for (int i = 0; i < 4; ++i)
        losses.push_back(trainer.step(parameter_spans(model), images, labels, pool));
      return std::pair(model, losses);
    };
    const auto alone = train(1);
    for (const int threads : {2, 3, 5}) {
      const auto together = train(threads);
      CHECK(together.first == alone.first);
      CHECK(together.second == alone.second);
    }
  }
}

TEST_CASE("Batches of different sizes and pools may follow one another") {
  const SmallCNNSpec spec{{1, 9, 8}, 3, 4, 5};
  auto model = initialized_small_cnn<float>(spec, 2);
  SmallCNNTrainer trainer(spec);
  ThreadPool alone, three(3);
  for (const std::int64_t batch : {3, 40, 7}) {
    const auto images = random_images<float>(spec.input, batch);
    const auto labels = some_labels(batch, 5);
    SmallCNN<float> expected(spec), found(spec);
    SmallCNNTrainer fresh(spec);
    const float loss =
        fresh.gradients(parameter_spans(model), images, labels, parameter_spans(expected), alone);
    CHECK(trainer.gradients(parameter_spans(model), images, labels, parameter_spans(found),
                            batch == 7 ? alone : three) == loss);
    CHECK(found == expected);
  }
}

TEST_CASE("The loss of large logits is finite") {
  const SmallCNNSpec spec{{1, 8, 8}, 4, 4, 3};
  auto model = initialized_small_cnn<float>(spec, 2);
  auto images = random_images<float>(spec.input, 4);
  for (float& value : images) value *= 1e6F;
  ThreadPool pool;
  const float loss =
      SmallCNNTrainer(spec).step(parameter_spans(model), images, some_labels(4, 3), pool);
  CHECK(std::isfinite(loss));
  CHECK(loss > 1000);
}

TEST_CASE("What the trainer refuses leaves the parameters as they were") {
  const SmallCNNSpec spec{{1, 9, 8}, 3, 4, 5};
  const auto untouched = initialized_small_cnn<float>(spec, 2);
  auto model = untouched;
  SmallCNNTrainer trainer(spec);
  ThreadPool pool;
  const auto images = random_images<float>(spec.input, 2);
  const auto step = [&](std::span<const float> some, const std::vector<int>& labels) {
    return trainer.step(parameter_spans(model), some, labels, pool);
  };
  CHECK_THROWS_WITH(step(images, {0, 5}), "label of image 1 is 5, allowed is 0 .. 4");
  CHECK_THROWS_AS(step(images, {0}), DomainError);
  CHECK_THROWS_AS(step(std::span(images).first(7), {0}), DomainError);
  CHECK_THROWS_AS(step({}, {}), DomainError);
  CHECK(model == untouched);
  SmallCNN<float> other;
  CHECK_THROWS_WITH(trainer.step(parameter_spans(other), images, std::vector<int>{0, 1}, pool),
                    "size of parameter 0 is 144, allowed is 27");
  CHECK_THROWS_AS(SmallCNNTrainer({{1, 3, 8}, 3, 4, 5}), DomainError);
  CHECK_THROWS_AS(SmallCNNTrainer(spec, {.learning_rate = 0}), DomainError);
}
