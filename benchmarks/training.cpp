// SPDX-License-Identifier: MIT
// Training of SmallCNN on batches of 128 images of 28 x 28: forward, backward and Adam.
//
//     train/<conv1>x<conv2>/threads:<threads>
//
// items_per_second counts images, MAC/s multiply-accumulates as a plain step needs them: those of
// inference, again for the gradient of every weight, and again for that of every activation but the
// images. (Behind a max-pool most gradients are zero and are left out, so that the rate can pass
// that of the processor.) The environment variable EDGEOPT_INSTRUCTION_SET chooses another
// instruction set than the fastest.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "edgeopt/engines/small_cnn_trainer.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/small_cnn_spec.hpp"
#include "instruction_set.hpp"

namespace {

using namespace edgeopt;

constexpr std::int64_t batch = 128;

/// Parameters of a network that own their memory.
struct Parameters {
  explicit Parameters(const SmallCNNSpec& spec)
      : conv1_weight(random(spec.conv1_channels * spec.input.channels * 9)),
        conv1_bias(random(spec.conv1_channels)),
        conv2_weight(random(spec.conv2_channels * spec.conv1_channels * 9)),
        conv2_bias(random(spec.conv2_channels)),
        classifier_weight(random(spec.classes * spec.pooled2().elements())),
        classifier_bias(random(spec.classes)) {}

  SmallCNNSpans<float> spans() {
    return {conv1_weight, conv1_bias, conv2_weight, conv2_bias, classifier_weight, classifier_bias};
  }

  static std::vector<float> random(std::int64_t size) {
    Random generator(static_cast<std::uint64_t>(size));
    std::vector<float> values(static_cast<std::size_t>(size));
    for (float& value : values) value = static_cast<float>(0.2 * generator.uniform() - 0.1);
    return values;
  }

  std::vector<float> conv1_weight, conv1_bias, conv2_weight, conv2_bias, classifier_weight,
      classifier_bias;
};

std::int64_t training_macs(const SmallCNNSpec& spec) {
  const ImageShape half = spec.pooled1();
  const std::int64_t conv1 =
      spec.input.height * spec.input.width * 9 * spec.input.channels * spec.conv1_channels;
  const std::int64_t conv2 = half.elements() * 9 * spec.conv2_channels;
  return 2 * conv1 + 3 * conv2 + 3 * spec.pooled2().elements() * spec.classes;
}

void run(benchmark::State& state, const SmallCNNSpec& spec, int threads, InstructionSet set) {
  ThreadPool pool(threads);
  SmallCNNTrainer trainer(spec, {}, set);
  Parameters parameters(spec);
  const std::vector<float> images = Parameters::random(batch * spec.input.elements());
  Random random(3);
  std::vector<std::uint8_t> labels(static_cast<std::size_t>(batch));
  for (std::uint8_t& label : labels) label = static_cast<std::uint8_t>(random.below(10));
  for (auto _ : state)
    benchmark::DoNotOptimize(trainer.step(parameters.spans(), images, labels, pool));
  const auto images_done = static_cast<std::int64_t>(state.iterations()) * batch;
  state.SetItemsProcessed(images_done);
  state.counters["MAC/s"] = benchmark::Counter(
      static_cast<double>(images_done * training_macs(spec)), benchmark::Counter::kIsRate);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  try {
    const InstructionSet set = chosen_instruction_set();
    benchmark::AddCustomContext("instruction_set", std::string(to_string(set)));
    for (const auto& [conv1, conv2] :
         {std::pair{16, 32}, {12, 24}, {8, 16}, {5, 10}, {32, 64}, {64, 128}})
      for (const int threads : {1, 2}) {
        const SmallCNNSpec spec = {{1, 28, 28}, conv1, conv2, 10};
        const std::string name = "train/" + std::to_string(conv1) + "x" + std::to_string(conv2) +
                                 "/threads:" + std::to_string(threads);
        benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
          run(state, spec, threads, set);
        })->UseRealTime();
      }
  } catch (const Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  benchmark::RunSpecifiedBenchmarks();
}
