// Adam and the training step.
#include "catch.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/nn/adam.hpp"
#include "edgeopt/nn/training_step.hpp"
#include "random_images.hpp"

namespace {

using namespace edgeopt;

constexpr SmallCNNSpec spec{{1, 9, 8}, 3, 4, 5};

std::vector<std::uint8_t> some_labels(std::int64_t batch) {
  std::vector<std::uint8_t> labels;
  for (std::int64_t i = 0; i < batch; ++i) labels.push_back(static_cast<std::uint8_t>(i * i % 5));
  return labels;
}

TEMPLATE_TEST_CASE("Adam's first step is the learning rate against the gradient's sign", "", float,
                   double, long double) {
  SmallCNN<TestType> model(spec);
  SmallCNN<TestType> gradients(spec);
  gradients.conv1_bias(0) = TestType(3);
  gradients.conv1_bias(1) = TestType(-0.25);
  Adam<TestType> adam(spec, {.learning_rate = 0.5});
  adam.update(model, gradients);
  // m = g/10 and v = g^2/1000, both corrected to g and g^2, so the step is lr g / (|g| + epsilon).
  CHECK(static_cast<double>(model.conv1_bias(0)) == Approx(-0.5).epsilon(1e-6));
  CHECK(static_cast<double>(model.conv1_bias(1)) == Approx(0.5).epsilon(1e-6));
  CHECK(model.conv1_bias(2) == 0);
}

TEST_CASE("Adam follows its definition over several steps") {
  SmallCNN<double> model(spec);
  SmallCNN<double> gradients(spec);
  const AdamOptions options{0.01, 0.8, 0.95, 1e-4};
  Adam<double> adam(spec, options);
  double w = 0, m = 0, v = 0;
  for (int t = 1; t <= 20; ++t) {
    const double g = 1.0 / t - 0.3;
    gradients.classifier_weight(1, 2) = g;
    adam.update(model, gradients);
    m = options.beta1 * m + (1 - options.beta1) * g;
    v = options.beta2 * v + (1 - options.beta2) * g * g;
    const double corrected_m = m / (1 - std::pow(options.beta1, t));
    const double corrected_v = v / (1 - std::pow(options.beta2, t));
    w -= options.learning_rate * corrected_m / (std::sqrt(corrected_v) + options.epsilon);
    CHECK(model.classifier_weight(1, 2) == Approx(w).epsilon(1e-12));
  }
}

TEST_CASE("Adam's options are checked") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  for (const double rate : {0.0, -1.0, nan, inf})
    CHECK_THROWS_AS(Adam<float>(spec, {.learning_rate = rate}), DomainError);
  for (const double beta : {-0.1, 1.0, nan}) {
    CHECK_THROWS_AS(Adam<float>(spec, {.beta1 = beta}), DomainError);
    CHECK_THROWS_AS(Adam<float>(spec, {.beta2 = beta}), DomainError);
  }
  for (const double epsilon : {0.0, nan, inf})
    CHECK_THROWS_AS(Adam<float>(spec, {.epsilon = epsilon}), DomainError);
  Adam<float> adam(spec);
  SmallCNN<float> other;
  CHECK_THROWS_AS(adam.update(other, other), DomainError);
}

TEMPLATE_TEST_CASE("a training step is Adam on the gradient of the loss", "", double, long double) {
  const auto images = random_images<TestType>(spec.input, 21);
  const auto labels = some_labels(21);
  auto plain = initialized_small_cnn<TestType>(spec, 2);
  auto trained = plain;
  Adam<TestType> adam(spec);
  TrainingStep<TestType> step(spec);
  ThreadPool pool;
  for (int i = 0; i < 5; ++i) {
    const auto [expected, gradients] = loss_and_gradients(plain, images, labels);
    adam.update(plain, gradients.parameters);
    const TestType loss = step(trained, images, labels, pool);
    CHECK(static_cast<double>(loss) == Approx(static_cast<double>(expected)).epsilon(1e-13));
  }
  visit_parameters(
      [](const char*, const auto& a, const auto& b) {
        for (std::size_t i = 0; i < a.size(); ++i)
          CHECK(std::abs(a.data()[i] - b.data()[i]) <= TestType(1e-12));
      },
      plain, trained);
}

TEST_CASE("training gives the same bits with any number of threads") {
  const std::int64_t batch = GENERATE(1, 5, 16, 37);
  const auto images = random_images<float>(spec.input, batch);
  const auto labels = some_labels(batch);
  const auto train = [&](int threads) {
    auto model = initialized_small_cnn<float>(spec, 2);
    TrainingStep<float> step(spec);
    ThreadPool pool(threads);
    std::vector<float> losses;
    for (int i = 0; i < 4; ++i) losses.push_back(step(model, images, labels, pool));
    return std::pair(model, losses);
  };
  const auto alone = train(1);
  for (const int threads : {2, 3, 5}) {
    const auto together = train(threads);
    CHECK(together.first == alone.first);
    CHECK(together.second == alone.second);
  }
}

TEST_CASE("batches of different sizes may follow one another") {
  auto model = initialized_small_cnn<float>(spec, 2);
  auto again = model;
  TrainingStep<float> step(spec), fresh(spec);
  ThreadPool pool;
  for (const std::int64_t batch : {40, 3, 40}) {
    const auto images = random_images<float>(spec.input, batch);
    (void)step(model, images, some_labels(batch), pool);
    CHECK(fresh(again, images, some_labels(batch), pool) < 3);
    CHECK(model == again);
  }
}

TEST_CASE("a network learns a batch by heart") {
  const auto images = random_images<float>(spec.input, 20);
  const auto labels = some_labels(20);
  auto model = initialized_small_cnn<float>(spec, 2);
  TrainingStep<float> step(spec, {.learning_rate = 0.01});
  ThreadPool pool;
  const float before = step(model, images, labels, pool);
  float after = before;
  for (int i = 0; i < 400; ++i) after = step(model, images, labels, pool);
  CHECK(after < before / 20);
}

TEST_CASE("what is refused leaves the network as it was") {
  const auto untouched = initialized_small_cnn<float>(spec, 2);
  auto model = untouched;
  TrainingStep<float> step(spec);
  ThreadPool pool;
  const auto images = random_images<float>(spec.input, 2);
  CHECK_THROWS_AS(step(model, images, std::vector<int>{0, 5}, pool), DomainError);
  CHECK_THROWS_AS(step(model, images, std::vector<int>{0}, pool), DomainError);
  CHECK_THROWS_AS(step(model, std::vector<float>(7), std::vector<int>{0}, pool), DomainError);
  CHECK_THROWS_AS(step(model, std::vector<float>(), std::vector<int>(), pool), DomainError);
  CHECK(model == untouched);
  SmallCNN<float> other;
  CHECK_THROWS_AS(step(other, std::vector<float>(784), std::vector<int>{0}, pool), DomainError);
}

}  // namespace
