// Post-training quantisation of whole models against PyTorch's: with its scales every integer of
// every layer; with our own calibration what rounding leaves open.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "comparison.hpp"
#include "edgeopt/engines/int8_engine.hpp"
#include "edgeopt/io/idx.hpp"
#include "edgeopt/nn/calibration.hpp"
#include "edgeopt/nn/quantization_metadata.hpp"
#include "edgeopt/nn/quantized_forward.hpp"
#include "edgeopt/nn/quantized_graph.hpp"
#include "edgeopt/nn/quantized_small_cnn.hpp"
#include "edgeopt/precision.hpp"
#include "models.hpp"
#include "oracles.hpp"
#include "rounding.hpp"

using namespace edgeopt;
using oracles::Comparison;
using std::filesystem::path;

namespace {

// A model's folder and one of the backends it holds.
struct Case {
  path folder;
  QuantizationBackend backend{};

  [[nodiscard]] path backend_folder() const { return folder / std::string(to_string(backend)); }
  [[nodiscard]] std::string name() const {
    return "int8/" + folder.filename().string() + " " + std::string(to_string(backend));
  }
};

QuantizationBackend parse_backend(const std::string& name) {
  QuantizationBackend backend{};
  CAPTURE(name);
  REQUIRE(from_string(name, backend));
  return backend;
}

// Every backend of every model; each model has one at least, and none that we do not know.
std::vector<Case> cases() {
  std::vector<Case> found;
  for (const path& folder : oracles::cases("int8")) {
    const std::size_t before = found.size();
    for (const path& inner : oracles::folders_in(folder)) {
      const std::string name = inner.filename().string();
      if (name == "float" || name == "observers") continue;
      found.push_back({folder, parse_backend(name)});
    }
    REQUIRE(found.size() > before);
  }
  return found;
}

// The images of a case, [images, height, width] or with channels before the height.
struct TestImages {
  xt::xarray<std::uint8_t> pixels;

  explicit TestImages(const path& folder)
      : pixels(oracles::load<std::uint8_t>(folder / "test_images.npy")) {
    REQUIRE((pixels.dimension() == 3 || pixels.dimension() == 4));
  }
  [[nodiscard]] ImageShape shape() const {
    const auto extent = [&](std::size_t axis) {
      return static_cast<std::int64_t>(pixels.shape(axis));
    };
    if (pixels.dimension() == 3) return {1, extent(1), extent(2)};
    return {extent(1), extent(2), extent(3)};
  }
};

SmallCNN<float> float_model(const path& folder) {
  return oracles::load_model<float>(folder / "float", TestImages(folder).shape());
}

// PyTorch's int8 model.
QuantizedSmallCNN their_model(const Case& one) {
  QuantizedSmallCNN model;
  model.input = TestImages(one.folder).shape();
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

// How many bins a count of one histogram lies from where it is in the other, in the mean: least of
// all ways to turn one into the other. Infinite when their totals differ.
double mean_distance(std::span<const float> found, std::span<const float> expected) {
  double carried = 0, moved = 0, all = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    carried += double{found[i]} - double{expected[i]};
    moved += std::abs(carried);
    all += double{expected[i]};
  }
  return std::abs(carried) > 1e-6 * all ? HUGE_VAL : moved / all;
}

// Bins by which another order of sums may move counts in the mean: a sum is off by some 1e-6 of the
// range, a five hundredth of a bin, and only a count beside an edge then changes its bin.
constexpr double most_moved = 0.01;

// The file classifier_u8_first<n>.npy.
path first_levels(const path& folder) {
  const std::string prefix = "classifier_u8_first";
  path found;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().filename().string().starts_with(prefix)) found = entry.path();
  CAPTURE(folder.string());
  REQUIRE(!found.empty());
  return found;
}

