// The main job: train, prune, convert, measure, compare, and write it all into a folder.
#include <edgeopt/io/json.hpp>
#include <edgeopt/io/readable.hpp>
#include <edgeopt/io/text_table.hpp>
#include <edgeopt/study/load_config.hpp>
#include <edgeopt/study/pipeline.hpp>
#include <edgeopt/study/study_report.hpp>
#include <filesystem>
#include <iostream>
#include <string>

#include "common.hpp"
#include "interrupt.hpp"
#include "progress_line.hpp"
#include "setting_options.hpp"

namespace {

edgeopt::LoadedConfig configuration(const std::string& file,
                                    const examples::SettingOptions& options) {
  edgeopt::LoadedConfig loaded;
  if (!file.empty()) loaded = edgeopt::load_config(file);
  options.apply(loaded.config);
  return loaded;
}

std::string command_line(int argc, char** argv) {
  std::string command;
  for (int i = 0; i < argc; ++i) command += (i > 0 ? " " : "") + std::string(argv[i]);
  return command;
}

void show(const examples::ProgressLine& line, const edgeopt::StudyProgress& progress) {
  std::string text = std::string(progress.stage) + ": " + std::to_string(progress.done) + " of " +
                     std::to_string(progress.total);
  if (progress.stage == "training")
    text += " batches, loss " + edgeopt::io::to_readable(progress.loss, {3});
  else
    text += " candidates";
  line.show(text, static_cast<double>(progress.done) / static_cast<double>(progress.total));
}

void print_tables(const edgeopt::FinishedStudy& study) {
  const edgeopt::StudyResult& result = study.result;
  const auto print = [](const std::string& title, const edgeopt::Table& table) {
    std::cout << title << '\n' << edgeopt::io::to_text_table(table) << '\n';
  };
  print("Candidates", edgeopt::candidate_table(result.sweep.rows));
  if (!result.sweep.errors.empty())
    print("Candidates that failed", edgeopt::to_table(result.sweep.errors));
  print("Frontier of latency", edgeopt::candidate_table(result.latency_frontier));
  print("Frontier of the energy proxy", edgeopt::candidate_table(result.energy_frontier));
  std::cout << study.written.files.size() << " files are in " << study.written.folder.string()
            << ". Begin with " << (study.written.folder / "report.html").string() << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  examples::Program program(
      "run_pipeline",
      "Trains SmallCNN, prunes it, brings it to fp32, fp16 and int8, measures "
      "every candidate, and writes tables, pictures and a report.");
  std::string file;
  examples::SettingOptions settings;
  std::string format;
  bool quiet = false;
  bool resume = false;
  program.add_option("--config", file, "YAML file with settings; options override it");
  settings.add(program, "--dataset", "dataset", "synthetic, mnist, fashion-mnist or idx");
  settings.add(program, "--data-dir", "data_dir", "Folder of the IDX files");
  settings.add(program, "--output-dir", "output_dir", "Folder the results are written to");
  settings.add(program, "--seed", "seed", "Of initial weights, order and synthetic images");
  settings.add(program, "--threads", "threads", "Threads of training and evaluation, or none");
  program.add_flag("--quiet", quiet, "Print errors only");
  program.add_option("--print", format, "json: print the content of summary.json and nothing else")
      ->check(CLI::IsMember({"json"}));
  program.add_flag("--resume", resume, "Go on with the interrupted run in the output folder");

  return examples::run(program, argc, argv, [&] {
    const edgeopt::LoadedConfig loaded = configuration(file, settings);
    const examples::Interrupt interrupt;
    examples::ProgressLine line(quiet ? examples::ProgressLine::Shown::never
                                      : examples::ProgressLine::Shown::on_terminal);
    edgeopt::FinishedStudy study;
    try {
      study = edgeopt::run_study(
          loaded.config,
          {.start = resume ? edgeopt::StudyStart::from_checkpoint : edgeopt::StudyStart::anew,
           .stop = interrupt.stop_token(),
           .on_progress = [&](const edgeopt::StudyProgress& progress) { show(line, progress); },
           .command = command_line(argc, argv)});
    } catch (const edgeopt::StudyInterrupted& interrupted) {
      line.clear();
      throw edgeopt::Interrupted(
          interrupted.what() + std::string("; the same command with --resume goes on from there"));
    }
    line.clear();
    if (!quiet) {
      for (const std::string& note : loaded.notes) std::cerr << note << '\n';
      for (const std::string& note : study.notes) std::cerr << note << '\n';
    }
    if (format == "json")
      std::cout << edgeopt::io::to_json_text(study.result.summary);
    else if (!quiet)
      print_tables(study);
  });
}
