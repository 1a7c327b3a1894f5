// SPDX-License-Identifier: MIT
// Inference of SmallCNN on images of 28 x 28, in all precisions:
//
//     inference/<precision>/<conv1>x<conv2>/batch:<images>/threads:<threads>
//
// items_per_second counts images, MAC/s multiply-accumulates of the network as it is defined, and
// share_of_peak is their rate over the ceiling of the instruction set times the threads, measured
// right before and after (ceilings.hpp); with one thread, over the time that the thread ran. As
// Winograd's algorithm multiplies less, it can pass 1.
// The environment variable EDGEOPT_INSTRUCTION_SET chooses another instruction set than the
// fastest.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "ceilings.hpp"
#include "edgeopt/engines/fp16_engine.hpp"
#include "edgeopt/engines/fp32_engine.hpp"
#include "edgeopt/engines/int8_engine.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/small_cnn_spec.hpp"
#include "instruction_set.hpp"
#include "random_network.hpp"

namespace {

using namespace edgeopt;

using benchmarks::backend;
using benchmarks::random_network;

std::int64_t macs(const SmallCNNSpec& spec) {
  const std::int64_t pixels = spec.input.height * spec.input.width;
  const ImageShape half = spec.pooled1();
  return pixels * 9 * spec.input.channels * spec.conv1_channels +
         half.height * half.width * 9 * spec.conv1_channels * spec.conv2_channels +
         spec.pooled2().elements() * spec.classes;
}

template <class SomeEngine>
void run(benchmark::State& state, const SomeEngine& engine, const SmallCNNSpec& spec,
         std::int64_t batch, int threads) {
  ThreadPool pool(threads);
  auto workspace = engine.make_workspace(batch, pool);
  Random random(2);
  std::vector<float> images(static_cast<std::size_t>(batch * spec.input.elements()));
  for (float& value : images) value = static_cast<float>(2 * random.uniform() - 1);
  std::vector<float> logits(static_cast<std::size_t>(batch * spec.classes));
  engine.run(images, workspace, logits);  // memory is touched for the first time
  const ceilings::Ceiling& ceiling =
      ceilings::ceiling_of(engine.instruction_set(), engine.precision() == Precision::int8);
  const double peak_before = ceilings::measure(ceiling);
  const auto seconds = [threads] {
    using Clock = std::chrono::steady_clock;
    return threads == 1 ? ceilings::thread_seconds()
                        : std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
  };
  const double start = seconds();
  for (auto _ : state) {
    engine.run(images, workspace, logits);
    benchmark::DoNotOptimize(logits.data());
    benchmark::ClobberMemory();
  }
  const double time = seconds() - start;
  const double peak = (peak_before + ceilings::measure(ceiling)) / 2;

  const auto images_done = static_cast<std::int64_t>(state.iterations()) * batch;
  const auto macs_done = static_cast<double>(images_done * macs(spec));
  state.SetItemsProcessed(images_done);
  state.counters["MAC/s"] = benchmark::Counter(macs_done, benchmark::Counter::kIsRate);
  state.counters["share_of_peak"] = macs_done / time / (peak * threads);
}

template <class SomeEngine>
void add(const SmallCNNSpec& spec, std::shared_ptr<const SomeEngine> engine) {
  const std::string network = "inference/" + std::string(to_string(engine->precision())) + "/" +
                              std::to_string(spec.conv1_channels) + "x" +
                              std::to_string(spec.conv2_channels);
  for (const std::int64_t batch : {1, 32, 128})
    for (const int threads : {1, 2}) {
      if (batch == 1 && threads > 1) continue;
      const std::string name =
          network + "/batch:" + std::to_string(batch) + "/threads:" + std::to_string(threads);
      benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
        run(state, *engine, spec, batch, threads);
      })->UseRealTime();
    }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  try {
    const InstructionSet set = chosen_instruction_set();
    benchmark::AddCustomContext("instruction_set", std::string(to_string(set)));
    std::string sets;
    for (const InstructionSet supported : supported_instruction_sets())
      sets += (sets.empty() ? "" : " ") + std::string(to_string(supported));
    benchmark::AddCustomContext("supported_instruction_sets", sets);
    for (const auto& [conv1, conv2] :
         {std::pair{16, 32}, {12, 24}, {8, 16}, {5, 10}, {32, 64}, {64, 128}}) {
      const SmallCNNSpec spec = {{}, conv1, conv2, 10};
      const Graph graph = random_network(spec, Precision::fp32);
      add(spec, std::make_shared<const Fp32Engine>(graph, EngineOptions{set}));
      add(spec, std::make_shared<const Fp16Engine>(graph, EngineOptions{set}));
      add(spec, std::make_shared<const Int8Engine>(random_network(spec, Precision::int8),
                                                   Int8EngineOptions{backend, set}));
    }
  } catch (const edgeopt::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  benchmark::RunSpecifiedBenchmarks();
}
