// SPDX-License-Identifier: MIT
/// @file
/// The Adam optimiser (D. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR
/// 2015, algorithm 1), its roundings in PyTorch's order.
///
/// With g the gradient and t the number of the step, from 1:
///
///     (15)  m := m + (1 - beta1) (g - m)
///     (16)  v := beta2 v + (1 - beta2) g g
///     (17)  w := w - lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
#pragma once

#include <cmath>  // std::sqrt
#include <concepts>
#include <cstddef>
#include <type_traits>  // std::common_type_t

#include "edgeopt/adam_options.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/tensor.hpp"
#include "edgeopt/small_cnn_spec.hpp"

namespace edgeopt::inline v0 {

/// Adam's state for one network: the moments and the number of steps.
template <std::floating_point T>
class Adam {
 public:
  /// @throws DomainError as `require_valid(options)`
  explicit Adam(const SmallCNNSpec& spec, const AdamOptions& options = {})
      : options_(options), mean_(spec), square_(spec) {
    require_valid(options);
  }

  /// One step down `gradients`.
  /// @throws DomainError when network or gradients are not of the extents given at construction
  void update(SmallCNN<T>& model, const SmallCNN<T>& gradients) {
    if (model.spec() != mean_.spec() || gradients.spec() != mean_.spec())
      throw DomainError("network or gradients", "of other extents", "those of the optimiser");
    power1_ *= static_cast<Scalar>(options_.beta1);
    power2_ *= static_cast<Scalar>(options_.beta2);
    const auto weight1 = static_cast<T>(1 - options_.beta1);
    const auto beta2 = static_cast<T>(options_.beta2);
    const auto weight2 = static_cast<T>(1 - options_.beta2);
    const auto correction2 = static_cast<T>(std::sqrt(1 - power2_));
    const auto epsilon = static_cast<T>(options_.epsilon);
    const auto step_size =
        static_cast<T>(static_cast<Scalar>(options_.learning_rate) / (1 - power1_));
    visit_parameters(
        [&](const char*, auto& parameter, const auto& gradient, auto& mean, auto& square) {
          const std::size_t count = parameter.size();
          T* w = parameter.data();
          T* m = mean.data();
          T* v = square.data();
          const T* g = gradient.data();
          for (std::size_t i = 0; i < count; ++i) {
            m[i] += weight1 * (g[i] - m[i]);                                       // (15)
            v[i] = beta2 * v[i] + weight2 * g[i] * g[i];                           // (16)
            w[i] -= step_size * m[i] / (std::sqrt(v[i]) / correction2 + epsilon);  // (17)
          }
        },
        model, gradients, mean_, square_);
  }

 private:
  using Scalar = std::common_type_t<T, double>;  // of what is the same for all parameters

  AdamOptions options_;
  SmallCNN<T> mean_;    // m
  SmallCNN<T> square_;  // v
  Scalar power1_ = 1;   // beta1^t
  Scalar power2_ = 1;   // beta2^t
};

}  // namespace edgeopt::inline v0
