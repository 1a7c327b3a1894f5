// SPDX-License-Identifier: MIT
#include "edgeopt/study/config.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/study/config_keys.hpp"
#include "edgeopt/study/load_config.hpp"

using namespace edgeopt;

namespace {

const std::string data_folder = EDGEOPT_STUDY_TEST_DATA;
const std::string configuration_page = EDGEOPT_CONFIGURATION_PAGE;

ExperimentConfig parsed(const std::string& text) {
  return parse_config(text, "c.yaml").config;
}

/// The problems of a text that must not load.
std::vector<InputProblem> problems_of(const std::string& text) {
  try {
    (void)parse_config(text, "c.yaml");
  } catch (const InputError& error) {
    return error.problems();
  }
  FAIL("accepted: " << text);
  return {};
}

/// The only problem of a text, as "place | found | expected".
std::string problem_of(const std::string& text) {
  const std::vector<InputProblem> problems = problems_of(text);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].file == "c.yaml");
  return problems[0].place + " | " + problems[0].found + " | " + problems[0].expected;
}

}  // namespace

TEST_CASE("defaults are those of the specification") {
  const auto values = config_values(ExperimentConfig{});
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"seed", "7"},
      {"dataloader_seed", "none"},
      {"num_workers", "2"},
      {"dataset", "synthetic"},
      {"data_dir", "data"},
      {"train_subset", "12000"},
      {"val_subset", "3000"},
      {"conv1_channels", "16"},
      {"conv2_channels", "32"},
      {"batch_size", "128"},
      {"epochs", "2"},
      {"learning_rate", "0.001"},
      {"pruning_levels", "[0.0, 0.25, 0.5, 0.7]"},
      {"fine_tune_epochs", "0"},
      {"precisions", "[fp32, fp16, int8]"},
      {"calibration_batches", "8"},
      {"quantization_backend", "fbgemm"},
      {"memory_budgets_mb", "[1.0, 2.0, 4.0]"},
      {"active_memory_budget_mb", "2.0"},
      {"memory_headroom_ratio", "0.0"},
      {"cpu_frequency_scale", "0.7"},
      {"memory_bandwidth_gbps", "12.8"},
      {"peak_compute_gmacs", "64.0"},
      {"power_watts", "5.0"},
      {"benchmark_repeats", "5"},
      {"benchmark_warmup", "10"},
      {"benchmark_runs", "100"},
      {"pareto_use_ci", "false"},
      {"threads", "none"},
      {"output_dir", "outputs"},
  };
  CHECK(values == expected);
  CHECK_NOTHROW(validate(ExperimentConfig{}));
  CHECK(parsed("{}") == ExperimentConfig{});
  CHECK(parsed("seed: 7") == ExperimentConfig{});
}

TEST_CASE("every setting is in the table once, and what is written reads back") {
  ExperimentConfig config;
  config.seed = 9;
  config.dataloader_seed = 0;
  config.num_workers = 0;
  config.dataset = DatasetKind::fashion_mnist;
  config.data_dir = "some/where";
  config.train_subset.reset();
  config.val_subset = 17;
  config.conv1_channels = 1;
  config.conv2_channels = 3;
  config.batch_size = 5;
  config.epochs = 4;
  config.learning_rate = 1e-5;
  config.pruning_levels = {0.1};
  config.fine_tune_epochs = 2;
  config.precisions = {Precision::int8, Precision::fp32};
  config.calibration_batches = 6;
  config.quantization_backend = QuantizationBackend::qnnpack;
  config.memory_budgets_mb = {0.3, 1e6};
  config.active_memory_budget_mb = 0.25;
  config.memory_headroom_ratio = 0.125;
  config.cpu_frequency_scale = 2;
  config.memory_bandwidth_gbps = 4.3;
  config.peak_compute_gmacs.reset();
  config.power_watts = 0;
  config.benchmark_repeats = 2;
  config.benchmark_warmup = 0;
  config.benchmark_runs = 1;
  config.pareto_use_ci = true;
  config.threads = 3;
  config.output_dir = "elsewhere";

  const auto defaults = config_values(ExperimentConfig{});
  const auto values = config_values(config);
  std::string text;
  std::set<std::string> names;
  for (std::size_t i = 0; i < values.size(); ++i) {
    INFO(values[i].first);
    CHECK(names.insert(values[i].first).second);
    CHECK(values[i].second != defaults[i].second);  // each one is set above
    text += values[i].first + ": " + values[i].second + "\n";
  }
  CHECK(parsed(text) == config);
}

