// SPDX-License-Identifier: MIT
/// @file
/// What is known of a board or chip: memory, bandwidth, compute rate and power, and for every value
/// where it comes from. What is not known is empty, never a guess.
///
/// A table of devices has a row for each, the columns `name`, `kind` and `processor`, and for every
/// value `v` of `visit_device_values` the columns `v`, `v_origin` and `v_source`. Only `name` and
/// `kind` have to be there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/table.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// How a value came about.
enum class ValueOrigin : std::uint8_t {
  unknown,    ///< there is no value
  datasheet,  ///< a document of the vendor about the device
  stated,     ///< said of the device elsewhere: a system description, a board's support files, a
              ///< user's table
  derived,    ///< computed; the source says how
  measured    ///< the source says by whom and how
};

[[nodiscard]] constexpr std::string_view to_string(ValueOrigin origin) noexcept {
  switch (origin) {
    case ValueOrigin::unknown: return "unknown";
    case ValueOrigin::datasheet: return "datasheet";
    case ValueOrigin::stated: return "stated";
    case ValueOrigin::derived: return "derived";
    case ValueOrigin::measured: return "measured";
  }
  return "";
}

/// Reads the name of an origin; false, with `origin` unchanged, when it is not one.
[[nodiscard]] constexpr bool from_string(std::string_view name, ValueOrigin& origin) noexcept {
  for (const ValueOrigin known : {ValueOrigin::unknown, ValueOrigin::datasheet, ValueOrigin::stated,
                                  ValueOrigin::derived, ValueOrigin::measured}) {
    if (name != to_string(known)) continue;
    origin = known;
    return true;
  }
  return false;
}

/// A value, how it came about, and the document, formula or measurement it is from.
template <class Number, class Text>
struct SourcedValue {
  std::optional<Number> value{};
  ValueOrigin origin = ValueOrigin::unknown;
  Text source{};

  friend bool operator==(const SourcedValue&, const SourcedValue&) = default;
};

/// What a device's memories are and who is in charge of them.
enum class DeviceKind : std::uint8_t {
  microcontroller,        ///< weights in flash, activations in on-chip RAM
  single_board_computer,  ///< both in DRAM, behind caches
  accelerator             ///< both in the memory of the chip, fed by a host
};

[[nodiscard]] constexpr std::string_view to_string(DeviceKind kind) noexcept {
  return kind == DeviceKind::microcontroller         ? "microcontroller"
         : kind == DeviceKind::single_board_computer ? "single-board computer"
                                                     : "accelerator";
}

/// Reads the name of a kind; false, with `kind` unchanged, when it is not one.
[[nodiscard]] constexpr bool from_string(std::string_view name, DeviceKind& kind) noexcept {
  for (const DeviceKind known :
       {DeviceKind::microcontroller, DeviceKind::single_board_computer, DeviceKind::accelerator}) {
    if (name != to_string(known)) continue;
    kind = known;
    return true;
  }
  return false;
}

/// A board or chip. `Text` is `std::string`, or `std::string_view` for data that the compiler
/// holds.
template <class Text>
struct BasicDevice {
  using Count = SourcedValue<std::int64_t, Text>;
  using Real = SourcedValue<double, Text>;

  Text name{};
  DeviceKind kind = DeviceKind::microcontroller;
  Text processor{};            ///< what the compute rates are of, in words
  Count cores{};               ///< of that processor
  Real clock_mhz{};            ///< of that processor, highest
  Count sram_bytes{};          ///< on-chip RAM for data
  Count flash_bytes{};         ///< non-volatile memory that weights can be read from in place
  Count dram_bytes{};          ///< memory outside the chip
  Count cache_bytes{};         ///< all caches together: what can stay on the chip between two runs
  Real sram_bandwidth_gbps{};  ///< between processor and on-chip RAM: most that loads and stores
                               ///< move
  Real dram_bandwidth_gbps{};  ///< peak of the memory's interface
  Real peak_fp32_gmacs{};      ///< all cores together, 10^9 multiply-accumulates/s
  Real peak_fp16_gmacs{};
  Real peak_int8_gmacs{};  ///< of 8-bit operands, however wide they are multiplied
  Real power_low_w{};      ///< while it computes: the low end of what is known
  Real power_high_w{};     ///< while it computes: the high end

