// A network's operators under the ceilings of a device, or SmallCNN's under those of this machine
// with measured times.
#include <algorithm>
#include <edgeopt/graph_costs.hpp>
#include <edgeopt/io/cache_levels.hpp>
#include <edgeopt/io/powercap.hpp>
#include <edgeopt/latency_bounds.hpp>
#include <edgeopt/layer_operators.hpp>
#include <edgeopt/node_operators.hpp>
#include <edgeopt/study/machine_ceilings.hpp>
#include <edgeopt/study/measure_energy.hpp>
#include <edgeopt/study/measure_layers.hpp>
#include <edgeopt/study/measure_network.hpp>
#include <edgeopt/study/roofline_artifacts.hpp>
#include <edgeopt/table.hpp>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "common.hpp"
#include "device_options.hpp"
#include "granted_operators.hpp"
#include "network_source.hpp"
#include "tables.hpp"
#include "written_files.hpp"

namespace {

struct Options {
  examples::NetworkSource source;
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
    return edgeopt::measure_network_latency(options.source.spec, options.source.small_cnn_batch(),
                                            options.source.small_cnn_precision(),
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

edgeopt::Device device_of(const Options& options) {
  return examples::named_device(examples::read_devices(options.files), options.device);
}

/// A model's nodes under the ceilings of a device.
edgeopt::RooflineAnalysis analyse_model(const Options& options) {
  const edgeopt::Device device = device_of(options);
  const edgeopt::Roofline roofline = edgeopt::device_roofline(device);
  const examples::NamedGraph network = examples::read_model(options.source);
  const edgeopt::NodeOperators found = examples::granted_operators(
      network.graph, edgeopt::operator_costs(network.graph), device, options.winograd_tile);
  return {network.title, roofline, edgeopt::place(roofline, found.operators)};
}

/// SmallCNN's layers under the ceilings of a device.
edgeopt::RooflineAnalysis analyse_small_cnn(const Options& options) {
  const examples::NetworkSource& source = options.source;
  const edgeopt::Precision precision = source.small_cnn_precision();
  const std::int64_t batch = source.small_cnn_batch();
  const edgeopt::Device device = device_of(options);
  const edgeopt::Roofline roofline = edgeopt::device_roofline(device);
  const std::int64_t tile =
      options.winograd_tile.value_or(edgeopt::granted_winograd_tile(device.kind, precision));
  return {examples::small_cnn_title("SmallCNN", precision, batch), roofline,
          edgeopt::place(roofline, edgeopt::layer_operators(source.spec, batch, precision, tile))};
}

/// The same under the ceilings of this machine, with the times that they take.
edgeopt::RooflineAnalysis measure_small_cnn(const Options& options) {
  const examples::NetworkSource& source = options.source;
  const edgeopt::Precision precision = source.small_cnn_precision();
  const std::int64_t batch = source.small_cnn_batch();
  const std::vector<edgeopt::MeasuredLayer> layers =  // first: what cannot be measured is refused
      edgeopt::measure_layers(source.spec, batch, precision,
                              {.warmup = 1, .runs = 5, .repeats = 5 * options.repeats});
  edgeopt::RooflineAnalysis analysis{examples::small_cnn_title("SmallCNN", precision, batch),
                                     measure_machine(options, 1).roofline,
                                     {}};
  constexpr std::int64_t own_tile = 2;  // of our engines
  std::vector<edgeopt::RooflineOperator> operators = edgeopt::layer_operators(
      source.spec, batch, precision, options.winograd_tile.value_or(own_tile));
  for (edgeopt::RooflineOperator& each : operators)  // our fp16 engine multiplies floats
    each.type = edgeopt::ElementType::f32;
  analysis.points = edgeopt::place(analysis.roofline, operators);
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (layers[i].ms) edgeopt::set_measured(analysis.points[i], *layers[i].ms);
  return analysis;
}

edgeopt::RooflineAnalysis analyse(const Options& options) {
  if (options.measure) return measure_small_cnn(options);
  return options.source.is_model() ? analyse_model(options) : analyse_small_cnn(options);
}

void report(const Options& options) {
  const edgeopt::RooflineAnalysis analysis = analyse(options);
  const bool for_people = options.format == examples::Format::table;
  const edgeopt::Table points = edgeopt::to_table(analysis.points);
  examples::print(
      {{"points",
        analysis.network + " on " + analysis.roofline.name +
            (options.measure ? ": bounds, and layers measured as differences of networks"
                             : ": bounds, not predictions"),
        for_people ? examples::without_empty_columns(points) : points},
       {"ceilings", "Ceilings", edgeopt::to_table(edgeopt::ceiling_rows(analysis.roofline))}},
      options.format);
  if (for_people)
    if (const auto sum = edgeopt::sequential_bound_ms(analysis.points))
      std::cout << "\nLayer by layer it takes at least " << edgeopt::io::to_readable(*sum, {4})
                << " ms.\n";
  if (options.output_dir.empty()) return;
  const edgeopt::WrittenFiles written =
      edgeopt::save_roofline_artifacts(options.output_dir, analysis);
  examples::report_written(options.output_dir, written.files, written.missing_pictures_note);
}

}  // namespace

int main(int argc, char** argv) {
  examples::Program program(
      "roofline",
      "The operators of SmallCNN, or of a model in an ONNX file, under the ceilings of "
      "a device; SmallCNN's also under those of this machine.");
  Options options;
  CLI::Option* model = examples::add_network_source(program, options.source);
  examples::add_winograd_option(program, options.winograd_tile,
                                "; with --measure what this library's engines do, 2");
  auto* device = program.add_option("--device", options.device, "Device whose ceilings to use")
                     ->type_name("NAME")
                     ->capture_default_str();
  examples::add_device_files_option(program, options.files);
  auto* measure =
      program
          .add_flag("--measure", options.measure,
                    "Measure this machine's ceilings and the layers, on one thread; fp32 or fp16")
          ->excludes(device)
          ->excludes(model);
  auto* ceilings = program.add_flag("--ceilings", options.ceilings,
                                    "Only measure this machine's ceilings and print them");
  ceilings->excludes(device)->excludes(model)->excludes(measure);
  program
      .add_flag("--energy", options.energy,
                "Only measure the processor's energy, where it shows its counters")
      ->excludes(device)
      ->excludes(model)
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
