// SPDX-License-Identifier: MIT
// Whole studies: their files, byte for byte, and how they end when something is in the way.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/io/csv.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/json.hpp"
#include "edgeopt/io/output_folder.hpp"
#include "edgeopt/io/program.hpp"
#include "edgeopt/io/sha256.hpp"
#include "edgeopt/study/hardware_profile_artifacts.hpp"
#include "edgeopt/study/pipeline.hpp"
#include "study_support.hpp"
#include "temporary_folder.hpp"

using namespace edgeopt;
using namespace std::chrono_literals;

namespace {

constexpr const char* no_gnuplot = "/no/such/gnuplot";

const std::set<std::string> tables_and_texts = {"sweep_results.csv",
                                                "pareto_frontier_latency.csv",
                                                "pareto_frontier_energy.csv",
                                                "summary.json",
                                                "layerwise_breakdown.csv",
                                                "precision_tradeoffs.csv",
                                                "hardware_summary.csv",
                                                "quantization_metadata.json",
                                                "report.md",
                                                "report.html",
                                                "manifest.json"};
const std::set<std::string> pictures = {"accuracy_vs_latency.png", "accuracy_vs_energy.png",
                                        "accuracy_vs_memory.png", "layerwise_activation_memory.png",
                                        "layerwise_macs.png"};

// The files of a folder, hidden ones included, by name.
std::map<std::string, std::string> files_of(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  if (std::filesystem::exists(folder))
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      files[entry.path().filename().string()] = edgeopt::io::read_file(entry.path());
  return files;
}

std::set<std::string> names_of(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& [name, bytes] : files_of(folder)) names.insert(name);
  return names;
}

ExperimentConfig tiny_config_in(const std::filesystem::path& folder) {
  ExperimentConfig config = tiny_config();
  config.output_dir = folder;
  return config;
}

// Under a clock that only readings move, nothing depends on how long something took.
StudyOptions fake_time() {
  return {.clock = stepping_clock(1ms), .gnuplot = no_gnuplot, .command = "test"};
}

