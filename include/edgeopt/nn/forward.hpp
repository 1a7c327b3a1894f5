// SPDX-License-Identifier: MIT
/// @file
/// The forward pass of SmallCNN, the plain reference of every engine: equations (1) to (5) of
/// `layers.hpp`, one after the other.
///
/// Sums run in the order of Eigen's matrix kernel, which depends on the processor and on how the
/// program was compiled: logits are the same for every run and thread count, and equal up to
/// rounding elsewhere.
#pragma once

#include <algorithm>  // std::copy, std::min
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>  // std::type_identity_t
#include <vector>

#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/nn/layers.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/tensor.hpp"

namespace edgeopt::inline v0 {

/// All that the network computes of a batch: what the backward pass needs, and what calibration
/// observes.
template <std::floating_point T>
struct Activations {
  xt::xtensor<T, 4> conv1;   ///< after ReLU, [batch, conv1_channels, height, width]
  xt::xtensor<T, 4> pool1;   ///< [batch, conv1_channels, height/2, width/2]
  xt::xtensor<T, 4> conv2;   ///< after ReLU, [batch, conv2_channels, height/2, width/2]
  xt::xtensor<T, 4> pool2;   ///< [batch, conv2_channels, height/4, width/4]; flatten is a no-op
  xt::xtensor<T, 2> logits;  ///< [batch, classes]
};

namespace detail {

/// The number of images of this shape that `elements` values hold; at least one.
inline std::int64_t batch_of(std::size_t elements, const ImageShape& shape) {
  const auto image = static_cast<std::size_t>(shape.elements());
  if (elements == 0 || elements % image != 0)
    throw DomainError("elements of the images", std::to_string(elements),
                      "a positive multiple of " + std::to_string(image) + " (one image)");
  return static_cast<std::int64_t>(elements / image);
}

/// A batch as a tensor has the shape that the network expects.
template <class T>
void require_images(const xt::xtensor<T, 4>& images, const ImageShape& shape) {
  const Shape found = shape_of(images);
  if (found[0] < 1 || found[1] != shape.channels || found[2] != shape.height ||
      found[3] != shape.width)
    throw DomainError(
        "shape of the images", to_string(found),
        "[batch >= 1, " + to_string(Shape{shape.channels, shape.height, shape.width}).substr(1));
}

/// Images that pass through the network together: enough for the classifier to be a matrix
/// product, few enough for their activations to stay in cache.
inline constexpr std::int64_t images_at_once = 8;

/// Activations are stored as they were computed.
struct StoreUnchanged {
  template <class T>
  void operator()(T*, std::int64_t) const noexcept {}
};

/// The forward pass in steps, so that images can be shared among threads. `store(values, count)`
/// sees every layer's result before the next layer reads it.
template <std::floating_point T, class Store = StoreUnchanged>
class ForwardPass {
 public:
  /// Gives the activations their extents.
  ForwardPass(const SmallCNN<T>& model, const SmallCNNSpec& spec, std::span<const T> images,
              Activations<T>& activations, const Store& store = {})
      : model_(model),
        store_(store),
        images_(images.data()),
        a_(activations),
        input_(spec.input),
        pooled1_(spec.pooled1()),
        pooled2_(spec.pooled2()),
        conv1_{pooled1_.channels, input_.height, input_.width},
        conv2_{pooled2_.channels, pooled1_.height, pooled1_.width},
        classes_(spec.classes),
        batch_(batch_of(images.size(), input_)) {
    resize(a_.conv1, batch_, conv1_.channels, conv1_.height, conv1_.width);
    resize(a_.pool1, batch_, pooled1_.channels, pooled1_.height, pooled1_.width);
    resize(a_.conv2, batch_, conv2_.channels, conv2_.height, conv2_.width);
    resize(a_.pool2, batch_, pooled2_.channels, pooled2_.height, pooled2_.width);
    resize(a_.logits, batch_, classes_);
  }

  [[nodiscard]] std::int64_t batch() const noexcept { return batch_; }

  /// Both blocks of image i, `columns` being scratch.
  void run_blocks(std::int64_t i, std::vector<T>& columns) const {
    columns.resize(
        static_cast<std::size_t>(std::max(column_elements(input_), column_elements(pooled1_))));
    T* y1 = a_.conv1.data() + i * conv1_.elements();
    T* p1 = a_.pool1.data() + i * pooled1_.elements();
    T* y2 = a_.conv2.data() + i * conv2_.elements();
    T* p2 = a_.pool2.data() + i * pooled2_.elements();
    image_to_columns(images_ + i * input_.elements(), input_, columns.data());
    convolve_relu(columns.data(), input_, model_.conv1_weight.data(), model_.conv1_bias.data(),
                  conv1_.channels, y1);
    store_(y1, conv1_.elements());
    max_pool(y1, conv1_, p1);
    image_to_columns(p1, pooled1_, columns.data());
    convolve_relu(columns.data(), pooled1_, model_.conv2_weight.data(), model_.conv2_bias.data(),
                  conv2_.channels, y2);
    store_(y2, conv2_.elements());
    max_pool(y2, conv2_, p2);
  }

