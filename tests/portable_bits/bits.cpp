// Prints a line for each result whose bits are promised: its name and a digest of its bytes. Behind
// a # stands what may differ from machine to machine. The lines, sorted and without repetitions,
// are those of expected.txt wherever and however this is compiled.
#include <bit>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "edgeopt/engines/int8_engine.hpp"
#include "edgeopt/half.hpp"
#include "edgeopt/nn/fp16.hpp"
#include "edgeopt/nn/histogram_observer.hpp"
#include "edgeopt/nn/pruning.hpp"
#include "edgeopt/nn/quantized_forward.hpp"
#include "edgeopt/nn/quantized_graph.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/study/loader.hpp"
#include "edgeopt/study/synthetic_digits.hpp"

namespace {

using namespace edgeopt;

/// FNV-1a of 64 bits over little-endian bytes (G. Fowler, L. Noll, K. Vo; constants of RFC 9923):
/// enough to notice a change, and nothing to link.
class Digest {
 public:
  template <class T>
  void add(T value) {
    if constexpr (std::is_same_v<T, float>)
      add(std::bit_cast<std::uint32_t>(value));
    else if constexpr (std::is_same_v<T, double>)
      add(std::bit_cast<std::uint64_t>(value));
    else
      for (std::size_t byte = 0; byte < sizeof(T); ++byte)
        hash_ = (hash_ ^ (static_cast<std::uint64_t>(value) >> (8 * byte) & 0xff)) * 0x100000001b3;
  }
  template <class Range>
  void add_all(const Range& values) {
    for (const auto value : values) add(value);
  }
  [[nodiscard]] unsigned long long value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

void print(const std::string& name, const Digest& digest, const std::string& remark = "") {
  std::printf("%s %016llx%s%s\n", name.c_str(), digest.value(), remark.empty() ? "" : "  # ",
              remark.c_str());
}

template <class Range>
void print_all(const std::string& name, const Range& values, const std::string& remark = "") {
  Digest digest;
  digest.add_all(values);
  print(name, digest, remark);
}

template <class T>
void print_model(const std::string& name, const SmallCNN<T>& model) {
  Digest digest;
  visit_parameters([&](const char*, const auto& tensor) { digest.add_all(tensor); }, model);
  print(name, digest);
}

void generator() {
  Digest integers, bounded, reals;
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{42}}) {
    Random random = Random::stream(seed, 7);
    for (int i = 0; i < 1000; ++i) integers.add(random.next());
    for (std::uint64_t bound = 1; bound < 1000; ++bound) bounded.add(random.below(bound));
    for (int i = 0; i < 1000; ++i) reals.add(random.uniform());
  }
  print("random_integers", integers);
  print("random_below", bounded);
  print("random_uniform", reals);
}

constexpr SmallCNNSpec spec{{1, 28, 28}, 13, 22, 10};

void weights() {
  const auto model = initialized_small_cnn<float>(spec, 3);
  print_model("initial_weights_f32", model);
  print_model("initial_weights_f64", initialized_small_cnn<double>(spec, 3));
  print_model("initial_weights_as_halves", to_fp16(model));
  for (const double level : {0.25, 0.7})
    print_model("pruned_" + std::to_string(level).substr(0, 4),
                structured_channel_prune(model, level));
}

void data() {
  for (const auto split : {SyntheticSplit::training, SyntheticSplit::validation}) {
    const Dataset digits = synthetic_digits(5, split, 200);
    const std::string name = split == SyntheticSplit::training ? "training" : "validation";
    print_all("synthetic_" + name + "_images", digits.images);
    print_all("synthetic_" + name + "_labels", digits.labels);
  }
  const Dataset digits = synthetic_digits(6, SyntheticSplit::training, 100);
  for (const std::int64_t workers : {0, 1, 2}) {
    const BatchLoader loader(
        digits, {.batch_size = 32, .order = BatchOrder::shuffled, .seed = 9, .workers = workers});
    Digest images, labels;
    for (const std::int64_t number : {0, 1, 2})
      for (const Batch& batch : loader.epoch(number)) {
        images.add_all(batch.images);
        labels.add_all(batch.labels);
      }
    const std::string remark = std::to_string(workers) + " workers";
    print("shuffled_batches_images", images, remark);
    print("shuffled_batches_labels", labels, remark);
  }
}

