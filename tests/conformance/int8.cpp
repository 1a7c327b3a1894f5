// Post-training quantisation of whole models against PyTorch's: with its scales every integer of
// every layer; with our own calibration what rounding leaves open.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/io/idx.hpp"
#include "edgeopt/nn/calibration.hpp"
#include "edgeopt/nn/quantized_forward.hpp"
#include "edgeopt/nn/quantized_small_cnn.hpp"
#include "edgeopt/precision.hpp"
#include "oracles.hpp"

using namespace edgeopt;
using std::filesystem::path;

namespace {

// A model's folder and one of the backends it holds.
struct Case {
  path folder;
  QuantizationBackend backend{};

  [[nodiscard]] path backend_folder() const { return folder / std::string(to_string(backend)); }
  [[nodiscard]] std::string name() const {
    return folder.filename().string() + " " + std::string(to_string(backend));
  }
};

std::vector<Case> cases() {
  std::vector<Case> found;
  for (const path& folder : oracles::cases("int8"))
    for (const auto backend : {QuantizationBackend::fbgemm, QuantizationBackend::qnnpack})
      if (const Case one{folder, backend}; is_directory(one.backend_folder())) found.push_back(one);
  REQUIRE_FALSE(found.empty());
  return found;
}

SmallCNN<float> float_model(const path& folder) {
  SmallCNN<float> model;
  visit_parameters(
      [&](std::string name, auto& tensor) {
        name[name.find('.')] = '_';
        tensor = oracles::load<float>(folder / "float" / (name + ".npy"));
      },
      model);
  return model;
}

// PyTorch's int8 model, in the input shape of the float one.
QuantizedSmallCNN their_model(const Case& one) {
  QuantizedSmallCNN model;
  model.backend = one.backend;
  visit_layers(
      [&](const std::string& name, auto& layer) {
        const path file = one.backend_folder() / name;
        layer.weight = oracles::load<std::int8_t>(file.string() + "_weight_int8.npy");
        layer.weight_scale =
            xt::cast<float>(oracles::load<double>(file.string() + "_weight_scale.npy"));
        layer.bias = oracles::load<float>(file.string() + "_bias.npy");
      },
      model);
  const auto scales = oracles::load_json(one.backend_folder() / "scales.json");
  visit_activations(
      [&](const char* name, QuantizationParameters& parameters) {
        parameters = {scales.at(name).at("scale").get<float>(),
                      scales.at(name).at("zero_point").get<std::int32_t>()};
      },
      model.activations);
  return model;
}

std::vector<float> normalised(std::span<const std::uint8_t> pixels) {
  std::vector<float> values;
  values.reserve(pixels.size());
  for (const std::uint8_t pixel : pixels)
    values.push_back((static_cast<float>(pixel) / 255.0F - 0.5F) / 0.5F);
  return values;
}

template <class T, std::size_t Rank>
std::size_t differences(const xt::xtensor<T, Rank>& found, const path& file) {
  const xt::xtensor<T, Rank> expected = oracles::load<T>(file);
  REQUIRE(found.shape() == expected.shape());
  std::size_t different = 0;
  for (std::size_t i = 0; i < found.size(); ++i) different += found.data()[i] != expected.data()[i];
  return different;
}

// $EDGEOPT_DATA_DIR, else the folder beside the repository; in it or in its subfolder mnist.
path mnist(const std::string& file) {
  const char* given = std::getenv("EDGEOPT_DATA_DIR");
  const path folder = given ? given : EDGEOPT_DEFAULT_DATA_DIR;
  return exists(folder / "mnist" / file) ? folder / "mnist" / file : folder / file;
}

std::vector<std::uint8_t> first_items(const std::string& file, std::int64_t count) {
  edgeopt::io::IdxOptions options;
  options.first_items = count;
  return edgeopt::io::read_idx(mnist(file), options).array.values<std::uint8_t>();
}

// Percentage of images whose largest logit (the first among equals) is that of their label.
double accuracy(const xt::xtensor<float, 2>& logits, std::span<const std::uint8_t> labels) {
  REQUIRE(logits.shape(0) == labels.size());
  std::size_t right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const float* row = logits.data() + i * logits.shape(1);
    right += std::max_element(row, row + logits.shape(1)) - row == labels[i];
  }
  return 100 * static_cast<double>(right) / static_cast<double>(labels.size());
}

}  // namespace

