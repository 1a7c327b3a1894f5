// SPDX-License-Identifier: MIT
/// @file
/// The settings of the Adam optimiser (D. Kingma and J. Ba, "Adam: a method for stochastic
/// optimization", ICLR 2015).
#pragma once

#include <cmath>  // std::isfinite

#include "edgeopt/error.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

struct AdamOptions {
  double learning_rate = 1e-3;
  double beta1 = 0.9;    ///< of the mean of gradients
  double beta2 = 0.999;  ///< of the mean of their squares
  double epsilon = 1e-8;
};

/// @throws DomainError unless learning_rate > 0 is finite, betas are in [0, 1) and 0 < epsilon is
///   finite
inline void require_valid(const AdamOptions& options) {
  const auto require = [](bool holds, const char* name, double value, const char* allowed) {
    if (!holds) throw DomainError(name, format_real(value), allowed);
  };
  require(std::isfinite(options.learning_rate) && options.learning_rate > 0, "learning_rate",
          options.learning_rate, "a number > 0");
  require(options.beta1 >= 0 && options.beta1 < 1, "beta1", options.beta1, "in [0, 1)");
  require(options.beta2 >= 0 && options.beta2 < 1, "beta2", options.beta2, "in [0, 1)");
  require(std::isfinite(options.epsilon) && options.epsilon > 0, "epsilon", options.epsilon,
          "a number > 0");
}

}  // namespace edgeopt::inline v0