// "test images 0..2999"
std::int64_t report_count(const nlohmann::json& report) {
  const std::string text = report.at("accuracy_images");
  long long last = 0;
  REQUIRE(std::sscanf(text.c_str(), "test images 0..%lld", &last) == 1);
  return last + 1;
}

// The weights of each layer before and after.
template <class Visit>
void visit_weights(const SmallCNN<float>& model, const QuantizedSmallCNN& quantized,
                   const Visit& visit) {
  visit(model.conv1_weight, quantized.conv1);
  visit(model.conv2_weight, quantized.conv2);
  visit(model.classifier_weight, quantized.classifier);
}

// Ranges for activations whose scales do not matter.
Calibration any_calibration() {
  const ObservedActivation unit{{0, 1}, {0, 1}, 1};
  return {unit, unit, unit, unit, unit};
}

// What images become, by the plain functions or by an engine: the logits are as good as the levels.
void check_engines(const Case& one, std::span<const float> images,
                   const xt::xtensor<float, 2>& expected) {
  const QuantizedSmallCNN model = their_model(one);
  Comparison comparison(one.name(), "Int8Engine's logits");
  oracles::for_each_engine(
      images,
      [&](InstructionSet set) {
        return Int8Engine(to_graph(model), {one.backend, set});
      },
      [&](const std::string& where, const std::vector<float>& logits) {
        INFO(where);
        CHECK(comparison.exact(logits, expected));
      });
}

// Levels outside of 0..255 of one layer's outputs, each sum and each level anew from the formulas.
template <std::size_t Rank>
std::int64_t counted_saturation(const QuantizedLayer<Rank>& layer, QuantizationBackend backend,
                                std::span<const std::uint8_t> x, const ImageShape& in,
                                QuantizationParameters from, QuantizationParameters to,
                                OutputActivation activation) {
  const bool linear = Rank == 2;
  const std::int64_t taps = linear ? 1 : 9;
  const std::int64_t pixels = linear ? 1 : in.height * in.width;
  const std::int64_t inputs = linear ? in.elements() : in.channels;
  const auto outputs = static_cast<std::int64_t>(layer.outputs());
  const auto batch = static_cast<std::int64_t>(x.size()) / in.elements();
  std::int64_t count = 0;
  for (std::int64_t image = 0; image < batch; ++image)
    for (std::int64_t o = 0; o < outputs; ++o)
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
        std::int64_t sum = 0;
        for (std::int64_t c = 0; c < inputs; ++c)
          for (std::int64_t tap = 0; tap < taps; ++tap) {
            const std::int64_t row = pixel / in.width + tap / 3 - (linear ? 0 : 1);
            const std::int64_t column = pixel % in.width + tap % 3 - (linear ? 0 : 1);
            if (row < 0 || row >= in.height || column < 0 || column >= in.width) continue;
            const std::int64_t at = image * in.elements() +
                                    c * (linear ? 1 : in.height * in.width) +
                                    (linear ? 0 : row * in.width + column);
            sum += (x[static_cast<std::size_t>(at)] - from.zero_point) *
                   std::int64_t{layer.weight.data()[(o * inputs + c) * taps + tap]};
          }
        const auto output = static_cast<std::size_t>(o);
        const ChannelRequantization channel = channel_requantization(
            backend, from.scale, layer.output_scale(output), to.scale, layer.bias(output));
        const std::int32_t level =
            requantized_level(static_cast<std::int32_t>(sum), channel, to.zero_point);
        count += level > 255 || (level < 0 && activation == OutputActivation::none);
      }
  return count;
}

}  // namespace

