// SPDX-License-Identifier: MIT
/// @file
/// Values that are known before a network runs, as far as shapes can depend on them: small tensors
/// of integers, truth values and real numbers, and what sequences consist of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>  // std::memcpy
#include <memory>
#include <string>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/half.hpp"

namespace edgeopt::inline v0 {

/// What inference finds out about a tensor; see `Tensor` for what stands for the unknown.
struct TensorType {
  ElementType type = ElementType::f32;
  Shape shape;
  bool ranked = true;

  friend bool operator==(const TensorType&, const TensorType&) = default;
};

namespace detail {

/// Tensors of more elements are not followed.
inline constexpr std::int64_t max_known_values = 1024;

/// Elements in C order; integers and truth values exactly, real numbers as double.
struct KnownValues {
  std::vector<std::int64_t> integers;
  std::vector<double> reals;
  bool known = false;
  bool real = false;
  std::shared_ptr<const std::vector<TensorType>> elements{};  ///< instead, of a sequence

  static KnownValues of(std::vector<std::int64_t> values) {
    return {std::move(values), {}, true, false};
  }
  static KnownValues of(std::vector<double> values) { return {{}, std::move(values), true, true}; }
  static KnownValues of(std::vector<TensorType> elements) {
    return {
        {}, {}, true, false, std::make_shared<const std::vector<TensorType>>(std::move(elements))};
  }

  [[nodiscard]] std::size_t size() const {
    return elements ? elements->size() : real ? reals.size() : integers.size();
  }
  /// How many numbers are kept for them; of an element of a sequence its extents too.
  [[nodiscard]] std::size_t numbers() const {
    std::size_t count = size();
    if (elements)
      for (const TensorType& element : *elements) count += element.shape.size();
    return count;
  }
  [[nodiscard]] double real_at(std::size_t i) const {
    return real ? reals[i] : static_cast<double>(integers[i]);
  }

  /// Appends an element of another tensor of the same kind.
  void append(const KnownValues& other, std::size_t i) {
    known = true;
    real = other.real;
    if (real)
      reals.push_back(other.reals[i]);
    else
      integers.push_back(other.integers[i]);
  }
};

/// A real number as an integer, where it is one that fits; else 0.
[[nodiscard]] inline std::int64_t integer_from(double value) {
  constexpr double limit = 9.2e18;
  return value > -limit && value < limit ? static_cast<std::int64_t>(value) : 0;
}

template <class T>
std::vector<std::int64_t> integers_from(const std::vector<std::byte>& data) {
  std::vector<std::int64_t> values(data.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    T value{};
    std::memcpy(&value, data.data() + i * sizeof(T), sizeof(T));
    // A char is a small integer here. NOLINTNEXTLINE(bugprone-signed-char-misuse)
    values[i] = static_cast<std::int64_t>(value);
  }
  return values;
}

template <class T, class Convert>
std::vector<double> reals_from(const std::vector<std::byte>& data, Convert&& convert) {
  std::vector<double> values(data.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    T value{};
    std::memcpy(&value, data.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<double>(convert(value));
  }
  return values;
}

/// The elements of a tensor with data; not known for other types, for large tensors, and where the
/// data are not those of the whole shape, as they lie in another file or are sparse.
[[nodiscard]] inline KnownValues decode(ElementType type, const Shape& shape,
                                        const std::vector<std::byte>& data) {
  const std::int64_t bytes = bytes_of(type), size = static_cast<std::int64_t>(data.size());
  if (bytes == 0 || size > max_known_values * bytes) return {};
  if (size % bytes != 0 || element_count(shape) != size / bytes) return {};
  const auto same = [](auto value) { return value; };
  switch (type) {
    case ElementType::boolean:
    case ElementType::u8: return KnownValues::of(integers_from<std::uint8_t>(data));
    case ElementType::s8: return KnownValues::of(integers_from<std::int8_t>(data));
    case ElementType::u16: return KnownValues::of(integers_from<std::uint16_t>(data));
    case ElementType::s16: return KnownValues::of(integers_from<std::int16_t>(data));
    case ElementType::u32: return KnownValues::of(integers_from<std::uint32_t>(data));
    case ElementType::s32: return KnownValues::of(integers_from<std::int32_t>(data));
    case ElementType::u64: return KnownValues::of(integers_from<std::uint64_t>(data));
    case ElementType::s64: return KnownValues::of(integers_from<std::int64_t>(data));
    case ElementType::f32: return KnownValues::of(reals_from<float>(data, same));
    case ElementType::f64: return KnownValues::of(reals_from<double>(data, same));
    case ElementType::f16:
      return KnownValues::of(reals_from<std::uint16_t>(
          data, [](std::uint16_t half) { return float_from_half(half); }));
    case ElementType::bf16:
      return KnownValues::of(reals_from<std::uint16_t>(data, [](std::uint16_t upper) {
        const std::uint32_t bits = std::uint32_t{upper} << 16;
        float value = 0;
        std::memcpy(&value, &bits, sizeof value);
        return value;
      }));
    default: return {};
  }
}

/// What is known of the values of a graph's tensors while its shapes are inferred. The memory it
/// takes is bounded, whatever a graph asks for.
class ValueStore {
 public:
  /// Makes room for the tensors of a graph; what `find` gave before is no longer to be used.
  void resize(std::size_t tensors) {
    if (tensors > values_.size()) values_.resize(tensors);
  }

  /// How many nodes the graph lies in, one within the other.
  [[nodiscard]] int depth() const { return depth_; }
  void set_depth(int depth) { depth_ = depth; }

  /// The values of a tensor, or null where they are not known.
  /// @pre there is room for it
  const KnownValues* find(const Graph& graph, TensorId id) {
    if (values_[id].known) return &values_[id];
    const Tensor& tensor = graph.tensors[id];
    if (tensor.data.empty()) return without_data(tensor, id);
    KnownValues decoded = decode(tensor.type, tensor.shape, tensor.data);
    return decoded.known ? keep(id, std::move(decoded)) : nullptr;
  }

  /// Remembers what an operator was found to compute.
  const KnownValues* keep(TensorId id, KnownValues values) {
    const std::size_t numbers = values.numbers();
    if (numbers > left_) return nullptr;
    left_ -= numbers;
    return &(values_[id] = std::move(values));
  }

 private:
  /// A tensor without elements has no data, and its values are known all the same.
  const KnownValues* without_data(const Tensor& tensor, TensorId id) {
    bool empty = false;
    for (const std::int64_t extent : tensor.shape) empty = empty || extent == 0;
    if (!empty || !tensor.has_shape()) return nullptr;
    return keep(id, is_floating(tensor.type) ? KnownValues::of(std::vector<double>{})
                                             : KnownValues::of(std::vector<std::int64_t>{}));
  }

  std::vector<KnownValues> values_;
  std::size_t left_ = std::size_t{1} << 20;
  int depth_ = 0;
};

}  // namespace detail

}  // namespace edgeopt::inline v0
