// How much of a device's memory bandwidth SmallCNN uses at a latency, and what that means.
#include <cstddef>
#include <edgeopt/bandwidth_comparison.hpp>
#include <edgeopt/hardware.hpp>
#include <edgeopt/pruning_counts.hpp>
#include <edgeopt/study/measure_network.hpp>
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

/// One network, how it was timed, and what that means on each device.
struct TimedNetwork {
  std::string name;
  edgeopt::SmallCNNSpec spec;
  double latency_ms = 0;
  std::vector<edgeopt::LayerEstimate> layers{};
};

struct Row {
  std::string network;
  double latency_ms = 0;
  edgeopt::DeviceSummary device;
};

template <class Visit>
constexpr void visit_columns(const Row*, Visit&& visit) {
  visit("network", &Row::network);
  visit("latency_ms", &Row::latency_ms);
  visit(edgeopt::spliced, &Row::device);
}

/// What fits a terminal.
edgeopt::Table short_table(const std::vector<Row>& rows) {
  edgeopt::Table table;
  table.header = {"network", "latency ms", "device",   "GB/s", "reached GB/s",
                  "used %",  "GMAC/s",     "MAC/byte", "knee", "roofline"};
  for (const Row& row : rows) {
    const edgeopt::HardwareSummary& summary = row.device.summary;
    const auto& knee = summary.roofline_knee_macs_per_byte;
    const auto& regime = summary.bound_regime;
    table.rows.push_back({row.network, row.latency_ms, row.device.device,
                          summary.configured_memory_bandwidth_gbps, summary.achieved_bandwidth_gbps,
                          100 * summary.bandwidth_utilization, summary.achieved_gmacs,
                          summary.arithmetic_intensity_macs_per_byte,
                          knee ? edgeopt::Cell{*knee} : edgeopt::Cell{},
                          regime ? std::string(to_string(*regime)) : "no peak given"});
  }
  return table;
}

struct Options {
  edgeopt::SmallCNNSpec spec;
  edgeopt::Precision precision = edgeopt::Precision::fp32;
  std::int64_t batch = 32;
  std::optional<double> latency_ms;
  std::optional<double> compare_latency_ms;
  std::optional<double> compare_level;
  std::optional<double> peak_gmacs;
  std::vector<std::string> devices;
  examples::Format format = examples::Format::table;
};

/// "NAME=GB/S"
CLI::Validator device_form() {
  return {[](const std::string& text) {
            const std::size_t equals = text.rfind('=');
            const bool is_complete = equals != std::string::npos && equals > 0;
            const auto rate =
                is_complete ? edgeopt::parse_real(text.substr(equals + 1)) : std::nullopt;
            return rate && *rate > 0 ? "" : "found '" + text + "', expected NAME=GB/S";
          },
          ""};
}

std::vector<edgeopt::ReferenceBandwidth> devices_of(const Options& options) {
  if (options.devices.empty())
    return {std::begin(edgeopt::reference_bandwidths), std::end(edgeopt::reference_bandwidths)};
  std::vector<edgeopt::ReferenceBandwidth> devices;
  for (const std::string& text : options.devices) {
    const std::size_t equals = text.rfind('=');
    devices.push_back({std::string_view(text).substr(0, equals),
                       *edgeopt::parse_real(text.substr(equals + 1)), "command line"});
  }
  return devices;
}

/// A pruning level.
CLI::Validator level_form() {
  return {[](const std::string& text) {
            const auto level = edgeopt::parse_real(text);
            return level && *level >= 0 && *level < 1
                       ? ""
                       : "found '" + text + "', expected a number in [0, 1)";
          },
          ""};
}

/// The network at the latency given, or else measured here.
TimedNetwork timed(const std::string& name, const edgeopt::SmallCNNSpec& spec,
                   const std::optional<double>& latency_ms, const Options& options) {
  return {name, spec,
          latency_ms ? *latency_ms
                     : edgeopt::measure_network_latency(spec, options.batch, options.precision),
          edgeopt::estimate_layerwise_stats(spec, options.batch, options.precision)};
}

/// A measured latency beside a given one would compare two machines: where only the baseline's is
/// given, the pruned network is put at the same.
std::optional<double> pruned_latency_ms(const Options& options) {
  return options.compare_latency_ms ? options.compare_latency_ms : options.latency_ms;
}