  friend bool operator==(const BasicDevice&, const BasicDevice&) = default;
};

/// A device with texts of its own.
using Device = BasicDevice<std::string>;
/// A device as constant data.
using DeviceData = BasicDevice<std::string_view>;

/// Calls `visit(name, value of the first device, value of the second, ...)` for every value that
/// has an origin.
template <class Visit, class... Devices>
constexpr void visit_device_values(Visit&& visit, Devices&... devices) {
  visit("cores", devices.cores...);
  visit("clock_mhz", devices.clock_mhz...);
  visit("sram_bytes", devices.sram_bytes...);
  visit("flash_bytes", devices.flash_bytes...);
  visit("dram_bytes", devices.dram_bytes...);
  visit("cache_bytes", devices.cache_bytes...);
  visit("sram_bandwidth_gbps", devices.sram_bandwidth_gbps...);
  visit("dram_bandwidth_gbps", devices.dram_bandwidth_gbps...);
  visit("peak_fp32_gmacs", devices.peak_fp32_gmacs...);
  visit("peak_fp16_gmacs", devices.peak_fp16_gmacs...);
  visit("peak_int8_gmacs", devices.peak_int8_gmacs...);
  visit("power_low_w", devices.power_low_w...);
  visit("power_high_w", devices.power_high_w...);
}

/// The device with texts of its own.
[[nodiscard]] inline Device to_device(const DeviceData& data) {
  Device device;
  device.name = data.name;
  device.kind = data.kind;
  device.processor = data.processor;
  visit_device_values(
      [](const char*, auto& to, const auto& from) {
        to.value = from.value;
        to.origin = from.origin;
        to.source = from.source;
      },
      device, data);
  return device;
}

/// The peak compute rate for a precision; empty where it is not known.
template <class Text>
[[nodiscard]] constexpr const SourcedValue<double, Text>& peak_gmacs(
    const BasicDevice<Text>& device, Precision precision) noexcept {
  return precision == Precision::fp32   ? device.peak_fp32_gmacs
         : precision == Precision::fp16 ? device.peak_fp16_gmacs
                                        : device.peak_int8_gmacs;
}

/// Devices as a table with all columns: what `devices_from_table` reads.
[[nodiscard]] inline Table devices_table(std::span<const Device> devices) {
  Table table;
  table.header = {"name", "kind", "processor"};
  const Device prototype;
  visit_device_values(
      [&](const char* name, const auto&) {
        for (const char* suffix : {"", "_origin", "_source"})
          table.header.push_back(std::string(name) + suffix);
      },
      prototype);
  for (const Device& device : devices) {
    std::vector<Cell>& cells = table.rows.emplace_back();
    cells = {device.name, std::string(to_string(device.kind)), device.processor};
    visit_device_values(
        [&](const char*, const auto& value) {
          cells.push_back(detail::to_cell(value.value));
          cells.push_back(value.value ? detail::to_cell(value.origin) : Cell{});
          cells.push_back(value.source.empty() ? Cell{} : Cell{value.source});
        },
        device);
  }
  return table;
}

namespace detail {

/// Reads the devices of a table row by row.
class DeviceReader {
 public:
  explicit DeviceReader(const Table& table) : table_(table) {
    const Table known = devices_table({});
    const std::vector<std::string_view> names(known.header.begin(), known.header.end());
    for (const std::string& column : table.header) {
      bool found = false;
      for (const std::string_view name : names) found = found || name == column;
      if (found) continue;
      const std::string_view near = nearest_name(column, names);
      throw InputError(table.name, "header", "column '" + column + "'",
                       near.empty() ? "a column of devices (see docs/devices.md)"
                                    : "a column of devices such as '" + std::string(near) + "'");
    }
    (void)table.column_index("name");
    (void)table.column_index("kind");
  }

  [[nodiscard]] Device read(std::size_t row) const {
    Device device;
    device.name = to_text(*cell(row, "name"));
    if (device.name.empty()) refuse(row, "name", "a name");
    read_cell(table_, row, table_.column_index("kind"), device.kind);
    if (const Cell* processor = cell(row, "processor")) device.processor = to_text(*processor);
    visit_device_values([&](const char* name, auto& value) { read_value(row, name, value); },
                        device);
    if (device.power_low_w.value.value_or(0) >
        device.power_high_w.value.value_or(std::numeric_limits<double>::max()))
      refuse(row, "power_low_w", "at most power_high_w");
    return device;
  }