TEST_CASE("our weights, weight scales and sizes equal PyTorch's") {
  for (const Case& one : cases()) {
    CAPTURE(one.name());
    const SmallCNN<float> model = float_model(one.folder);
    const QuantizedSmallCNN ours = to_int8(model, any_calibration(), one.backend);
    const QuantizedSmallCNN theirs = their_model(one);
    CHECK(ours.spec() == theirs.spec());
    Comparison comparison(one.name(), "weights, their scales, biases");
    const auto compare = [&](const std::string& layer, const auto& found, const auto& expected) {
      INFO(layer);
      CHECK(comparison.exact(found.weight, expected.weight));
      CHECK(comparison.exact(found.weight_scale, expected.weight_scale));
      CHECK(comparison.exact(found.bias, expected.bias));
    };
    compare("conv1", ours.conv1, theirs.conv1);
    compare("conv2", ours.conv2, theirs.conv2);
    compare("classifier", ours.classifier, theirs.classifier);

    // Their count is for one scale per channel; qnnpack has one per layer.
    const auto bytes = oracles::load_json(one.folder / "report.json").at("model_memory_bytes");
    const auto count = [&](const char* what) { return bytes.at(what).get<std::int64_t>(); };
    std::int64_t scales = 0;
    visit_layers(
        [&](const char*, const auto& layer) {
          scales += 4 * static_cast<std::int64_t>(layer.weight_scale.size());
        },
        ours);
    Comparison sizes(one.name(), "bytes of the model");
    CHECK(sizes.exact(parameter_bytes(ours), count("int8_weights_and_biases") + scales + 5 * 8));
    if (one.backend == QuantizationBackend::fbgemm)
      CHECK(sizes.exact(parameter_bytes(ours),
                        count("int8_with_channel_scales_and_5_activation_pairs")));
  }
}

TEST_CASE("logits of the float models") {
  for (const path& folder : oracles::cases("int8")) {
    const TestImages test(folder);
    const SmallCNN<float> model = float_model(folder);
    const auto images = normalised({test.pixels.data(), test.pixels.size()});
    const auto logits = forward(model, images);
    SmallCNN<double> exact(model.spec());
    visit_parameters([](const char*, const auto& from, auto& to) { to = xt::cast<double>(from); },
                     model, exact);
    const std::vector<double> exact_images(images.begin(), images.end());
    const std::vector<std::int64_t> labels(test.pixels.shape(0));
    const auto bounds = rounding::bounded_network(exact, exact_images, labels);
    Comparison comparison("int8/" + folder.filename().string(), "logits of the float model");
    CHECK(comparison.bounded(logits, oracles::load<float>(folder / "float" / "logits.npy"),
                             rounding::scaled(2, bounds.logits.error)));
    CHECK(comparison.within(1e-5, logits, oracles::load<float>(folder / "float" / "logits.npy")));
  }
}

TEST_CASE("with PyTorch's scales every integer of every layer is the same") {
  for (const Case& one : cases()) {
    CAPTURE(one.name());
    const TestImages test(one.folder);
    const auto images = normalised({test.pixels.data(), test.pixels.size()});
    const QuantizedActivations a = quantized_forward(their_model(one), images);
    const auto check = [&](const std::string& tensor, const auto& found) {
      CAPTURE(tensor);
      using T = typename std::decay_t<decltype(found)>::value_type;
      const auto expected = oracles::load<T>(one.backend_folder() / (tensor + ".npy"));
      REQUIRE(std::equal(found.shape().begin(), found.shape().end(), expected.shape().begin(),
                         expected.shape().end()));
      Comparison comparison(one.name(), tensor);
      CHECK(comparison.exact(found, expected));
    };
    check("input_u8", a.input);
    check("conv1_u8", a.conv1);
    check("pool1_u8", a.pool1);
    check("conv2_u8", a.conv2);
    check("pool2_u8", a.pool2);
    check("flatten_u8", a.flatten);
    check("classifier_u8", a.classifier);
    check("logits", a.logits);
    check_engines(one, images, oracles::load<float>(one.backend_folder() / "logits.npy"));
  }
}