std::vector<TimedNetwork> networks_of(const Options& options) {
  std::vector<TimedNetwork> networks{timed("baseline", options.spec, options.latency_ms, options)};
  if (options.compare_level)
    networks.push_back(timed("pruned " + edgeopt::format_real(*options.compare_level),
                             edgeopt::pruned(options.spec, *options.compare_level),
                             pruned_latency_ms(options), options));
  return networks;
}

/// Each reading once, below the names of what it is true of.
void print_readings(const std::vector<Row>& rows) {
  std::vector<std::pair<std::string, std::string>> readings;  // text, names
  for (const Row& row : rows) {
    const std::string name = row.network + " on " + row.device.device;
    const std::string text = edgeopt::read_summary(row.device.summary).text();
    if (!readings.empty() && readings.back().first == text)
      readings.back().second += ", " + name;
    else
      readings.emplace_back(text, name);
  }
  for (const auto& [text, names] : readings) std::cout << '\n' << names << ":\n  " << text << '\n';
}

void report(const Options& options) {
  const std::vector<TimedNetwork> networks = networks_of(options);
  const std::vector<edgeopt::ReferenceBandwidth> devices = devices_of(options);
  std::vector<Row> rows;
  for (const TimedNetwork& network : networks)
    for (const edgeopt::ReferenceBandwidth& device : devices)
      rows.push_back(
          {network.name,
           network.latency_ms,
           {std::string(device.device),
            edgeopt::summarize_hardware(network.layers, network.latency_ms,
                                        device.memory_bandwidth_gbps, options.peak_gmacs)}});

  const bool for_people = options.format == examples::Format::table;
  const bool share_latency =
      options.compare_level && options.latency_ms && !options.compare_latency_ms;
  const std::string source = share_latency        ? "both networks at the one latency given"
                             : options.latency_ms ? "at the latency given"
                                                  : "measured on this machine";
  examples::print({{"devices",
                    "Batch of " + std::to_string(options.batch) + " in " +
                        std::string(to_string(options.precision)) + ", " + source +
                        " (bytes: " + edgeopt::bytes_convention + ")",
                    for_people ? short_table(rows) : edgeopt::to_table(rows)}},
                  options.format);
  if (!for_people) return;
  print_readings(rows);
  if (networks.size() == 2)
    std::cout << "\nPruning takes "
              << edgeopt::io::to_readable(
                     edgeopt::bytes_reduction_percent(networks[0].layers, networks[1].layers), {3})
              << " % off the bytes that are moved.\n";
}

}  // namespace

int main(int argc, char** argv) {
  examples::Program program(
      "bandwidth_utilization",
      "Bandwidth and compute that SmallCNN reaches at a latency, on devices of "
      "known memory bandwidth.");
  Options options;
  examples::add_network_options(program, options.spec);
  examples::add_precision_option(program, options.precision);
  examples::add_batch_option(program, options.batch);
  auto* latency = program
                      .add_option("--latency-ms", options.latency_ms,
                                  "Latency of a batch; measured on this machine where not given")
                      ->check(examples::real_at_least(0));
  program
      .add_option("--device", options.devices,
                  "Device and its memory bandwidth; can be given several times. Without it: "
                  "Raspberry Pi 4, Jetson Nano, desktop DDR4")
      ->check(device_form())
      ->type_name("NAME=GB/S");
  program
      .add_option("--peak-gmacs", options.peak_gmacs,
                  "Peak compute rate, GMAC/s: adds the place on the roofline")
      ->check(examples::real_at_least(0));
  auto* compare = program
                      .add_option("--compare", options.compare_level,
                                  "Also the network pruned to this level, in [0, 1)")
                      ->check(level_form())
                      ->type_name("LEVEL");
  program
      .add_option("--compare-latency-ms", options.compare_latency_ms,
                  "Latency of a batch of the pruned network; without it that of --latency-ms")
      ->check(examples::real_at_least(0))
      ->needs(compare)
      ->needs(latency);
  examples::add_format_option(program, options.format);
  return examples::run(program, argc, argv, [&] { report(options); });
}
