// SPDX-License-Identifier: MIT
/// @file
/// Batches of normalised images, in an order that depends on the seed and the epoch only.
#pragma once

#include <algorithm>  // std::min
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>  // std::input_iterator_tag, std::default_sentinel_t
#include <numeric>   // std::iota
#include <span>
#include <string>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/image_shape.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/study/config.hpp"
#include "edgeopt/study/dataset.hpp"
#include "edgeopt/study/ordered_prefetch.hpp"

namespace edgeopt::inline v0 {

/// What a network sees of a pixel: (p/255 - 0.5)/0.5 in binary32, each operation rounded.
[[nodiscard]] constexpr float normalized_pixel(std::uint8_t pixel) noexcept {
  const float scaled = static_cast<float>(pixel) / 255.0F;
  const float centred = scaled - 0.5F;
  return centred / 0.5F;
}

namespace detail {
inline constexpr std::array<float, 256> normalized_pixels = [] {
  std::array<float, 256> table{};
  for (std::size_t p = 0; p < table.size(); ++p)
    table[p] = normalized_pixel(static_cast<std::uint8_t>(p));
  return table;
}();
}  // namespace detail

/// Some images of a data set as a network takes them.
struct Batch {
  ImageShape shape;
  std::vector<float> images;         // [size, channels, height, width]
  std::vector<std::uint8_t> labels;  // [size]

  [[nodiscard]] std::int64_t size() const noexcept {
    return static_cast<std::int64_t>(labels.size());
  }
};

/// In which order images are shown.
enum class BatchOrder : std::uint8_t {
  stored,   ///< as in the data set, the same in every epoch
  shuffled  ///< anew in every epoch
};

/// How a `BatchLoader` cuts a data set into batches.
struct BatchOptions {
  std::int64_t batch_size = 128;
  BatchOrder order = BatchOrder::stored;
  std::int64_t seed = 0;     ///< of the shuffled order
  std::int64_t workers = 0;  ///< threads that prepare batches ahead; never changes a batch
};

/// One pass over a data set: an input range of `const Batch&`, or `next()` called until it gives
/// null. A batch is valid until the next one is asked for. A pass may be left at any time.
class Epoch {
 public:
  const Batch* next() { return prefetch_.next(); }

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Batch;
    using difference_type = std::ptrdiff_t;
    using pointer = const Batch*;
    using reference = const Batch&;

    Iterator() = default;
    explicit Iterator(Epoch& epoch) : epoch_(&epoch), batch_(epoch.next()) {}
    const Batch& operator*() const { return *batch_; }
    const Batch* operator->() const { return batch_; }
    Iterator& operator++() {
      batch_ = epoch_->next();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& it, std::default_sentinel_t) {
      return it.batch_ == nullptr;
    }

   private:
    Epoch* epoch_ = nullptr;
    const Batch* batch_ = nullptr;
  };

  /// Asks for the first batch: to be called once.
  Iterator begin() { return Iterator(*this); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend class BatchLoader;

  struct Gather {
    const Dataset* data;
    std::vector<std::int64_t> order;  // of the images in this epoch
    std::int64_t batch_size;

    void operator()(std::int64_t index, Batch& batch) const {
      const std::int64_t first = index * batch_size;
      const auto count = static_cast<std::size_t>(
          std::min(batch_size, static_cast<std::int64_t>(order.size()) - first));
      const auto elements = static_cast<std::size_t>(data->shape.elements());
      batch.shape = data->shape;
      batch.images.resize(count * elements);
      batch.labels.resize(count);
      for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t item = order[static_cast<std::size_t>(first) + i];
        const std::span<const std::uint8_t> pixels = data->image(item);
        float* out = batch.images.data() + i * elements;
        for (std::size_t k = 0; k < elements; ++k) out[k] = detail::normalized_pixels[pixels[k]];
        batch.labels[i] = data->labels[static_cast<std::size_t>(item)];
      }
    }
  };

  Epoch(std::int64_t batches, std::int64_t workers, Gather gather)
      : prefetch_(batches, workers, std::move(gather)) {}

  OrderedPrefetch<Batch, Gather> prefetch_;
};

/// Cuts a data set, which must outlive it, into batches; the last one may be shorter. Epoch n is
/// the same whenever and however often it is asked for.
class BatchLoader {
 public:
  /// @throws DomainError when the data set is empty or has not an image for each label,
  ///   batch_size < 1 or workers < 0
  explicit BatchLoader(const Dataset& data, BatchOptions options)
      : data_(&data), options_(options) {
    require_images(data);
    if (options.batch_size < 1)
      throw DomainError("batch_size", std::to_string(options.batch_size), "an integer >= 1");
    if (options.workers < 0)
      throw DomainError("workers", std::to_string(options.workers), "an integer >= 0");
    options_.batch_size = std::min(options.batch_size, data.size());
  }
  BatchLoader(Dataset&&, BatchOptions) = delete;  // would dangle

  [[nodiscard]] const Dataset& data() const noexcept { return *data_; }

  /// Batches in an epoch.
  [[nodiscard]] std::int64_t batches() const noexcept {
    return (data_->size() - 1) / options_.batch_size + 1;
  }

  /// The pass number `number` >= 0.
  [[nodiscard]] Epoch epoch(std::int64_t number = 0) const {
    return Epoch(batches(), options_.workers, {data_, order_of(number), options_.batch_size});
  }

 private:
  [[nodiscard]] std::vector<std::int64_t> order_of(std::int64_t epoch) const {
    std::vector<std::int64_t> order(static_cast<std::size_t>(data_->size()));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    if (options_.order == BatchOrder::shuffled) {
      constexpr std::uint64_t purpose = 0x6f72646572;  // "order" in ASCII
      const std::uint64_t seed =
          Random::stream(static_cast<std::uint64_t>(options_.seed), purpose).next();
      Random::stream(seed, static_cast<std::uint64_t>(epoch)).shuffle(std::span(order));
    }
    return order;
  }

  const Dataset* data_;
  BatchOptions options_;
};

/// The two loaders of a study.
struct Loaders {
  BatchLoader training;    ///< shuffled
  BatchLoader validation;  ///< in stored order
};

/// Loaders over `splits`, which must outlive them.
/// @throws DomainError when a split is empty or a setting out of range
[[nodiscard]] inline Loaders build_loaders(const ExperimentConfig& config,
                                           const DataSplits& splits) {
  BatchOptions options;
  options.batch_size = config.batch_size;
  options.workers = config.num_workers;
  options.seed = shuffle_seed(config);
  BatchOptions shuffled = options;
  shuffled.order = BatchOrder::shuffled;
  return {BatchLoader(splits.training, shuffled), BatchLoader(splits.validation, options)};
}
Loaders build_loaders(const ExperimentConfig&, DataSplits&&) = delete;  // would dangle

}  // namespace edgeopt::inline v0
