// Devices from the command line: the library's, and those of files.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <edgeopt/devices.hpp>
#include <edgeopt/error.hpp>
#include <edgeopt/io/csv.hpp>
#include <optional>
#include <string>
#include <vector>

namespace examples {

/// --devices
inline void add_device_files_option(CLI::App& app, std::vector<std::string>& files) {
  app.add_option("--devices", files,
                 "Devices of your own from a CSV file (see docs/devices.md); can be given several "
                 "times")
      ->type_name("FILE.csv");
}

/// The devices of the library, then those of the files.
inline std::vector<edgeopt::Device> read_devices(const std::vector<std::string>& files) {
  std::vector<edgeopt::Device> devices = edgeopt::all_devices();
  for (const std::string& file : files)
    edgeopt::append_devices(edgeopt::io::read_csv(file), devices);
  return devices;
}

/// The value of --device. @throws CLI::ValidationError for a name that is not in the table
inline edgeopt::Device named_device(const std::vector<edgeopt::Device>& devices,
                                    const std::string& name) {
  try {
    return edgeopt::find_device(devices, name);
  } catch (const edgeopt::DomainError& error) {
    throw CLI::ValidationError("--device", error.what());
  }
}

/// --winograd; nothing where it is not given: what bounds grant the device. Returns the option.
inline CLI::Option* add_winograd_option(CLI::App& app, std::optional<std::int64_t>& tile,
                                        const std::string& note = {}) {
  return app
      .add_option("--winograd", tile,
                  "The engine may use Winograd's F(M x M, 3 x 3), which executes fewer "
                  "multiply-accumulates; 1: direct convolution. If not given, what engines with "
                  "published latencies may use: 6 for floats and 4 for int8 on single-board "
                  "computers, 2 on other devices" +
                      note)
      ->check(CLI::Range(1, 6))
      ->type_name("M");
}

}  // namespace examples
