#include "edgeopt/devices.hpp"

#include <cmath>
#include <limits>
#include <optional>
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
  CHECK(contains(refused({"name", "kind"}, {{"a", kind}, {"A", kind}}), "line 3, column 'name'"));
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

TEST_CASE("devices are added to others, unless one of their names is taken") {
  std::vector<Device> devices = all_devices();
  const std::size_t known = devices.size();
  const std::string kind = "microcontroller";
  const Table table = text_table({"name", "kind"}, {{"mine", kind}, {"jetson nano", kind}});
  CHECK(contains(message_of([&] { append_devices(table, devices); }),
                 "mine.csv: line 3, column 'name': found 'jetson nano', expected a name that no "
                 "device before it has"));
  CHECK(devices.size() == known);
  append_devices(text_table({"name", "kind"}, {{"mine", kind}}), devices);
  CHECK(devices.back().name == "mine");
  CHECK(devices.size() == known + 1);
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
  return {"net",      Precision::int8, 1'000'000,   1'000'000, 0,
          parameters, parameters,      activations, 10,        10};
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
  CHECK(compare_device(demand(2500, 2500), with_dram).fit == Fit::fits);
  CHECK(compare_device(demand(2501, 2500), with_dram).fit == Fit::too_large);  // together
  CHECK(compare_device(demand(2501, 2500), with_dram).weights_fit == Fit::fits);
  CHECK(compare_device(demand(4000, 100), with_dram).fit == Fit::fits);
  CHECK(compare_device(demand(4000, 100), with_dram).weights_in == "DRAM");
  CHECK(compare_device(demand(4000, 100), with_dram).activations_in == "on-chip RAM");

  Device unknown = device;
  unknown.flash_bytes = {};
  CHECK(compare_device(demand(1, 1), unknown).fit == Fit::unknown);
  CHECK(compare_device(demand(1, 1001), unknown).fit == Fit::too_large);
  unknown.dram_bytes.value = 5000;  // flash might be larger
  CHECK(compare_device(demand(4000, 100), unknown).fit == Fit::fits);
  CHECK(compare_device(demand(5001, 100), unknown).fit == Fit::unknown);
  CHECK(compare_device(demand(5001, 100), unknown).weights_in == "flash");
  CHECK(compare_device(demand(2501, 2500), unknown).fit == Fit::unknown);

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

  NetworkDemand convolutions = demand(10, 10);
  convolutions.winograd_macs = 900'000;
  const auto by_tiles = [&](std::optional<std::int64_t> tile) {
    return compare_device(convolutions, device, {0, 0, 8.0, tile});
  };
  CHECK(by_tiles(1).time_lower_bound_ms == Approx(2));
  CHECK(by_tiles(4).time_lower_bound_ms == Approx(0.65));
  CHECK(by_tiles(4).compute_utilization == Approx(0.25));
  CHECK(by_tiles({}).time_lower_bound_ms == Approx(1));  // the engine is not known: F(2, 3)
  CHECK(by_tiles({}).winograd_tile == 2);

  NetworkDemand floating = demand(10, 10);
  floating.precision = Precision::fp32;
  const DeviceComparison unknown = compare_device(floating, device);
  CHECK_FALSE(unknown.time_lower_bound_ms);
  CHECK_FALSE(unknown.limiter);
  CHECK_FALSE(unknown.energy_low_mj);

  CHECK_THROWS_AS(compare_device(demand(1, 1), device, {0, 0, 0.0}), DomainError);
  CHECK_THROWS_AS(compare_device(demand(1, 1), device, {-1, 0, {}}), DomainError);
  CHECK_THROWS_AS(compare_device(demand(1, 1), device, {0, 0, {}, 0}), DomainError);
}

