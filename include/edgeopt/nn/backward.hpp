// SPDX-License-Identifier: MIT
/// @file
/// The backward pass of SmallCNN: equations (9) to (14) of `layers.hpp`, one after the other, from
/// the gradient at the logits to those of every parameter and of the images.
#pragma once

#include <algorithm>  // std::max
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>  // std::type_identity_t
#include <utility>      // std::move
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/nn/forward.hpp"
#include "edgeopt/nn/layers.hpp"
#include "edgeopt/nn/loss.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/tensor.hpp"

namespace edgeopt::inline v0 {

/// The gradient of a scalar with respect to all that it depends on.
template <std::floating_point T>
struct Gradients {
  SmallCNN<T> parameters;    ///< of each parameter, in its place
  xt::xtensor<T, 4> images;  ///< [batch, channels, height, width]
};

namespace detail {

/// Scratch memory of the backward pass, kept from one group of images to the next.
template <std::floating_point T>
struct BackwardScratch {
  std::vector<T> columns;
  std::vector<T> convolved;  // dY of one image
  std::vector<T> pooled1;    // dP of the first block of one image
  std::vector<T> pooled2;    // dP of the second block of all images
};

/// The backward pass of one group of images. Adds to `sum`; `images_gradient` is like `images`, or
/// empty where nobody wants it.
template <std::floating_point T>
void backward(const SmallCNN<T>& model, const SmallCNNSpec& spec, std::span<const T> images,
              const Activations<T>& a, const T* logits_gradient, BackwardScratch<T>& scratch,
              SmallCNN<T>& sum, std::span<T> images_gradient) {
  const ImageShape& input = spec.input;
  const ImageShape pooled1 = spec.pooled1();
  const ImageShape pooled2 = spec.pooled2();
  const ImageShape conv1{pooled1.channels, input.height, input.width};
  const ImageShape conv2{pooled2.channels, pooled1.height, pooled1.width};
  const std::int64_t batch = batch_of(images.size(), input);

  const auto fit = [](std::vector<T>& buffer, std::int64_t elements) {
    buffer.resize(static_cast<std::size_t>(elements));
    return buffer.data();
  };
  T* columns = fit(scratch.columns, std::max(column_elements(input), column_elements(pooled1)));
  T* dy = fit(scratch.convolved, std::max(conv1.elements(), conv2.elements()));
  T* dp1 = fit(scratch.pooled1, pooled1.elements());
  T* dp2 = fit(scratch.pooled2, batch * pooled2.elements());

  linear_backward(logits_gradient, a.pool2.data(), batch, pooled2.elements(),
                  model.classifier_weight.data(), spec.classes, sum.classifier_weight.data(),
                  sum.classifier_bias.data(), dp2);
  for (std::int64_t i = 0; i < batch; ++i) {
    max_pool_relu_backward(a.conv2.data() + i * conv2.elements(), conv2,
                           dp2 + i * pooled2.elements(), dy, sum.conv2_bias.data());
    image_to_columns(a.pool1.data() + i * pooled1.elements(), pooled1, columns);
    convolve_backward_weight(dy, columns, pooled1, conv2.channels, sum.conv2_weight.data());
    convolve_backward_image(dy, pooled1, model.conv2_weight.data(), conv2.channels, columns, dp1);

    max_pool_relu_backward(a.conv1.data() + i * conv1.elements(), conv1, dp1, dy,
                           sum.conv1_bias.data());
    image_to_columns(images.data() + i * input.elements(), input, columns);
    convolve_backward_weight(dy, columns, input, conv1.channels, sum.conv1_weight.data());
    if (!images_gradient.empty())
      convolve_backward_image(dy, input, model.conv1_weight.data(), conv1.channels, columns,
                              images_gradient.data() + i * input.elements());
  }
}

}  // namespace detail

/// Gradients of a scalar whose gradient at the logits is given.
/// images  // [batch, channels, height, width]; `activations` of these images by `forward`;
/// logits_gradient  // [batch, classes]
/// @throws DomainError when the images are no whole number of images of the network's input, or the
///   activations or gradient are of another batch
template <std::floating_point T>
[[nodiscard]] Gradients<T> backward(const SmallCNN<T>& model,
                                    std::span<const std::type_identity_t<T>> images,
                                    const Activations<T>& activations,
                                    const xt::xtensor<T, 2>& logits_gradient) {
  const SmallCNNSpec spec = model.spec();
  const ImageShape& input = spec.input;
  const std::int64_t batch = detail::batch_of(images.size(), input);
  const Shape expected{batch, spec.classes};
  for (const auto* tensor : {&activations.logits, &logits_gradient})
    if (const Shape shape = shape_of(*tensor); shape != expected)
      throw DomainError("shape of the logits or their gradient", to_string(shape),
                        to_string(expected));
  Gradients<T> gradients{SmallCNN<T>(spec),
                         detail::zero_tensor<T>(batch, input.channels, input.height, input.width)};
  detail::BackwardScratch<T> scratch;
  detail::backward(model, spec, images, activations, logits_gradient.data(), scratch,
                   gradients.parameters, span_of(gradients.images));
  return gradients;
}

/// A loss and the gradient of all that it depends on.
template <std::floating_point T>
struct LossAndGradients {
  T loss = 0;
  Gradients<T> gradients;
};

/// Mean cross-entropy of a batch and its gradients.
/// images  // [batch, channels, height, width]; labels  // [batch]
/// @throws DomainError as `forward` and `cross_entropy`
template <std::floating_point T, LabelRange Labels>
[[nodiscard]] LossAndGradients<T> loss_and_gradients(
    const SmallCNN<T>& model, std::span<const std::type_identity_t<T>> images,
    const Labels& labels) {
  Activations<T> activations;
  forward(model, images, activations);
  const CrossEntropy<T> loss = cross_entropy(activations.logits, labels);
  return {loss.loss, backward(model, images, activations, loss.gradient)};
}

}  // namespace edgeopt::inline v0
