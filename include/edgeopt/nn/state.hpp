// SPDX-License-Identifier: MIT
/// @file
/// The parameters of SmallCNN as named arrays, as files hold them, and back. Names and layouts are
/// those of a PyTorch state dict: `conv1.weight  // [out, in, 3, 3]`, `conv1.bias`, `conv2...`,
/// `classifier.weight  // [classes, features]`, `classifier.bias`.
#pragma once

#include <array>
#include <cmath>  // std::isfinite
#include <cstddef>
#include <cstdint>
#include <cstring>  // std::memcpy
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/half.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/tensor.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// The parameters of a network in the order of its layers. T is float, double, or `std::uint16_t`
/// for halves; no file format holds long doubles.
/// @throws DomainError when the tensors do not fit one another
template <class T>
[[nodiscard]] std::vector<NamedArray> state_of(const SmallCNN<T>& model) {
  (void)model.spec();
  std::vector<NamedArray> state;
  visit_parameters(
      [&](const char* name, const auto& tensor) {
        state.push_back({name, Array::of(shape_of(tensor), span_of(tensor))});
      },
      model);
  return state;
}

namespace detail {

/// Reads a state and collects what is wrong with it.
template <class T>
class StateReader {
 public:
  StateReader(std::span<const NamedArray> arrays, std::string_view file)
      : arrays_(arrays), file_(file) {}

  SmallCNN<T> read(const ImageShape& input) {
    const std::array<NamedShape, 6> any = parameter_shapes({});
    require_names(any);
    for (const NamedShape& parameter : any) require_form(parameter);
    throw_problems();
    const SmallCNNSpec spec = spec_of(input);
    const std::array<NamedShape, 6> expected = parameter_shapes(spec);
    for (const NamedShape& parameter : expected) require_shape(parameter);
    throw_problems();
    SmallCNN<T> model(spec);
    visit_parameters([&](const char* name, auto& tensor) { copy(name, tensor); }, model);
    throw_problems();
    return model;
  }

 private:
  /// Each name once, none missing and none besides.
  void require_names(std::span<const NamedShape> expected) {
    std::vector<std::string_view> names;
    for (const NamedShape& parameter : expected) names.emplace_back(parameter.name);
    std::vector<std::string_view> seen;
    for (const NamedArray& array : arrays_) {
      if (!contains(names, array.name))
        add("", "an array '" + array.name + "'", one_of(names, array.name));
      else if (contains(seen, array.name))
        add("", "a second array '" + array.name + "'", "one of each name");
      seen.push_back(array.name);
    }
    for (const std::string_view name : names)
      if (!contains(seen, name))
        add("", "no array '" + std::string(name) + "'", "an array for each parameter of SmallCNN");
  }

  /// Element type, number of extents, and as many bytes as both say.
  void require_form(const NamedShape& parameter) {
    const Array* array = find(parameter.name);
    if (!array) return;
    if (array->type != element_type_of<T>())
      add(parameter.name, std::string(to_string(array->type)),
          std::string(to_string(element_type_of<T>())));
    else if (array->shape.size() != parameter.shape.size())
      add(parameter.name, "shape " + to_string(array->shape),
          std::to_string(parameter.shape.size()) + " extents");
    else if (!holds_its_shape(*array))
      add(parameter.name,
          std::to_string(array->data.size()) + " bytes for shape " + to_string(array->shape),
          "extents >= 1 with all their elements");
  }

  /// The network that the weights seem to be of; its other extents have to agree.
  [[nodiscard]] SmallCNNSpec spec_of(const ImageShape& input) const {
    const auto outputs = [&](const char* name) { return find(name)->shape[0]; };
    return {input, outputs("conv1.weight"), outputs("conv2.weight"), outputs("classifier.weight")};
  }

  void require_shape(const NamedShape& parameter) {
    const Shape& shape = find(parameter.name)->shape;
    if (shape != parameter.shape)
      add(parameter.name, "shape " + to_string(shape), to_string(parameter.shape));
  }

  template <class Tensor>
  void copy(const char* name, Tensor& tensor) {
    const Array& array = *find(name);
    std::memcpy(tensor.data(), array.data.data(), array.data.size());
    std::size_t index = 0;
    for (const T value : span_of(tensor)) {
      if (!is_finite(value))
        return add(name, "NaN or infinity at element " + std::to_string(index), "finite numbers");
      ++index;
    }
  }

  static bool is_finite(T value) {
    if constexpr (std::is_same_v<T, std::uint16_t>)
      return std::isfinite(float_from_half(value));
    else
      return std::isfinite(value);
  }

  static bool holds_its_shape(const Array& array) {
    std::size_t left = array.data.size() / sizeof(T);
    if (left * sizeof(T) != array.data.size()) return false;
    for (const std::int64_t extent : array.shape) {
      if (extent < 1 || left % static_cast<std::size_t>(extent) != 0) return false;
      left /= static_cast<std::size_t>(extent);
    }
    return left == 1;
  }

  static bool contains(const std::vector<std::string_view>& names, std::string_view name) {
    for (const std::string_view known : names)
      if (known == name) return true;
    return false;
  }

  [[nodiscard]] const Array* find(std::string_view name) const {
    for (const NamedArray& array : arrays_)
      if (array.name == name) return &array.array;
    return nullptr;
  }

  void add(std::string_view name, std::string found, std::string expected) {
    problems_.push_back({std::string(file_),
                         name.empty() ? "" : "array '" + std::string(name) + "'", std::move(found),
                         std::move(expected)});
  }
  void throw_problems() {
    if (!problems_.empty()) throw InputError(std::move(problems_));
  }

  std::span<const NamedArray> arrays_;
  std::string_view file_;
  std::vector<InputProblem> problems_;
};

}  // namespace detail

/// The network of a state. Channels and classes are those of the weights; a state does not tell the
/// size of the images, which is `input`. `file` names the source in messages.
/// @throws InputError with every problem of one kind: a name that is missing, unknown (with the
///   nearest known one) or there twice; a type other than T's; extents that do not fit one another
///   or the input; a value that is not finite
/// @throws DomainError when the input is smaller than 1 x 4 x 4
template <class T>
[[nodiscard]] SmallCNN<T> load_state(std::span<const NamedArray> arrays,
                                     const ImageShape& input = {},
                                     std::string_view file = "state") {
  return detail::StateReader<T>(arrays, file).read(input);
}

}  // namespace edgeopt::inline v0
