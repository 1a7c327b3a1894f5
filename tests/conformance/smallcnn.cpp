// The network against PyTorch: logits, loss, gradients, Adam.
#include "catch.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/nn/adam.hpp"
#include "edgeopt/nn/backward.hpp"
#include "edgeopt/nn/training_step.hpp"
#include "models.hpp"

namespace {

using namespace edgeopt;
namespace fs = std::filesystem;

template <class T>
struct Case {
  fs::path folder;
  xt::xtensor<T, 4> images;
  xt::xtensor<std::int64_t, 1> labels;
  SmallCNN<T> model;

  Case(const fs::path& path, const std::string& precision)
      : folder(path / precision),
        images(oracles::load<T>(folder / "input.npy")),
        labels(oracles::load<std::int64_t>(path / "labels.npy")),
        model(oracles::load_model<T>(folder, oracles::image_shape(images))) {}
};

/// Logits, loss and every gradient of a case. `tolerance` is relative to each tensor's largest
/// value.
template <class T>
void compare_passes(const fs::path& path, const std::string& precision, double tolerance) {
  const Case<T> test(path, precision);
  oracles::Deviation largest;
  const auto compare = [&](const std::string& name, const auto& found) {
    INFO(path.filename().string() << " " << precision << " " << name);
    const auto deviation =
        oracles::deviation(found, oracles::load<T>(test.folder / (name + ".npy")));
    CHECK(deviation.relative <= tolerance);
    largest.include(deviation);
  };
  Activations<T> activations;
  forward(test.model, span_of(test.images), activations);
  compare("logits", activations.logits);
  const auto [loss, gradients] = loss_and_gradients(test.model, span_of(test.images), test.labels);
  compare("loss", std::vector<T>{loss});
  visit_parameters(
      [&](const char* name, const auto& gradient) {
        compare("grad_" + oracles::file_name(name), gradient);
      },
      gradients.parameters);
  compare("grad_input", gradients.images);
  oracles::report(path, precision + " logits, loss, gradients", largest);
}

template <class T>
oracles::Deviation compare_parameters(const SmallCNN<T>& found, const fs::path& folder,
                                      const std::string& prefix) {
  oracles::Deviation largest;
  visit_parameters(
      [&](const char* name, const auto& tensor) {
        largest.include(oracles::deviation(
            tensor, oracles::load<T>(folder / (prefix + oracles::file_name(name) + ".npy"))));
      },
      found);
  return largest;
}

TEST_CASE("forward and backward in double") {
  for (const fs::path& path : oracles::cases("smallcnn"))
    compare_passes<double>(path, "f64", 1e-12);
}

TEST_CASE("forward and backward in float") {
  for (const fs::path& path : oracles::cases("smallcnn")) compare_passes<float>(path, "f32", 1e-5);
}

// Both ways to an Adam step: the plain one, and the one that training takes.
TEST_CASE("Adam in double after 1, 2 and 10 steps") {
  int compared = 0;
  for (const fs::path& path : oracles::cases("smallcnn")) {
    if (!fs::exists(path / "f64" / "adam_step1_conv1_weight.npy")) {
      std::printf("%s: stores no steps of Adam\n", path.filename().c_str());
      continue;
    }
    ++compared;
    const Case<double> test(path, "f64");
    ThreadPool pool;
    SmallCNN<double> plain = test.model;
    SmallCNN<double> trained = test.model;
    Adam<double> adam(plain.spec());
    TrainingStep<double> training_step(trained.spec());
    oracles::Deviation largest;
    int steps = 0;
    for (const int checked : {1, 2, 10}) {
      for (; steps < checked; ++steps) {
        adam.update(
            plain,
            loss_and_gradients(plain, span_of(test.images), test.labels).gradients.parameters);
        (void)training_step(trained, span_of(test.images), test.labels, pool);
      }
      INFO(path.filename().string() << " step " << checked);
      const std::string prefix = "adam_step" + std::to_string(checked) + "_";
      for (const SmallCNN<double>* model : {&plain, &trained}) {
        const auto deviation = compare_parameters(*model, test.folder, prefix);
        CHECK(deviation.absolute <= 1e-12);
        largest.include(deviation);
      }
    }
    oracles::report(path, "f64 parameters after 1, 2, 10 steps of Adam", largest);
  }
  CHECK(compared > 0);
}

}  // namespace
