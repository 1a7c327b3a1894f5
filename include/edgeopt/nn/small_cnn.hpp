// SPDX-License-Identifier: MIT
/// @file
/// SmallCNN with its parameters, and their initial values.
#pragma once

#include <array>
#include <cmath>  // std::sqrt
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>

#include "edgeopt/array.hpp"  // Shape
#include "edgeopt/checked_count.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/image_shape.hpp"
#include "edgeopt/nn/tensor.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/small_cnn_spec.hpp"

namespace edgeopt::inline v0 {

/// Calls `visit(name, tensor...)` for each parameter in the order of the layers, with that tensor
/// of every model given: parameters, their gradients and Adam's moments can be walked together.
/// Names are those of a PyTorch state dict.
template <class Visit, class... Models>
constexpr void visit_parameters(Visit&& visit, Models&... models) {
  visit("conv1.weight", models.conv1_weight...);
  visit("conv1.bias", models.conv1_bias...);
  visit("conv2.weight", models.conv2_weight...);
  visit("conv2.bias", models.conv2_bias...);
  visit("classifier.weight", models.classifier_weight...);
  visit("classifier.bias", models.classifier_bias...);
}

/// Name and extents of a parameter.
struct NamedShape {
  const char* name;
  Shape shape;
};

/// The parameters of a network, in the order of `visit_parameters`.
/// @throws DomainError when a network cannot be built so (`require_valid`), or a size does not fit
///   64 bits
[[nodiscard]] inline std::array<NamedShape, 6> parameter_shapes(const SmallCNNSpec& spec) {
  require_valid(spec);
  const ImageShape pooled = spec.pooled2();
  const std::int64_t features =
      checked_product({pooled.channels, pooled.height, pooled.width}, "features of the classifier");
  return {{{"conv1.weight", {spec.conv1_channels, spec.input.channels, 3, 3}},
           {"conv1.bias", {spec.conv1_channels}},
           {"conv2.weight", {spec.conv2_channels, spec.conv1_channels, 3, 3}},
           {"conv2.bias", {spec.conv2_channels}},
           {"classifier.weight", {spec.classes, features}},
           {"classifier.bias", {spec.classes}}}};
}

/// The network of `SmallCNNSpec` with a value of type T for each parameter: a floating type, or
/// `std::uint16_t` for the bits of halves (`fp16.hpp`). It is a plain value; gradients and moments
/// of a network are networks of the same extents.
///
/// conv1 3x3, ReLU, 2x2 max-pool, conv2 3x3, ReLU, 2x2 max-pool, flatten in C,H,W order,
/// classifier.
template <class T>
struct SmallCNN {
  ImageShape input;
  xt::xtensor<T, 4> conv1_weight;       ///< [conv1_channels, input.channels, 3, 3]
  xt::xtensor<T, 1> conv1_bias;         ///< [conv1_channels]
  xt::xtensor<T, 4> conv2_weight;       ///< [conv2_channels, conv1_channels, 3, 3]
  xt::xtensor<T, 1> conv2_bias;         ///< [conv2_channels]
  xt::xtensor<T, 2> classifier_weight;  ///< [classes, conv2_channels * (height/4) * (width/4)]
  xt::xtensor<T, 1> classifier_bias;    ///< [classes]

  /// All parameters zero. @throws DomainError as `parameter_shapes`
  explicit SmallCNN(const SmallCNNSpec& spec = {}) : input(spec.input) {
    const std::array<NamedShape, 6> shapes = parameter_shapes(spec);
    const NamedShape* next = shapes.data();
    visit_parameters(
        [&](const char*, auto& tensor) { detail::assign_zeros(tensor, next++->shape); }, *this);
  }

  /// The network without its parameters.
  /// @throws DomainError when the extents of the tensors do not fit one another
  [[nodiscard]] SmallCNNSpec spec() const {
    const auto extent = [](const auto& bias) { return static_cast<std::int64_t>(bias.size()); };
    const SmallCNNSpec spec{input, extent(conv1_bias), extent(conv2_bias), extent(classifier_bias)};
    const std::array<NamedShape, 6> shapes = parameter_shapes(spec);
    const NamedShape* next = shapes.data();
    visit_parameters(
        [&](const char* name, const auto& tensor) {
          const Shape& expected = next++->shape;
          if (const Shape shape = shape_of(tensor); shape != expected)
            throw DomainError(std::string("shape of ") + name, to_string(shape),
                              to_string(expected));
        },
        *this);
    return spec;
  }

  friend bool operator==(const SmallCNN& a, const SmallCNN& b) {
    bool equal = a.input == b.input;
    visit_parameters([&](const char*, const auto& x, const auto& y) { equal = equal && x == y; }, a,
                     b);
    return equal;
  }
};

/// The number of parameters. @throws DomainError as `spec()`
template <class T>
[[nodiscard]] std::int64_t parameter_count(const SmallCNN<T>& model) {
  (void)model.spec();
  std::int64_t count = 0;
  visit_parameters(
      [&](const char*, const auto& tensor) { count += static_cast<std::int64_t>(tensor.size()); },
      model);
  return count;
}

/// A network ready to be trained: every parameter of a layer is drawn from U(-b, b),
/// b = 1/sqrt(fan_in), where fan_in is the number of inputs that one output of the layer sums
/// (He et al., "Delving deep into rectifiers", 2015, with the gain that PyTorch's layers use).
/// Numbers are drawn in double, in the order of the parameters, and rounded to T: a seed gives the
/// same network with every compiler and, but for that rounding, every T.
/// @throws DomainError as the constructor of SmallCNN
template <std::floating_point T>
[[nodiscard]] SmallCNN<T> initialized_small_cnn(const SmallCNNSpec& spec, std::uint64_t seed) {
  constexpr std::uint64_t purpose = 0x77656967687473;  // "weights" in ASCII
  Random random = Random::stream(seed, purpose);
  SmallCNN<T> model(spec);
  const auto draw = [&](double bound, auto& tensor) {
    // 2u - 1 is exact, so that only the product rounds.
    for (T& value : span_of(tensor)) value = static_cast<T>((2 * random.uniform() - 1) * bound);
  };
  const auto draw_layer = [&](auto& weight, auto& bias) {
    const auto fan_in = static_cast<double>(weight.size() / bias.size());
    const double bound = 1 / std::sqrt(fan_in);
    draw(bound, weight);
    draw(bound, bias);
  };
  draw_layer(model.conv1_weight, model.conv1_bias);
  draw_layer(model.conv2_weight, model.conv2_bias);
  draw_layer(model.classifier_weight, model.classifier_bias);
  return model;
}

}  // namespace edgeopt::inline v0
