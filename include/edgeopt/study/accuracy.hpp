// SPDX-License-Identifier: MIT
/// @file
/// How often an engine is right.
#pragma once

#include <algorithm>  // std::min
#include <cmath>      // std::isnan
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>  // std::declval
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/engine.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/study/dataset.hpp"
#include "edgeopt/study/loader.hpp"  // normalized_pixels

namespace edgeopt::inline v0 {

/// How often images of each class were taken for each class.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(std::int64_t classes)
      : classes_(classes), counts_(static_cast<std::size_t>(classes * classes)) {}

  [[nodiscard]] std::int64_t classes() const noexcept { return classes_; }
  [[nodiscard]] std::int64_t count(std::int64_t truth, std::int64_t answer) const {
    return counts_.at(index(truth, answer));
  }
  void add(std::int64_t truth, std::int64_t answer, std::int64_t times = 1) {
    counts_.at(index(truth, answer)) += times;
  }
  /// @throws DomainError for a matrix of another number of classes
  ConfusionMatrix& operator+=(const ConfusionMatrix& other) {
    if (other.classes_ != classes_)
      throw DomainError("classes of a confusion matrix", std::to_string(other.classes_),
                        std::to_string(classes_) + ", as the one it is added to");
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    return *this;
  }

  /// Images of one class.
  [[nodiscard]] std::int64_t images_of(std::int64_t truth) const {
    std::int64_t sum = 0;
    for (std::int64_t answer = 0; answer < classes_; ++answer) sum += count(truth, answer);
    return sum;
  }
  [[nodiscard]] std::int64_t images() const {
    std::int64_t sum = 0;
    for (std::int64_t truth = 0; truth < classes_; ++truth) sum += images_of(truth);
    return sum;
  }
  [[nodiscard]] std::int64_t right_answers() const {
    std::int64_t sum = 0;
    for (std::int64_t truth = 0; truth < classes_; ++truth) sum += count(truth, truth);
    return sum;
  }

  /// Share of right answers. @throws DomainError when no image was counted
  [[nodiscard]] double accuracy() const {
    const std::int64_t all = images();
    if (all == 0) throw DomainError("images", "none", "at least one");
    return static_cast<double>(right_answers()) / static_cast<double>(all);
  }
  /// Share of right answers among the images of one class; nothing when there are none.
  [[nodiscard]] std::optional<double> accuracy_of(std::int64_t truth) const {
    const std::int64_t all = images_of(truth);
    if (all == 0) return std::nullopt;
    return static_cast<double>(count(truth, truth)) / static_cast<double>(all);
  }

  friend bool operator==(const ConfusionMatrix&, const ConfusionMatrix&) = default;

 private:
  [[nodiscard]] std::size_t index(std::int64_t truth, std::int64_t answer) const {
    if (truth < 0 || truth >= classes_ || answer < 0 || answer >= classes_)
      throw DomainError("class", std::to_string(truth < 0 || truth >= classes_ ? truth : answer),
                        "0 to " + std::to_string(classes_ - 1));
    return static_cast<std::size_t>(truth * classes_ + answer);
  }

  std::int64_t classes_;
  std::vector<std::int64_t> counts_;  // [truth, answer]
};

/// The class with the largest logit, the first among equals.
/// @throws DomainError when a logit is NaN
[[nodiscard]] inline std::int64_t predicted_class(std::span<const float> logits) {
  std::size_t best = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (std::isnan(logits[i])) throw DomainError("logit " + std::to_string(i), "nan", "a number");
    if (logits[i] > logits[best]) best = i;
  }
  return static_cast<std::int64_t>(best);
}

