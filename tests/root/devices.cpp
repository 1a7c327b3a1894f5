#include "edgeopt/devices.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/device_comparison.hpp"
#include "edgeopt/network_demand.hpp"
#include "edgeopt/random.hpp"

using namespace edgeopt;

namespace {

std::string message_of(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A table as CSV gives it: texts, with the lines they stood on.
Table text_table(std::vector<std::string> header, std::vector<std::vector<std::string>> rows) {
  Table table;
  table.name = "mine.csv";
  table.header = std::move(header);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    table.rows.emplace_back(rows[i].begin(), rows[i].end());
    table.lines.push_back(static_cast<std::int64_t>(i) + 2);
  }
  return table;
}

/// The factor in front of "x clock" and of "x cores x clock" in a derivation.
double per_cycle(const std::string& source) {
  const auto starts = [&](const char* text) { return source.rfind(text, 0) == 0; };
  if (starts("Cortex-M0+")) return 0.5;
  if (starts("Cortex-M4: VMUL")) return 0.5;
  if (starts("Cortex-M33: at most") || starts("Cortex-M7: VFMA")) return 1;
  if (starts("Cortex-M4: SMLAD") || starts("Cortex-M33: SMLAD") || starts("Cortex-M7: SMLAD"))
    return 2;
  if (starts("FMLA of 4") || starts("one load or store")) return 4;
  if (starts("SMLAL of 8") || starts("two loads of 32") || starts("two FMLA of 4")) return 8;
  if (starts("two FMLA of 8")) return 16;
  if (starts("two SDOT of 16")) return 32;
  if (starts("Helium")) {
    if (contains(source, ": 8")) return 8;
    return contains(source, ": 4") ? 4 : 2;
  }
  return 0;
}

}  // namespace

TEST_CASE("every value of the table has an origin and a source, and none without a value") {
  CHECK(known_devices.size() >= 30);
  for (const DeviceData& device : known_devices) {
    INFO(device.name);
    CHECK_FALSE(device.name.empty());
    CHECK_FALSE(device.processor.empty());
    CHECK(device.cores.value.value_or(1) >= 1);
    visit_device_values(
        [&](const char* name, const auto& value) {
          INFO(name);
          CHECK(value.value.has_value() == (value.origin != ValueOrigin::unknown));
          CHECK(value.value.has_value() == !value.source.empty());
          if (value.value) CHECK(*value.value > 0);
        },
        device);
    CHECK(device.power_low_w.value.value_or(0) <= device.power_high_w.value.value_or(1e9));
  }
  const std::vector<Device> devices = all_devices();
  for (const Device& device : devices) CHECK(find_device(devices, device.name) == device);
}

TEST_CASE("derived rates are what their derivations say") {
  int checked = 0;
  for (const DeviceData& device : known_devices) {
    if (!device.clock_mhz.value) continue;
    const double clock_ghz = *device.clock_mhz.value / 1000;
    visit_device_values(
        [&](const char* name, const auto& value) {
          const double factor = per_cycle(std::string(value.source));
          if (value.origin != ValueOrigin::derived || factor == 0) return;
          INFO(device.name << ' ' << name);
          const double cores = contains(std::string(value.source), "x cores x clock")
                                   ? static_cast<double>(*device.cores.value)
                                   : 1;
          CHECK(static_cast<double>(*value.value) == Approx(factor * cores * clock_ghz));
          ++checked;
        },
        device);
  }
  CHECK(checked > 50);
}

TEST_CASE("a table of devices reads back as they were") {
  const std::vector<Device> devices = all_devices();
  CHECK(devices_from_table(devices_table(devices)) == devices);
}

TEST_CASE("a user's table needs names and kinds only") {
  const auto devices = devices_from_table(
      text_table({"name", "kind", "clock_mhz", "peak_int8_gmacs", "peak_int8_gmacs_origin"},
                 {{"board", "microcontroller", "100", "0.25", "measured"},
                  {"other", "single-board computer", "", "", ""}}));
  REQUIRE(devices.size() == 2);
  CHECK(devices[0].clock_mhz.value == 100);
  CHECK(devices[0].clock_mhz.origin == ValueOrigin::stated);
  CHECK(devices[0].clock_mhz.source == "mine.csv, line 2");
  CHECK(devices[0].peak_int8_gmacs.origin == ValueOrigin::measured);
  CHECK(devices[1].kind == DeviceKind::single_board_computer);
  CHECK_FALSE(devices[1].clock_mhz.value);
  CHECK(devices[1].clock_mhz.origin == ValueOrigin::unknown);
}

