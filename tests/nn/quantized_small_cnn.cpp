#include "edgeopt/nn/quantized_small_cnn.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "catch.hpp"
#include "edgeopt/nn/calibration.hpp"
#include "edgeopt/nn/forward.hpp"
#include "edgeopt/nn/quantization_metadata.hpp"
#include "edgeopt/nn/quantized_forward.hpp"
#include "edgeopt/nn/quantized_graph.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/table.hpp"

using namespace edgeopt;

namespace {

const SmallCNNSpec odd_spec{{3, 9, 7}, 5, 6, 4};
constexpr auto backends = {QuantizationBackend::fbgemm, QuantizationBackend::qnnpack};

std::vector<float> random_images(const ImageShape& shape, std::size_t batch, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> images(batch * static_cast<std::size_t>(shape.elements()));
  for (float& value : images) value = static_cast<float>(2 * random.uniform() - 1);
  return images;
}

std::vector<std::span<const float>> one_batch(const std::vector<float>& images) {
  return {std::span<const float>(images)};
}

QuantizedSmallCNN quantized(const SmallCNN<float>& model, QuantizationBackend backend,
                            const std::vector<float>& images) {
  return to_int8(model, calibrate(model, one_batch(images)), backend);
}

// The sum of (4) of one output of a 3x3 convolution, written as the definition has it.
std::int32_t window_sum(const QuantizedLayer<4>& layer, const xt::xtensor<std::uint8_t, 4>& x,
                        std::int32_t zero_point, std::size_t image, std::size_t output,
                        std::int64_t row, std::int64_t column) {
  const auto height = static_cast<std::int64_t>(x.shape(2));
  const auto width = static_cast<std::int64_t>(x.shape(3));
  std::int32_t sum = 0;
  for (std::size_t c = 0; c < x.shape(1); ++c)
    for (std::int64_t i = 0; i < 3; ++i)
      for (std::int64_t j = 0; j < 3; ++j) {
        const std::int64_t y = row + i - 1;
        const std::int64_t z = column + j - 1;
        const bool inside = y >= 0 && y < height && z >= 0 && z < width;
        const std::int32_t level = inside ? x(image, c, y, z) : zero_point;
        sum += (level - zero_point) * layer.weight(output, c, i, j);
      }
  return sum;
}

}  // namespace

TEST_CASE("a convolution is the sum over its window, requantised") {
  const auto model = initialized_small_cnn<float>(odd_spec, 1);
  const auto images = random_images(odd_spec.input, 3, 2);
  for (const auto backend : backends) {
    const QuantizedSmallCNN q = quantized(model, backend, images);
    const QuantizedActivations a = quantized_forward(q, images);
    const auto check = [&](const auto& layer, const auto& x, const auto& y, auto input,
                           auto output) {
      const auto channels = layer_requantization(layer, backend, input, output);
      for (std::size_t n = 0; n < y.shape(0); ++n)
        for (std::size_t o = 0; o < y.shape(1); ++o)
          for (std::size_t i = 0; i < y.shape(2); ++i)
            for (std::size_t j = 0; j < y.shape(3); ++j) {
              const std::int32_t sum =
                  window_sum(layer, x, input.zero_point, n, o, static_cast<std::int64_t>(i),
                             static_cast<std::int64_t>(j));
              REQUIRE(y(n, o, i, j) ==
                      requantize(sum, channels[o], output.zero_point, OutputActivation::relu));
            }
    };
    check(q.conv1, a.input, a.conv1, q.activations.input, q.activations.conv1);
    check(q.conv2, a.pool1, a.conv2, q.activations.conv1, q.activations.conv2);
  }
}

TEST_CASE("int8 logits are near those in float") {
  const auto model = initialized_small_cnn<float>(odd_spec, 3);
  const auto images = random_images(odd_spec.input, 16, 4);
  const auto expected = forward(model, images);
  for (const auto backend : backends) {
    const QuantizedSmallCNN q = quantized(model, backend, images);
    const auto found = quantized_forward(q, images).logits;
    REQUIRE(found.shape() == expected.shape());
    // Each of the stages is off by about a step; a few steps of the last one bound what arrives.
    const float allowed = 5 * q.activations.classifier.scale;
    for (std::size_t i = 0; i < found.size(); ++i)
      REQUIRE(std::abs(found.data()[i] - expected.data()[i]) < allowed);
  }
}

TEST_CASE("an image gives the same alone and in a batch") {
  const auto model = initialized_small_cnn<float>(odd_spec, 5);
  const auto images = random_images(odd_spec.input, 5, 6);
  const QuantizedSmallCNN q = quantized(model, QuantizationBackend::fbgemm, images);
  const auto together = quantized_forward(q, images).logits;
  const auto elements = static_cast<std::size_t>(odd_spec.input.elements());
  for (std::size_t i = 0; i < 5; ++i) {
    const auto alone =
        quantized_forward(q, std::span(images).subspan(i * elements, elements)).logits;
    for (std::size_t k = 0; k < alone.size(); ++k) REQUIRE(alone(0, k) == together(i, k));
  }
}

