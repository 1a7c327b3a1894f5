// SPDX-License-Identifier: MIT
/// @file
/// Networks from ONNX files (https://github.com/onnx/onnx/blob/main/docs/IR.md), for analysis:
/// shapes are read, values only where shapes depend on them. Files that hold the weights beside the
/// model are never opened.
///
///     io::OnnxModel model = io::read_onnx("model.onnx");
///     bind_symbol(model.graph, "N", 8);
///     const std::vector<UnknownNode> unknown = io::infer_shapes(model);
///     const std::vector<NodeCost> costs = operator_costs(model.graph);
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>  // std::less
#include <map>
#include <string>
#include <string_view>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/io/mapped_file.hpp"
#include "edgeopt/io/onnx/detail/functions.hpp"
#include "edgeopt/io/onnx/detail/graph.hpp"
#include "edgeopt/io/onnx/detail/protobuf.hpp"
#include "edgeopt/io/onnx/detail/tensor.hpp"
#include "edgeopt/shape_inference.hpp"

namespace edgeopt::inline v0::io {

/// What a reader of ONNX accepts and keeps.
struct OnnxOptions {
  std::int64_t max_file_bytes = std::int64_t{1} << 31;  ///< the format's own limit
  /// Values of larger tensors are not kept; shapes depend on small ones only.
  std::int64_t kept_value_bytes = 8192;
};

/// A network as a file describes it. Types and shapes are those of inputs and constants until
/// `infer_shapes` fills in the rest.
struct OnnxModel {
  std::string file;
  Graph graph;
  std::int64_t ir_version = 0;
  std::string producer;                                      ///< the exporter and its version
  std::map<std::string, std::int64_t, std::less<>> opsets;   ///< version by domain, "ai.onnx" too
  std::map<std::string, std::string, std::less<>> metadata;  ///< of the model
  std::vector<std::string> functions;       ///< "domain.name"; calls of them became their nodes
  std::vector<std::string> external_files;  ///< hold values; not opened
  std::vector<std::string> notes;           ///< what a reader should know
};

namespace detail {

/// Newest version of ONNX's operators that the rules were written to.
inline constexpr std::int64_t newest_onnx_opset = 28;

/// Reads a ModelProto.
class OnnxModelReader {
 public:
  OnnxModelReader(const ProtobufFile& file, const OnnxOptions& options)
      : file_(file), options_(options), functions_(file) {}

  [[nodiscard]] OnnxModel read() {
    model_.file = file_.name;
    ProtobufFields fields(file_, file_.bytes);
    std::string_view graph;
    bool has_graph = false;
    while (fields.next()) {
      switch (fields.tag()) {
        case 1: model_.ir_version = fields.integer(); break;
        case 2: model_.producer.insert(0, fields.bytes()); break;
        case 3: model_.producer.append(" ").append(fields.bytes()); break;
        case 7:
          graph = fields.bytes();
          has_graph = true;
          break;
        case 8: read_opset(fields.bytes()); break;
        case 14: read_metadata(fields.bytes()); break;
        case 25: model_.functions.push_back(functions_.add(fields.bytes())); break;
        default: break;
      }
    }
    if (!has_graph) throw InputError(file_.name, "", "no graph", "an ONNX model");
    check_opset();
    OnnxFindings findings;
    model_.graph =
        OnnxGraphReader(file_, options_.kept_value_bytes, functions_, findings).read(graph);
    model_.graph.opset = model_.opsets["ai.onnx"];
    if (functions_.calls() > 0)
      model_.notes.push_back("calls of the model's functions became the nodes of these: " +
                             std::to_string(functions_.calls()) +
                             " of them, so indices are not those of the file");
    model_.notes.insert(model_.notes.end(), findings.notes.begin(), findings.notes.end());
    model_.external_files.assign(findings.external_files.begin(), findings.external_files.end());
    return std::move(model_);
  }

 private:
  void read_opset(std::string_view message) {
    std::string domain;
    std::int64_t version = 0;
    ProtobufFields fields(file_, message);
    while (fields.next()) {
      if (fields.tag() == 1) domain = fields.bytes();
      if (fields.tag() == 2) version = fields.integer();
    }
    if (domain.empty()) domain = "ai.onnx";
    if (!model_.opsets.emplace(domain, version).second)
      file_.fail(message.data(), "operator set '" + domain + "' again", "each domain once");
  }

