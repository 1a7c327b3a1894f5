// The network against PyTorch: logits, loss, gradients, Adam; by the plain functions, the training
// step, the engine and the trainer.
#include <charconv>
#include <set>

#include "catch.hpp"
#include "comparison.hpp"
#include "edgeopt/engines/fp32_engine.hpp"
#include "edgeopt/engines/small_cnn_trainer.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/nn/adam.hpp"
#include "edgeopt/nn/backward.hpp"
#include "edgeopt/nn/model_graph.hpp"
#include "edgeopt/nn/parameter_spans.hpp"
#include "edgeopt/nn/training_step.hpp"
#include "models.hpp"
#include "rounding.hpp"

namespace {

using namespace edgeopt;
namespace fs = std::filesystem;
using oracles::Comparison;

template <class T>
struct Case {
  std::string name;
  fs::path folder;
  xt::xtensor<T, 4> images;
  xt::xtensor<std::int64_t, 1> labels;
  SmallCNN<T> model;

  Case(const fs::path& path, const std::string& precision)
      : name(path.filename().string()),
        folder(path / precision),
        images(oracles::load<T>(folder / "input.npy")),
        labels(oracles::load<std::int64_t>(path / "labels.npy")),
        model(oracles::load_model<T>(folder, oracles::image_shape(images))) {}

  [[nodiscard]] xt::xarray<T> expected(const std::string& tensor) const {
    return oracles::load<T>(folder / (tensor + ".npy"));
  }
};

/// Calls check(tensor, found, index) for logits, loss and every gradient by the plain functions;
/// index counts the parameters.
template <class T, class Check>
void visit_passes(const Case<T>& test, const Check& check) {
  Activations<T> activations;
  forward(test.model, span_of(test.images), activations);
  check("logits", activations.logits, 0);
  const auto [loss, gradients] = loss_and_gradients(test.model, span_of(test.images), test.labels);
  check("loss", std::vector<T>{loss}, 0);
  std::size_t index = 0;
  visit_parameters(
      [&](const char* name, const auto& gradient) {
        check("grad_" + oracles::file_name(name), gradient, index++);
      },
      gradients.parameters);
  check("grad_input", gradients.images, 0);
}

/// The steps of Adam that a case stores parameters of, in order.
std::set<int> stored_steps(const fs::path& folder) {
  const std::string prefix = "adam_step";
  std::set<int> steps;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    int step = 0;
    std::from_chars(name.data() + prefix.size(), name.data() + name.size(), step);
    steps.insert(step);
  }
  return steps;
}

}  // namespace

TEST_CASE("forward and backward in double") {
  for (const fs::path& path : oracles::cases("smallcnn")) {
    const Case<double> test(path, "f64");
    INFO(test.name);
    Comparison comparison(test.name, "f64 logits, loss, gradients");
    // Another order of sums moves a number of the size of the logits by a unit in its last place,
    // whatever is left of it after the softmax.
    const auto logits = test.expected("logits");
    const double floor = 0x1p-52 * (1 + *std::max_element(logits.begin(), logits.end()));
    visit_passes(test, [&](const std::string& tensor, const auto& found, std::size_t) {
      INFO(tensor);
      CHECK(comparison.within(1e-12, found, test.expected(tensor), floor));
    });
  }
}

// Both ways to an Adam step: the plain one, and the one that training takes.
TEST_CASE("Adam in double after each of the stored steps") {
  int compared = 0;
  for (const fs::path& path : oracles::cases("smallcnn")) {
    const Case<double> test(path, "f64");
    INFO(test.name);
    const std::set<int> steps = stored_steps(test.folder);
    if (steps.empty()) {
      std::printf("%s: stores no steps of Adam\n", test.name.c_str());
      continue;
    }
    ++compared;
    ThreadPool one_thread;
    ThreadPool two_threads(2);
    SmallCNN<double> plain = test.model;
    SmallCNN<double> trained = test.model;
    SmallCNN<double> shared = test.model;
    Adam<double> adam(plain.spec());
    TrainingStep<double> step(trained.spec());
    TrainingStep<double> shared_step(shared.spec());
    int done = 0;
    for (const int checked : steps) {
      for (; done < checked; ++done) {
        adam.update(
            plain,
            loss_and_gradients(plain, span_of(test.images), test.labels).gradients.parameters);
        (void)step(trained, span_of(test.images), test.labels, one_thread);
        (void)shared_step(shared, span_of(test.images), test.labels, two_threads);
      }
      Comparison comparison(test.name,
                            "f64 parameters after " + std::to_string(checked) + " steps of Adam");
      CHECK(trained == shared);
      for (const SmallCNN<double>* model : {&plain, &trained})
        visit_parameters(
            [&](const char* name, const auto& tensor) {
              const std::string file =
                  "adam_step" + std::to_string(checked) + "_" + oracles::file_name(name);
              INFO(file);
              CHECK(comparison.within(0, tensor, test.expected(file), 1e-12));
            },
            *model);
    }
  }
  CHECK(compared > 0);
}