TEST_CASE("saturation is counted where it happens, and reported") {
  for (const Case& one : cases()) {
    CAPTURE(one.name());
    const TestImages test(one.folder);
    // Three times too bright, so that something saturates.
    auto images = normalised({test.pixels.data(), test.pixels.size()});
    for (float& value : images) value *= 3;
    const QuantizedSmallCNN model = their_model(one);
    const QuantizedActivations a = quantized_forward(model, images);
    const auto& q = model.activations;
    const SmallCNNSpec spec = model.spec();

    PerActivation<std::int64_t> counted{};
    for (const float x : images) {
      const double level =
          std::nearbyint(std::fma(x, 1 / q.input.scale, float(q.input.zero_point)));
      counted.input += level < 0 || level > 255;
    }
    const auto count = [&](const auto& layer, const auto& x, const ImageShape& in,
                           QuantizationParameters from, QuantizationParameters to,
                           OutputActivation activation) {
      return counted_saturation(layer, one.backend, span_of(x), in, from, to, activation);
    };
    counted.conv1 =
        count(model.conv1, a.input, spec.input, q.input, q.conv1, OutputActivation::relu);
    counted.conv2 =
        count(model.conv2, a.pool1, spec.pooled1(), q.conv1, q.conv2, OutputActivation::relu);
    for (const std::uint8_t level : a.pool2) {
      const float x = static_cast<float>(level - q.conv2.zero_point) * q.conv2.scale;
      const double rescaled =
          std::nearbyint(std::fma(x, 1 / q.flatten.scale, float(q.flatten.zero_point)));
      counted.flatten += rescaled < 0 || rescaled > 255;
    }
    counted.classifier = count(model.classifier, a.flatten, spec.pooled2(), q.flatten, q.classifier,
                               OutputActivation::none);

    const QuantizationMetadata metadata = quantization_metadata(model, any_calibration(), a);
    Comparison comparison(one.name(), "saturated values, counted one by one");
    std::size_t row = 0;
    std::int64_t all = 0;
    visit_activations(
        [&](const std::string& name, std::int64_t expected) {
          INFO(name);
          const ActivationQuantizationRow& reported = metadata.activations.at(row++);
          CHECK(reported.activation == name);
          CHECK(comparison.exact(reported.saturated_values, expected));
          all += expected;
        },
        counted);
    CHECK(all > 0);
    CHECK(metadata.activations.at(1).values == static_cast<std::int64_t>(a.conv1.size()));

    const QuantizedSmallCNN ours = to_int8(float_model(one.folder), any_calibration(), one.backend);
    Comparison weights(one.name(), "saturated weights, counted one by one");
    visit_weights(float_model(one.folder), ours, [&](const auto& tensor, const auto& layer) {
      std::int64_t expected = 0;
      const std::size_t per_output = tensor.size() / layer.outputs();
      for (std::size_t i = 0; i < tensor.size(); ++i)
        expected +=
            std::nearbyint(tensor.data()[i] * (1 / layer.output_scale(i / per_output))) > 127;
      CHECK(weights.exact(layer.saturated_weights, expected));
    });
  }
}