TEST_CASE("a table of devices with a mistake is refused with its place") {
  const auto refused = [](std::vector<std::string> header,
                          std::vector<std::vector<std::string>> rows) {
    return message_of(
        [&] { (void)devices_from_table(text_table(std::move(header), std::move(rows))); });
  };
  const std::string kind = "microcontroller";
  CHECK(contains(refused({"name"}, {}), "no column 'kind'"));
  CHECK(contains(refused({"name", "kind", "clok_mhz"}, {}),
                 "column 'clok_mhz', expected a column of devices such as 'clock_mhz'"));
  CHECK(contains(refused({"name", "kind"}, {{"a", kind}, {"a", kind}}),
                 "line 3, column 'name': found 'a', expected a name that no device before it has"));
  CHECK(contains(refused({"name", "kind"}, {{"", kind}}), "line 2, column 'name'"));
  CHECK(contains(refused({"name", "kind"}, {{"a", "toaster"}}),
                 "line 2, column 'kind': found 'toaster'"));
  for (const char* bad : {"0", "-1", "nan", "inf", "fast"}) {
    INFO(bad);
    CHECK(contains(refused({"name", "kind", "clock_mhz"}, {{"a", kind, bad}}),
                   "line 2, column 'clock_mhz': found '" + std::string(bad)));
  }
  CHECK(contains(refused({"name", "kind", "sram_bytes"}, {{"a", kind, "1.5"}}),
                 "expected an integer"));
  CHECK(
      contains(refused({"name", "kind", "sram_bytes", "sram_bytes_source"}, {{"a", kind, "", "x"}}),
               "expected no source, since there is no value"));
  CHECK(contains(
      refused({"name", "kind", "sram_bytes", "sram_bytes_origin"}, {{"a", kind, "", "measured"}}),
      "expected no origin, since there is no value"));
  CHECK(contains(refused({"name", "kind", "power_low_w", "power_high_w"}, {{"a", kind, "2", "1"}}),
                 "column 'power_low_w': found '2', expected at most power_high_w"));
}

TEST_CASE("a device is found in any case, and the nearest is suggested") {
  const std::vector<Device> devices = all_devices();
  CHECK(find_device(devices, "jetson nano").name == "Jetson Nano");
  CHECK(find_device(devices, "raspberry pi 4").name == "Raspberry Pi 4 (4 GB)");
  const std::vector<Device> twins(2, find_device(devices, "Raspberry Pi 4"));
  CHECK_THROWS_AS(find_device(twins, "Raspberry Pi 4"), DomainError);
  CHECK(contains(message_of([&] { (void)find_device(devices, "Jetson Nana"); }),
                 "(did you mean 'Jetson Nano'?)"));
  CHECK(contains(message_of([&] { (void)find_device(devices, "zzzzzzzzzzzzzz"); }),
                 "allowed is one of the 36 devices of the table"));
}

namespace {

Device microcontroller() {
  Device device;
  device.name = "small";
  device.sram_bytes.value = 1000;
  device.flash_bytes.value = 2000;
  device.peak_int8_gmacs = {0.5, ValueOrigin::derived, "here"};
  device.power_low_w.value = 0.1;
  device.power_high_w.value = 0.3;
  return device;
}

NetworkDemand demand(std::int64_t parameters, std::int64_t activations) {
  return {"net", Precision::int8, 1'000'000, 1'000'000, parameters, activations, 10, 10};
}

}  // namespace

TEST_CASE("whether a network fits") {
  const Device device = microcontroller();
  CHECK(compare_device(demand(2000, 1000), device).fit == Fit::fits);
  CHECK(compare_device(demand(2001, 1000), device).weights_fit == Fit::too_large);
  CHECK(compare_device(demand(2000, 1001), device).activations_fit == Fit::too_large);
  CHECK(compare_device(demand(2000, 1000), device, {1, 0, {}}).fit == Fit::too_large);
  CHECK(compare_device(demand(2000, 1000), device, {0, 1, {}}).fit == Fit::too_large);

  Device with_dram = device;
  with_dram.dram_bytes.value = 5000;
  CHECK(compare_device(demand(4000, 4000), with_dram).fit == Fit::fits);
  CHECK(compare_device(demand(4000, 100), with_dram).weights_in == "DRAM");
  CHECK(compare_device(demand(4000, 100), with_dram).activations_in == "on-chip RAM");

  Device unknown = device;
  unknown.flash_bytes = {};
  CHECK(compare_device(demand(1, 1), unknown).fit == Fit::unknown);
  CHECK(compare_device(demand(1, 1001), unknown).fit == Fit::too_large);

  Device computer;
  computer.kind = DeviceKind::single_board_computer;
  computer.dram_bytes.value = 3000;
  CHECK(compare_device(demand(2000, 1000), computer).fit == Fit::fits);
  CHECK(compare_device(demand(2000, 1001), computer).fit == Fit::too_large);  // together
}

