// SmallCNN's layers under the ceilings of a device, or of this machine with measured times.
#include <algorithm>
#include <edgeopt/devices.hpp>
#include <edgeopt/io/cache_levels.hpp>
#include <edgeopt/io/powercap.hpp>
#include <edgeopt/latency_bounds.hpp>
#include <edgeopt/layer_operators.hpp>
#include <edgeopt/study/machine_ceilings.hpp>
#include <edgeopt/study/measure_energy.hpp>
#include <edgeopt/study/measure_layers.hpp>
#include <edgeopt/study/measure_network.hpp>
#include <edgeopt/study/roofline_artifacts.hpp>
#include <edgeopt/table.hpp>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common.hpp"
#include "network_options.hpp"
#include "tables.hpp"

namespace {

struct Options {
  edgeopt::SmallCNNSpec spec;
  edgeopt::Precision precision = edgeopt::Precision::fp32;
  std::int64_t batch = 1;
  std::optional<std::int64_t> winograd_tile;
  std::string device = "Raspberry Pi 4 (4 GB)";
  std::vector<std::string> files;
  bool measure = false;
  bool ceilings = false;
  bool energy = false;
  std::int64_t threads = 1;
  std::int64_t repeats = 9;
  double repeat_ms = 10;
  std::string output_dir;
  examples::Format format = examples::Format::table;
};

edgeopt::Device chosen_device(const Options& options) {
  std::vector<edgeopt::Device> devices = edgeopt::all_devices();
  for (const std::string& file : options.files)
    for (edgeopt::Device& device : edgeopt::devices_from_table(edgeopt::io::read_csv(file)))
      devices.push_back(std::move(device));
  return edgeopt::find_device(devices, options.device);
}

/// What was measured of this machine.
struct Machine {
  std::vector<edgeopt::MeasuredCompute> compute;
  std::vector<edgeopt::MeasuredBandwidth> bandwidth;
  edgeopt::Roofline roofline;
};

Machine measure_machine(const Options& options, std::int64_t threads) {
  const edgeopt::CeilingSettings settings{.repeats = options.repeats,
                                          .repeat_ms = options.repeat_ms};
  const std::vector<edgeopt::io::CacheLevel> caches = edgeopt::io::cache_levels();
  edgeopt::ThreadPool pool(static_cast<int>(threads));
  Machine machine;
  machine.compute = edgeopt::measure_compute(pool, settings);
  machine.bandwidth = edgeopt::measure_bandwidth(pool, settings, edgeopt::steady_clock(), caches);
  machine.roofline = edgeopt::measured_roofline(machine.compute, machine.bandwidth, caches);
  return machine;
}

/// --ceilings: what the machine can do, on one thread and on those that were asked for.
void print_ceilings(const Options& options) {
  Machine machine = measure_machine(options, 1);
  if (options.threads > 1) {
    const Machine all = measure_machine(options, options.threads);
    machine.compute.insert(machine.compute.end(), all.compute.begin(), all.compute.end());
    machine.bandwidth.insert(machine.bandwidth.end(), all.bandwidth.begin(), all.bandwidth.end());
  }
  examples::print({{"compute", "Multiply-accumulates of registers, measured over repeats",
                    edgeopt::to_table(machine.compute)},
                   {"bandwidth", "Bytes loaded and stored, measured over repeats",
                    edgeopt::to_table(machine.bandwidth)}},
                  options.format);
}

/// --energy: what the processor's counters say while the network runs for about a second.
void print_energy(const Options& options) {
  edgeopt::io::EnergyMeter meter;  // says so where there is nothing to read
  const auto run = [&](std::int64_t runs) {
    return edgeopt::measure_network_latency(options.spec, options.batch, options.precision,
                                            {.warmup = 0, .runs = runs, .repeats = 1});
  };
  const double latency_ms = run(20);
  const auto runs = std::max<std::int64_t>(1, static_cast<std::int64_t>(1000 / latency_ms));
  const edgeopt::MeasuredEnergy measured =
      edgeopt::measure_energy(meter, runs, [&] { (void)run(runs); });
  examples::print({{"energy", "Energy of the whole processor, measured over batches of SmallCNN",
                    edgeopt::to_table(std::vector{measured})}},
                  options.format);
}

/// The points, with measured layers where the machine was measured.
edgeopt::RooflineAnalysis analyse(const Options& options) {
  std::vector<edgeopt::MeasuredLayer> layers;
  if (options.measure)  // first: what cannot be measured is refused at once
    layers = edgeopt::measure_layers(options.spec, options.batch, options.precision,
                                     {.warmup = 1, .runs = 5, .repeats = 5 * options.repeats});
  edgeopt::RooflineAnalysis analysis;
  analysis.network = "SmallCNN in " + std::string(to_string(options.precision)) + ", batch of " +
                     std::to_string(options.batch);
  analysis.roofline = options.measure ? measure_machine(options, 1).roofline
                                      : edgeopt::device_roofline(chosen_device(options));
  // Our own engines use F(2 x 2, 3 x 3).
  std::vector<edgeopt::RooflineOperator> operators =
      edgeopt::layer_operators(options.spec, options.batch, options.precision,
                               options.winograd_tile.value_or(options.measure ? 2 : 1));
  if (options.measure)  // our fp16 engine stores halves and multiplies floats
    for (edgeopt::RooflineOperator& each : operators) each.type = edgeopt::ElementType::f32;
  analysis.points = edgeopt::place(analysis.roofline, operators);
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (layers[i].ms) edgeopt::set_measured(analysis.points[i], *layers[i].ms);
  return analysis;
}

void report(const Options& options) {
  const edgeopt::RooflineAnalysis analysis = analyse(options);
  examples::print(
      {{"points",
        analysis.network + " on " + analysis.roofline.name +
            (options.measure ? ": bounds, and layers measured as differences of networks"
                             : ": bounds, not predictions"),
        edgeopt::to_table(analysis.points)},
       {"ceilings", "Ceilings", edgeopt::to_table(edgeopt::ceiling_rows(analysis.roofline))}},
      options.format);
  if (options.format == examples::Format::table)
    if (const auto sum = edgeopt::sequential_bound_ms(analysis.points))
      std::cout << "\nLayer by layer it takes at least " << edgeopt::io::to_readable(*sum, {4})
                << " ms.\n";
  if (options.output_dir.empty()) return;
  const edgeopt::WrittenFiles written =
      edgeopt::save_roofline_artifacts(options.output_dir, analysis);
  std::string names;
  for (const std::string& name : written.files) names += (names.empty() ? "" : ", ") + name;
  std::cerr << "Written to " << options.output_dir << ": " << names << '\n';
  if (!written.missing_pictures_note.empty()) std::cerr << written.missing_pictures_note << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  examples::Program program("roofline",
                            "SmallCNN's layers under the ceilings of a device or of this machine.");
  Options options;
  examples::add_network_options(program, options.spec);
  examples::add_precision_option(program, options.precision);
  examples::add_batch_option(program, options.batch);
  program
      .add_option("--winograd", options.winograd_tile,
                  "The engine may use Winograd's F(M x M, 3 x 3), which executes fewer "
                  "multiply-accumulates; 1: direct convolution, the default on devices; measured "
                  "engines may use 2")
      ->check(CLI::Range(1, 6))
      ->type_name("M");
  auto* device = program.add_option("--device", options.device, "Device whose ceilings to use")
                     ->type_name("NAME")
                     ->capture_default_str();
  program
      .add_option("--devices", options.files,
                  "Devices of your own from a CSV file (see docs/devices.md)")
      ->type_name("FILE.csv");
  auto* measure =
      program
          .add_flag("--measure", options.measure,
                    "Measure this machine's ceilings and the layers, on one thread; fp32 or fp16")
          ->excludes(device);
  auto* ceilings = program.add_flag("--ceilings", options.ceilings,
                                    "Only measure this machine's ceilings and print them");
  ceilings->excludes(device)->excludes(measure);
  program
      .add_flag("--energy", options.energy,
                "Only measure the processor's energy, where it shows its counters")
      ->excludes(device)
      ->excludes(measure)
      ->excludes(ceilings);
  program
      .add_option("--threads", options.threads, "For --ceilings: measure one thread and this many")
      ->check(CLI::Range(1, 1024))
      ->needs(ceilings)
      ->capture_default_str();
  program.add_option("--repeats", options.repeats, "Repeats of each measurement")
      ->check(examples::at_least(1))
      ->capture_default_str();
  program.add_option("--repeat-ms", options.repeat_ms, "Least time of a repeat")
      ->check(examples::real_at_least(0.001))
      ->capture_default_str();
  program.add_option("--output-dir", options.output_dir,
                     "Folder for roofline_points.csv, roofline_ceilings.csv and roofline.png");
  examples::add_format_option(program, options.format);
  return examples::run(program, argc, argv, [&] {
    if (options.energy)
      print_energy(options);
    else if (options.ceilings)
      print_ceilings(options);
    else
      report(options);
  });
}