  [[noreturn]] void refuse(std::size_t row, const std::string& column,
                           const std::string& expected) const {
    throw InputError(table_.name, table_.place(row, table_.column_index(column)),
                     "'" + to_text(*cell(row, column)) + "'", expected);
  }

 private:
  /// Nothing where the table has no such column.
  [[nodiscard]] const Cell* cell(std::size_t row, std::string_view column) const {
    for (std::size_t i = 0; i < table_.header.size(); ++i)
      if (table_.header[i] == column) return &table_.rows[row][i];
    return nullptr;
  }

  template <class Field>
  void read_optional(std::size_t row, const std::string& column, Field& field) const {
    const Cell* found = cell(row, column);
    if (found == nullptr || to_text(*found).empty()) return;
    read_cell(table_, row, table_.column_index(column), field);
  }

  template <class Number>
  void read_value(std::size_t row, const std::string& name,
                  SourcedValue<Number, std::string>& value) const {
    read_optional(row, name, value.value);
    read_optional(row, name + "_origin", value.origin);
    read_optional(row, name + "_source", value.source);
    if (!value.value) {
      if (value.origin != ValueOrigin::unknown)
        refuse(row, name + "_origin", "no origin, since there is no value");
      if (!value.source.empty())
        refuse(row, name + "_source", "no source, since there is no value");
      return;
    }
    if (!(*value.value > 0) || *value.value > std::numeric_limits<Number>::max())
      refuse(row, name, "a number above 0, or nothing where it is not known");
    if (value.origin == ValueOrigin::unknown) value.origin = ValueOrigin::stated;
    if (value.source.empty()) value.source = source_of(row);
  }

  [[nodiscard]] std::string source_of(std::size_t row) const {
    const std::string place = row < table_.lines.size()
                                  ? "line " + std::to_string(table_.lines[row])
                                  : "row " + std::to_string(row + 1);
    return table_.name.empty() ? place : table_.name + ", " + place;
  }

  const Table& table_;
};

inline bool same_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

}  // namespace detail

/// Adds the devices of a table, such as CSV gives, to others. A value without an origin is
/// `stated`, one without a source is from its place in the table; an empty cell is a value that is
/// not known.
/// @throws InputError for a missing or unknown column, a cell that does not fit, a value that is
///   not above 0, an origin or source without a value, a low power above the high one, an empty
///   name, and a name that was there before, in upper or lower case; `devices` is unchanged then
inline void append_devices(const Table& table, std::vector<Device>& devices) {
  const detail::DeviceReader reader(table);
  std::vector<Device> all = devices;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    Device device = reader.read(row);
    for (const Device& before : all)
      if (detail::same_but_for_case(before.name, device.name))
        reader.refuse(row, "name", "a name that no device before it has");
    all.push_back(std::move(device));
  }
  devices = std::move(all);
}

/// The devices of a table. @throws InputError as `append_devices`
[[nodiscard]] inline std::vector<Device> devices_from_table(const Table& table) {
  std::vector<Device> devices;
  append_devices(table, devices);
  return devices;
}

/// The device of that name, in upper or lower case. What a name says in parentheses at its end may
/// be left out where that fits one device only: "Raspberry Pi 4" is "Raspberry Pi 4 (4 GB)".
/// @throws DomainError, with the nearest name, when there is none
[[nodiscard]] inline Device find_device(std::span<const Device> devices, std::string_view name) {
  std::vector<std::string_view> names;
  std::vector<const Device*> shortened;
  for (const Device& device : devices) {
    if (detail::same_but_for_case(device.name, name)) return device;
    const std::string_view full = device.name;
    if (detail::same_but_for_case(full.substr(0, full.find(" (")), name))
      shortened.push_back(&device);
    names.push_back(device.name);
  }
  if (shortened.size() == 1) return *shortened.front();
  const std::string_view near = nearest_name(name, names);
  throw DomainError("device", "'" + std::string(name) + "'",
                    "one of the " + std::to_string(names.size()) + " devices of the table" +
                        (near.empty() ? "" : " (did you mean '" + std::string(near) + "'?)"));
}

}  // namespace edgeopt::inline v0