TEST_CASE("the documentation holds the table of the settings as it is now") {
  const std::string table = config_markdown();
  CHECK(std::count(table.begin(), table.end(), '\n') ==
        static_cast<std::ptrdiff_t>(config_key_names().size() + 2));
  CHECK(io::read_file(configuration_page).find("\n\n" + table + "\n") != std::string::npos);
}

TEST_CASE("files of the Python framework load unchanged") {
  SECTION("first generation") {
    const auto [config, notes] = load_config(data_folder + "/python_first_generation.yaml");
    CHECK(notes.empty());
    ExperimentConfig expected;
    expected.seed = 11;
    expected.dataset = DatasetKind::mnist;
    expected.data_dir = "./data";
    expected.batch_size = 64;
    expected.epochs = 3;
    expected.train_subset = 6000;
    expected.val_subset.reset();
    expected.power_watts = 6.5;
    expected.pruning_levels = {0, 0.3, 0.6};
    expected.precisions = {Precision::fp32, Precision::int8};
    expected.calibration_batches = 4;
    expected.memory_budgets_mb = {0.5, 1};
    expected.active_memory_budget_mb = 1;
    expected.cpu_frequency_scale = 0.5;
    expected.memory_bandwidth_gbps = 25.6;
    expected.peak_compute_gmacs.reset();
    expected.benchmark_repeats = 3;
    expected.benchmark_warmup = 0;
    expected.benchmark_runs = 20;
    expected.output_dir = "outputs/first";
    CHECK(config == expected);
  }
  SECTION("second generation") {
    const auto [config, notes] = load_config(data_folder + "/python_second_generation.yaml");
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].find("line 28, key 'benchmark_trials' has no effect") != std::string::npos);
    ExperimentConfig expected;
    expected.dataloader_seed = 21;
    expected.num_workers = 0;
    expected.dataset = DatasetKind::fashion_mnist;
    expected.data_dir = "./data";
    expected.train_subset.reset();
    expected.quantization_backend = QuantizationBackend::qnnpack;
    expected.fine_tune_epochs = 1;
    expected.memory_headroom_ratio = 0.1;
    expected.pareto_use_ci = true;
    expected.threads = 2;
    CHECK(config == expected);
  }
}

TEST_CASE("keys of the Python framework with other values are refused") {
  CHECK(
      problem_of("device: cuda") ==
      "line 1, key 'device' | 'cuda' | 'cpu', because the library computes on the processor only");
  CHECK(problem_of("model: ResNet18") ==
        "line 1, key 'model' | 'ResNet18' | 'SmallCNN', because the study knows this network only");
  CHECK(problem_of("benchmark_trials: 0") ==
        "line 1, key 'benchmark_trials' | '0' | an integer >= 1");
}

TEST_CASE("four spellings of none") {
  for (const std::string none : {"null", "~", "None", "none", ""}) {
    const ExperimentConfig config =
        parsed("train_subset: " + none + "\nval_subset: " + none + "\npeak_compute_gmacs: " + none +
               "\nthreads: " + none + "\ndataloader_seed: " + none);
    CHECK(!config.train_subset);
    CHECK(!config.val_subset);
    CHECK(!config.peak_compute_gmacs);
    CHECK(!config.threads);
    CHECK(!config.dataloader_seed);
    CHECK(problems_of("seed: " + none).size() == 1);
    CHECK(problems_of("data_dir: " + none).size() == 1);
    CHECK(problems_of("pruning_levels: " + none).size() == 1);
  }
}

TEST_CASE("wrong types") {
  for (const std::string key : {"seed", "epochs", "benchmark_warmup", "train_subset", "threads"})
    for (const std::string value :
         {"no", "1,5", "017", "-017", "0x10", "1_000", "1.0", "1e3", "'5'", ".nan", ".inf", "nan",
          "[1]", "{a: 1}", "five", "9223372036854775808", "5 6"}) {
      INFO(key << ": " << value);
      CHECK(problems_of(key + ": " + value).size() == 1);
    }
  for (const std::string key : {"learning_rate", "power_watts", "peak_compute_gmacs"})
    for (const std::string value : {"no", "1,5", "01.5", ".nan", ".NaN", ".inf", "-.inf", "nan",
                                    "inf", "infinity", "1e999", "0x1p3", "'5'", "1.5 W", "[1.5]"}) {
      INFO(key << ": " << value);
      CHECK(problems_of(key + ": " + value).size() == 1);
    }
  for (const std::string value : {"no", "yes", "on", "1", "0", "'true'", "[true]"})
    CHECK(problem_of("pareto_use_ci: " + value).ends_with("| true or false"));
  for (const std::string value : {"fp32", "0", "{fp32: 1}"})
    CHECK(problems_of("precisions: " + value).size() == 1);
  CHECK(problem_of("data_dir: [a]") == "line 1, key 'data_dir' | a sequence | a path");
  CHECK(problem_of("data_dir: ''") == "line 1, key 'data_dir' | the quoted text '' | a path");
}

