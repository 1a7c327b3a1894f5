// Where a network fits, how fast it can be there, and what limits it.
#include <algorithm>
#include <array>
#include <edgeopt/checked_count.hpp>
#include <edgeopt/device_comparison.hpp>
#include <edgeopt/energy.hpp>
#include <edgeopt/graph_costs.hpp>
#include <edgeopt/latency_calibration.hpp>
#include <edgeopt/layer_operators.hpp>
#include <edgeopt/network_demand.hpp>
#include <edgeopt/node_operators.hpp>
#include <edgeopt/stored_precision.hpp>
#include <edgeopt/table.hpp>
#include <edgeopt/weighted_operators.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "common.hpp"
#include "device_options.hpp"
#include "network_source.hpp"
#include "tables.hpp"

namespace {

struct Options {
  examples::NetworkSource source;
  edgeopt::ComparisonOptions comparison;
  std::vector<std::string> files;
  std::vector<std::string> only;
  bool list = false;
  examples::Format format = examples::Format::table;
};

std::vector<edgeopt::Device> devices_of(const Options& options) {
  std::vector<edgeopt::Device> devices = examples::read_devices(options.files);
  if (options.only.empty()) return devices;
  std::vector<edgeopt::Device> chosen;
  for (const std::string& name : options.only)
    chosen.push_back(examples::named_device(devices, name));
  return chosen;
}

/// What is compared: the network as totals and as operators.
struct Network {
  std::string title;
  edgeopt::NetworkDemand demand;
  std::int64_t activation_traffic = 0;  ///< bytes read and written
  edgeopt::PublishedNetwork weighted;
};

/// What operators move when each runs by itself, parameters left out.
std::int64_t activation_traffic(const std::vector<edgeopt::RooflineOperator>& operators,
                                std::int64_t parameter_bytes) {
  std::int64_t bytes = 0;
  for (const edgeopt::RooflineOperator& each : operators)
    bytes = edgeopt::checked_sum(bytes, each.bytes_read + each.bytes_written, "bytes moved");
  return std::max<std::int64_t>(0, bytes - parameter_bytes);
}

Network small_cnn(const examples::NetworkSource& source, edgeopt::Precision precision) {
  const edgeopt::SmallCNNSpec& spec = source.spec;
  const std::int64_t batch = source.small_cnn_batch();
  Network network;
  network.demand = edgeopt::network_demand(spec, batch, precision);
  network.title = examples::small_cnn_title(network.demand.name, precision, batch);
  network.activation_traffic = activation_traffic(edgeopt::layer_operators(spec, batch, precision),
                                                  network.demand.parameter_bytes_read);
  network.weighted = edgeopt::weighted_operators(spec, batch);
  return network;
}

Network from_graph(const examples::NamedGraph& named) {
  Network network;
  network.title = named.title;
  network.demand = edgeopt::network_demand(named.graph);
  network.demand.name = named.title;
  const std::vector<edgeopt::NodeCost> costs = edgeopt::operator_costs(named.graph);
  network.activation_traffic = activation_traffic(
      edgeopt::node_operators(named.graph, costs).operators, network.demand.parameter_bytes_read);
  network.weighted = edgeopt::weighted_operators(named.graph);
  return network;
}

/// The network as it was asked for, and in every precision that it can be stored in, for ordering
/// these.
struct Networks {
  Network chosen;
  std::vector<Network> stored;
};

Networks networks_of(const examples::NetworkSource& source) {
  using edgeopt::Precision;
  constexpr std::array precisions = {Precision::fp32, Precision::fp16, Precision::int8};
  Networks networks;
  if (!source.is_model()) {
    networks.chosen = small_cnn(source, source.small_cnn_precision());
    for (const Precision each : precisions) networks.stored.push_back(small_cnn(source, each));
    return networks;
  }
  const examples::NamedGraph model = examples::read_model(source);
  networks.chosen = from_graph(model);
  if (networks.chosen.demand.precision == Precision::int8)
    networks.stored = {networks.chosen};  // quantised already
  else
    for (const Precision each : precisions)
      networks.stored.push_back(from_graph({model.title, edgeopt::stored_in(model.graph, each)}));
  return networks;
}

edgeopt::Cell shown(const std::optional<double>& value) {
  return value ? edgeopt::Cell{*value} : edgeopt::Cell{"unknown"};
}

/// What fits a terminal.
edgeopt::Table short_table(const std::vector<edgeopt::DeviceComparison>& answers,
                           bool has_latency) {
  edgeopt::Table table;
  table.header = {"device",  "weights",     "activations", "time >= ms",
                  "limiter", "estimate ms", "+- %"};
  if (has_latency) table.header.insert(table.header.end(), {"of peak %", "bound/latency"});
  table.header.insert(table.header.end(), {"energy mJ, low", "high"});
  for (const edgeopt::DeviceComparison& answer : answers) {
    std::vector<edgeopt::Cell>& row = table.rows.emplace_back();
    row = {
        answer.device,
        std::string(to_string(answer.weights_fit)),
        std::string(to_string(answer.activations_fit)),
        shown(answer.time_lower_bound_ms),
        answer.limiter.value_or("unknown"),
        shown(answer.calibrated_ms),
        answer.calibrated_error ? edgeopt::Cell{100 * *answer.calibrated_error} : edgeopt::Cell{}};
    if (has_latency) {
      const auto& used = answer.compute_utilization;
      row.push_back(used ? edgeopt::Cell{100 * *used} : edgeopt::Cell{"unknown"});
      row.push_back(shown(answer.bound_share));
    }
    row.push_back(shown(answer.energy_low_mj));
    row.push_back(shown(answer.energy_high_mj));
  }
  return table;
}

/// Every network by every technology, for ordering them.
std::vector<edgeopt::OrdinalEnergy> ordinal_energies(const std::vector<Network>& networks) {
  std::vector<edgeopt::OrdinalEnergy> rows;
  for (const Network& network : networks)
    for (const edgeopt::TechnologyEnergy& technology : edgeopt::technology_energies)
      rows.push_back(
          edgeopt::ordinal_energy(network.demand, network.activation_traffic, technology));
  return rows;
}

void print_list(const Options& options) {
  const std::vector<edgeopt::Device> devices = devices_of(options);
  edgeopt::Table table = edgeopt::devices_table(devices);
  if (options.format == examples::Format::table) {
    table = {};
    table.header = {"device", "value", "is", "origin", "source"};
    for (const edgeopt::Device& device : devices)
      edgeopt::visit_device_values(
          [&](const char* name, const auto& value) {
            if (value.value)
              table.rows.push_back({device.name, std::string(name), edgeopt::Cell{*value.value},
                                    std::string(to_string(value.origin)), value.source});
          },
          device);
  }
  examples::print({{"devices", "Devices", table}}, options.format);
}

void report(const Options& options) {
  const std::vector<edgeopt::Device> devices = devices_of(options);
  const Networks networks = networks_of(options.source);
  const edgeopt::NetworkDemand& network = networks.chosen.demand;
  std::vector<edgeopt::DeviceComparison> answers =
      edgeopt::compare_devices(network, devices, options.comparison);
  const edgeopt::PublishedCalibration calibration(edgeopt::all_devices());
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const auto estimate =
        calibration.estimate(networks.chosen.weighted, network.precision, devices[i]);
    if (!estimate) continue;
    answers[i].calibrated_ms = estimate->ms;
    answers[i].calibrated_error = estimate->percentile_90_error;
  }
  const bool for_people = options.format == examples::Format::table;
  const bool has_latency = options.comparison.latency_ms.has_value();
  examples::print(
      {{"devices",
        networks.chosen.title + ": " + std::to_string(network.macs) + " multiply-accumulates, " +
            std::to_string(network.parameter_bytes) + " bytes of parameters, " +
            std::to_string(network.peak_activation_bytes) + " of activations",
        for_people ? short_table(answers, has_latency) : edgeopt::to_table(answers)},
       {"ordinal_energy",
        "Energy of operations and accesses alone, by published technologies: orders "
        "precisions, says nothing of a device",
        edgeopt::to_table(ordinal_energies(networks.stored))}},
      options.format);
  if (!for_people) return;
  std::cout
      << "\nTimes are lower bounds: " << network.executed_macs
      << " multiply-accumulates, less what "
      << (options.comparison.winograd_tile
              ? "F(" + std::to_string(*options.comparison.winograd_tile) + ", 3)"
              : std::string("the engines of published latencies"))
      << " may save of them (--winograd), at peak rate, or the bytes that have to move; real runs "
         "take longer.\nEnergy is power while computing times "
      << (has_latency ? "the latency given" : "that bound")
      << ".\nEstimates go by published latencies of other networks; 90 % of such estimates were "
         "within +- %.\nWhat is not known of a device is unknown; --list says where values are "
         "from.\n";
  for (const edgeopt::DeviceComparison& answer : answers)
    if (answer.bound_share && *answer.bound_share > 1)
      std::cout << answer.device << " cannot run it in "
                << edgeopt::format_real(*options.comparison.latency_ms)
                << " ms: its bound is above that.\n";
}

}  // namespace

int main(int argc, char** argv) {
  examples::Program program("compare_devices",
                            "Where SmallCNN, or a model in an ONNX file, fits, how fast it can be "
                            "there at best, and what "
                            "limits it.");
  Options options;
  examples::add_network_source(program, options.source);
  program
      .add_option("--latency-ms", options.comparison.latency_ms,
                  "Latency of a batch, measured: adds utilisation")
      ->check(examples::real_at_least(1e-9));
  examples::add_winograd_option(program, options.comparison.winograd_tile);
  program
      .add_option("--code-bytes", options.comparison.code_bytes,
                  "Kept free beside the weights, for the program")
      ->check(examples::at_least(0))
      ->capture_default_str();
  program
      .add_option("--working-bytes", options.comparison.working_bytes,
                  "Kept free beside the activations, for stack and buffers")
      ->check(examples::at_least(0))
      ->capture_default_str();
  examples::add_device_files_option(program, options.files);
  program.add_option("--device", options.only, "Only this device; can be given several times")
      ->type_name("NAME");
  program.add_flag("--list", options.list, "Print what is known of the devices, and from where");
  examples::add_format_option(program, options.format);
  return examples::run(program, argc, argv, [&] {
    if (options.list)
      print_list(options);
    else
      report(options);
  });
}
