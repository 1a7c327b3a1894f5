// SPDX-License-Identifier: MIT
/// @file
/// One step of training, on several threads, with the same bits on any number of them.
///
/// A batch is cut into chunks whose number depends on nothing but its size. Whichever thread takes
/// a chunk adds the gradients of its images in their order; the chunks' sums are then added in
/// theirs.
#pragma once

#include <algorithm>  // std::min
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>  // std::ranges::begin
#include <span>
#include <type_traits>  // std::type_identity_t
#include <vector>

#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/nn/adam.hpp"
#include "edgeopt/nn/backward.hpp"
#include "edgeopt/nn/forward.hpp"
#include "edgeopt/nn/loss.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/tensor.hpp"

namespace edgeopt::inline v0 {

/// Trains one network: Adam's state, and buffers that are reused from step to step.
template <std::floating_point T>
class TrainingStep {
 public:
  /// @throws DomainError as `Adam`
  explicit TrainingStep(const SmallCNNSpec& spec, const AdamOptions& options = {})
      : spec_(spec), adam_(spec, options) {}

  /// Moves `model` one step of Adam down the mean cross-entropy of a batch, and returns that loss
  /// as it was before. The network is unchanged when anything is thrown.
  ///
  /// images  // [batch, channels, height, width], normalised; labels  // [batch]
  /// @throws DomainError when the network is not of the extents given at construction, or as
  ///   `forward` and `cross_entropy`
  template <LabelRange Labels>
  T operator()(SmallCNN<T>& model, std::span<const std::type_identity_t<T>> images,
               const Labels& labels, ThreadPool& pool) {
    if (model.spec() != spec_)
      throw DomainError("network", "of other extents", "that of the training step");
    const std::int64_t batch = detail::batch_of(images.size(), spec_.input);
    detail::require_labels(labels, batch, spec_.classes);
    const std::int64_t chunks = std::min(most_chunks, batch);
    losses_.assign(static_cast<std::size_t>(chunks), T{0});
    while (sums_.size() < losses_.size()) sums_.emplace_back(spec_);
    workers_.resize(static_cast<std::size_t>(pool.size()));

    const auto elements = static_cast<std::size_t>(spec_.input.elements());
    pool.parallel_for(chunks, [&](std::int64_t chunk, int worker) {
      const std::int64_t first = chunk * batch / chunks;
      const std::int64_t last = (chunk + 1) * batch / chunks;
      const auto some = images.subspan(static_cast<std::size_t>(first) * elements,
                                       static_cast<std::size_t>(last - first) * elements);
      run(model, some, std::ranges::begin(labels) + first, static_cast<T>(batch), chunk, worker);
    });

    T loss = losses_[0];
    for (std::size_t chunk = 1; chunk < losses_.size(); ++chunk) {
      loss += losses_[chunk];
      visit_parameters(
          [](const char*, auto& total, const auto& sum) {
            const auto count = static_cast<std::int64_t>(total.size());
            detail::Elements<T>(total.data(), count) += detail::ConstElements<T>(sum.data(), count);
          },
          sums_[0], sums_[chunk]);
    }
    adam_.update(model, sums_[0]);
    return loss / static_cast<T>(batch);
  }

 private:
  static constexpr std::int64_t most_chunks = 16;

  struct Worker {
    std::vector<T> columns;
    Activations<T> activations;
    detail::BackwardScratch<T> scratch;
  };

  /// Loss and gradient sums of one chunk's images.
  template <class Labels>
  void run(const SmallCNN<T>& model, std::span<const T> images, Labels labels, T batch,
           std::int64_t chunk, int worker) {
    Worker& own = workers_[static_cast<std::size_t>(worker)];
    SmallCNN<T>& sum = sums_[static_cast<std::size_t>(chunk)];
    T& loss = losses_[static_cast<std::size_t>(chunk)];
    visit_parameters([](const char*, auto& tensor) { tensor.fill(T{0}); }, sum);
    detail::visit_groups(images, spec_.input, [&](std::int64_t, std::span<const T> group) {
      detail::forward(model, spec_, group, own.columns, own.activations);
      const auto classes = static_cast<std::size_t>(spec_.classes);
      xt::xtensor<T, 2>& logits = own.activations.logits;
      for (std::size_t row = 0; row < logits.size(); row += classes, ++labels)
        loss += detail::cross_entropy_gradient(span_of(logits).subspan(row, classes),
                                               static_cast<std::size_t>(*labels), batch);
      detail::backward(model, spec_, group, own.activations, logits.data(), own.scratch, sum,
                       std::span<T>{});
    });
  }

  SmallCNNSpec spec_;
  Adam<T> adam_;
  std::vector<SmallCNN<T>> sums_;  // of the gradients of each chunk, and perhaps spare ones
  std::vector<T> losses_;          // of each chunk, summed over its images
  std::vector<Worker> workers_;
};

}  // namespace edgeopt::inline v0
