// SPDX-License-Identifier: MIT
/// @file
/// ONNX's TensorProto: type and shape, and the values where they lie in the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>  // std::memcpy
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/io/onnx/detail/protobuf.hpp"
#include "edgeopt/operators/detail/conversion.hpp"  // element_type_of_onnx
#include "edgeopt/operators/detail/site.hpp"        // max_rank

namespace edgeopt::inline v0::io::detail {

using edgeopt::detail::element_type_of_onnx;
using edgeopt::detail::max_rank;

/// A tensor of a file. `data` is empty where the values are not in the file, or are too many to be
/// kept.
struct OnnxTensor {
  std::string_view name;
  ElementType type = ElementType::unknown;
  Shape shape;
  std::vector<std::byte> data;
  std::string_view external;  ///< the file that holds the values; it is never opened
};

/// Reads one TensorProto.
class OnnxTensorReader {
 public:
  /// `kept_bytes`: values of larger tensors are checked and left where they are.
  OnnxTensorReader(const ProtobufFile& file, std::int64_t kept_bytes)
      : file_(file), kept_bytes_(kept_bytes) {}

  [[nodiscard]] OnnxTensor read(std::string_view message) {
    message_ = message;
    OnnxTensor tensor;
    std::int64_t type = 0;
    bool external = false, has_raw = false;
    std::string_view raw;
    ProtobufFields fields(file_, message);
    // Names come late in a tensor, after its values: they are needed for complaints about those.
    while (fields.next()) {
      switch (fields.tag()) {
        case 1:
          fields.integers([&](std::int64_t extent) { tensor.shape.push_back(extent); });
          break;
        case 2: type = fields.integer(); break;
        case 8: tensor.name = fields.bytes(); break;
        case 9:
          raw = fields.bytes();
          has_raw = true;
          break;
        case 13: read_external(fields.bytes(), tensor); break;
        case 14: external = fields.integer() == 1; break;
        case 3: fail(tensor, "a segment of a tensor", "a whole one");
        default: break;
      }
      if (tensor.shape.size() > max_rank)
        fail(tensor, "more than " + std::to_string(max_rank) + " dimensions", "fewer");
    }
    tensor.type = element_type_of_onnx(type);
    if (tensor.type == ElementType::unknown)
      fail(tensor, "data type " + std::to_string(type), "the number of an element type");
    const std::int64_t bytes = checked_bytes(tensor);
    if (external) return tensor;
    if (has_raw) {
      if (static_cast<std::int64_t>(raw.size()) != bytes)
        fail(tensor, std::to_string(raw.size()) + " bytes of values",
             std::to_string(bytes) + " for " + std::string(to_string(tensor.type)) + " " +
                 to_string(tensor.shape));
      if (bytes <= kept_bytes_ && bytes > 0) {
        tensor.data.resize(raw.size());
        std::memcpy(tensor.data.data(), raw.data(), raw.size());
      }
    }
    read_typed_values(tensor, bytes, has_raw);
    return tensor;
  }

 private:
  [[noreturn]] void fail(const OnnxTensor& tensor, std::string found, std::string expected) const {
    std::string place = file_.place(message_.data());
    if (!tensor.name.empty()) place += ", tensor '" + std::string(tensor.name) + "'";
    throw InputError(file_.name, place, std::move(found), std::move(expected));
  }

  void read_external(std::string_view message, OnnxTensor& tensor) const {
    ProtobufFields fields(file_, message);
    std::string_view key, value;
    while (fields.next()) {
      if (fields.tag() == 1) key = fields.bytes();
      if (fields.tag() == 2) value = fields.bytes();
    }
    if (key == "location") tensor.external = value;
  }

  /// Bytes of all elements; their number fits 60 bits.
  [[nodiscard]] std::int64_t checked_bytes(const OnnxTensor& tensor) const {
    std::int64_t elements = 1;
    bool empty = false;
    for (const std::int64_t extent : tensor.shape) {
      if (extent < 0) fail(tensor, "dimensions " + to_string(tensor.shape), "none below 0");
      empty = empty || extent == 0;
    }
    constexpr std::int64_t most = std::int64_t{1} << 58;  // of 16 bytes each
    for (const std::int64_t extent : tensor.shape) {
      if (empty) return 0;
      if (extent > most / elements)
        fail(tensor, "dimensions " + to_string(tensor.shape), "fewer than 2^58 elements");
      elements *= extent;
    }
    const std::int64_t bits = bits_of(tensor.type);
    if (bits > 0 && bits < 8) return elements / (8 / bits) + (elements % (8 / bits) != 0 ? 1 : 0);
    return elements * bytes_of(tensor.type);
  }

