// SPDX-License-Identifier: MIT
// What the benchmarks of other libraries share: SmallCNN 16x32 on images of 28 x 28 with weights of
// the size that trained ones have, and how they are registered.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/engines/fp32_engine.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/small_cnn_graph.hpp"

namespace peers {

constexpr std::int64_t size = 28;
constexpr std::int64_t channels1 = 16;
constexpr std::int64_t channels2 = 32;
constexpr std::int64_t features = channels2 * 7 * 7;
constexpr std::int64_t classes = 10;

inline std::vector<float> random_values(std::int64_t count, float scale, std::uint64_t seed) {
  edgeopt::Random random(seed);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = scale * static_cast<float>(2 * random.uniform() - 1);
  return values;
}

/// Layouts are PyTorch's: [outputs, inputs, 3, 3] and [outputs, inputs].
struct Parameters {
  std::vector<float> weight1 = random_values(channels1 * 9, 0.3F, 1);
  std::vector<float> bias1 = random_values(channels1, 0.1F, 2);
  std::vector<float> weight2 = random_values(channels2 * channels1 * 9, 0.1F, 3);
  std::vector<float> bias2 = random_values(channels2, 0.1F, 4);
  std::vector<float> weight3 = random_values(classes * features, 0.05F, 5);
  std::vector<float> bias3 = random_values(classes, 0.1F, 6);
};

inline std::vector<float> random_images(std::int64_t batch) {
  return random_values(batch * size * size, 1, 7);
}

/// The logits of `random_images(batch)` that our engine computes.
inline std::vector<float> expected_logits(std::int64_t batch) {
  using namespace edgeopt;
  const Parameters p;
  Graph graph = small_cnn_graph({}, 1, Precision::fp32);
  for (const auto& [name, values] : {std::pair("conv1.weight", &p.weight1),
                                     {"conv1.bias", &p.bias1},
                                     {"conv2.weight", &p.weight2},
                                     {"conv2.bias", &p.bias2},
                                     {"classifier.weight", &p.weight3},
                                     {"classifier.bias", &p.bias3}})
    for (Tensor& tensor : graph.tensors)
      if (tensor.name == name) set_values(tensor, Array::of<float>(tensor.shape, *values));
  const Fp32Engine engine(graph);
  auto workspace = engine.make_workspace(batch);
  std::vector<float> logits(static_cast<std::size_t>(batch * classes));
  engine.run(random_images(batch), workspace, logits);
  return logits;
}

/// Ends the program when logits are those of another network: differences may be a share of the
/// largest.
inline void require_same(std::span<const float> logits, std::int64_t batch, double share) {
  double largest = 0;
  double difference = 0;
  const std::vector<float> expected = expected_logits(batch);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max<double>(largest, std::abs(expected[i]));
    difference = std::max<double>(difference, std::abs(expected[i] - logits[i]));
  }
  if (difference <= share * largest) return;
  std::cerr << "logits differ by " << difference << " from SmallCNN's, of which the largest is "
            << largest << '\n';
  std::exit(1);
}

/// Registers `run(state, batch, threads)` as peer/<name>/<precision>/16x32/batch:<B>/threads:<T>.
template <class Run>
void add(const std::string& name, const std::string& precision, Run run) {
  for (const std::int64_t batch : {1, 32, 128})
    for (const int threads : {1, 2}) {
      if (batch == 1 && threads > 1) continue;
      const std::string full = "peer/" + name + "/" + precision +
                               "/16x32/batch:" + std::to_string(batch) +
                               "/threads:" + std::to_string(threads);
      benchmark::RegisterBenchmark(full.c_str(), [=](benchmark::State& state) {
        run(state, batch, threads);
        state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * batch);
      })->UseRealTime();
    }
}

}  // namespace peers