// The search and what follows from it need nothing but the histogram: the same to the bit, whatever
// made the histogram.
TEST_CASE("from PyTorch's histograms we find its ranges, scales and zero points") {
  for (const Case& one : cases()) {
    CAPTURE(one.name());
    const auto found_by_them = oracles::load_json(one.backend_folder() / "observers.json");
    const auto theirs = their_model(one).activations;
    Comparison comparison(one.name(), "ranges, scales and zero points of the stored histograms");
    visit_activations(
        [&](const std::string& name, const QuantizationParameters& used) {
          INFO(name);
          const auto& expected = found_by_them.at(name);
          const path file = one.folder / "observers" / name;
          const auto histograms = oracles::load<float>(file.string() + "_histogram.npy");
          const auto ranges = oracles::load<float>(file.string() + "_min_max.npy");
          const std::size_t updates = histograms.shape(0);
          REQUIRE(ranges.shape(0) == updates);
          CHECK(expected.at("updates") == updates);
          const ValueRange observed{ranges(updates - 1, 0), ranges(updates - 1, 1)};
          const std::size_t bins = histograms.shape(1);
          const detail::Histogram histogram(histograms.data() + (updates - 1) * bins,
                                            histograms.data() + updates * bins);
          const ValueRange range = detail::RangeSearch(histogram, observed).best();
          const auto check = [&](const char* what, double found) {
            INFO(what);
            CHECK(comparison.exact(found, expected.at(what).get<double>()));
          };
          check("min_val", double{observed.min});
          check("max_val", double{observed.max});
          check("new_min", double{range.min});
          check("new_max", double{range.max});
          const auto levels = activation_levels(one.backend);
          const auto parameters = quantization_parameters(range, levels);
          check("scale", double{parameters.scale});
          check("zero_point", double(parameters.zero_point));
          CHECK(parameters == used);
          const auto plain = quantization_parameters(observed, levels);
          check("minmax_scale", double{plain.scale});
          check("minmax_zero_point", double(plain.zero_point));
        },
        theirs);
  }
}

namespace {

// "train images 0..1023 in order, 8 batches of 128"
struct CalibrationSet {
  std::size_t batches = 0;
  std::size_t batch_images = 0;

  explicit CalibrationSet(const nlohmann::json& report) {
    const std::string text = report.at("calibration");
    std::size_t first = 1, last = 0;
    REQUIRE(std::sscanf(text.c_str(), "train images %zu..%zu in order, %zu batches of %zu", &first,
                        &last, &batches, &batch_images) == 4);
    REQUIRE(first == 0);
    REQUIRE(last + 1 == batches * batch_images);
  }
};

// What each batch of calibration leaves in the observers. That of the input is PyTorch's to the
// bit; the others see sums of floats, which in another order fall beside an edge of a bin now and
// then: a few counts of thousands, and ends of the range within their rounding.
SmallCNN<float> compare_calibration(const path& folder, std::span<const float> images,
                                    const CalibrationSet& set, Calibration& calibration) {
  const std::string name = "int8/" + folder.filename().string();
  const SmallCNN<float> model = float_model(folder);
  Calibrator<> calibrator(model);
  Comparison input(name, "calibration: histograms and ranges of the input");
  Comparison ends(name, "calibration: ranges of the other activations");
  double moved = 0;
  for (std::size_t batch = 0; batch < set.batches; ++batch) {
    const std::size_t elements = images.size() / set.batches;
    calibrator.update(images.subspan(batch * elements, elements));
    visit_activations(
        [&](const std::string& activation, const HistogramObserver& observer) {
          INFO(activation << ", batch " << batch);
          const path file = folder / "observers" / activation;
          const auto histograms = oracles::load<float>(file.string() + "_histogram.npy");
          const auto ranges = oracles::load<float>(file.string() + "_min_max.npy");
          const std::size_t updates = histograms.shape(0) / set.batches;  // of each batch
          REQUIRE(updates * set.batches == histograms.shape(0));
          const std::size_t row = (batch + 1) * updates - 1;
          const std::span expected(histograms.data() + row * histograms.shape(1),
                                   histograms.shape(1));
          const std::array range{ranges(row, 0), ranges(row, 1)};
          const ValueRange observed = observer.observed_range();
          const std::array found{observed.min, observed.max};
          if (activation == "input") {
            CHECK(input.exact(observer.histogram(), expected));
            CHECK(input.exact(found, range));
            return;
          }
          CHECK(ends.within(1e-5, found, range));
          const double distance = mean_distance(observer.histogram(), expected);
          moved = std::max(moved, distance);
          CHECK(distance < most_moved);
        },
        calibrator.observers());
  }
  std::printf(
      "%s: calibration: histograms of the other activations: a count lies off by at most "
      "%.3g bins in the mean\n",
      name.c_str(), moved);
  calibration = calibrator.calibration();
  return model;
}

}  // namespace

