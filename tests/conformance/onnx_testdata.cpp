// The models of ONNX's own test suite, as Debian's libonnx-testdata installs them: each is copied
// under another name into a folder without outputs, with every declared result shape taken out;
// shapes are inferred there, and then compared with the outputs that the suite stores.
//
// A model is a folder with model.onnx and test_data_set_0/{input,output}_<k>.pb. The list of models
// stands in the oracles; EDGEOPT_ONNX_TESTDATA names another folder of the same kind, all of whose
// models are then checked.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/graph_costs.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/onnx.hpp"
#include "edgeopt/text.hpp"
#include "oracles.hpp"
#include "temporary_folder.hpp"

using namespace edgeopt;

namespace {

namespace fs = std::filesystem;
namespace eio = edgeopt::io;

/// Where the suite lies: what the caller says, else Debian's folder; nothing where there is none.
std::optional<fs::path> testdata_folder() {
  if (const char* given = std::getenv("EDGEOPT_ONNX_TESTDATA")) return given;
  const fs::path debian = "/usr/share/libonnx-testdata/data";
  return fs::is_directory(debian) ? std::optional(debian) : std::nullopt;
}

std::vector<std::string> listed_models(const fs::path& folder) {
  std::vector<std::string> names;
  if (std::getenv("EDGEOPT_ONNX_TESTDATA")) {
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.path().filename() == "model.onnx")
        names.push_back(fs::relative(entry.path().parent_path(), folder).string());
    std::sort(names.begin(), names.end());
    return names;
  }
  std::ifstream list(oracles::folder() / "onnx" / "testdata_suite.txt");
  for (std::string line; std::getline(list, line);)
    if (!line.empty()) names.push_back(line);
  return names;
}

// ---- Protobuf messages, taken apart and put together again by hand, so that what is removed from
// ---- a model does not depend on the reader that is tested.

struct Field {
  std::uint64_t tag = 0;
  unsigned wire = 0;
  std::string bytes;  ///< as they stand in the message, key included
  std::string content;
};

std::uint64_t take_varint(std::string_view& text) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(text.at(0));
    text.remove_prefix(1);
    value |= std::uint64_t{byte & 127u} << shift;
    if (byte < 128) break;
  }
  return value;
}

void put_varint(std::string& text, std::uint64_t value) {
  for (; value > 127; value >>= 7) text += static_cast<char>((value & 127) | 128);
  text += static_cast<char>(value);
}

std::vector<Field> fields_of(std::string_view message) {
  std::vector<Field> fields;
  while (!message.empty()) {
    const std::string_view start = message;
    Field field;
    const std::uint64_t key = take_varint(message);
    field.tag = key >> 3;
    field.wire = static_cast<unsigned>(key & 7);
    std::size_t length = field.wire == 1 ? 8 : 4;
    if (field.wire == 0) {
      (void)take_varint(message);
      length = 0;
    } else if (field.wire == 2) {
      length = static_cast<std::size_t>(take_varint(message));
      field.content = message.substr(0, length);
    }
    REQUIRE(length <= message.size());
    message.remove_prefix(length);
    field.bytes = start.substr(0, start.size() - message.size());
    fields.push_back(std::move(field));
  }
  return fields;
}

std::string delimited(std::uint64_t tag, const std::string& content) {
  std::string text;
  put_varint(text, tag << 3 | 2);
  put_varint(text, content.size());
  return text + content;
}

/// A message without the fields that `drop` names, and with those that it changes.
template <class Change>
std::string rewritten(std::string_view message, Change&& change) {
  std::string text;
  for (const Field& field : fields_of(message)) text += change(field);
  return text;
}

/// A GraphProto whose outputs have names only and whose other results have no types at all, in
/// graphs inside nodes too.
std::string without_declared_types(std::string_view graph) {
  return rewritten(graph, [](const Field& field) -> std::string {
    if (field.tag == 13) return "";  // value_info
    if (field.tag == 12)             // output: its name
      return delimited(12, rewritten(field.content, [](const Field& part) {
                         return part.tag == 1 ? part.bytes : std::string();
                       }));
    if (field.tag != 1) return field.bytes;
    return delimited(1, rewritten(field.content, [](const Field& part) {  // node
                       if (part.tag != 5) return part.bytes;
                       return delimited(
                           5, rewritten(part.content, [](const Field& attribute) {
                             return attribute.tag == 6
                                        ? delimited(6, without_declared_types(attribute.content))
                                        : attribute.bytes;
                           }));
                     }));
  });
}

std::string stripped_model(const std::string& model) {
  return rewritten(model, [](const Field& field) {
    return field.tag == 7 ? delimited(7, without_declared_types(field.content)) : field.bytes;
  });
}