TEST_CASE("forward and backward in float, within the bounds of their roundings") {
  for (const fs::path& path : oracles::cases("smallcnn")) {
    const Case<float> test(path, "f32");
    const Case<double> exact(path, "f64");
    INFO(test.name);
    {
      Comparison comparison(test.name, "parameters and input, f32 as f64");
      CHECK(comparison.exact(test.images, exact.images));
      visit_parameters(
          [&](const char* name, const auto& single, const auto& twice) {
            INFO(name);
            CHECK(comparison.exact(single, twice));
          },
          test.model, exact.model);
    }
    const rounding::Network bounds =
        rounding::bounded_network(exact.model, exact.images, exact.labels);
    const auto bound_of = [&](const std::string& tensor, std::size_t index) -> const auto& {
      if (tensor == "logits") return bounds.logits;
      if (tensor == "loss") return bounds.loss;
      return tensor == "grad_input" ? bounds.image_gradient : bounds.gradients[index];
    };

    Comparison to_double(test.name, "f32 logits, loss, gradients to those in f64");
    Comparison to_float(test.name, "f32 logits, loss, gradients to PyTorch's f32");
    visit_passes(test, [&](const std::string& tensor, const auto& found, std::size_t index) {
      INFO(tensor);
      const std::vector<double>& bound = bound_of(tensor, index).error;
      CHECK(to_double.bounded(found, exact.expected(tensor), bound));
      CHECK(to_float.bounded(found, test.expected(tensor), rounding::scaled(2, bound)));
      // The bounds allow every rounding its worst. What is usual is far less, and the oracles ask
      // for it, as far as the gradients go the same way.
      const bool settled = tensor == "logits" || tensor == "loss" || bounds.open == 0;
      CHECK((!settled || to_float.within(1e-5, found, test.expected(tensor))));
    });

    Comparison trainer_to_double(test.name, "the trainer's f32 loss, gradients to those in f64");
    Comparison trainer_to_float(test.name, "the trainer's f32 loss, gradients to PyTorch's f32");
    ThreadPool pool(2);
    for (const InstructionSet set : supported_instruction_sets()) {
      INFO(to_string(set));
      SmallCNN<float> gradients(test.model.spec());
      const float loss = SmallCNNTrainer(test.model.spec(), {}, set)
                             .gradients(parameter_spans(test.model), span_of(test.images),
                                        test.labels, parameter_spans(gradients), pool);
      CHECK(
          trainer_to_double.bounded(std::vector{loss}, exact.expected("loss"), bounds.loss.error));
      std::size_t index = 0;
      visit_parameters(
          [&](const char* name, const auto& gradient) {
            const std::string tensor = "grad_" + oracles::file_name(name);
            INFO(tensor);
            const std::vector<double>& bound = bounds.gradients[index++].error;
            CHECK(trainer_to_double.bounded(gradient, exact.expected(tensor), bound));
            CHECK(trainer_to_float.bounded(gradient, test.expected(tensor),
                                           rounding::scaled(2, bound)));
            CHECK((bounds.open > 0 ||
                   trainer_to_float.within(1e-5, gradient, test.expected(tensor))));
          },
          gradients);
    }

    Comparison engine_to_float(test.name, "Fp32Engine's logits to PyTorch's f32");
    Comparison engine_to_plain(test.name, "Fp32Engine's logits to the plain functions'");
    const std::vector<double> twice = rounding::scaled(2, bounds.logits.error);
    const auto plain = forward(test.model, span_of(test.images));
    oracles::for_each_engine(
        span_of(test.images),
        [&](InstructionSet set) { return Fp32Engine(to_graph(test.model), {set}); },
        [&](const std::string& where, const std::vector<float>& logits) {
          INFO(where);
          CHECK(engine_to_float.bounded(logits, test.expected("logits"), twice));
          CHECK(engine_to_float.within(1e-5, logits, test.expected("logits")));
          CHECK(engine_to_plain.bounded(logits, plain, twice));
        });
    std::printf("%s: %lld pooling windows where rounding may choose\n", test.name.c_str(),
                static_cast<long long>(bounds.open));
  }
}

