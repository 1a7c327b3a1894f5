// Inputs of the tests of networks.
#pragma once

#include <cstdint>
#include <vector>

#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/random.hpp"

/// Images with values in [-1, 1) that every T holds exactly, each image another.
template <class T>
std::vector<T> random_images(const edgeopt::ImageShape& shape, std::int64_t batch) {
  edgeopt::Random random(42);
  std::vector<T> images(static_cast<std::size_t>(shape.elements() * batch));
  for (T& value : images)
    value = static_cast<T>(static_cast<float>(static_cast<int>(random.below(4096)) - 2048)) / 2048;
  return images;
}

/// The same network with the same numbers in long double.
template <class T>
edgeopt::SmallCNN<long double> widened(const edgeopt::SmallCNN<T>& model) {
  edgeopt::SmallCNN<long double> wide(model.spec());
  edgeopt::visit_parameters([](const char*, const auto& from, auto& to) { to = from; }, model,
                            wide);
  return wide;
}