/// A TensorProto's type and shape as the suite stores them, read by hand as well.
TensorType stored_type(const fs::path& path) {
  TensorType type;
  std::int64_t number = 0;
  const std::string bytes = eio::read_file(path);
  for (const Field& field : fields_of(bytes)) {
    std::string_view value = field.bytes;
    (void)take_varint(value);
    if (field.tag == 2) number = static_cast<std::int64_t>(take_varint(value));
    if (field.tag == 1 && field.wire == 0)
      type.shape.push_back(static_cast<std::int64_t>(take_varint(value)));
    if (field.tag == 1 && field.wire == 2)
      for (std::string_view rest = field.content; !rest.empty();)
        type.shape.push_back(static_cast<std::int64_t>(take_varint(rest)));
  }
  constexpr ElementType types[] = {
      ElementType::unknown,    ElementType::f32,      ElementType::u8,         ElementType::s8,
      ElementType::u16,        ElementType::s16,      ElementType::s32,        ElementType::s64,
      ElementType::string,     ElementType::boolean,  ElementType::f16,        ElementType::f64,
      ElementType::u32,        ElementType::u64,      ElementType::c64,        ElementType::c128,
      ElementType::bf16,       ElementType::f8e4m3fn, ElementType::f8e4m3fnuz, ElementType::f8e5m2,
      ElementType::f8e5m2fnuz, ElementType::u4,       ElementType::s4,         ElementType::f4e2m1,
      ElementType::f8e8m0,     ElementType::u2,       ElementType::s2};
  const auto index = static_cast<std::size_t>(number);
  type.type = index < std::size(types) ? types[index] : ElementType::unknown;
  return type;
}

/// Whether an inferred type is what the suite stores. NumPy, which wrote the suite, has no
/// bfloat16: such outputs are stored as the 16 bits that they are.
bool agrees(TensorType inferred, const TensorType& stored) {
  if (inferred.type == ElementType::bf16 && stored.type == ElementType::u16)
    inferred.type = stored.type;
  return inferred == stored;
}

std::string described(const TensorType& type) {
  return std::string(to_string(type.type)) + " " +
         (type.ranked ? to_string(type.shape) : std::string("of unknown rank"));
}

/// Which inputs (11) or outputs (12) of a model's graph are tensors, and not sequences or the like.
std::vector<bool> are_tensors(std::string_view model, std::uint64_t values) {
  std::vector<bool> tensors;
  const auto inner = [](const std::string& message, std::uint64_t tag) {
    for (const Field& field : fields_of(message))
      if (field.tag == tag) return std::optional(field.content);
    return std::optional<std::string>();
  };
  for (const Field& value : fields_of(inner(std::string(model), 7).value()))
    if (value.tag == values)
      tensors.push_back(inner(inner(value.content, 2).value_or(""), 1).has_value());
  return tensors;
}

/// Infers the shapes of a model in a folder that holds nothing but it and its inputs.
std::vector<TensorType> inferred_outputs(const fs::path& folder) {
  eio::OnnxModel model = eio::read_onnx(folder / "m.onnx");
  for (std::size_t k = 0; k < model.graph.inputs.size(); ++k) {
    const fs::path path = folder / ("i" + std::to_string(k));
    if (!fs::exists(path)) continue;
    const Array array = eio::parse_onnx_tensor(eio::read_file(path), path.string()).array;
    Tensor& input = model.graph.tensors[model.graph.inputs[k]];
    input.shape = array.shape;
    input.ranked = true;
    input.data = array.data;
  }
  model.graph.symbols.clear();  // the values say what they are
  (void)eio::infer_shapes(model);
  (void)operator_costs(model.graph);
  std::vector<TensorType> types;
  for (const TensorId id : model.graph.outputs) {
    const Tensor& tensor = model.graph.tensors[id];
    types.push_back({tensor.type, tensor.shape, tensor.ranked});
  }
  return types;
}

}  // namespace

TEST_CASE("shapes of ONNX's own test models are those of their stored outputs") {
  const auto folder = testdata_folder();
  if (!folder) {
    std::printf("skipped: no ONNX test data (Debian: libonnx-testdata)\n");
    return;
  }
  const std::vector<std::string> names = listed_models(*folder);
  REQUIRE_FALSE(names.empty());
  std::vector<std::string> missing;
  std::size_t outputs = 0, others = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const fs::path source = *folder / names[i];
    std::string reason;
    std::vector<TensorType> types;
    std::vector<bool> tensors;
    try {
      const TemporaryFolder copy;
      const std::string model = eio::read_file(source / "model.onnx");
      eio::write_file(copy.path() / "m.onnx", stripped_model(model));
      tensors = are_tensors(model, 12);
      const std::vector<bool> given = are_tensors(model, 11);
      for (std::size_t k = 0;; ++k) {
        const fs::path input = source / "test_data_set_0" / ("input_" + std::to_string(k) + ".pb");
        if (!fs::exists(input)) break;
        if (k < given.size() && !given[k]) continue;
        eio::write_file(copy.path() / ("i" + std::to_string(k)), eio::read_file(input));
      }
      types = inferred_outputs(copy.path());
    } catch (const std::exception& error) {
      reason = error.what();
    }
    for (std::size_t k = 0; reason.empty(); ++k) {
      const fs::path stored = source / "test_data_set_0" / ("output_" + std::to_string(k) + ".pb");
      if (!fs::exists(stored)) {
        if (k == 0) reason = "the suite stores no output";
        break;
      }
      if (k < tensors.size() && !tensors[k]) {
        ++others;
        continue;
      }
      const TensorType expected = stored_type(stored);
      if (k >= types.size())
        reason = "output " + std::to_string(k) + " was not found";
      else if (!agrees(types[k], expected))
        reason = "output " + std::to_string(k) + ": inferred " + described(types[k]) + ", stored " +
                 described(expected);
      ++outputs;
    }
    if (!reason.empty()) missing.push_back(names[i] + ": " + reason);
  }
  for (const std::string& each : missing) std::printf("%s\n", each.c_str());
  std::printf("%zu of %zu models, %zu outputs, %zu more that are no tensors\n",
              names.size() - missing.size(), names.size(), outputs, others);
  CHECK(missing.empty());
}
