// SPDX-License-Identifier: MIT
/// @file
/// Calibration: running SmallCNN in float on some images to find the range of each activation that
/// int8 will store.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>  // std::ssize
#include <ranges>
#include <span>
#include <utility>  // std::move

#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/nn/forward.hpp"
#include "edgeopt/nn/histogram_observer.hpp"
#include "edgeopt/nn/observer.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/tensor.hpp"
#include "edgeopt/quantization.hpp"

namespace edgeopt::inline v0 {

/// A T for each of the five activations that have quantisation parameters of their own. Pooled
/// activations keep those of the layer before.
template <class T>
struct PerActivation {
  T input;       ///< the images
  T conv1;       ///< after ReLU
  T conv2;       ///< after ReLU
  T flatten;     ///< what the classifier reads: pooled conv2, quantised anew
  T classifier;  ///< the logits

  friend bool operator==(const PerActivation&, const PerActivation&) = default;
};

/// Calls `visit(name, value...)` for each activation in the order of the network, with that value
/// of every object given.
template <class Visit, class... Values>
constexpr void visit_activations(Visit&& visit, Values&... values) {
  visit("input", values.input...);
  visit("conv1", values.conv1...);
  visit("conv2", values.conv2...);
  visit("flatten", values.flatten...);
  visit("classifier", values.classifier...);
}

/// What an observer found of one activation.
struct ObservedActivation {
  ValueRange observed;       ///< smallest and largest finite value
  ValueRange quantized;      ///< over which range to quantise
  std::int64_t updates = 0;  ///< tensors seen

  friend bool operator==(const ObservedActivation&, const ObservedActivation&) = default;
};

/// The result of calibration; it serves both backends.
using Calibration = PerActivation<ObservedActivation>;

/// Calibrates batch by batch, with a copy of an observer for each activation.
template <Observer O = HistogramObserver>
class Calibrator {
 public:
  /// `prototype` is an observer that has seen nothing. @throws DomainError as `model.spec()`
  explicit Calibrator(SmallCNN<float> model, const O& prototype = O{})
      : model_(std::move(model)),
        observers_{prototype, prototype, prototype, prototype, prototype} {
    (void)model_.spec();
  }

  /// images  // [batch, channels, height, width], normalised, batch >= 1
  ///
  /// A convolution's observer sees the output of ReLU and then that of pooling, as PyTorch's does.
  /// @throws DomainError when the images do not fit the network, or an activation is NaN or has no
  ///   finite value
  void update(std::span<const float> images) {
    ThreadPool caller_only;
    update(images, caller_only);
  }

  /// The same on the threads of a pool, with the same result.
  void update(std::span<const float> images, ThreadPool& pool) {
    forward(model_, images, activations_, pool);
    const std::array<std::function<void()>, 5> observations = {
        [&] {
          observers_.conv1.update(span_of(activations_.conv1));
          observers_.conv1.update(span_of(activations_.pool1));
        },
        [&] {
          observers_.conv2.update(span_of(activations_.conv2));
          observers_.conv2.update(span_of(activations_.pool2));
        },
        [&] { observers_.flatten.update(span_of(activations_.pool2)); },
        [&] { observers_.input.update(images); },
        [&] { observers_.classifier.update(span_of(activations_.logits)); }};
    pool.parallel_for(std::ssize(observations),
                      [&](std::int64_t i, int) { observations[static_cast<std::size_t>(i)](); });
    ++batches_;
  }

  /// @throws DomainError before the first update
  [[nodiscard]] Calibration calibration() const {
    Calibration result;
    visit_activations(
        [&](const char*, const O& observer, ObservedActivation& found) {
          found = {observer.observed_range(), observer.quantized_range(), batches_};
        },
        observers_, result);
    result.conv1.updates *= 2;
    result.conv2.updates *= 2;
    return result;
  }

  [[nodiscard]] const PerActivation<O>& observers() const noexcept { return observers_; }

 private:
  SmallCNN<float> model_;
  PerActivation<O> observers_;
  Activations<float> activations_;
  std::int64_t batches_ = 0;
};

/// Calibrates on all batches of a range, each convertible to a span over
/// images  // [batch, channels, height, width].
/// @throws DomainError when there is no batch, and as `Calibrator::update`
template <std::ranges::input_range Batches, Observer O = HistogramObserver>
requires std::convertible_to<std::ranges::range_reference_t<Batches>, std::span<const float>>
[[nodiscard]] Calibration calibrate(const SmallCNN<float>& model, Batches&& batches,
                                    const O& prototype = O{}) {
  Calibrator<O> calibrator(model, prototype);
  for (auto&& batch : batches) calibrator.update(batch);
  return calibrator.calibration();
}

}  // namespace edgeopt::inline v0