TEST_CASE("our weights, weight scales and sizes equal PyTorch's") {
  for (const Case& one : cases()) {
    CAPTURE(one.name());
    const SmallCNN<float> model = float_model(one.folder);
    const ObservedActivation unit{{0, 1}, {0, 1}, 1};
    const QuantizedSmallCNN ours =
        to_int8(model, Calibration{unit, unit, unit, unit, unit}, one.backend);
    const QuantizedSmallCNN theirs = their_model(one);
    CHECK(ours.spec() == theirs.spec());
    CHECK(ours.conv1.weight == theirs.conv1.weight);
    CHECK(ours.conv2.weight == theirs.conv2.weight);
    CHECK(ours.classifier.weight == theirs.classifier.weight);
    CHECK(ours.conv1.weight_scale == theirs.conv1.weight_scale);
    CHECK(ours.conv2.weight_scale == theirs.conv2.weight_scale);
    CHECK(ours.classifier.weight_scale == theirs.classifier.weight_scale);
    CHECK(ours.conv1.bias == theirs.conv1.bias);

    const auto bytes = oracles::load_json(one.folder / "report.json").at("model_memory_bytes");
    if (one.backend == QuantizationBackend::fbgemm)
      CHECK(parameter_bytes(ours) ==
            bytes.at("int8_with_channel_scales_and_5_activation_pairs").get<std::int64_t>());
    std::printf("%s: weights compared, %lld bytes\n", one.name().c_str(),
                static_cast<long long>(parameter_bytes(ours)));
  }
}

TEST_CASE("with PyTorch's scales every integer of every layer is the same") {
  for (const Case& one : cases()) {
    CAPTURE(one.name());
    const auto pixels = oracles::load<std::uint8_t>(one.folder / "test_images.npy");
    const auto images = normalised({pixels.data(), pixels.size()});
    const QuantizedActivations a = quantized_forward(their_model(one), images);
    const path folder = one.backend_folder();
    const auto check = [&](const std::string& tensor, const auto& found) {
      const std::size_t different = differences(found, folder / (tensor + ".npy"));
      CAPTURE(tensor);
      CHECK(different == 0);
      std::printf("%s %s: %zu values, %zu differ\n", one.name().c_str(), tensor.c_str(),
                  found.size(), different);
    };
    check("input_u8", a.input);
    check("conv1_u8", a.conv1);
    check("pool1_u8", a.pool1);
    check("conv2_u8", a.conv2);
    check("pool2_u8", a.pool2);
    check("flatten_u8", a.flatten);
    check("classifier_u8", a.classifier);
    check("logits", a.logits);
  }
}

TEST_CASE("the first 3000 test images of MNIST, with PyTorch's scales and with ours", "[.mnist]") {
  if (!exists(mnist("train-images-idx3-ubyte.gz"))) {
    std::printf("skipped: no MNIST; set EDGEOPT_DATA_DIR to the folder of its files\n");
    return;
  }
  constexpr std::size_t batch_images = 128;
  constexpr std::size_t batches = 8;
  constexpr std::size_t pixels = 28 * 28;
  const auto images = normalised(first_items("t10k-images-idx3-ubyte.gz", 3000));
  const auto labels = first_items("t10k-labels-idx1-ubyte.gz", 3000);
  const auto training =
      normalised(first_items("train-images-idx3-ubyte.gz", batches * batch_images));
  std::vector<std::span<const float>> calibration_batches;
  for (std::size_t i = 0; i < batches; ++i)
    calibration_batches.push_back(
        std::span(training).subspan(i * batch_images * pixels, batch_images * pixels));

  for (const Case& one : cases()) {
    CAPTURE(one.name());
    const auto theirs = quantized_forward(their_model(one), images);
    const std::size_t different =
        differences(theirs.classifier, one.backend_folder() / "classifier_u8_first3000.npy");
    CHECK(different == 0);

    const SmallCNN<float> model = float_model(one.folder);
    const QuantizedSmallCNN ours =
        to_int8(model, calibrate(model, calibration_batches), one.backend);
    const auto expected = their_model(one).activations;
    CHECK(ours.activations.input == expected.input);
    double largest = 0;
    visit_activations(
        [&](const std::string& name, const auto& found, const auto& scale) {
          CAPTURE(name);
          const double change = std::abs(double{found.scale} / double{scale.scale} - 1);
          largest = std::max(largest, change);
          CHECK(change < 0.005);
        },
        ours.activations, expected);

    const auto report = oracles::load_json(one.folder / "report.json");
    const double their_accuracy =
        100 * report.at("accuracy_int8_" + std::string(to_string(one.backend))).get<double>();
    const double our_accuracy = accuracy(quantized_forward(ours, images).logits, labels);
    CHECK(our_accuracy == Approx(their_accuracy).margin(0.5));
    std::printf(
        "%s: %zu levels, %zu differ; own scales off by up to %.4f %%, accuracy %.2f (%.2f)\n",
        one.name().c_str(), theirs.classifier.size(), different, 100 * largest, our_accuracy,
        their_accuracy);
  }
}
