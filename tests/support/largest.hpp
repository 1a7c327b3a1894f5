// The largest of some deviations, for which std::max would pass over NaN.
#pragma once

#include <cmath>
#include <limits>

/// Of non-negative numbers, 0 where there are none. NaN counts as infinite.
template <class Real>
class Largest {
 public:
  void include(Real deviation) {
    if (!(deviation <= value_))
      value_ = std::isnan(deviation) ? std::numeric_limits<Real>::infinity() : deviation;
  }
  [[nodiscard]] Real value() const { return value_; }

 private:
  Real value_ = 0;
};
