// Devices from the command line: the library's, and those of files.
#pragma once

#include <CLI/CLI.hpp>
#include <edgeopt/devices.hpp>
#include <edgeopt/error.hpp>
#include <edgeopt/io/csv.hpp>
#include <string>
#include <utility>
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
    for (edgeopt::Device& device : edgeopt::devices_from_table(edgeopt::io::read_csv(file)))
      devices.push_back(std::move(device));
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

}  // namespace examples
