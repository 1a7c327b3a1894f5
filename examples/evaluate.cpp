// How good a saved SmallCNN is at each class, and what int8 costs it there.
#include <cstdint>
#include <edgeopt/study/accuracy.hpp>
#include <edgeopt/study/load_dataset.hpp>
#include <edgeopt/study/loader.hpp>
#include <edgeopt/study/model_file.hpp>
#include <edgeopt/study/precision_variant.hpp>
#include <edgeopt/table.hpp>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "common.hpp"
#include "setting_options.hpp"
#include "tables.hpp"

namespace {

/// One class. Accuracies are empty for a class without images.
struct ClassAccuracy {
  std::string name;
  std::int64_t images = 0;
  std::optional<double> fp32{};
  std::optional<double> fp16{};
  std::optional<double> int8{};
  std::optional<double> int8_cost_points{};  ///< percentage points that int8 loses
};

template <class Visit>
constexpr void visit_columns(const ClassAccuracy*, Visit&& visit) {
  visit("class", &ClassAccuracy::name);
  visit("images", &ClassAccuracy::images);
  visit("fp32_accuracy", &ClassAccuracy::fp32);
  visit("fp16_accuracy", &ClassAccuracy::fp16);
  visit("int8_accuracy", &ClassAccuracy::int8);
  visit("int8_cost_points", &ClassAccuracy::int8_cost_points);
}

/// What each precision answered.
struct Answers {
  edgeopt::ConfusionMatrix fp32;
  edgeopt::ConfusionMatrix fp16;
  edgeopt::ConfusionMatrix int8;
};

std::vector<ClassAccuracy> class_accuracies(const Answers& answers) {
  const auto cost = [](std::optional<double> full, std::optional<double> reduced) {
    return full ? std::optional(100 * (*full - *reduced)) : std::nullopt;
  };
  std::vector<ClassAccuracy> rows;
  for (std::int64_t truth = 0; truth < answers.fp32.classes(); ++truth) {
    const auto fp32 = answers.fp32.accuracy_of(truth);
    const auto int8 = answers.int8.accuracy_of(truth);
    rows.push_back({std::to_string(truth), answers.fp32.images_of(truth), fp32,
                    answers.fp16.accuracy_of(truth), int8, cost(fp32, int8)});
  }
  const double fp32 = answers.fp32.accuracy();
  const double int8 = answers.int8.accuracy();
  rows.push_back(
      {"all", answers.fp32.images(), fp32, answers.fp16.accuracy(), int8, cost(fp32, int8)});
  return rows;
}

/// Rows are what images show, columns what was answered.
edgeopt::Table confusion_table(const edgeopt::ConfusionMatrix& answers) {
  edgeopt::Table table;
  table.header = {"class"};
  for (std::int64_t answer = 0; answer < answers.classes(); ++answer)
    table.header.push_back(std::to_string(answer));
  for (std::int64_t truth = 0; truth < answers.classes(); ++truth) {
    auto& row = table.rows.emplace_back();
    row.emplace_back(std::to_string(truth));
    for (std::int64_t answer = 0; answer < answers.classes(); ++answer)
      row.emplace_back(answers.count(truth, answer));
  }
  return table;
}

void evaluate(const std::string& model_file, const edgeopt::ExperimentConfig& config,
              examples::Format format) {
  const edgeopt::DataSplits splits = edgeopt::load_dataset(config);
  for (const std::string& note : splits.notes) std::cerr << note << '\n';
  const edgeopt::Loaders loaders = edgeopt::build_loaders(config, splits);
  const auto model = edgeopt::load_model(model_file, splits.validation.shape);
  edgeopt::ThreadPool pool(edgeopt::thread_count(config));
  const auto answers_in = [&](edgeopt::Precision precision) {
    const edgeopt::QuantizationSettings quantization{config.quantization_backend,
                                                     config.calibration_batches};
    const auto variant =
        edgeopt::precision_variant(model, precision, loaders.training, quantization);
    return edgeopt::confusion_matrix(variant.engine, splits.validation, config.batch_size, pool);
  };
  const Answers answers{answers_in(edgeopt::Precision::fp32), answers_in(edgeopt::Precision::fp16),
                        answers_in(edgeopt::Precision::int8)};
  examples::print({{"classes", "Accuracy by class (points: percentage points that int8 loses)",
                    edgeopt::to_table(class_accuracies(answers))},
                   {"confusion_fp32", "fp32: what an image shows (row), what was answered (column)",
                    confusion_table(answers.fp32)},
                   {"confusion_int8", "int8: the same", confusion_table(answers.int8)}},
                  format);
}

}  // namespace

int main(int argc, char** argv) {
  examples::Program program("evaluate",
                            "Accuracy of a saved SmallCNN by class in fp32, fp16 and int8, and its "
                            "confusion matrix.");
  std::string model_file;
  std::string file;
  examples::SettingOptions settings;
  examples::Format format = examples::Format::table;
  program.add_option("model", model_file, "File that train_small_cnn saved, .safetensors or .npz")
      ->required();
  program.add_option("--config", file, "YAML file with settings; options override it");
  settings.add(program, "--dataset", "dataset", "synthetic, mnist, fashion-mnist or idx");
  settings.add(program, "--data-dir", "data_dir", "Folder of the IDX files");
  settings.add(program, "--val-subset", "val_subset", "Images to judge by, or none for all");
  settings.add(program, "--backend", "quantization_backend", "int8 arithmetic: fbgemm or qnnpack");
  settings.add(program, "--seed", "seed", "Of synthetic images");
  settings.add(program, "--threads", "threads", "Threads");
  examples::add_format_option(program, format);

  return examples::run(program, argc, argv, [&] {
    edgeopt::LoadedConfig loaded;
    if (!file.empty()) loaded = edgeopt::load_config(file);
    for (const std::string& note : loaded.notes) std::cerr << note << '\n';
    settings.apply(loaded.config);
    evaluate(model_file, loaded.config, format);
  });
}