  /// The logits of all images, whose blocks have been run.
  void classify() const {
    linear(a_.pool2.data(), batch_, pooled2_.elements(), model_.classifier_weight.data(),
           model_.classifier_bias.data(), classes_, a_.logits.data());
    store_(a_.logits.data(), batch_ * classes_);
  }

 private:
  const SmallCNN<T>& model_;
  Store store_;
  const T* images_;
  Activations<T>& a_;
  ImageShape input_, pooled1_, pooled2_, conv1_, conv2_;
  std::int64_t classes_;
  std::int64_t batch_;
};

/// The forward pass of one group of images, `columns` being scratch.
template <std::floating_point T, class Store = StoreUnchanged>
void forward(const SmallCNN<T>& model, const SmallCNNSpec& spec, std::span<const T> images,
             std::vector<T>& columns, Activations<T>& activations, const Store& store = {}) {
  const ForwardPass<T, Store> pass(model, spec, images, activations, store);
  for (std::int64_t i = 0; i < pass.batch(); ++i) pass.run_blocks(i, columns);
  pass.classify();
}

/// Cuts images into groups and calls `visit(first, images)` for each; `first` counts images.
template <class T, class Visit>
void visit_groups(std::span<const T> images, const ImageShape& shape, Visit&& visit) {
  const std::int64_t batch = batch_of(images.size(), shape);
  const auto image = static_cast<std::size_t>(shape.elements());
  for (std::int64_t first = 0; first < batch; first += images_at_once) {
    const std::int64_t count = std::min(images_at_once, batch - first);
    visit(first, images.subspan(static_cast<std::size_t>(first) * image,
                                static_cast<std::size_t>(count) * image));
  }
}

/// The logits of a batch  // [batch, classes]; activations are kept for one group at a time.
template <std::floating_point T, class Store = StoreUnchanged>
xt::xtensor<T, 2> logits(const SmallCNN<T>& model, std::span<const T> images,
                         const Store& store = {}) {
  const SmallCNNSpec spec = model.spec();
  auto result = zero_tensor<T>(batch_of(images.size(), spec.input), spec.classes);
  std::vector<T> columns;
  Activations<T> activations;
  visit_groups(images, spec.input, [&](std::int64_t first, std::span<const T> group) {
    forward(model, spec, group, columns, activations, store);
    std::copy(activations.logits.begin(), activations.logits.end(),
              result.data() + first * spec.classes);
  });
  return result;
}

}  // namespace detail

/// Runs the network and keeps every activation; `activations` is reused where its extents fit.
/// images  // [batch, channels, height, width], normalised, batch >= 1
/// @throws DomainError when the images are no whole number of images of the network's input, or
///   the tensors of the network do not fit one another
template <std::floating_point T>
void forward(const SmallCNN<T>& model, std::span<const std::type_identity_t<T>> images,
             Activations<T>& activations) {
  std::vector<T> columns;
  detail::forward(model, model.spec(), images, columns, activations);
}

/// The same on the threads of a pool, with the same bits.
template <std::floating_point T>
void forward(const SmallCNN<T>& model, std::span<const std::type_identity_t<T>> images,
             Activations<T>& activations, ThreadPool& pool) {
  const detail::ForwardPass<T> pass(model, model.spec(), images, activations);
  std::vector<std::vector<T>> columns(static_cast<std::size_t>(pool.size()));
  pool.parallel_for(pass.batch(), [&](std::int64_t image, int worker) {
    pass.run_blocks(image, columns[static_cast<std::size_t>(worker)]);
  });
  pass.classify();
}

/// The logits of a batch  // [batch, classes], as above; activations are not kept.
template <std::floating_point T>
[[nodiscard]] xt::xtensor<T, 2> forward(const SmallCNN<T>& model,
                                        std::span<const std::type_identity_t<T>> images) {
  return detail::logits<T>(model, images);
}

/// The same for a batch held in a tensor. @throws DomainError also when its shape is not the
/// input's
template <std::floating_point T>
[[nodiscard]] xt::xtensor<T, 2> forward(const SmallCNN<T>& model, const xt::xtensor<T, 4>& images) {
  detail::require_images(images, model.input);
  return forward(model, span_of(images));
}

}  // namespace edgeopt::inline v0