  /// Complex numbers come as real and imaginary part, half of the bytes each.
  template <class Put>
  [[nodiscard]] auto put_parts(Put& put, const OnnxTensor& tensor, std::int64_t& read) const {
    const bool complex = tensor.type == ElementType::c64 || tensor.type == ElementType::c128;
    return [&put, &read, complex](const auto& value) {
      if (complex)
        read += static_cast<std::int64_t>(sizeof value);
      else
        put(value);
    };
  }

  /// Values that are written one by one: `float_data`, `int32_data`, ...
  void read_typed_values(OnnxTensor& tensor, std::int64_t bytes, bool has_raw) const {
    std::int64_t read = 0;  // bytes
    std::uint64_t used = 0;
    const bool keep = bytes <= kept_bytes_;
    const auto size = static_cast<std::size_t>(bytes_of(tensor.type));
    const auto put = [&](const auto& value) {
      read += static_cast<std::int64_t>(size);
      if (read > bytes) return;
      if (!keep) return;
      const std::size_t begin = tensor.data.size();
      tensor.data.resize(begin + size);
      std::memcpy(tensor.data.data() + begin, &value, size < sizeof value ? size : sizeof value);
    };
    ProtobufFields fields(file_, message_);
    while (fields.next()) {
      const std::uint64_t tag = fields.tag();
      const bool values = tag == 4 || tag == 5 || tag == 6 || tag == 7 || tag == 10 || tag == 11;
      if (!values) continue;
      if (has_raw) fail(tensor, "values in two forms", "one of them");
      if (used != 0 && used != tag) fail(tensor, "values of two types", "one of them");
      used = tag;
      if (tag != field_of(tensor.type))
        fail(tensor, "values in field " + std::to_string(tag),
             "field " + std::to_string(field_of(tensor.type)) + " for " +
                 std::string(to_string(tensor.type)));
      switch (tag) {
        case 4: fields.fixed_numbers<float>(put_parts(put, tensor, read)); break;
        case 10: fields.fixed_numbers<double>(put_parts(put, tensor, read)); break;
        case 6: (void)fields.bytes(); break;
        default:
          fields.integers([&](std::int64_t value) {
            if (!fits(tensor.type, value))
              fail(tensor, "value " + std::to_string(value),
                   "one that fits " + std::string(to_string(tensor.type)));
            put(value);
          });
      }
    }
    if (used == 0 || tensor.type == ElementType::string) return;
    if (bits_of(tensor.type) < 8) return tensor.data.clear();  // several in each; not needed
    if (read != bytes)
      fail(tensor, std::to_string(read / static_cast<std::int64_t>(size)) + " values",
           std::to_string(bytes / static_cast<std::int64_t>(size)) + " for " +
               to_string(tensor.shape));
  }

  /// Whether a field wider than the type holds one of its integers; of other types it holds bits.
  [[nodiscard]] static bool fits(ElementType type, std::int64_t value) {
    switch (type) {
      case ElementType::s8:
      case ElementType::s16:
      case ElementType::s32:
      case ElementType::u8:
      case ElementType::u16:
      case ElementType::u32: return edgeopt::detail::fits(type, value);
      default: return true;
    }
  }

  /// The field that holds values of a type one by one.
  [[nodiscard]] static std::uint64_t field_of(ElementType type) {
    switch (type) {
      case ElementType::f32:
      case ElementType::c64: return 4;
      case ElementType::f64:
      case ElementType::c128: return 10;
      case ElementType::string: return 6;
      case ElementType::s64: return 7;
      case ElementType::u32:
      case ElementType::u64: return 11;
      default: return 5;
    }
  }

  const ProtobufFile& file_;
  std::int64_t kept_bytes_;
  std::string_view message_;
};

}  // namespace edgeopt::inline v0::io::detail