// A table without the columns that the clock decides.
std::string without_times(const std::string& csv) {
  Table table = edgeopt::io::parse_csv(csv, "table");
  for (std::size_t i = table.header.size(); i-- > 0;) {
    const std::string& name = table.header[i];
    const bool is_time = name.find("_ms") != name.npos || name.find("throughput") != name.npos ||
                         name.find("energy") != name.npos;
    if (!is_time) continue;
    table.header.erase(table.header.begin() + static_cast<std::ptrdiff_t>(i));
    for (auto& row : table.rows) row.erase(row.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return edgeopt::io::to_csv(table);
}

}  // namespace

TEST_CASE("Under a fake clock every file but the manifest is the same in every run") {
  const bool draws = edgeopt::io::find_program("gnuplot").has_value();
  const TemporaryFolder temporary;
  std::vector<std::map<std::string, std::string>> runs;
  for (const int threads : {1, 1, 2}) {
    const auto folder = temporary.path() / std::to_string(runs.size());
    ExperimentConfig config = tiny_config_in(folder);
    config.threads = threads;
    config.num_workers = threads;
    StudyOptions options = fake_time();
    options.gnuplot = "gnuplot";
    (void)run_study(config, options);
    runs.push_back(files_of(folder));
  }
  std::set<std::string> expected = tables_and_texts;
  if (draws) expected.insert(pictures.begin(), pictures.end());
  for (auto& run : runs) {
    std::set<std::string> names;
    for (const auto& [name, bytes] : run) names.insert(name);
    CHECK(names == expected);
    const edgeopt::io::Json manifest =
        edgeopt::io::parse_json(run.at("manifest.json"), "manifest.json");
    CHECK(manifest["files"].size() == expected.size() - 1);
    for (const auto& file : manifest["files"]) {
      const std::string& bytes = run.at(file["name"]);
      CHECK(file["bytes"] == bytes.size());
      CHECK(file["sha256"] == edgeopt::io::sha256_of(bytes));
    }
    CHECK(manifest["run"]["command"] == "test");
    run.erase("manifest.json");
  }
  CHECK(runs[0] == runs[1]);
  CHECK(runs[0] == runs[2]);
}

TEST_CASE("Under the real clock everything is the same but times and what they select") {
  const TemporaryFolder temporary;
  std::vector<std::map<std::string, std::string>> runs;
  std::vector<edgeopt::io::Json> manifests;
  for (const int threads : {1, 2}) {
    const auto folder = temporary.path() / std::to_string(threads);
    ExperimentConfig config = tiny_config_in(folder);
    config.threads = threads;
    (void)run_study(config, {.gnuplot = no_gnuplot});
    runs.push_back(files_of(folder));
    manifests.push_back(edgeopt::io::parse_json(runs.back().at("manifest.json"), "manifest.json"));
  }
  for (const char* same : {"layerwise_breakdown.csv", "quantization_metadata.json"})
    CHECK(runs[0].at(same) == runs[1].at(same));
  CHECK(without_times(runs[0].at("sweep_results.csv")) ==
        without_times(runs[1].at("sweep_results.csv")));
  for (const char* same :
       {"trained_parameters_sha256", "data", "seeds", "edgeopt_version", "compiler"})
    CHECK(manifests[0][same] == manifests[1][same]);
  edgeopt::io::Json summaries[2];
  for (std::size_t i = 0; i < 2; ++i) {
    summaries[i] = edgeopt::io::parse_json(runs[i].at("summary.json"), "summary.json");
    summaries[i].erase("deployment");
    summaries[i].erase("lowest_latency_ms_accepted");
    for (const char* timed :
         {"latency_ms", "latency_median_ms", "latency_std_ms", "latency_p95_ms", "first_call_ms",
          "batch1_latency_ms", "throughput_sps", "energy_proxy_j"})
      CHECK(summaries[i]["baseline"].erase(timed) == 1);
  }
  CHECK(summaries[0] == summaries[1]);
}

TEST_CASE("Without gnuplot one sentence says which pictures are missing") {
  const TemporaryFolder temporary;
  const FinishedStudy study = run_study(tiny_config_in(temporary.path() / "out"), fake_time());
  CHECK(names_of(temporary.path() / "out") == tables_and_texts);
  REQUIRE(study.notes.size() == 1);
  for (const std::string& picture : pictures)
    CHECK(study.notes[0].find(picture) != std::string::npos);
  CHECK(study.notes[0].find("gnuplot") != std::string::npos);
  CHECK(study.notes[0].find('\n') == std::string::npos);
}

TEST_CASE("A study that is interrupted goes on where it stood and ends the same") {
  const TemporaryFolder temporary;
  (void)run_study(tiny_config_in(temporary.path() / "whole"), fake_time());

  const auto folder = temporary.path() / "parts";
  std::stop_source source;
  StudyOptions options = fake_time();
  options.stop = source.get_token();
  options.on_progress = [&](const StudyProgress& progress) {
    if (progress.stage == "sweep" && progress.done == 2) source.request_stop();
  };
  CHECK_THROWS_WITH(run_study(tiny_config_in(folder), options),
                    "interrupted after 2 of 6 candidates, which are kept in " + folder.string());
  CHECK(names_of(folder) == std::set<std::string>{".checkpoint"});

  options = fake_time();
  options.start = StudyStart::from_checkpoint;
  SECTION("and goes on") {
    std::int64_t trained_batches = 0;
    options.on_progress = [&](const StudyProgress& progress) {
      trained_batches += progress.stage == "training";
    };
    (void)run_study(tiny_config_in(folder), options);
    CHECK(trained_batches == 0);
    auto parts = files_of(folder);
    auto whole = files_of(temporary.path() / "whole");
    parts.erase("manifest.json");
    whole.erase("manifest.json");
    CHECK(parts == whole);
  }
  SECTION("but not as another study") {
    ExperimentConfig other = tiny_config_in(folder);
    other.learning_rate *= 2;
    CHECK_THROWS_AS(run_study(other, options), InputError);
    CHECK(names_of(folder) == std::set<std::string>{".checkpoint"});
  }
  SECTION("nor when the checkpoint is damaged") {
    edgeopt::io::write_file(folder / ".checkpoint", "edgeopt checkpoint 00");
    CHECK_THROWS_WITH(run_study(tiny_config_in(folder), options),
                      Catch::Contains("damaged checkpoint"));
  }
}

TEST_CASE("A study that ends before its first result leaves nothing behind") {
  const TemporaryFolder temporary;
  const auto folder = temporary.path() / "a" / "b";
  ExperimentConfig config = tiny_config_in(folder);

  SECTION("interrupted while it trains") {
    std::stop_source source;
    StudyOptions options = fake_time();
    options.stop = source.get_token();
    options.on_progress = [&](const StudyProgress&) { source.request_stop(); };
    CHECK_THROWS_AS(run_study(config, options), Interrupted);
  }
  SECTION("without data") {
    config.dataset = DatasetKind::mnist;
    config.data_dir = temporary.path() / "nowhere";
    CHECK_THROWS_AS(run_study(config, fake_time()), Error);
  }
  SECTION("with settings out of range") {
    config.pruning_levels = {1};
    CHECK_THROWS_AS(run_study(config, fake_time()), InputError);
  }
  SECTION("when training diverges") {
    config.learning_rate = 1e29;
    CHECK_THROWS_WITH(run_study(config, fake_time()), Catch::Contains("diverged"));
  }
  SECTION("without a checkpoint to go on from") {
    StudyOptions options = fake_time();
    options.start = StudyStart::from_checkpoint;
    CHECK_THROWS_WITH(run_study(config, options), Catch::Contains("no checkpoint"));
  }
  CHECK(std::filesystem::is_empty(temporary.path()));
}

TEST_CASE("A folder that cannot be written to is refused before any work") {
  const TemporaryFolder temporary;
  StudyOptions options = fake_time();
  bool worked = false;
  options.on_progress = [&](const StudyProgress&) { worked = true; };

  SECTION("because it is a file") {
    edgeopt::io::write_file(temporary.path() / "file", "mine");
    CHECK_THROWS_AS(run_study(tiny_config_in(temporary.path() / "file"), options), SystemError);
    CHECK(edgeopt::io::read_file(temporary.path() / "file") == "mine");
  }
  SECTION("because another run writes there") {
    const edgeopt::io::OutputFolder other(temporary.path());
    CHECK_THROWS_WITH(run_study(tiny_config_in(temporary.path()), options),
                      Catch::Contains("another run is writing there"));
  }
  CHECK_FALSE(worked);
}

TEST_CASE("A study replaces the files of the one before and touches no others") {
  const TemporaryFolder temporary;
  ExperimentConfig config = tiny_config_in(temporary.path());
  edgeopt::io::write_file(temporary.path() / "notes.txt", "mine");
  (void)run_study(config, fake_time());

  // As an earlier run may have left them: listed in its manifest, one of them removed since, one
  // changed.
  edgeopt::io::Json manifest = edgeopt::io::read_json(temporary.path() / "manifest.json");
  for (const std::string name :
       {"layerwise_macs.png", "sweep_errors.csv", "accuracy_vs_latency.png"}) {
    if (name != "layerwise_macs.png") edgeopt::io::write_file(temporary.path() / name, "old");
    manifest["files"].push_back(
        {{"name", name}, {"bytes", 3}, {"sha256", edgeopt::io::sha256_of("old")}});
  }
  edgeopt::io::write_file(temporary.path() / "manifest.json", edgeopt::io::to_json_text(manifest));
  edgeopt::io::write_file(temporary.path() / "accuracy_vs_latency.png", "changed by hand");
  config.seed = 8;
  (void)run_study(config, fake_time());

  std::set<std::string> expected = tables_and_texts;
  expected.insert({"notes.txt", "accuracy_vs_latency.png"});
  CHECK(names_of(temporary.path()) == expected);
  CHECK(edgeopt::io::read_file(temporary.path() / "notes.txt") == "mine");
}

TEST_CASE("A study that cannot be written leaves the files of the one before") {
  const TemporaryFolder temporary;
  StudyResult study = run_study(tiny_config_in(temporary.path()), fake_time()).result;
  study.sweep.errors.push_back({0.5, Precision::fp16, "too large"});
  {
    edgeopt::io::OutputFolder folder(temporary.path());
    write_outputs(folder, study, {}, no_gnuplot);
  }
  const auto before = files_of(temporary.path());
  study.sweep.errors.clear();  // so that a file of before is outdated
  // A folder in the place of a staged file makes its writing fail.
  std::filesystem::create_directories(temporary.path() / ".manifest.json.partial" / "inside");
  {
    edgeopt::io::OutputFolder folder(temporary.path());
    CHECK_THROWS_AS(write_outputs(folder, study, {}, no_gnuplot), SystemError);
  }
  std::filesystem::remove_all(temporary.path() / ".manifest.json.partial");
  CHECK(files_of(temporary.path()) == before);
}

TEST_CASE("Paths that are not UTF-8 are written to, and shown with replacements in the manifest") {
  const TemporaryFolder temporary;
  const std::filesystem::path folder = temporary.path() / "bad\xff\xc3";
  StudyOptions options = fake_time();
  options.command = "run_pipeline --output-dir bad\xff\xc3";
  (void)run_study(tiny_config_in(folder), options);
  const edgeopt::io::Json manifest = edgeopt::io::read_json(folder / "manifest.json");
  CHECK(manifest["run"]["command"] == "run_pipeline --output-dir bad\uFFFD\uFFFD");
  CHECK(manifest["configuration"]["output_dir"].get<std::string>().ends_with("bad\uFFFD\uFFFD"));
}

TEST_CASE("Candidates that failed have a file of their own, until there are none") {
  const TemporaryFolder temporary;
  StudyResult study = run_study(tiny_config_in(temporary.path()), fake_time()).result;
  study.sweep.errors.push_back({0.5, Precision::fp16, "too large, by far"});
  const auto write = [&] {
    edgeopt::io::OutputFolder folder(temporary.path());
    write_outputs(folder, study, {}, no_gnuplot);
  };
  write();
  CHECK(edgeopt::io::read_file(temporary.path() / "sweep_errors.csv") ==
        "pruning_level,precision,error\n0.5,fp16,\"too large, by far\"\n");
  CHECK(edgeopt::io::read_file(temporary.path() / "report.md").find("too large, by far") !=
        std::string::npos);
  study.sweep.errors.clear();
  write();
  CHECK(names_of(temporary.path()) == tables_and_texts);
}

TEST_CASE("When no candidate is accepted, frontiers are empty tables") {
  const TemporaryFolder temporary;
  ExperimentConfig config = tiny_config_in(temporary.path());
  config.active_memory_budget_mb = 1e-6;
  const FinishedStudy study = run_study(config, fake_time());
  CHECK(study.result.latency_frontier.empty());
  const auto files = files_of(temporary.path());
  const Table frontier = edgeopt::io::parse_csv(files.at("pareto_frontier_latency.csv"), "csv");
  CHECK(frontier.rows.empty());
  CHECK(frontier.header == edgeopt::io::parse_csv(files.at("sweep_results.csv"), "csv").header);
  CHECK(study.result.summary["accepted_rows"] == 0);
  CHECK(study.result.summary["best_accuracy_accepted"].is_null());
  CHECK(files.at("report.md").find("none fits the active budget") != std::string::npos);
}

TEST_CASE("The report holds every table and, in HTML, every picture") {
  const TemporaryFolder temporary;
  const FinishedStudy study = run_study(tiny_config_in(temporary.path()), fake_time());
  const Report report = study_report(study.result);
  const std::vector<Picture> drawn{{"layerwise_macs.png", "PNG!"}};
  const std::string markdown = to_markdown(report, drawn);
  const std::string html = to_html(report, drawn);
  for (const ReportSection& section : report.sections) {
    CHECK(markdown.find("## " + section.title) != std::string::npos);
    CHECK(html.find("<h2>" + section.title) != std::string::npos);
  }
  CHECK(markdown.find("![layerwise_macs.png](layerwise_macs.png)") != std::string::npos);
  CHECK(markdown.find("(accuracy_vs_memory.png)") == std::string::npos);
  CHECK(html.find("data:image/png;base64,UE5HIQ==") != std::string::npos);
}

TEST_CASE("Plots and hardware analysis can be written alone") {
  const TemporaryFolder temporary;
  const StudyResult study =
      run_study(tiny_config_in(temporary.path() / "study"), fake_time()).result;
  const WrittenFiles hardware =
      save_hardware_artifacts(temporary.path() / "hardware", study.hardware, no_gnuplot);
  CHECK(names_of(temporary.path() / "hardware") == std::set<std::string>{"layerwise_breakdown.csv",
                                                                         "precision_tradeoffs.csv",
                                                                         "hardware_summary.csv"});
  CHECK(hardware.missing_pictures_note.find("layerwise_macs.png") != std::string::npos);

  const auto plots = temporary.path() / "plots";
  CHECK(save_plots(plots, study.sweep.rows, FrontierAccuracy::measured, no_gnuplot).files.empty());
  CHECK_FALSE(std::filesystem::exists(plots));
  if (!edgeopt::io::find_program("gnuplot")) return;
  CHECK(save_plots(plots, study.sweep.rows).missing_pictures_note.empty());
  CHECK(names_of(plots) == std::set<std::string>{"accuracy_vs_latency.png",
                                                 "accuracy_vs_energy.png",
                                                 "accuracy_vs_memory.png"});
}

TEST_CASE("A gnuplot that draws nothing is one sentence, not the end") {
  const TemporaryFolder temporary;
  StudyOptions options = fake_time();
  options.gnuplot = "/bin/false";
  const FinishedStudy study = run_study(tiny_config_in(temporary.path() / "out"), options);
  CHECK(names_of(temporary.path() / "out") == tables_and_texts);
  REQUIRE(study.notes.size() == 1);
  CHECK(study.notes[0].find("accuracy_vs_latency.png") != std::string::npos);
  CHECK(study.notes[0].find("/bin/false") != std::string::npos);
}

TEST_CASE("The files of an operator profile") {
  const TemporaryFolder temporary;
  write_hardware_profile_artifacts(temporary.path() / "profile",
                                   build_hardware_profile_table(32, 64, 100));
  const auto files = files_of(temporary.path() / "profile");
  CHECK(files.size() == 2);
  CHECK(edgeopt::io::parse_csv(files.at("operator_profile.csv"), "csv").rows.size() == 4);
  CHECK(edgeopt::io::parse_csv(files.at("hardware_totals.csv"), "csv").rows.size() == 1);
}