TEST_CASE("time, utilisation and energy of a device") {
  const Device device = microcontroller();
  const DeviceComparison bound = compare_device(demand(10, 10), device);
  CHECK(bound.time_lower_bound_ms == Approx(2));  // 10^6 at 0.5 x 10^9 a second
  CHECK(bound.limiter == "int8 compute");
  CHECK(bound.bound_origin == "derived");
  CHECK(bound.energy_low_mj == Approx(0.2));
  CHECK(bound.energy_high_mj == Approx(0.6));
  CHECK(bound.energy_time == "lower bound");
  CHECK_FALSE(bound.compute_utilization);

  const DeviceComparison measured = compare_device(demand(10, 10), device, {0, 0, 8.0});
  CHECK(measured.compute_utilization == Approx(0.25));
  CHECK(measured.bound_share == Approx(0.25));
  CHECK(measured.energy_high_mj == Approx(2.4));
  CHECK(measured.energy_time == "latency given");

  NetworkDemand winograd = demand(10, 10);
  winograd.executed_macs = 250'000;
  CHECK(compare_device(winograd, device, {0, 0, 8.0}).time_lower_bound_ms == Approx(0.5));
  CHECK(compare_device(winograd, device, {0, 0, 8.0}).compute_utilization == Approx(0.25));

  NetworkDemand floating = demand(10, 10);
  floating.precision = Precision::fp32;
  const DeviceComparison unknown = compare_device(floating, device);
  CHECK_FALSE(unknown.time_lower_bound_ms);
  CHECK_FALSE(unknown.limiter);
  CHECK_FALSE(unknown.energy_low_mj);

  CHECK_THROWS_AS(compare_device(demand(1, 1), device, {0, 0, 0.0}), DomainError);
  CHECK_THROWS_AS(compare_device(demand(1, 1), device, {-1, 0, {}}), DomainError);
}

TEST_CASE("DRAM limits what caches cannot hold") {
  Device device;
  device.kind = DeviceKind::single_board_computer;
  device.peak_int8_gmacs.value = 1000;
  device.dram_bandwidth_gbps = {1, ValueOrigin::datasheet, "here"};
  device.cache_bytes.value = 1'000'000;
  const DeviceComparison streamed = compare_device(demand(5'000'000, 10), device);
  CHECK(streamed.limiter == "DRAM");
  CHECK(streamed.time_lower_bound_ms == Approx(4.00002));  // with input and output
  CHECK(streamed.bound_origin == "datasheet");
  CHECK(compare_device(demand(900'000, 10), device).limiter == "int8 compute");
  device.cache_bytes = {};
  CHECK(compare_device(demand(5'000'000, 10), device).limiter == "int8 compute");
}

TEST_CASE("SmallCNN's demand is what its estimates say") {
  const NetworkDemand direct = network_demand(SmallCNNSpec{}, 32, Precision::fp32);
  CHECK(direct.macs == 33015808);
  CHECK(direct.executed_macs == direct.macs);
  CHECK(direct.parameter_bytes == 81960);
  CHECK(direct.input_bytes == 32 * 28 * 28 * 4);
  CHECK(direct.output_bytes == 32 * 10 * 4);
  const NetworkDemand winograd = network_demand(SmallCNNSpec{}, 32, Precision::fp32, 2);
  CHECK(winograd.macs == direct.macs);
  CHECK(winograd.executed_macs == 501760 + (3612672 + 28901376) * 4 / 9);
  CHECK(network_demand(SmallCNNSpec{}, 1, Precision::int8).parameter_bytes == 20936);
}

TEST_CASE("a graph asks for what its description does") {
  const Graph graph = small_cnn_graph({}, 32, Precision::fp32);
  const NetworkDemand of_graph = network_demand(graph, Precision::fp32, 2);
  const NetworkDemand of_spec = network_demand(SmallCNNSpec{}, 32, Precision::fp32, 2);
  CHECK(of_graph.macs == of_spec.macs);
  CHECK(of_graph.parameter_bytes == of_spec.parameter_bytes);
  CHECK(of_graph.peak_activation_bytes == of_spec.peak_activation_bytes);
  CHECK(of_graph.input_bytes == of_spec.input_bytes);
  CHECK(of_graph.output_bytes == of_spec.output_bytes);
  CHECK(of_graph.executed_macs == of_spec.executed_macs);
  const Graph wide = small_cnn_graph({{3, 28, 28}, 16, 32, 10}, 1, Precision::fp32);
  CHECK(network_demand(wide, Precision::fp32, 4).executed_macs ==
        network_demand(SmallCNNSpec{{3, 28, 28}, 16, 32, 10}, 1, Precision::fp32, 4).executed_macs);
}

TEST_CASE("Winograd's factors") {
  CHECK(winograd_factor(1) == 1);
  CHECK(winograd_factor(2) == 2.25);
  CHECK(winograd_factor(4) == 4);
  CHECK(winograd_factor(6) == 5.0625);
  CHECK(executed_macs(10, 9, 2) == 5);
  CHECK_THROWS_AS(winograd_factor(0), DomainError);
  CHECK_THROWS_AS(executed_macs(1, 2, 2), DomainError);
}
