// SmallCNN as the oracles store it, and what engines make of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/kernels/instruction_set.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "oracles.hpp"

namespace oracles {

/// "conv1.weight" -> "conv1_weight"
inline std::string file_name(std::string parameter) {
  std::replace(parameter.begin(), parameter.end(), '.', '_');
  return parameter;
}

/// The network whose parameters lie in `folder` as <prefix>conv1_weight.npy and so on.
template <class T>
edgeopt::SmallCNN<T> load_model(const std::filesystem::path& folder, edgeopt::ImageShape input,
                                const std::string& prefix = "") {
  edgeopt::SmallCNN<T> model;
  model.input = input;
  edgeopt::visit_parameters(
      [&](const char* name, auto& tensor) {
        tensor = load<T>(folder / (prefix + file_name(name) + ".npy"));
      },
      model);
  (void)model.spec();  // throws where the tensors do not fit
  return model;
}

/// The extents of one image of a batch [batch, channels, height, width].
template <class Images>
edgeopt::ImageShape image_shape(const Images& images) {
  return {static_cast<std::int64_t>(images.shape(1)), static_cast<std::int64_t>(images.shape(2)),
          static_cast<std::int64_t>(images.shape(3))};
}

/// Calls check(where, logits) with the logits of an engine compiled for each instruction set of
/// this machine and run on each of these numbers of threads; `make(set)` compiles.
template <class Make, class Check>
void for_each_engine(std::span<const float> images, const Make& make, const Check& check) {
  for (const edgeopt::InstructionSet set : edgeopt::supported_instruction_sets()) {
    const auto engine = make(set);
    const auto batch = static_cast<std::int64_t>(images.size()) / engine.input_shape().elements();
    for (const int threads : {1, 2, 3}) {
      edgeopt::ThreadPool pool(threads);
      auto workspace = engine.make_workspace(batch, pool);
      std::vector<float> logits(static_cast<std::size_t>(batch * engine.classes()));
      engine.run(images, workspace, logits);
      check(std::string(to_string(set)) + ", threads: " + std::to_string(threads), logits);
    }
  }
}

}  // namespace oracles
