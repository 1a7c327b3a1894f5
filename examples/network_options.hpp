// SmallCNN from the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <edgeopt/precision.hpp>
#include <edgeopt/small_cnn_spec.hpp>
#include <string>
#include <vector>

#include "common.hpp"

namespace examples {

/// --conv1, --conv2, --classes and --input.
inline void add_network_options(CLI::App& app, edgeopt::SmallCNNSpec& spec) {
  app.add_option("--conv1", spec.conv1_channels, "Channels of the first convolution")
      ->check(at_least(1))
      ->capture_default_str();
  app.add_option("--conv2", spec.conv2_channels, "Channels of the second convolution")
      ->check(at_least(1))
      ->capture_default_str();
  app.add_option("--classes", spec.classes, "Classes")->check(at_least(1))->capture_default_str();
  app.add_option_function<std::vector<std::int64_t>>(
         "--input",
         [&spec](const std::vector<std::int64_t>& extents) {
           spec.input = {extents[0], extents[1], extents[2]};
         },
         "Channels, height and width of an image")
      ->delimiter(',')
      ->expected(3)
      ->check(at_least(1))
      ->type_name("C,H,W")
      ->default_str("1,28,28");
}

/// --batch
inline void add_batch_option(CLI::App& app, std::int64_t& batch) {
  app.add_option("--batch", batch, "Images in a batch")->check(at_least(1))->capture_default_str();
}

/// --precision; `precision` takes an `edgeopt::Precision`.
template <class Target>
void add_precision_option(
    CLI::App& app, Target& precision,
    const std::string& description = "How weights and activations are stored") {
  using edgeopt::Precision;
  add_choice<Precision>(
      app, "--precision", precision,
      {{"fp32", Precision::fp32}, {"fp16", Precision::fp16}, {"int8", Precision::int8}},
      description);
}

}  // namespace examples