TEST_CASE("a network with a negative count is refused") {
  const Device device = microcontroller();
  for (const auto count :
       {&NetworkDemand::macs, &NetworkDemand::executed_macs, &NetworkDemand::winograd_macs,
        &NetworkDemand::parameter_bytes, &NetworkDemand::parameter_bytes_read,
        &NetworkDemand::peak_activation_bytes, &NetworkDemand::input_bytes,
        &NetworkDemand::output_bytes}) {
    NetworkDemand negative = demand(1, 1);
    negative.*count = -5;
    for (const std::string& message :
         {message_of([&] { (void)latency_bound(negative, device_roofline(device), 1); }),
          message_of([&] { (void)compare_device(negative, device); })})
      CHECK(message == "a count of network 'net' is -5, allowed is >= 0");
  }
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

TEST_CASE("only what lies in DRAM crosses it") {
  Device device = microcontroller();
  device.dram_bytes.value = 100'000;
  device.dram_bandwidth_gbps.value = 1e-3;  // 10^6 bytes a second
  device.cache_bytes.value = 100;
  device.peak_int8_gmacs.value = 1000;
  const auto answer = [&](std::int64_t parameters, std::int64_t activations) {
    return compare_device(demand(parameters, activations), device);
  };
  CHECK(answer(2000, 1000).limiter == "int8 compute");
  CHECK(answer(5000, 1000).limiter == "DRAM");
  CHECK(answer(5000, 1000).time_lower_bound_ms == Approx(4.9));  // images are on the chip
  CHECK(answer(2000, 5000).limiter == "int8 compute");           // 20 bytes, which caches may hold
  CHECK(answer(5000, 5000).time_lower_bound_ms == Approx(4.92));
  device.flash_bytes = {};  // might hold the weights
  CHECK(answer(5000, 5000).limiter == "int8 compute");
  device.flash_bytes.value = 2000;
  const std::vector<RooflineOperator> operators = {{"x", ElementType::s8, 1, 1'000'000, 0}};
  CHECK(place(device_roofline(device), operators)[0].bound_by == "int8 compute");
  device.kind = DeviceKind::single_board_computer;
  CHECK(place(device_roofline(device), operators)[0].bound_by == "DRAM");
}

TEST_CASE("SmallCNN's demand is what its estimates say") {
  const NetworkDemand direct = network_demand(SmallCNNSpec{}, 32, Precision::fp32);
  CHECK(direct.macs == 33015808);
  CHECK(direct.executed_macs == direct.macs);
  CHECK(direct.parameter_bytes == 81960);
  CHECK(direct.input_bytes == 32 * 28 * 28 * 4);
  CHECK(direct.output_bytes == 32 * 10 * 4);
  CHECK(direct.winograd_macs == 3612672 + 28901376);
  const NetworkDemand bytes = network_demand(SmallCNNSpec{}, 1, Precision::int8);
  CHECK(bytes.parameter_bytes == 20936);
  CHECK(bytes.parameter_bytes_read == 20664);  // scales apart: what the layers read
  CHECK(bytes.input_bytes == 784);             // as `layer_operators` has it
  CHECK(bytes.output_bytes == 10);
}

TEST_CASE("a graph asks for what its description does") {
  for (const SmallCNNSpec& spec : {SmallCNNSpec{}, SmallCNNSpec{{3, 28, 28}, 16, 32, 10}}) {
    const Graph graph = small_cnn_graph(spec, 32, Precision::fp32);
    const NetworkDemand of_graph = network_demand(graph, Precision::fp32);
    const NetworkDemand of_spec = network_demand(spec, 32, Precision::fp32);
    CHECK(of_graph.macs == of_spec.macs);
    CHECK(of_graph.parameter_bytes == of_spec.parameter_bytes);
    CHECK(of_graph.parameter_bytes_read == of_graph.parameter_bytes);
    CHECK(of_graph.peak_activation_bytes == of_spec.peak_activation_bytes);
    CHECK(of_graph.input_bytes == of_spec.input_bytes);
    CHECK(of_graph.output_bytes == of_spec.output_bytes);
    CHECK(of_graph.executed_macs == of_spec.executed_macs);
    CHECK(of_graph.winograd_macs == of_spec.winograd_macs);
  }
}

TEST_CASE("Winograd's factors") {
  CHECK(winograd_factor(1) == 1);
  CHECK(winograd_factor(2) == 2.25);
  CHECK(winograd_factor(4) == 4);
  CHECK(winograd_factor(6) == 5.0625);
  CHECK(executed_macs(10, 9, 2) == 5);
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(executed_macs(most, most, 1) == most);
  CHECK(executed_macs(most, most, 2) == most / 9 * 4 + most % 9 * 4 / 9);
  CHECK_THROWS_AS(winograd_factor(0), DomainError);
  CHECK_THROWS_AS(executed_macs(1, 2, 2), DomainError);
}
