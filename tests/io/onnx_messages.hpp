// ONNX models written byte by byte, so that tests can write what no exporter would.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace messages {

inline std::string varint(std::uint64_t value) {
  std::string text;
  for (; value > 127; value >>= 7) text += static_cast<char>((value & 127) | 128);
  return text + static_cast<char>(value);
}

/// A field that is an integer, or a text, message or packed list.
inline std::string number(std::uint64_t tag, std::int64_t value) {
  return varint(tag << 3) + varint(static_cast<std::uint64_t>(value));
}
inline std::string field(std::uint64_t tag, const std::string& content) {
  return varint(tag << 3 | 2) + varint(content.size()) + content;
}

inline std::string model(const std::string& graph, std::int64_t opset = 17) {
  return number(1, 8) + field(7, graph) + field(8, number(2, opset));
}

using Names = std::vector<std::string>;

/// NodeProto without the key before it, which differs between graphs and functions.
inline std::string bare_node(const std::string& op, const Names& inputs, const Names& outputs,
                             const std::string& more = "") {
  std::string text;
  for (const std::string& name : inputs) text += field(1, name);
  for (const std::string& name : outputs) text += field(2, name);
  return text + field(3, "n_" + op) + field(4, op) + more;
}
inline std::string node(const std::string& op, const Names& inputs, const Names& outputs,
                        const std::string& more = "") {
  return field(1, bare_node(op, inputs, outputs, more));
}

/// A call of a function of the domain "local", and the function; nodes of this are bare ones.
inline std::string call(const std::string& name, const Names& inputs, const Names& outputs,
                        const std::string& more = "") {
  return node(name, inputs, outputs, field(7, "local") + more);
}
inline std::string function(const std::string& name, const Names& inputs, const Names& outputs,
                            const Names& nodes, const std::string& more = "") {
  std::string text = field(1, name) + field(10, "local") + more;
  for (const std::string& each : inputs) text += field(4, each);
  for (const std::string& each : outputs) text += field(5, each);
  for (const std::string& each : nodes) text += field(7, each);
  return field(25, text);
}

inline std::string integer_attribute(const std::string& name, std::int64_t value) {
  return field(5, field(1, name) + number(3, value) + number(20, 2));
}
/// An attribute that stands for one of the call, in a node of a function.
inline std::string attribute_reference(const std::string& name, const std::string& of_call,
                                       std::int64_t type = 2) {
  return field(5, field(1, name) + field(21, of_call) + number(20, type));
}
inline std::string list_attribute(const std::string& name,
                                  const std::vector<std::int64_t>& values) {
  std::string text = field(1, name) + number(20, 7);
  for (const std::int64_t value : values) text += number(8, value);
  return field(5, text);
}
inline std::string tensor_attribute(const std::string& name, const std::string& tensor) {
  return field(5, field(1, name) + field(5, tensor) + number(20, 4));
}
inline std::string graph_attribute(const std::string& name, const std::string& graph) {
  return field(5, field(1, name) + field(6, graph) + number(20, 5));
}

/// ValueInfoProto of a tensor; extents below 0 are the symbol N.
inline std::string value_info(const std::string& name, const std::vector<std::int64_t>& shape,
                              std::int64_t type = 1) {
  std::string dimensions;
  for (const std::int64_t extent : shape)
    dimensions += field(1, extent < 0 ? field(2, "N") : number(1, extent));
  return field(1, name) + field(2, field(1, number(1, type) + field(2, dimensions)));
}
inline std::string input(const std::string& name, const std::vector<std::int64_t>& shape,
                         std::int64_t type = 1) {
  return field(11, value_info(name, shape, type));
}
inline std::string output(const std::string& name) {
  return field(12, field(1, name));
}

/// TensorProto; `values` are fields that hold values.
inline std::string tensor(const std::string& name, const std::vector<std::int64_t>& shape,
                          const std::string& values = "", std::int64_t type = 1) {
  std::string text;
  for (const std::int64_t extent : shape) text += number(1, extent);
  return text + number(2, type) + field(8, name) + values;
}
inline std::string initializer(const std::string& name, const std::vector<std::int64_t>& shape,
                               const std::string& values = "", std::int64_t type = 1) {
  return field(5, tensor(name, shape, values, type));
}
inline std::string int64_initializer(const std::string& name,
                                     const std::vector<std::int64_t>& values) {
  std::string text;
  for (const std::int64_t value : values) text += number(7, value);
  return initializer(name, {static_cast<std::int64_t>(values.size())}, text, 7);
}

}  // namespace messages