TEST_CASE("stored bytes count weights, biases, scales and activation parameters") {
  const SmallCNNSpec spec;
  const auto model = initialized_small_cnn<float>(spec, 7);
  const auto images = random_images(spec.input, 2, 8);
  CHECK(parameter_bytes(quantized(model, QuantizationBackend::fbgemm, images)) == 20936);
  CHECK(parameter_bytes(quantized(model, QuantizationBackend::qnnpack, images)) == 20716);
}

TEST_CASE("calibration observes ReLU and pooling of a convolution, and each other tensor once") {
  struct Counting {
    std::vector<std::size_t> sizes;
    void update(std::span<const float> values) { sizes.push_back(values.size()); }
    [[nodiscard]] ValueRange observed_range() const { return {-1, 1}; }
    [[nodiscard]] ValueRange quantized_range() const { return {-1, 1}; }
  };
  const auto model = initialized_small_cnn<float>(odd_spec, 9);
  const auto images = random_images(odd_spec.input, 2, 10);
  Calibrator<Counting> calibrator(model);
  calibrator.update(images);
  const auto& observers = calibrator.observers();
  using Sizes = std::vector<std::size_t>;
  CHECK(observers.input.sizes == Sizes{2 * 3 * 9 * 7});
  CHECK(observers.conv1.sizes == Sizes{2 * 5 * 9 * 7, 2 * 5 * 4 * 3});
  CHECK(observers.conv2.sizes == Sizes{2 * 6 * 4 * 3, 2 * 6 * 2 * 1});
  CHECK(observers.flatten.sizes == Sizes{2 * 6 * 2 * 1});
  CHECK(observers.classifier.sizes == Sizes{2 * 4});
  const Calibration calibration = calibrator.calibration();
  CHECK(calibration.input.updates == 1);
  CHECK(calibration.conv1.updates == 2);
}

TEST_CASE("calibration and the int8 pass are the same with any number of threads") {
  const auto model = initialized_small_cnn<float>(odd_spec, 9);
  const auto images = random_images(odd_spec.input, 11, 10);
  Calibrator<> alone(model);
  alone.update(images);
  alone.update(images);
  const auto quantized = to_int8(model, alone.calibration(), QuantizationBackend::fbgemm);
  const QuantizedActivations expected = quantized_forward(quantized, images);
  for (const int threads : {2, 3}) {
    ThreadPool pool(threads);
    Activations<float> one_by_one, shared;
    forward(model, images, one_by_one);
    forward(model, images, shared, pool);
    CHECK((shared.conv1 == one_by_one.conv1));
    CHECK((shared.logits == one_by_one.logits));
    Calibrator<> together(model);
    together.update(images, pool);
    together.update(images, pool);
    CHECK(together.calibration() == alone.calibration());
    const QuantizedActivations found = quantized_forward(quantized, images, pool);
    CHECK((found.pool2 == expected.pool2));
    CHECK((found.classifier == expected.classifier));
    CHECK(found.saturated == expected.saturated);
  }
}

TEST_CASE("the backend decides levels and weight scales") {
  const auto model = initialized_small_cnn<float>(odd_spec, 11);
  const auto images = random_images(odd_spec.input, 8, 12);
  const auto calibration = calibrate(model, one_batch(images), MinMaxObserver());
  const auto fbgemm = to_int8(model, calibration, QuantizationBackend::fbgemm);
  const auto qnnpack = to_int8(model, calibration, QuantizationBackend::qnnpack);
  CHECK(fbgemm.conv1.weight_scale.size() == 5);
  CHECK(qnnpack.conv1.weight_scale.size() == 1);
  CHECK(*std::max_element(fbgemm.conv2.weight_scale.begin(), fbgemm.conv2.weight_scale.end()) ==
        qnnpack.conv2.weight_scale(0));
  CHECK(fbgemm.activations.input.scale > 2 * qnnpack.activations.input.scale);
}

TEST_CASE("a network that cannot be quantised is refused") {
  const auto images = random_images(odd_spec.input, 2, 13);
  const auto model = initialized_small_cnn<float>(odd_spec, 14);
  const auto calibration = calibrate(model, one_batch(images));
  const auto refused = [&](auto&& spoil) {
    SmallCNN<float> spoiled = model;
    spoil(spoiled);
    for (const auto backend : backends)
      CHECK_THROWS_AS(to_int8(spoiled, calibration, backend), DomainError);
  };
  refused([](auto& m) { m.conv2_weight(0, 0, 0, 0) = std::numeric_limits<float>::quiet_NaN(); });
  refused([](auto& m) { m.classifier_weight(0, 0) = std::numeric_limits<float>::infinity(); });
  refused([](auto& m) { m.conv1_bias(2) = std::numeric_limits<float>::quiet_NaN(); });
  refused([](auto& m) { m.classifier_weight.resize({4, 11}); });
  CHECK_THROWS_AS(calibrate(model, std::vector<std::span<const float>>{}), DomainError);
}