TEST_CASE("numbers in the spellings of YAML") {
  CHECK(parsed("learning_rate: 1e-3").learning_rate == 1e-3);
  CHECK(parsed("learning_rate: 1.0E-3").learning_rate == 1e-3);
  CHECK(parsed("learning_rate: .5").learning_rate == 0.5);
  CHECK(parsed("learning_rate: 2").learning_rate == 2);
  CHECK(parsed("seed: +5").seed == 5);
  CHECK(parsed("seed: 0").seed == 0);
  CHECK(parsed("seed: 9223372036854775807").seed == std::numeric_limits<std::int64_t>::max());
  CHECK(parsed("power_watts: 0").power_watts == 0);
  CHECK(parsed("power_watts: 0.5").power_watts == 0.5);
}

TEST_CASE("values out of range") {
  for (const std::string text : {"seed: -1",
                                 "dataloader_seed: -1",
                                 "num_workers: -1",
                                 "batch_size: 0",
                                 "epochs: 0",
                                 "learning_rate: 0",
                                 "learning_rate: -1",
                                 "train_subset: 0",
                                 "val_subset: -5",
                                 "power_watts: -0.1",
                                 "pruning_levels: []",
                                 "pruning_levels: [1]",
                                 "pruning_levels: [-0.1]",
                                 "pruning_levels: [0, .nan]",
                                 "pruning_levels: [0.5, 0.50]",
                                 "precisions: []",
                                 "precisions: [fp32, fp32]",
                                 "precisions: [int4]",
                                 "calibration_batches: 0",
                                 "quantization_backend: x86",
                                 "fine_tune_epochs: -1",
                                 "memory_budgets_mb: []",
                                 "memory_budgets_mb: [0]",
                                 "memory_budgets_mb: [1, 1.0]",
                                 "active_memory_budget_mb: 0",
                                 "cpu_frequency_scale: 0",
                                 "memory_bandwidth_gbps: 0",
                                 "peak_compute_gmacs: 0",
                                 "peak_compute_gmacs: 1e308",
                                 "memory_bandwidth_gbps: 1e-300",
                                 "power_watts: 1.7e308",
                                 "benchmark_repeats: 0",
                                 "benchmark_warmup: -1",
                                 "benchmark_runs: 0",
                                 "conv1_channels: 0",
                                 "conv2_channels: 0",
                                 "threads: 0",
                                 "memory_headroom_ratio: 1",
                                 "memory_headroom_ratio: -0.1",
                                 "dataset: cifar"}) {
    INFO(text);
    CHECK(problems_of(text).size() == 1);
  }
}

TEST_CASE("a message names file, line, key, value and what is allowed") {
  CHECK(problem_of("seed: 1\n\nepochs: 0") == "line 3, key 'epochs' | '0' | an integer >= 1");
  CHECK(problem_of("pruning_levels:\n  - 0\n  - 1.5") ==
        "line 3, key 'pruning_levels', item 2 | '1.5' | a number in [0, 1)");
  CHECK(problem_of("epochs:\n\n# nothing\nseed: 1") ==
        "line 1, key 'epochs' | null | an integer >= 1");
  CHECK(problem_of("seed: 1\nepochs:\n") == "line 2, key 'epochs' | null | an integer >= 1");
  CHECK(problem_of("dataset: fashion_mnist") ==
        "line 1, key 'dataset' | 'fashion_mnist' | synthetic, mnist, fashion-mnist or idx "
        "(did you mean 'fashion-mnist'?)");
  CHECK(problem_of("precisions: [fp32, int]") ==
        "line 1, key 'precisions', item 2 | 'int' | fp32, fp16 or int8 (did you mean 'int8'?)");
  CHECK(problem_of("\nbatchsize: 3") ==
        "line 2 | unknown key 'batchsize' | one of the documented keys "
        "(did you mean 'batch_size'?)");
  CHECK(problem_of("qqqqqqqqqq: 3") ==
        "line 1 | unknown key 'qqqqqqqqqq' | one of the documented keys");
}

