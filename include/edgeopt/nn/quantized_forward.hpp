// SPDX-License-Identifier: MIT
/// @file
/// The forward pass of SmallCNN in int8, the plain reference of every int8 engine. Every integer is
/// the same wherever it runs. (n) refers to the formulas of `quantization.hpp`.
#pragma once

#include <algorithm>  // std::max
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/nn/calibration.hpp"
#include "edgeopt/nn/forward.hpp"  // batch_of, require_images
#include "edgeopt/nn/layers.hpp"
#include "edgeopt/nn/quantized_small_cnn.hpp"
#include "edgeopt/nn/tensor.hpp"
#include "edgeopt/quantization.hpp"

namespace edgeopt::inline v0 {

/// All that the int8 network computes of a batch.
struct QuantizedActivations {
  xt::xtensor<std::uint8_t, 4> input;       ///< [batch, channels, height, width]
  xt::xtensor<std::uint8_t, 4> conv1;       ///< after ReLU
  xt::xtensor<std::uint8_t, 4> pool1;       ///< in the parameters of conv1
  xt::xtensor<std::uint8_t, 4> conv2;       ///< after ReLU
  xt::xtensor<std::uint8_t, 4> pool2;       ///< in the parameters of conv2
  xt::xtensor<std::uint8_t, 2> flatten;     ///< [batch, features]
  xt::xtensor<std::uint8_t, 2> classifier;  ///< [batch, classes]
  xt::xtensor<float, 2> logits;             ///< [batch, classes]

  /// How many values were clamped because their level was not in 0..255; what ReLU cuts off is not
  /// counted.
  PerActivation<std::int64_t> saturated{};
};

namespace detail {

/// A level as u8; counts it where it does not fit.
inline std::uint8_t saturate(float level, std::int64_t& saturated) noexcept {
  const float clamped = clamp(level, 0, 255);
  saturated += clamped != level;
  return static_cast<std::uint8_t>(clamped);
}

/// A weighted layer with all its constants.
class IntegerLayer {
 public:
  template <std::size_t Rank>
  IntegerLayer(const QuantizedLayer<Rank>& layer, QuantizationBackend backend,
               QuantizationParameters input, QuantizationParameters output,
               OutputActivation activation)
      : weight_(layer.weight.begin(), layer.weight.end()),
        channels_(layer_requantization(layer, backend, input, output)),
        input_zero_point_(input.zero_point),
        output_zero_point_(output.zero_point),
        activation_(activation) {}

  /// q_x - z_x. Where a convolution's window leaves the image, this difference is 0.
  [[nodiscard]] std::vector<std::int32_t> differences(std::span<const std::uint8_t> x) const {
    std::vector<std::int32_t> result(x.begin(), x.end());
    for (std::int32_t& level : result) level -= input_zero_point_;
    return result;
  }

  /// (4) to (7) for one image, as a matrix product.
  /// columns  // [inputs, pixels] differences; y  // [outputs, pixels]
  void run(const std::vector<std::int32_t>& columns, std::span<std::uint8_t> y,
           std::int64_t& saturated) const {
    const auto outputs = static_cast<std::int64_t>(channels_.size());
    const std::int64_t inputs = static_cast<std::int64_t>(weight_.size()) / outputs;
    const std::int64_t pixels = static_cast<std::int64_t>(y.size()) / outputs;
    const Matrix<std::int32_t> sums =
        matrix(weight_.data(), outputs, inputs) * matrix(columns.data(), inputs, pixels);
    for (std::int64_t i = 0; i < outputs * pixels; ++i) {
      const auto& channel = channels_[static_cast<std::size_t>(i / pixels)];
      std::int32_t level = requantized_level(sums.data()[i], channel, output_zero_point_);
      if (activation_ == OutputActivation::relu) level = std::max(level, output_zero_point_);
      y[static_cast<std::size_t>(i)] = saturate(static_cast<float>(level), saturated);
    }
  }

