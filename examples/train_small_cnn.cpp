// Trains SmallCNN and saves it.
#include <edgeopt/study/accuracy.hpp>
#include <edgeopt/study/load_dataset.hpp>
#include <edgeopt/study/loader.hpp>
#include <edgeopt/study/model_file.hpp>
#include <edgeopt/study/precision_variant.hpp>
#include <edgeopt/study/training.hpp>
#include <edgeopt/text.hpp>
#include <filesystem>
#include <iostream>
#include <string>

#include "common.hpp"
#include "interrupt.hpp"
#include "progress_line.hpp"
#include "setting_options.hpp"

namespace {

void train_and_save(const edgeopt::ExperimentConfig& config, const std::filesystem::path& output) {
  (void)edgeopt::detail::names_safetensors(output);  // before the work, not after it
  const examples::Interrupt interrupt;
  const examples::ProgressLine line(examples::ProgressLine::Shown::on_terminal);
  const edgeopt::DataSplits splits = edgeopt::load_dataset(config);
  for (const std::string& note : splits.notes) std::cerr << note << '\n';
  const edgeopt::Loaders loaders = edgeopt::build_loaders(config, splits);
  edgeopt::ThreadPool pool(edgeopt::thread_count(config));

  edgeopt::TrainingWatch watch;
  watch.stop = interrupt.stop_token();
  watch.on_batch = [&](const edgeopt::TrainingProgress& at) {
    line.show("epoch " + std::to_string(at.epoch) + " of " + std::to_string(at.epochs),
              static_cast<double>(at.batch) / static_cast<double>(at.batches));
  };
  watch.on_epoch = [&](const edgeopt::EpochSummary& epoch, const edgeopt::SmallCNN<float>& model) {
    line.clear();
    const auto engine =
        edgeopt::precision_variant(model, edgeopt::Precision::fp32, loaders.validation).engine;
    std::cout << "epoch " << epoch.epoch << ": loss " << edgeopt::format_real(epoch.loss)
              << ", validation accuracy "
              << edgeopt::format_real(
                     edgeopt::evaluate_accuracy(engine, splits.validation, config.batch_size, pool))
              << '\n';
  };
  const edgeopt::TrainedModel trained = edgeopt::train_model(config, loaders, pool, watch);
  edgeopt::save_model(output, trained.model);
  std::cout << "saved to " << output.string() << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  examples::Program program("train_small_cnn", "Trains SmallCNN and saves its parameters.");
  std::string file;
  std::string output = "small_cnn.safetensors";
  examples::SettingOptions settings;
  program.add_option("--config", file, "YAML file with settings; options override it");
  settings.add(program, "--dataset", "dataset", "synthetic, mnist, fashion-mnist or idx");
  settings.add(program, "--data-dir", "data_dir", "Folder of the IDX files");
  settings.add(program, "--epochs", "epochs", "Passes over the training images");
  settings.add(program, "--seed", "seed", "Of initial weights, order and synthetic images");
  settings.add(program, "--threads", "threads", "Threads; the result does not depend on them");
  program.add_option("--output", output, "File to save to, .safetensors or .npz")
      ->capture_default_str();

  return examples::run(program, argc, argv, [&] {
    edgeopt::LoadedConfig loaded;
    if (!file.empty()) loaded = edgeopt::load_config(file);
    for (const std::string& note : loaded.notes) std::cerr << note << '\n';
    settings.apply(loaded.config);
    train_and_save(loaded.config, output);
  });
}
