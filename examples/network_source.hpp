// The network that a program is about: SmallCNN from options, or a model in an ONNX file.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <edgeopt/error.hpp>
#include <edgeopt/precision.hpp>
#include <edgeopt/small_cnn_graph.hpp>
#include <edgeopt/small_cnn_spec.hpp>
#include <edgeopt/stored_precision.hpp>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include "common.hpp"
#include "model_file.hpp"
#include "network_options.hpp"

namespace examples {

/// SmallCNN where there is no model.
struct NetworkSource {
  std::string model;  ///< ONNX file
  edgeopt::SmallCNNSpec spec;
  std::optional<std::int64_t> batch;
  std::optional<edgeopt::Precision> precision;
  Binding dimensions;

  [[nodiscard]] bool is_model() const { return !model.empty(); }
  [[nodiscard]] std::int64_t small_cnn_batch() const { return batch.value_or(1); }
  [[nodiscard]] edgeopt::Precision small_cnn_precision() const {
    return precision.value_or(edgeopt::Precision::fp32);
  }
};

/// MODEL, --dim, --batch, --precision and those of SmallCNN. Returns MODEL, for options that do not
/// go with it.
inline CLI::Option* add_network_source(CLI::App& app, NetworkSource& source) {
  CLI::Option* model =
      app.add_option("model", source.model, "ONNX file; without one, SmallCNN")->type_name("MODEL");
  add_dimension_option(app, source.dimensions)->needs(model);
  app.add_option("--batch", source.batch,
                 "Images in a batch, 1 if not given; of a model: value of symbolic first extents")
      ->check(at_least(1))
      ->type_name("N");
  add_precision_option(app, source.precision,
                       "How weights and activations are stored; of a model: as if its floating "
                       "tensors were, else as in the file");
  add_network_options(app, source.spec);
  for (const char* option : {"--conv1", "--conv2", "--classes", "--input"})
    app.get_option(option)->excludes(model);
  return model;
}

/// A network and how it is called.
struct NamedGraph {
  std::string title;
  edgeopt::Graph graph;
};

/// @throws edgeopt::InputError for a model of which some shape is not known, and as
/// `read_bound_model`
inline NamedGraph read_model(const NetworkSource& source) {
  BoundModel bound = read_bound_model(source.model, source.batch, source.dimensions);
  print_notes(bound);
  if (!bound.has_all_shapes()) {
    std::string place = "nodes";
    std::string found = "none";
    if (!bound.unknown.empty()) {
      const edgeopt::UnknownNode& first = bound.unknown.front();
      place = "node '" + bound.graph().nodes[first.node].name + "' (" + first.op + ")";
      found = "a result of unknown size: " + first.reason;
    }
    throw edgeopt::InputError(source.model, place, found,
                              "nodes with known shapes (analyze_onnx tells what is known)");
  }
  if (!bound.unknown.empty())
    std::cerr << "Note: the cost of " << bound.unknown.size() << " of "
              << bound.graph().nodes.size() << " nodes is unknown and in no sum\n";
  NamedGraph network{std::filesystem::path(source.model).filename().string(),
                     std::move(bound.model.graph)};
  for (const auto& [symbol, value] : bound.binding)
    network.title += ", " + symbol + " = " + std::to_string(value);
  if (source.precision) {
    network.title += ", stored in " + std::string(to_string(*source.precision));
    network.graph = stored_in(std::move(network.graph), *source.precision);
  }
  return network;
}

/// How titles name SmallCNN.
inline std::string small_cnn_title(const std::string& name, edgeopt::Precision precision,
                                   std::int64_t batch) {
  return name + " in " + std::string(to_string(precision)) + ", batch of " + std::to_string(batch);
}

inline NamedGraph read_network(const NetworkSource& source) {
  if (source.is_model()) return read_model(source);
  const edgeopt::Precision precision = source.small_cnn_precision();
  const std::string name = "SmallCNN " + std::to_string(source.spec.conv1_channels) + "/" +
                           std::to_string(source.spec.conv2_channels);
  return {small_cnn_title(name, precision, source.small_cnn_batch()),
          edgeopt::small_cnn_graph(source.spec, source.small_cnn_batch(), precision)};
}

}  // namespace examples