 private:
  std::vector<std::int32_t> weight_;  // [outputs, inputs]
  std::vector<ChannelRequantization> channels_;
  std::int32_t input_zero_point_;
  std::int32_t output_zero_point_;
  OutputActivation activation_;
};

/// A 3x3 convolution with padding 1 of one image.
inline void convolve(const IntegerLayer& layer, std::span<const std::uint8_t> x,
                     const ImageShape& shape, std::span<std::uint8_t> y, std::int64_t& saturated) {
  std::vector<std::int32_t> columns(static_cast<std::size_t>(column_elements(shape)));
  image_to_columns(layer.differences(x).data(), shape, columns.data());
  layer.run(columns, y, saturated);
}

/// The part of a tensor that belongs to one item of the batch.
template <class T, std::size_t Rank>
std::span<T> item(xt::xtensor<T, Rank>& tensor, std::size_t index) {
  const std::size_t elements = tensor.size() / tensor.shape(0);
  return span_of(tensor).subspan(index * elements, elements);
}

}  // namespace detail

/// Runs the int8 network on the threads of a pool and keeps every activation.
/// images  // [batch, channels, height, width], normalised, batch >= 1; infinite values saturate
/// @throws DomainError when a value is NaN, the images are no whole number of images of the
///   network's input, or the network is not valid (`spec()`, `layer_requantization`)
[[nodiscard]] inline QuantizedActivations quantized_forward(const QuantizedSmallCNN& model,
                                                            std::span<const float> images,
                                                            ThreadPool& pool) {
  using detail::item;
  const SmallCNNSpec spec = model.spec();
  const ImageShape& input = spec.input;
  const ImageShape pooled1 = spec.pooled1();
  const ImageShape pooled2 = spec.pooled2();
  const ImageShape shape1{pooled1.channels, input.height, input.width};
  const ImageShape shape2{pooled2.channels, pooled1.height, pooled1.width};
  const std::int64_t batch = detail::batch_of(images.size(), input);

  const auto& q = model.activations;
  const detail::IntegerLayer conv1(model.conv1, model.backend, q.input, q.conv1,
                                   OutputActivation::relu);
  const detail::IntegerLayer conv2(model.conv2, model.backend, q.conv1, q.conv2,
                                   OutputActivation::relu);
  const detail::IntegerLayer classifier(model.classifier, model.backend, q.flatten, q.classifier,
                                        OutputActivation::none);

  QuantizedActivations a;
  detail::resize(a.input, batch, input.channels, input.height, input.width);
  detail::resize(a.conv1, batch, shape1.channels, shape1.height, shape1.width);
  detail::resize(a.pool1, batch, pooled1.channels, pooled1.height, pooled1.width);
  detail::resize(a.conv2, batch, shape2.channels, shape2.height, shape2.width);
  detail::resize(a.pool2, batch, pooled2.channels, pooled2.height, pooled2.width);
  detail::resize(a.flatten, batch, pooled2.elements());
  detail::resize(a.classifier, batch, spec.classes);
  detail::resize(a.logits, batch, spec.classes);

  for (std::size_t i = 0; i < images.size(); ++i) {  // (3)
    if (images[i] != images[i]) throw DomainError("value of an image", "nan", "a number");
    a.input.data()[i] = detail::saturate(activation_level(images[i], q.input), a.saturated.input);
  }
  std::vector<PerActivation<std::int64_t>> saturated(static_cast<std::size_t>(pool.size()));
  pool.parallel_for(batch, [&](std::int64_t image, int worker) {
    const auto i = static_cast<std::size_t>(image);
    auto& own = saturated[static_cast<std::size_t>(worker)];
    detail::convolve(conv1, item(a.input, i), input, item(a.conv1, i), own.conv1);
    detail::max_pool(item(a.conv1, i).data(), shape1, item(a.pool1, i).data());  // (8)
    detail::convolve(conv2, item(a.pool1, i), pooled1, item(a.conv2, i), own.conv2);
    detail::max_pool(item(a.conv2, i).data(), shape2, item(a.pool2, i).data());
  });
  for (const auto& of_worker : saturated) {
    a.saturated.conv1 += of_worker.conv1;
    a.saturated.conv2 += of_worker.conv2;
  }
  for (std::size_t i = 0; i < a.flatten.size(); ++i) {  // (9)
    const float x = dequantize(a.pool2.data()[i], q.conv2);
    a.flatten.data()[i] = detail::saturate(activation_level(x, q.flatten), a.saturated.flatten);
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(batch); ++i)
    classifier.run(classifier.differences(item(a.flatten, i)), item(a.classifier, i),
                   a.saturated.classifier);
  for (std::size_t i = 0; i < a.logits.size(); ++i)  // (10)
    a.logits.data()[i] = dequantize(a.classifier.data()[i], q.classifier);
  return a;
}

/// The same on the thread of the caller.
[[nodiscard]] inline QuantizedActivations quantized_forward(const QuantizedSmallCNN& model,
                                                            std::span<const float> images) {
  ThreadPool caller_only;
  return quantized_forward(model, images, caller_only);
}

}  // namespace edgeopt::inline v0