// After one step g / (|g| + epsilon) is left of a gradient g, which is monotonous: where g is off
// by e the step is off by no more than at g - e or g + e. On its way through (15) to (17) it is
// rounded at most twelve times, those of the constants included: 2 for m, 5 for the root of v and
// what it is divided by, 2 for epsilon, 3 for the step; the new parameter is rounded once more.
TEST_CASE("the first training step in float, within the bounds of its gradients") {
  for (const fs::path& path : oracles::cases("smallcnn")) {
    const Case<float> test(path, "f32");
    const Case<double> exact(path, "f64");
    INFO(test.name);
    const rounding::Network bounds =
        rounding::bounded_network(exact.model, exact.images, exact.labels);
    const AdamOptions options;
    const auto moved = [&](double g) { return g / (std::abs(g) + options.epsilon); };

    // Takes a step with each number of threads and compares; step(model, pool) gives the loss.
    const auto compare = [&](const std::string& way, const auto& step) {
      Comparison losses(test.name, "f32 loss of a step of the " + way);
      Comparison parameters(test.name, "f32 parameters after a step of the " + way + " to f64");
      SmallCNN<float> on_one_thread;
      for (const int threads : {1, 2, 3}) {
        ThreadPool pool(threads);
        SmallCNN<float> trained = test.model;
        const float loss = step(trained, pool);
        if (threads == 1) on_one_thread = trained;
        CHECK(trained == on_one_thread);
        CHECK(losses.bounded(std::vector{loss}, exact.expected("loss"), bounds.loss.error));
        std::size_t index = 0;
        visit_parameters(
            [&](const char* name, const auto& found, const auto& before) {
              INFO(name);
              const rounding::Tensor& gradient = bounds.gradients[index++];
              std::vector<double> expected, bound;
              for (std::size_t i = 0; i < gradient.size(); ++i) {
                const double g = gradient.value[i];
                const double e = gradient.error[i];
                const double off = std::max(moved(g + e) - moved(g), moved(g) - moved(g - e));
                expected.push_back(double{before.data()[i]} - options.learning_rate * moved(g));
                bound.push_back(options.learning_rate * (off + 12 * rounding::unit) +
                                rounding::unit * std::abs(expected.back()));
              }
              CHECK(parameters.bounded(found, expected, bound));
            },
            trained, test.model);
      }
    };
    compare("reference", [&](SmallCNN<float>& model, ThreadPool& pool) {
      return TrainingStep<float>(model.spec())(model, span_of(test.images), test.labels, pool);
    });
    for (const InstructionSet set : supported_instruction_sets())
      compare("trainer, " + std::string(to_string(set)),
              [&](SmallCNN<float>& model, ThreadPool& pool) {
                return SmallCNNTrainer(model.spec(), options, set)
                    .step(parameter_spans(model), span_of(test.images), test.labels, pool);
              });
  }
}

// A step moves a parameter by at most about the learning rate, in the direction of its gradient.
// Where a gradient is as small as its rounding error, so that the direction is open, float and
// double may part by twice that in each step. Such gradients are few: the mean hardly moves.
TEST_CASE("the trainer's parameters after each of the stored steps of Adam") {
  ThreadPool pool(2);
  for (const fs::path& path : oracles::cases("smallcnn")) {
    const Case<float> test(path, "f32");
    const Case<double> exact(path, "f64");
    INFO(test.name);
    const AdamOptions options;
    for (const InstructionSet set : supported_instruction_sets()) {
      INFO(to_string(set));
      SmallCNN<float> model = test.model;
      SmallCNNTrainer trainer(model.spec(), options, set);
      int done = 0;
      for (const int checked : stored_steps(exact.folder)) {
        for (; done < checked; ++done)
          (void)trainer.step(parameter_spans(model), span_of(test.images), test.labels, pool);
        Comparison comparison(test.name, "the trainer's parameters after " +
                                             std::to_string(checked) + " steps, " +
                                             std::string(to_string(set)));
        double sum = 0;
        std::size_t count = 0;
        visit_parameters(
            [&](const char* name, const auto& tensor) {
              const std::string file =
                  "adam_step" + std::to_string(checked) + "_" + oracles::file_name(name);
              INFO(file);
              const auto expected = exact.expected(file);
              CHECK(comparison.within(0, tensor, expected, 2 * options.learning_rate * checked));
              for (std::size_t i = 0; i < tensor.size(); ++i)
                sum += std::abs(double{tensor.data()[i]} - expected.data()[i]);
              count += tensor.size();
            },
            model);
        CHECK(sum / static_cast<double>(count) <= 1e-6);
      }
    }
  }
}
