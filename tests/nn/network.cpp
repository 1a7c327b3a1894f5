// SmallCNN: parameters, forward and backward pass, loss.
#include "catch.hpp"
#include "edgeopt/nn/backward.hpp"
#include "edgeopt/nn/forward.hpp"
#include "edgeopt/nn/loss.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "largest.hpp"
#include "random_images.hpp"

namespace {

using namespace edgeopt;

/// Odd extents, so that both poolings drop a row or column somewhere.
constexpr SmallCNNSpec odd_spec{{2, 7, 11}, 3, 5, 4};

TEST_CASE("parameters have PyTorch's names and shapes") {
  const SmallCNN<float> model(SmallCNNSpec{{3, 9, 13}, 4, 6, 7});
  std::vector<std::string> found;
  visit_parameters(
      [&](const std::string& name, const auto& tensor) {
        found.push_back(name + " " + to_string(shape_of(tensor)));
      },
      model);
  CHECK(found == std::vector<std::string>{"conv1.weight [4, 3, 3, 3]", "conv1.bias [4]",
                                          "conv2.weight [6, 4, 3, 3]", "conv2.bias [6]",
                                          "classifier.weight [7, 36]", "classifier.bias [7]"});
  CHECK(model.spec() == SmallCNNSpec{{3, 9, 13}, 4, 6, 7});
  CHECK(parameter_count(SmallCNN<float>()) == 20490);
}

TEST_CASE("networks that cannot be are refused") {
  CHECK_THROWS_AS(SmallCNN<float>(SmallCNNSpec{{1, 3, 28}}), DomainError);
  CHECK_THROWS_AS(SmallCNN<float>(SmallCNNSpec{{1, 28, 3}}), DomainError);
  CHECK_THROWS_AS(SmallCNN<float>(SmallCNNSpec{{0, 28, 28}}), DomainError);
  CHECK_THROWS_AS(SmallCNN<float>(SmallCNNSpec{{}, 0, 32, 10}), DomainError);
  CHECK_THROWS_AS(SmallCNN<float>(SmallCNNSpec{{}, 16, -1, 10}), DomainError);
  CHECK_THROWS_AS(SmallCNN<float>(SmallCNNSpec{{}, 16, 32, 0}), DomainError);
  CHECK_THROWS_AS(SmallCNN<float>(SmallCNNSpec{{}, std::int64_t{1} << 61, 32, 10}), DomainError);

  SmallCNN<float> model;
  model.conv2_bias = xt::xtensor<float, 1>({31}, 0.0F);
  CHECK_THROWS_WITH(model.spec(), Catch::Contains("conv2.weight"));
}

TEST_CASE("initial parameters are the same numbers everywhere") {
  const auto model = initialized_small_cnn<double>({}, 7);
  // The first numbers that xoshiro256** draws for this seed, scaled to the layer's bound.
  Random random = Random::stream(7, 0x77656967687473);
  CHECK(model.conv1_weight(0, 0, 0, 0) == (2 * random.uniform() - 1) / 3);
  CHECK(model.conv1_weight(0, 0, 0, 0) == 0x1.f33e6a281c05p-4);
  CHECK(model.classifier_bias(9) == 0x1.e053f47182ff9p-11);
  CHECK(initialized_small_cnn<double>({}, 7) == model);
  CHECK_FALSE(initialized_small_cnn<double>({}, 8) == model);
}

TEST_CASE("initial parameters depend on the type by one rounding only") {
  const auto narrow = initialized_small_cnn<float>(odd_spec, 3);
  const auto wide = initialized_small_cnn<double>(odd_spec, 3);
  const auto widest = initialized_small_cnn<long double>(odd_spec, 3);
  visit_parameters(
      [](const char*, const auto& f, const auto& d, const auto& l) {
        // Tensors are compared in parentheses: xtensor's operators would take Catch's hold of them.
        CHECK((xt::xtensor<float, std::decay_t<decltype(f)>::rank>(d) == f));
        CHECK((xt::xtensor<long double, std::decay_t<decltype(f)>::rank>(d) == l));
      },
      narrow, wide, widest);
}

TEST_CASE("initial parameters fill U(-1/sqrt(fan_in), 1/sqrt(fan_in))") {
  const auto model = initialized_small_cnn<float>({}, 1);
  const auto check = [](const auto& weight, const auto& bias) {
    const double bound = 1 / std::sqrt(static_cast<double>(weight.size() / bias.size()));
    double largest = 0;
    double sum = 0;
    for (const float w : span_of(weight)) {
      largest = std::max(largest, std::abs(static_cast<double>(w)));
      sum += w;
    }
    for (const float b : span_of(bias)) CHECK(std::abs(static_cast<double>(b)) <= bound);
    CHECK(largest <= bound);
    CHECK(largest > 0.95 * bound);
    // Five standard deviations of the mean of a uniform distribution.
    const auto count = static_cast<double>(weight.size());
    CHECK(std::abs(sum / count) < 5 * bound / std::sqrt(3 * count));
  };
  check(model.conv1_weight, model.conv1_bias);
  check(model.conv2_weight, model.conv2_bias);
  check(model.classifier_weight, model.classifier_bias);
}

/// The network from its definition, in long double, without any of the library's layers.
std::vector<long double> plain_logits(const SmallCNN<long double>& model,
                                      const long double* image) {
  using Plane = std::vector<long double>;
  const auto block = [](const Plane& x, const ImageShape& shape, const auto& weight,
                        const auto& bias) {
    const auto at = [&](std::int64_t c, std::int64_t y, std::int64_t xx) {
      const bool inside = y >= 0 && y < shape.height && xx >= 0 && xx < shape.width;
      return inside ? x[static_cast<std::size_t>((c * shape.height + y) * shape.width + xx)] : 0;
    };
    const auto convolved = [&](std::int64_t o, std::int64_t y, std::int64_t xx) {
      long double sum = bias(static_cast<std::size_t>(o));
      for (std::int64_t c = 0; c < shape.channels; ++c)
        for (std::int64_t i = 0; i < 9; ++i)
          sum += weight(o, c, i / 3, i % 3) * at(c, y + i / 3 - 1, xx + i % 3 - 1);
      return std::max(sum, 0.0L);
    };
    Plane pooled;
    for (std::int64_t o = 0; o < static_cast<std::int64_t>(bias.size()); ++o)
      for (std::int64_t y = 0; y < shape.height / 2; ++y)
        for (std::int64_t xx = 0; xx < shape.width / 2; ++xx)
          pooled.push_back(
              std::max({convolved(o, 2 * y, 2 * xx), convolved(o, 2 * y, 2 * xx + 1),
                        convolved(o, 2 * y + 1, 2 * xx), convolved(o, 2 * y + 1, 2 * xx + 1)}));
    return pooled;
  };
  const SmallCNNSpec spec = model.spec();
  Plane x(image, image + spec.input.elements());
  x = block(x, spec.input, model.conv1_weight, model.conv1_bias);
  x = block(x, spec.pooled1(), model.conv2_weight, model.conv2_bias);
  std::vector<long double> logits;
  for (std::size_t k = 0; k < model.classifier_bias.size(); ++k) {
    logits.push_back(model.classifier_bias(k));
    for (std::size_t i = 0; i < x.size(); ++i) logits[k] += model.classifier_weight(k, i) * x[i];
  }
  return logits;
}

/// The largest difference of two equally long ranges.
template <class A, class B>
long double largest_difference(const A& a, const B& b) {
  REQUIRE(a.size() == b.size());
  Largest<long double> difference;
  auto other = b.begin();
  for (const auto value : a)
    difference.include(
        std::abs(static_cast<long double>(value) - static_cast<long double>(*other++)));
  return difference.value();
}

TEMPLATE_TEST_CASE("the forward pass is the definition's", "", float, double, long double) {
  const SmallCNNSpec spec = GENERATE(as<SmallCNNSpec>{}, odd_spec, SmallCNNSpec{{1, 4, 4}, 1, 1, 1},
                                     SmallCNNSpec{{3, 5, 17}, 7, 2, 10});
  const std::int64_t batch = GENERATE(1, 19);
  const auto model = initialized_small_cnn<TestType>(spec, 5);
  const auto images = random_images<TestType>(spec.input, batch);
  const xt::xtensor<TestType, 2> logits = forward(model, images);
  REQUIRE(shape_of(logits) == Shape{batch, spec.classes});

  const auto wide_model = widened(model);
  const std::vector<long double> wide_images(images.begin(), images.end());
  std::vector<long double> expected;
  for (std::int64_t i = 0; i < batch; ++i)
    for (const long double logit :
         plain_logits(wide_model, wide_images.data() + i * spec.input.elements()))
      expected.push_back(logit);
  // At most 100 terms of magnitude below 1 in a sum, three sums deep.
  const long double epsilon = std::numeric_limits<TestType>::epsilon();
  CHECK(largest_difference(logits, expected) <= 300 * epsilon);
}

TEST_CASE("a batch may be a tensor, whose shape is checked") {
  const auto model = initialized_small_cnn<float>(odd_spec, 5);
  const auto images = random_images<float>(odd_spec.input, 2);
  xt::xtensor<float, 4> tensor({2, 2, 7, 11});
  std::copy(images.begin(), images.end(), tensor.begin());
  CHECK((forward(model, tensor) == forward(model, images)));
  CHECK_THROWS_AS(forward(model, xt::xtensor<float, 4>({2, 2, 11, 7}, 0.0F)), DomainError);
  CHECK_THROWS_AS(forward(model, std::vector<float>(2 * 7 * 11 + 1)), DomainError);
  CHECK_THROWS_AS(forward(model, std::vector<float>()), DomainError);
}

TEST_CASE("activations are those of each layer") {
  const auto model = initialized_small_cnn<float>(odd_spec, 5);
  const auto images = random_images<float>(odd_spec.input, 3);
  Activations<float> a;
  forward(model, images, a);
  CHECK(shape_of(a.conv1) == Shape{3, 3, 7, 11});
  CHECK(shape_of(a.pool1) == Shape{3, 3, 3, 5});
  CHECK(shape_of(a.conv2) == Shape{3, 5, 3, 5});
  CHECK(shape_of(a.pool2) == Shape{3, 5, 1, 2});
  CHECK((a.logits == forward(model, images)));
  for (const float value : a.conv1) CHECK(value >= 0);
  CHECK(a.pool1(2, 1, 2, 4) == std::max({a.conv1(2, 1, 4, 8), a.conv1(2, 1, 4, 9),
                                         a.conv1(2, 1, 5, 8), a.conv1(2, 1, 5, 9)}));
}

TEST_CASE("NaN in an image reaches the logits") {
  const auto model = initialized_small_cnn<float>({}, 5);
  std::vector<float> images(28 * 28, 0.5F);
  images[14 * 28 + 14] = std::numeric_limits<float>::quiet_NaN();
  for (const float logit : forward(model, images)) CHECK(std::isnan(logit));
}

TEMPLATE_TEST_CASE("cross-entropy of large logits is finite and right", "", float, double,
                   long double) {
  xt::xtensor<TestType, 2> logits({2, 2});
  logits(0, 0) = logits(1, 0) = 10000;
  logits(0, 1) = logits(1, 1) = -10000;
  const auto result = cross_entropy(logits, std::vector<int>{0, 1});
  CHECK(result.loss == 10000);  // the mean of 0 and 20000
  CHECK(result.gradient(0, 0) == 0);
  CHECK(result.gradient(1, 0) == TestType(0.5));
  CHECK(result.gradient(1, 1) == TestType(-0.5));
}

TEST_CASE("cross-entropy of equal logits is log(classes)") {
  const xt::xtensor<double, 2> logits({3, 10}, -4.0);
  const auto result = cross_entropy(logits, std::vector<std::uint8_t>{0, 5, 9});
  CHECK(result.loss == Approx(std::log(10.0)).epsilon(1e-15));
  CHECK(result.gradient(1, 4) == Approx(0.1 / 3).epsilon(1e-15));
  CHECK(result.gradient(1, 5) == Approx(-0.9 / 3).epsilon(1e-15));
}

TEST_CASE("labels are checked") {
  const xt::xtensor<double, 2> logits({2, 3}, 0.0);
  CHECK_THROWS_AS(cross_entropy(logits, std::vector<int>{0}), DomainError);
  CHECK_THROWS_AS(cross_entropy(logits, std::vector<int>{0, 1, 2}), DomainError);
  CHECK_THROWS_WITH(cross_entropy(logits, std::vector<int>{0, 3}),
                    Catch::Contains("label of image 1 is 3") && Catch::Contains("0 .. 2"));
  CHECK_THROWS_AS(cross_entropy(logits, std::vector<int>{-1, 0}), DomainError);
}

/// (f(x + h) - f(x - h)) / 2h, where f reads x.
template <class F>
double slope(double& x, F&& f) {
  constexpr double h = 1e-6;
  const double centre = x;
  x = centre + h;
  const double above = f();
  x = centre - h;
  const double below = f();
  x = centre;
  return (above - below) / (2 * h);
}

TEST_CASE("gradients are the slopes of the loss") {
  auto model = initialized_small_cnn<double>(odd_spec, 11);
  auto images = random_images<double>(odd_spec.input, 3);
  const std::vector<int> labels{3, 0, 2};
  const auto loss = [&] { return cross_entropy(forward(model, images), labels).loss; };
  const LossAndGradients<double> result = loss_and_gradients(model, images, labels);
  CHECK(result.loss == Approx(loss()).epsilon(1e-15));

  // The quotient is off by about h^2 from curvature and by 1e-16 / h from rounding.
  constexpr double tolerance = 1e-8;
  visit_parameters(
      [&](const std::string& name, auto& parameter, const auto& gradient) {
        INFO(name);
        Largest<double> difference;
        for (std::size_t i = 0; i < parameter.size(); ++i)
          difference.include(std::abs(slope(parameter.data()[i], loss) - gradient.data()[i]));
        CHECK(difference.value() < tolerance);
      },
      model, result.gradients.parameters);
  Largest<double> difference;
  for (std::size_t i = 0; i < images.size(); ++i)
    difference.include(std::abs(slope(images[i], loss) - result.gradients.images.data()[i]));
  CHECK(difference.value() < tolerance);
}

TEMPLATE_TEST_CASE("gradients in every precision agree", "", float, long double) {
  const auto model = initialized_small_cnn<TestType>(odd_spec, 11);
  const auto images = random_images<TestType>(odd_spec.input, 9);
  const std::vector<int> labels{3, 0, 2, 1, 1, 0, 3, 2, 2};
  const auto found = loss_and_gradients(model, images, labels);
  const auto expected = loss_and_gradients(
      widened(model), std::vector<long double>(images.begin(), images.end()), labels);
  // Sums of up to 700 terms, three deep, of magnitude below 1.
  const long double tolerance = 2000 * std::numeric_limits<TestType>::epsilon();
  CHECK(std::abs(found.loss - expected.loss) <= tolerance);
  visit_parameters([&](const char*, const auto& a,
                       const auto& b) { CHECK(largest_difference(a, b) <= tolerance); },
                   found.gradients.parameters, expected.gradients.parameters);
  CHECK(largest_difference(found.gradients.images, expected.gradients.images) <= tolerance);
}

TEST_CASE("of equal maxima the first one in row order has the gradient") {
  const float y[] = {1, 2, 2,  //
                     2, 2, 0,  //
                     5, 5, 5};
  const float dp[] = {3};
  float dy[9];
  float dbias[] = {10};
  detail::max_pool_relu_backward(y, ImageShape{1, 3, 3}, dp, dy, dbias);
  CHECK(std::vector<float>(dy, dy + 9) == std::vector<float>{0, 3, 0, 0, 0, 0, 0, 0, 0});
  CHECK(dbias[0] == 13);
}

TEST_CASE("where ReLU is zero nothing passes") {
  const float y[4] = {};
  const float dp[] = {3};
  float dy[] = {1, 1, 1, 1};
  float dbias[] = {0};
  detail::max_pool_relu_backward(y, ImageShape{1, 2, 2}, dp, dy, dbias);
  CHECK(std::vector<float>(dy, dy + 4) == std::vector<float>(4, 0));
  CHECK(dbias[0] == 0);
}

TEST_CASE("backward refuses activations of another batch") {
  const auto model = initialized_small_cnn<float>(odd_spec, 5);
  Activations<float> activations;
  forward(model, random_images<float>(odd_spec.input, 3), activations);
  CHECK_THROWS_AS(
      backward(model, random_images<float>(odd_spec.input, 2), activations, activations.logits),
      DomainError);
}

}  // namespace