TEST_CASE("a network of zeros answers with its biases, where they can be expressed") {
  SmallCNN<float> model(odd_spec);
  model.classifier_bias(1) = 1;
  const auto images = random_images(odd_spec.input, 2, 15);
  const auto fbgemm = quantized(model, QuantizationBackend::fbgemm, images);
  const auto logits = quantized_forward(fbgemm, images).logits;
  CHECK(logits(1, 0) == 0);
  CHECK(logits(1, 1) == Approx(1).epsilon(0.01));
  // Activations and weights of zeros have scale 2^-23: in units of 2^-46 the bias is no s32.
  CHECK_THROWS_AS(quantized(model, QuantizationBackend::qnnpack, images), DomainError);
}

TEST_CASE("images that are none are refused, infinite values saturate and are counted") {
  const auto model = initialized_small_cnn<float>(odd_spec, 16);
  auto images = random_images(odd_spec.input, 2, 17);
  const QuantizedSmallCNN q = quantized(model, QuantizationBackend::qnnpack, images);
  CHECK_THROWS_AS(quantized_forward(q, std::span(images).first(100)), DomainError);
  CHECK_THROWS_AS(quantized_forward(q, {}), DomainError);
  std::fill(images.begin(), images.end(), 0.0F);
  images[0] = std::numeric_limits<float>::infinity();
  images[1] = -std::numeric_limits<float>::infinity();
  const QuantizedActivations a = quantized_forward(q, images);
  CHECK(a.input.data()[0] == 255);
  CHECK(a.input.data()[1] == 0);
  CHECK(a.saturated.input == 2);
  images[5] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(quantized_forward(q, images), DomainError);
}

TEST_CASE("parameters that do not fit the network are refused") {
  const auto model = initialized_small_cnn<float>(odd_spec, 18);
  const auto images = random_images(odd_spec.input, 1, 19);
  const QuantizedSmallCNN q = quantized(model, QuantizationBackend::fbgemm, images);
  CHECK(q.spec() == odd_spec);
  QuantizedSmallCNN spoiled = q;
  spoiled.activations.flatten.zero_point = 256;
  CHECK_THROWS_AS(quantized_forward(spoiled, images), DomainError);
  spoiled = q;
  spoiled.backend = QuantizationBackend::qnnpack;  // has one weight scale a layer
  CHECK_THROWS_AS(spoiled.spec(), DomainError);
  spoiled = q;
  spoiled.input.height = 20;
  CHECK_THROWS_AS(spoiled.spec(), DomainError);
}

TEST_CASE("the graph holds every value of the network") {
  const auto model = initialized_small_cnn<float>(odd_spec, 20);
  const auto images = random_images(odd_spec.input, 2, 21);
  for (const auto backend : backends) {
    const QuantizedSmallCNN q = quantized(model, backend, images);
    const Graph graph = to_graph(q, 2);
    const auto constant = [&](const std::string& name) {
      const auto found = std::find_if(graph.tensors.begin(), graph.tensors.end(),
                                      [&](const Tensor& tensor) { return tensor.name == name; });
      REQUIRE(found != graph.tensors.end());
      return *found;
    };
    for (const Tensor& tensor : graph.tensors) CHECK(tensor.constant == !tensor.data.empty());
    CHECK(constant("conv2.weight").values<std::int8_t>() ==
          std::vector<std::int8_t>(q.conv2.weight.begin(), q.conv2.weight.end()));
    CHECK(constant("classifier.weight_scale").values<float>() ==
          std::vector<float>(q.classifier.weight_scale.begin(), q.classifier.weight_scale.end()));
    CHECK(constant("flatten.scale").values<float>().front() == q.activations.flatten.scale);
    CHECK(constant("input.zero_point").values<std::uint8_t>().front() ==
          q.activations.input.zero_point);
    CHECK(graph.tensor(graph.outputs.front()).shape == Shape{2, 4});
  }
}

TEST_CASE("metadata has a row for each activation, layer and weight scale") {
  const auto model = initialized_small_cnn<float>(odd_spec, 22);
  const auto images = random_images(odd_spec.input, 4, 23);
  const auto calibration = calibrate(model, one_batch(images));
  const auto q = to_int8(model, calibration, QuantizationBackend::fbgemm);
  const auto metadata = quantization_metadata(q, calibration, quantized_forward(q, images));
  REQUIRE(metadata.activations.size() == 5);
  CHECK(metadata.activations[1].activation == "conv1");
  CHECK(metadata.activations[1].scale == q.activations.conv1.scale);
  CHECK(metadata.activations[1].observed_max == calibration.conv1.observed.max);
  CHECK(metadata.activations[1].quantized_max <= metadata.activations[1].observed_max);
  CHECK(metadata.activations[1].values == 4 * 5 * 9 * 7);
  REQUIRE(metadata.layers.size() == 3);
  // The largest weight of each output is 127.5 steps: negative it fits, positive it is clamped.
  CHECK(metadata.layers[1].saturated_weights == q.conv2.saturated_weights);
  CHECK(metadata.layers[1].saturated_weights <= 6);
  CHECK(metadata.weight_scales.size() == 5 + 6 + 4);
  CHECK(to_table(metadata.weight_scales).rows.size() == metadata.weight_scales.size());
  CHECK(to_table(metadata.activations).header.front() == "activation");
}
