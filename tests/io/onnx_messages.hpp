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

inline std::string node(const std::string& op, const Names& inputs, const Names& outputs,
                        const std::string& more = "") {
  std::string text;
  for (const std::string& name : inputs) text += field(1, name);
  for (const std::string& name : outputs) text += field(2, name);
  return field(1, text + field(3, "n_" + op) + field(4, op) + more);
}

inline std::string integer_attribute(const std::string& name, std::int64_t value) {
  return field(5, field(1, name) + number(3, value) + number(20, 2));
}
inline std::string list_attribute(const std::string& name,
                                  const std::vector<std::int64_t>& values) {
  std::string text = field(1, name) + number(20, 7);
  for (const std::int64_t value : values) text += number(8, value);
  return field(5, text);
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