TEST_CASE("all problems of a file are reported at once") {
  const std::vector<InputProblem> problems = problems_of(
      "sed: 1\nepochs: 0\nprecisions: [fp8, bf16]\ndataset: idx\nlearning_rate: 1,5\ndataset: "
      "mnist\n");
  REQUIRE(problems.size() == 6);
  CHECK(problems[0].place == "line 1");
  CHECK(problems[1].place == "line 2, key 'epochs'");
  CHECK(problems[2].place == "line 3, key 'precisions', item 1");
  CHECK(problems[3].place == "line 3, key 'precisions', item 2");
  CHECK(problems[4].place == "line 5, key 'learning_rate'");
  CHECK(problems[5].place == "line 6, key 'dataset'");
  CHECK(problems[5].found == "'mnist' for a key that line 4 has already");
}

TEST_CASE("texts that hold no settings") {
  for (const std::string text :
       {"", "\n", "# only a comment\n", "~", "--- \n", "- seed", "seed", "seed: 1\nseed: 2",
        "seed: 1\n---\nseed: 2", "seed: &a 1", "seed: !!int 1", "seed: [", "\xff\xfe"}) {
    INFO(text);
    CHECK(problems_of(text).size() == 1);
  }
  CHECK_THROWS_AS(load_config(data_folder + "/missing.yaml"), SystemError);
  CHECK_THROWS_AS(load_config(data_folder), SystemError);
}

TEST_CASE("a configuration built by a program is held to the same ranges") {
  ExperimentConfig config;
  config.epochs = 0;
  config.pruning_levels = {0, 1};
  config.power_watts = std::numeric_limits<double>::quiet_NaN();
  config.data_dir.clear();
  config.precisions = {static_cast<Precision>(9)};
  config.threads = -1;
  try {
    validate(config);
    FAIL("accepted");
  } catch (const InputError& error) {
    std::vector<std::string> places;
    for (const InputProblem& problem : error.problems()) places.push_back(problem.place);
    CHECK(places == std::vector<std::string>{"key 'data_dir'", "key 'epochs'",
                                             "key 'pruning_levels'", "key 'precisions'",
                                             "key 'power_watts'", "key 'threads'"});
  }
}

TEST_CASE("settings from a command line") {
  ExperimentConfig config;
  set_config_value(config, "seed", "12");
  set_config_value(config, "dataset", "idx");
  set_config_value(config, "threads", "none");
  set_config_value(config, "precisions", "int8,fp32");
  set_config_value(config, "pruning_levels", "0.5");
  CHECK(config.seed == 12);
  CHECK(config.dataset == DatasetKind::idx);
  CHECK(config.precisions == std::vector{Precision::int8, Precision::fp32});
  CHECK(config.pruning_levels == std::vector{0.5});

  CHECK_THROWS_WITH(set_config_value(config, "seed", "1.5"),
                    "seed is '1.5', allowed is an integer >= 0");
  CHECK_THROWS_WITH(set_config_value(config, "dataset", "mnst"),
                    "dataset is 'mnst', allowed is synthetic, mnist, fashion-mnist or idx "
                    "(did you mean 'mnist'?)");
  CHECK_THROWS_AS(set_config_value(config, "sed", "1"), DomainError);
  CHECK_THROWS_AS(set_config_value(config, "precisions", "int8,"), DomainError);
  CHECK_THROWS_AS(set_config_value(config, "precisions", ""), DomainError);
  CHECK(config.seed == 12);
}

TEST_CASE("latency multiplier") {
  CHECK(latency_multiplier(0.5) == 2);
  CHECK(latency_multiplier(1) == 1);
  CHECK(latency_multiplier(1e-6) == 1 / 1e-6);
  CHECK(latency_multiplier(1e-9) == 1 / 1e-6);
}

TEST_CASE("the order of training images follows seed unless it has a seed of its own") {
  ExperimentConfig config;
  config.seed = 5;
  CHECK(shuffle_seed(config) == 5);
  config.dataloader_seed = 0;
  CHECK(shuffle_seed(config) == 0);
}
