// SPDX-License-Identifier: MIT
// The trainer of the engines against PyTorch, with every instruction set of this machine: loss and
// gradients in float, and the parameters after steps of Adam.
#include "catch.hpp"
#include "edgeopt/engines/small_cnn_trainer.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/kernels/instruction_set.hpp"
#include "edgeopt/nn/parameter_spans.hpp"
#include "models.hpp"

namespace {

using namespace edgeopt;
namespace fs = std::filesystem;

struct Case {
  fs::path path;
  xt::xtensor<float, 4> images;
  xt::xtensor<std::int64_t, 1> labels;
  SmallCNN<float> model;

  explicit Case(const fs::path& folder)
      : path(folder),
        images(oracles::load<float>(folder / "f32" / "input.npy")),
        labels(oracles::load<std::int64_t>(folder / "labels.npy")),
        model(oracles::load_model<float>(folder / "f32", oracles::image_shape(images))) {}
};

std::string name_of(const Case& test, InstructionSet set) {
  return test.path.filename().string() + " " + std::string(to_string(set));
}

/// Loss and gradients; `tolerance` is relative to each tensor's largest value.
oracles::Deviation compare_gradients(const Case& test, InstructionSet set, ThreadPool& pool,
                                     double tolerance) {
  oracles::Deviation largest;
  const auto compare = [&](const std::string& name, const auto& found) {
    INFO(name_of(test, set) << " " << name);
    const auto deviation =
        oracles::deviation(found, oracles::load<float>(test.path / "f32" / (name + ".npy")));
    CHECK(deviation.relative <= tolerance);
    largest.include(deviation);
  };
  SmallCNN<float> gradients(test.model.spec());
  const float loss = SmallCNNTrainer(test.model.spec(), {}, set)
                         .gradients(parameter_spans(test.model), span_of(test.images), test.labels,
                                    parameter_spans(gradients), pool);
  compare("loss", std::vector<float>{loss});
  visit_parameters(
      [&](const char* name, const auto& gradient) {
        compare("grad_" + oracles::file_name(name), gradient);
      },
      gradients);
  return largest;
}

}  // namespace

TEST_CASE("the trainer's loss and gradients in float") {
  ThreadPool pool(2);
  for (const fs::path& path : oracles::cases("smallcnn")) {
    const Case test(path);
    for (const InstructionSet set : supported_instruction_sets())
      oracles::report(path, std::string(to_string(set)) + " f32 loss and gradients of the trainer",
                      compare_gradients(test, set, pool, 1e-5));
  }
}

TEST_CASE("the trainer's parameters after 1, 2 and 10 steps of Adam") {
  // A step moves a parameter by at most about the learning rate, 1e-3, in the direction of its
  // gradient. Where a gradient is as small as its rounding error, so that the direction is open,
  // float and double may part by twice that in each step.
  constexpr double learning_rate = 1e-3;
  ThreadPool pool(2);
  int compared = 0;
  for (const fs::path& path : oracles::cases("smallcnn")) {
    if (!fs::exists(path / "f64" / "adam_step1_conv1_weight.npy")) continue;
    ++compared;
    const Case test(path);
    for (const InstructionSet set : supported_instruction_sets()) {
      SmallCNN<float> model = test.model;
      SmallCNNTrainer trainer(model.spec(), {.learning_rate = learning_rate}, set);
      oracles::Deviation largest;
      double sum = 0;
      std::size_t parameters = 0;
      int steps = 0;
      for (const int checked : {1, 2, 10}) {
        for (; steps < checked; ++steps)
          (void)trainer.step(parameter_spans(model), span_of(test.images), test.labels, pool);
        INFO(name_of(test, set) << " step " << checked);
        visit_parameters(
            [&](const char* name, const auto& tensor) {
              const auto expected =
                  oracles::load<double>(path / "f64" /
                                        ("adam_step" + std::to_string(checked) + "_" +
                                         oracles::file_name(name) + ".npy"));
              const auto deviation = oracles::deviation(tensor, expected);
              CHECK(deviation.absolute <= 2 * learning_rate * checked);
              largest.include(deviation);
              for (std::size_t i = 0; i < tensor.size(); ++i)
                sum += std::abs(static_cast<double>(tensor.data()[i]) - expected.data()[i]);
              parameters += tensor.size();
            },
            model);
      }
      // Such gradients are few.
      CHECK(sum / static_cast<double>(parameters) <= 1e-6);
      oracles::report(path, std::string(to_string(set)) + " parameters after steps of the trainer",
                      largest);
    }
  }
  CHECK(compared > 0);
}