namespace detail {

template <Engine E>
void check_fits(const E& engine, const Dataset& data, std::int64_t batch_size) {
  const auto text = [](const ImageShape& shape) {
    return to_string(Shape{shape.channels, shape.height, shape.width});
  };
  const ImageShape expected = engine.input_shape();
  const std::int64_t classes = engine.classes();
  require_images(data);
  if (data.shape != expected) throw DomainError("images", text(data.shape), text(expected));
  if (data.classes > classes)
    throw DomainError("classes of the data set", std::to_string(data.classes),
                      "at most the engine's " + std::to_string(classes));
  if (batch_size < 1)
    throw DomainError("batch_size", std::to_string(batch_size), "an integer >= 1");
}

/// What one thread needs to evaluate batches.
template <Engine E>
class Evaluator {
 public:
  Evaluator(const E& engine, const Dataset& data, std::int64_t batch_size)
      : engine_(&engine),
        data_(&data),
        workspace_(engine.make_workspace(batch_size)),
        images_(static_cast<std::size_t>(batch_size * data.shape.elements())),
        logits_(static_cast<std::size_t>(batch_size * engine.classes())),
        answers_(engine.classes()) {}

  /// Counts the answers to images first .. first+size-1, size <= batch_size.
  void evaluate(std::int64_t first, std::int64_t size) {
    const auto elements = static_cast<std::size_t>(data_->shape.elements());
    const auto classes = static_cast<std::size_t>(answers_.classes());
    const auto begin = static_cast<std::size_t>(first);
    const auto count = static_cast<std::size_t>(size);
    const auto pixels = std::span(data_->images).subspan(begin * elements, count * elements);
    const auto images = std::span(images_).first(pixels.size());
    const auto logits = std::span(logits_).first(count * classes);
    std::transform(pixels.begin(), pixels.end(), images.begin(),
                   [](std::uint8_t pixel) { return normalized_pixels[pixel]; });
    engine_->run(images, workspace_, logits);
    for (std::size_t i = 0; i < count; ++i)
      answers_.add(data_->labels[begin + i], predicted_class(logits.subspan(i * classes, classes)));
  }

  [[nodiscard]] const ConfusionMatrix& answers() const noexcept { return answers_; }

 private:
  const E* engine_;
  const Dataset* data_;
  decltype(std::declval<const E&>().make_workspace(std::int64_t{})) workspace_;
  std::vector<float> images_;  // [batch, channels, height, width]
  std::vector<float> logits_;  // [batch, classes]
  ConfusionMatrix answers_;
};

}  // namespace detail

/// Runs an engine over a data set, `batch_size` images at a time, and counts its answers. Batches
/// are shared among the threads of the pool; the result does not depend on their number.
/// @throws DomainError for a data set that is empty, has not an image for each label or is not of
///   the engine's shape and classes, a batch size below 1, or logits that are NaN
template <Engine E>
[[nodiscard]] ConfusionMatrix confusion_matrix(const E& engine, const Dataset& data,
                                               std::int64_t batch_size, ThreadPool& pool) {
  detail::check_fits(engine, data, batch_size);
  batch_size = std::min(batch_size, data.size());
  const std::int64_t batches = (data.size() - 1) / batch_size + 1;

  std::vector<detail::Evaluator<E>> evaluators;
  for (int i = 0; i < pool.size(); ++i) evaluators.emplace_back(engine, data, batch_size);
  pool.parallel_for(batches, [&](std::int64_t batch, int worker) {
    const std::int64_t first = batch * batch_size;
    evaluators[static_cast<std::size_t>(worker)].evaluate(
        first, std::min(batch_size, data.size() - first));
  });

  ConfusionMatrix answers(engine.classes());
  for (const auto& evaluator : evaluators) answers += evaluator.answers();
  return answers;
}

/// The same on the thread of the caller.
template <Engine E>
[[nodiscard]] ConfusionMatrix confusion_matrix(const E& engine, const Dataset& data,
                                               std::int64_t batch_size) {
  ThreadPool caller_only;
  return confusion_matrix(engine, data, batch_size, caller_only);
}

/// Share of right answers. @throws DomainError as `confusion_matrix` does
template <Engine E>
[[nodiscard]] double evaluate_accuracy(const E& engine, const Dataset& data,
                                       std::int64_t batch_size, ThreadPool& pool) {
  return confusion_matrix(engine, data, batch_size, pool).accuracy();
}

/// The same on the thread of the caller.
template <Engine E>
[[nodiscard]] double evaluate_accuracy(const E& engine, const Dataset& data,
                                       std::int64_t batch_size) {
  return confusion_matrix(engine, data, batch_size).accuracy();
}

}  // namespace edgeopt::inline v0