TEST_CASE("the test images of MNIST, with PyTorch's scales and with ours", "[.mnist]") {
  if (!exists(mnist("train-images-idx3-ubyte.gz"))) {
    std::printf("skipped: no MNIST; set EDGEOPT_DATA_DIR to the folder of its files\n");
    return;
  }
  for (const path& folder : oracles::cases("int8")) {
    const TestImages test(folder);
    const std::string model_name = "int8/" + folder.filename().string();
    CAPTURE(model_name);
    if (test.shape() != ImageShape{1, 28, 28}) {
      std::printf("%s: not of MNIST's shape, left out\n", model_name.c_str());
      continue;
    }
    const auto pixels = static_cast<std::size_t>(test.shape().elements());
    const auto report = oracles::load_json(folder / "report.json");
    {
      const auto first = report.at("test_image_first_index").get<std::size_t>();
      const std::size_t count = test.pixels.shape(0);
      const auto images =
          first_items("t10k-images-idx3-ubyte.gz", static_cast<std::int64_t>(first + count));
      const auto labels =
          first_items("t10k-labels-idx1-ubyte.gz", static_cast<std::int64_t>(first + count));
      Comparison comparison(model_name, "test images and labels, to MNIST's");
      CHECK(comparison.exact(std::span(images).subspan(first * pixels), test.pixels));
      CHECK(comparison.exact(std::span(labels).subspan(first),
                             oracles::load<std::int64_t>(folder / "test_labels.npy")));
    }
    const CalibrationSet set(report);
    const auto training = normalised(first_items(
        "train-images-idx3-ubyte.gz", static_cast<std::int64_t>(set.batches * set.batch_images)));
    Calibration calibration;
    const SmallCNN<float> model = compare_calibration(folder, training, set, calibration);

    for (const Case& one : cases()) {
      if (one.folder != folder) continue;
      CAPTURE(one.name());
      const auto levels = oracles::load<std::uint8_t>(first_levels(one.backend_folder()));
      const auto count = static_cast<std::int64_t>(levels.shape(0));
      const auto images = normalised(first_items("t10k-images-idx3-ubyte.gz", count));
      const auto labels = first_items("t10k-labels-idx1-ubyte.gz", count);
      const auto theirs = quantized_forward(their_model(one), images);
      {
        Comparison comparison(one.name(), std::to_string(count) + " images, levels of the logits");
        CHECK(comparison.exact(theirs.classifier, levels));
      }
      check_engines(one, images, theirs.logits);

      const QuantizedSmallCNN ours = to_int8(model, calibration, one.backend);
      const auto expected = their_model(one).activations;
      {
        Comparison comparison(one.name(),
                              "scale and zero point of the input, from our calibration");
        CHECK(comparison.exact(ours.activations.input.scale, expected.input.scale));
        CHECK(comparison.exact(ours.activations.input.zero_point, expected.input.zero_point));
      }
      {
        Comparison comparison(one.name(), "scales of all activations, from our calibration");
        visit_activations(
            [&](const std::string& name, const auto& found, const auto& scale) {
              CAPTURE(name);
              CHECK(comparison.within(0.005, found.scale, scale.scale));
              CHECK(std::abs(found.zero_point - scale.zero_point) <= 1);
            },
            ours.activations, expected);
      }
      const double their_accuracy =
          100 * report.at("accuracy_int8_" + std::string(to_string(one.backend))).get<double>();
      const double our_accuracy = accuracy(quantized_forward(ours, images).logits, labels);
      Comparison comparison(one.name(), "accuracy in percent, with our calibration");
      CHECK(comparison.within(0, our_accuracy, their_accuracy, 0.5));
      // On their own images and scales not even a tenth of a point is open.
      if (count == report_count(report))
        CHECK(accuracy(theirs.logits, labels) == Approx(their_accuracy).margin(1e-9));
    }
  }
}
