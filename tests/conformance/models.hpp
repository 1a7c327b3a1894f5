// SmallCNN as the oracles store it, and how far two tensors are apart.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>

#include "edgeopt/nn/small_cnn.hpp"
#include "oracles.hpp"

namespace oracles {

/// "conv1.weight" -> "conv1_weight"
inline std::string file_name(std::string parameter) {
  std::replace(parameter.begin(), parameter.end(), '.', '_');
  return parameter;
}

/// The network whose parameters lie in `folder` as <prefix>conv1_weight.npy and so on.
template <class T>
edgeopt::SmallCNN<T> load_model(const std::filesystem::path& folder, edgeopt::ImageShape input,
                                const std::string& prefix = "") {
  edgeopt::SmallCNN<T> model;
  model.input = input;
  edgeopt::visit_parameters(
      [&](const char* name, auto& tensor) {
        tensor = load<T>(folder / (prefix + file_name(name) + ".npy"));
      },
      model);
  (void)model.spec();  // throws where the tensors do not fit
  return model;
}

/// The extents of one image of a batch [batch, channels, height, width].
template <class Images>
edgeopt::ImageShape image_shape(const Images& images) {
  return {static_cast<std::int64_t>(images.shape(1)), static_cast<std::int64_t>(images.shape(2)),
          static_cast<std::int64_t>(images.shape(3))};
}

/// The largest differences between what was computed and what is expected.
struct Deviation {
  double absolute = 0;
  double relative = 0;  ///< to the largest expected value; 0 where both are 0

  void include(const Deviation& other) {
    absolute = std::max(absolute, other.absolute);
    relative = std::max(relative, other.relative);
  }
};

/// A NaN on one side or another number of elements is infinitely far away.
template <class Found, class Expected>
Deviation deviation(const Found& found, const Expected& expected) {
  if (found.size() != expected.size()) return {HUGE_VAL, HUGE_VAL};
  Deviation result;
  double largest = 0;
  auto e = expected.begin();
  for (auto f = found.begin(); f != found.end(); ++f, ++e) {
    const double difference = std::abs(static_cast<double>(*f) - static_cast<double>(*e));
    if (std::isnan(difference)) return {HUGE_VAL, HUGE_VAL};
    result.absolute = std::max(result.absolute, difference);
    largest = std::max(largest, std::abs(static_cast<double>(*e)));
  }
  if (result.absolute > 0) result.relative = result.absolute / largest;
  return result;
}

inline void report(const std::filesystem::path& name, const std::string& compared,
                   const Deviation& largest) {
  std::printf("%s: %s: largest deviation %.3g, relative %.3g\n", name.filename().c_str(),
              compared.c_str(), largest.absolute, largest.relative);
}

}  // namespace oracles
