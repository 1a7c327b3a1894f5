// A model in an ONNX file with its symbolic extents bound from the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <edgeopt/error.hpp>
#include <edgeopt/graph.hpp>
#include <edgeopt/io/onnx.hpp>
#include <edgeopt/text.hpp>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common.hpp"

namespace examples {

/// Values of symbolic extents by name.
using Binding = edgeopt::SymbolValues;

/// Takes "NAME=N" apart. @throws CLI::ValidationError
inline void add_dimension(const std::string& text, Binding& dimensions) {
  const std::size_t equals = text.rfind('=');
  const auto value = equals == text.npos
                         ? std::nullopt
                         : edgeopt::parse_integer<std::int64_t>(text.substr(equals + 1));
  if (!value || *value < 1 || equals == 0)
    throw CLI::ValidationError("--dim", "found '" + text + "', expected NAME=N with N >= 1");
  if (!dimensions.emplace(text.substr(0, equals), *value).second)
    throw CLI::ValidationError("--dim", "found '" + text + "' again, expected each name once");
}

/// --dim
inline CLI::Option* add_dimension_option(CLI::App& app, Binding& dimensions) {
  return app
      .add_option_function<std::vector<std::string>>(
          "--dim",
          [&dimensions](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) add_dimension(text, dimensions);
          },
          "Value of a symbolic extent of the model; can be given several times")
      ->type_name("NAME=N");
}

/// A model whose shapes are inferred.
struct BoundModel {
  edgeopt::io::OnnxModel model;
  Binding binding;
  std::vector<edgeopt::UnknownNode> unknown;

  [[nodiscard]] const edgeopt::Graph& graph() const { return model.graph; }

  /// Whether there is something to run, and every tensor's size is known.
  [[nodiscard]] bool has_all_shapes() const {
    const auto& tensors = graph().tensors;
    return !graph().nodes.empty() &&
           std::all_of(tensors.begin(), tensors.end(),
                       [](const edgeopt::Tensor& tensor) { return tensor.has_shape(); });
  }
};

/// Binds the first extent of every input that has a symbol there.
inline void bind_batch(edgeopt::io::OnnxModel& model, std::int64_t batch, Binding& binding) {
  const std::set<edgeopt::TensorId> inputs(model.graph.inputs.begin(), model.graph.inputs.end());
  bool found = false;
  for (const edgeopt::SymbolicExtent& extent : model.graph.symbols) {
    if (!inputs.contains(extent.tensor) || extent.axis != 0) continue;
    binding.emplace(extent.name, batch);
    found = true;
  }
  if (found) return;
  for (const edgeopt::TensorId id : model.graph.inputs) {
    const edgeopt::Shape& shape = model.graph.tensors[id].shape;
    if (!shape.empty() && shape[0] != batch)
      throw edgeopt::DomainError("batch", std::to_string(batch),
                                 std::to_string(shape[0]) + ", which the file fixes");
  }
}

/// Reads a model and infers its shapes. @throws edgeopt::InputError for what is wrong with it, and
/// for an extent without a value
inline BoundModel read_bound_model(const std::filesystem::path& path,
                                   std::optional<std::int64_t> batch, const Binding& dimensions) {
  BoundModel bound{edgeopt::io::read_onnx(path), dimensions, {}};
  if (batch) bind_batch(bound.model, *batch, bound.binding);
  edgeopt::bind_symbols(bound.model.graph, bound.binding);
  for (const std::string& symbol : edgeopt::unbound_symbols(bound.graph()))
    throw edgeopt::InputError(
        path.string(), "inputs", "extent '" + symbol + "' without a value",
        "--dim " + symbol + "=<number>, or --batch <number> for first extents");
  bound.unknown = edgeopt::io::infer_shapes(bound.model);
  return bound;
}

/// What a reader should know of the file, on standard error.
inline void print_notes(const BoundModel& bound) {
  for (const std::string& note : bound.model.notes) std::cerr << "Note: " << note << '\n';
}

}  // namespace examples