void halves() {
  Digest wide, narrow;
  for (std::uint32_t half = 0; half < 0x10000; ++half)
    wide.add(float_from_half(static_cast<std::uint16_t>(half)));
  Random random(8);
  for (int i = 0; i < 200000; ++i)
    narrow.add(half_from_float(std::bit_cast<float>(static_cast<std::uint32_t>(random.next()))));
  print("floats_from_halves", wide);
  print("halves_from_floats", narrow);
}

/// Batches whose ranges grow, shrink and shift.
void observer() {
  HistogramObserver observer;
  Digest digest;
  Random random(11);
  for (const float scale : {1.0F, 0.3F, 2.7F, 2.7F, 90.0F}) {
    std::vector<float> values(700);
    for (float& value : values)
      value = static_cast<float>(random.uniform() * random.uniform() - 0.2) * scale;
    observer.update(values);
    digest.add_all(observer.histogram());
  }
  print("observed_histograms", digest);
  Digest found;
  const ValueRange range = observer.quantized_range();
  found.add(range.min);
  found.add(range.max);
  for (const auto levels : {ActivationLevels::seven_bits, ActivationLevels::eight_bits}) {
    const QuantizationParameters parameters = quantization_parameters(range, levels);
    found.add(parameters.scale);
    found.add(parameters.zero_point);
  }
  print("observed_range_scale_zero_point", found);
}

void int8_inference() {
  const auto model = initialized_small_cnn<float>(spec, 4);
  const Calibration calibration{{{-1, 1}, {-1, 0.9990234F}, 1},
                                {{0, 1.9F}, {0, 1.61F}, 1},
                                {{0, 1.3F}, {0, 0.83F}, 1},
                                {{0, 1.3F}, {0, 0.79F}, 1},
                                {{-1, 1}, {-0.45F, 0.6F}, 1}};
  const Dataset digits = synthetic_digits(7, SyntheticSplit::validation, 5);
  std::vector<float> images;
  for (const std::uint8_t pixel : digits.images) images.push_back(normalized_pixel(pixel));

  for (const auto backend : {QuantizationBackend::fbgemm, QuantizationBackend::qnnpack}) {
    const std::string name = "int8_" + std::string(to_string(backend)) + "_";
    const QuantizedSmallCNN quantized = to_int8(model, calibration, backend);
    Digest parameters;
    visit_layers(
        [&](const char*, const auto& layer) {
          parameters.add_all(layer.weight);
          parameters.add_all(layer.weight_scale);
        },
        quantized);
    print(name + "weights", parameters);

    const QuantizedActivations a = quantized_forward(quantized, images);
    Digest activations;
    activations.add_all(a.input);
    activations.add_all(a.conv1);
    activations.add_all(a.conv2);
    activations.add_all(a.flatten);
    activations.add_all(a.classifier);
    print(name + "activations", activations);
    print_all(name + "logits", a.logits, "plain functions");
    for (const InstructionSet set : supported_instruction_sets())
      for (const int threads : {1, 2, 3}) {
        const Int8Engine engine(to_graph(quantized), {backend, set});
        ThreadPool pool(threads);
        auto workspace = engine.make_workspace(digits.size(), pool);
        std::vector<float> logits(a.logits.size());
        engine.run(images, workspace, logits);
        print_all(name + "logits", logits,
                  std::string(to_string(set)) + ", threads: " + std::to_string(threads));
      }
  }
}

}  // namespace

int main() {
  generator();
  weights();
  data();
  halves();
  observer();
  int8_inference();
}