  /// The first two versions of the format had no operator sets.
  void check_opset() {
    const auto [found, added] = model_.opsets.emplace("ai.onnx", 1);
    const std::int64_t version = found->second;
    if (version < 1)
      throw InputError(file_.name, "operator set", "version " + std::to_string(version),
                       "an integer >= 1");
    if (version < 6)
      model_.notes.push_back("operators of version " + std::to_string(version) +
                             " are read by the rules of version 6");
    if (version > newest_onnx_opset)
      model_.notes.push_back("operators of version " + std::to_string(version) +
                             " are read by the rules of version " +
                             std::to_string(newest_onnx_opset));
  }

  void read_metadata(std::string_view message) {
    std::string key, value;
    ProtobufFields fields(file_, message);
    while (fields.next()) {
      if (fields.tag() == 1) key = fields.bytes();
      if (fields.tag() == 2) value = fields.bytes();
    }
    model_.metadata.insert_or_assign(std::move(key), std::move(value));
  }

  const ProtobufFile& file_;
  const OnnxOptions& options_;
  OnnxFunctions functions_;
  OnnxModel model_;
};

}  // namespace detail

/// Reads the bytes of an ONNX model. `name` stands for the file in messages.
/// @throws InputError, naming offset and node, for whatever the format forbids: broken protobuf,
///   names that nothing defines or two things do, cycles, sizes that do not fit, nesting of more
///   than 32 graphs or functions, functions within themselves. Nodes out of order are sorted, and
///   calls of the model's own functions replaced by the nodes of these, with a note for each.
[[nodiscard]] inline OnnxModel parse_onnx(std::string_view bytes, const std::string& name,
                                          const OnnxOptions& options = {}) {
  if (bytes.empty()) throw InputError(name, "", "no bytes", "an ONNX model");
  const detail::ProtobufFile file{name, bytes};
  return detail::OnnxModelReader(file, options).read();
}

/// Reads an ONNX file; see `parse_onnx`.
/// @throws SystemError when it cannot be read, InputError when it is larger than allowed
[[nodiscard]] inline OnnxModel read_onnx(const std::filesystem::path& path,
                                         const OnnxOptions& options = {}) {
  const MappedFile file(path, options.max_file_bytes);
  return parse_onnx(file.bytes(), path.string(), options);
}

/// One tensor as ONNX stores it by itself (`input_0.pb`). Its data are empty where the file does
/// not hold them.
/// @throws InputError as `parse_onnx`
[[nodiscard]] inline NamedArray parse_onnx_tensor(std::string_view bytes, const std::string& name) {
  const detail::ProtobufFile file{name, bytes};
  detail::OnnxTensor tensor =
      detail::OnnxTensorReader(file, static_cast<std::int64_t>(bytes.size()) * 16).read(bytes);
  return {std::string(tensor.name), {tensor.type, std::move(tensor.shape), std::move(tensor.data)}};
}

/// Infers every shape that can be known; see `infer_known_shapes`.
/// @throws InputError for an extent of an input that is still a symbol, and for operators that
///   their inputs or attributes do not fit
[[nodiscard]] inline std::vector<UnknownNode> infer_shapes(OnnxModel& model) {
  for (const std::string& symbol : unbound_symbols(model.graph))
    throw InputError(model.file, "inputs", "extent '" + symbol + "' without a value",
                     "each symbol bound to a number");
  try {
    return infer_known_shapes(model.graph);
  } catch (const DomainError& error) {
    throw InputError(model.file, error.parameter(), error.value(), error.allowed());
  }
}

/// The name of an element type in ONNX: "float", "int64", "uint8".
[[nodiscard]] constexpr std::string_view onnx_type_name(ElementType type) noexcept {
  switch (type) {
    case ElementType::f32: return "float";
    case ElementType::f64: return "double";
    case ElementType::f16: return "float16";
    case ElementType::bf16: return "bfloat16";
    case ElementType::s8: return "int8";
    case ElementType::s16: return "int16";
    case ElementType::s32: return "int32";
    case ElementType::s64: return "int64";
    case ElementType::u8: return "uint8";
    case ElementType::u16: return "uint16";
    case ElementType::u32: return "uint32";
    case ElementType::u64: return "uint64";
    case ElementType::c64: return "complex64";
    case ElementType::c128: return "complex128";
    case ElementType::f8e4m3fn: return "float8e4m3fn";
    case ElementType::f8e4m3fnuz: return "float8e4m3fnuz";
    case ElementType::f8e5m2: return "float8e5m2";
    case ElementType::f8e5m2fnuz: return "float8e5m2fnuz";
    case ElementType::u4: return "uint4";
    case ElementType::s4: return "int4";
    case ElementType::f4e2m1: return "float4e2m1";
    case ElementType::f8e8m0: return "float8e8m0";
    case ElementType::u2: return "uint2";
    case ElementType::s2: return "int2";
    default: return to_string(type);
  }
}

}  // namespace edgeopt::inline v0::io
