// SPDX-License-Identifier: MIT
/// @file
/// Training over epochs: of a new network, and of a pruned one that is to recover.
///
/// Results are the same bits for any number of threads and workers; another instruction set gives
/// others within rounding.
#pragma once

#include <cmath>  // std::isfinite
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "edgeopt/engines/small_cnn_trainer.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/nn/parameter_spans.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/small_cnn_spec.hpp"
#include "edgeopt/study/config.hpp"
#include "edgeopt/study/dataset.hpp"
#include "edgeopt/study/loader.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// How a network is trained.
struct TrainingOptions {
  std::int64_t epochs = 2;
  double learning_rate = 0.001;  ///< of Adam, whose moments begin at zero
  std::int64_t first_epoch = 0;  ///< number of the first pass; it decides the order of the images
};

/// Where training stands after a batch. Epochs and batches count from 1.
struct TrainingProgress {
  std::int64_t epoch = 0;
  std::int64_t epochs = 0;
  std::int64_t batch = 0;
  std::int64_t batches = 0;
  double loss = 0;  ///< mean over this batch, before its step
};

/// What an epoch came to.
struct EpochSummary {
  std::int64_t epoch = 0;  ///< from 1
  double loss = 0;         ///< mean over the images, each as it was before its batch's step

  friend bool operator==(const EpochSummary&, const EpochSummary&) = default;
};

/// Who follows a training, and who may end it. Every part may be left empty.
struct TrainingWatch {
  std::function<void(const TrainingProgress&)> on_batch;
  /// Sees the network after each epoch, for instance to evaluate it.
  std::function<void(const EpochSummary&, const SmallCNN<float>&)> on_epoch;
  std::stop_token stop;
};

namespace detail {

inline void require_finite_loss(double loss, const TrainingProgress& at) {
  if (std::isfinite(loss)) return;
  throw Error("the loss is " + format_real(loss) + " in epoch " + std::to_string(at.epoch) +
              ", batch " + std::to_string(at.batch) +
              ": training diverged, a smaller learning_rate may help");
}

}  // namespace detail

/// Trains `model` on the loader's images by Adam on the mean cross-entropy.
/// @throws DomainError when the loader's images do not fit the network, or an option is out of
/// range
/// @throws Interrupted when `watch.stop` asks for it; checked before every batch
/// @throws Error when the loss is no longer finite
inline std::vector<EpochSummary> train(SmallCNN<float>& model, const BatchLoader& loader,
                                       const TrainingOptions& options, ThreadPool& pool,
                                       const TrainingWatch& watch = {}) {
  SmallCNNTrainer trainer(model.spec(), {.learning_rate = options.learning_rate});
  const SmallCNNSpans<float> parameters = parameter_spans(model);
  std::vector<EpochSummary> summaries;
  TrainingProgress progress;
  progress.epochs = options.epochs;
  progress.batches = loader.batches();
  for (progress.epoch = 1; progress.epoch <= options.epochs; ++progress.epoch) {
    double loss_sum = 0;
    progress.batch = 0;
    for (const Batch& batch : loader.epoch(options.first_epoch + progress.epoch - 1)) {
      if (watch.stop.stop_requested())
        throw Interrupted("training was interrupted in epoch " + std::to_string(progress.epoch));
      ++progress.batch;
      progress.loss =
          static_cast<double>(trainer.step(parameters, batch.images, batch.labels, pool));
      detail::require_finite_loss(progress.loss, progress);
      loss_sum += progress.loss * static_cast<double>(batch.size());
      if (watch.on_batch) watch.on_batch(progress);
    }
    summaries.push_back({progress.epoch, loss_sum / static_cast<double>(loader.data().size())});
    if (watch.on_epoch) watch.on_epoch(summaries.back(), model);
  }
  return summaries;
}

/// The network that a configuration describes for this data.
[[nodiscard]] inline SmallCNNSpec small_cnn_spec(const ExperimentConfig& config,
                                                 const Dataset& data) {
  return {data.shape, config.conv1_channels, config.conv2_channels, data.classes};
}

/// A trained network and how it came about.
struct TrainedModel {
  SmallCNN<float> model;
  std::vector<EpochSummary> epochs;
};

/// Trains the network of `config` from initial weights drawn from its seed. Throws as `train`.
[[nodiscard]] inline TrainedModel train_model(const ExperimentConfig& config,
                                              const Loaders& loaders, ThreadPool& pool,
                                              const TrainingWatch& watch = {}) {
  TrainedModel trained{initialized_small_cnn<float>(small_cnn_spec(config, loaders.training.data()),
                                                    static_cast<std::uint64_t>(config.seed)),
                       {}};
  const TrainingOptions options{.epochs = config.epochs, .learning_rate = config.learning_rate};
  trained.epochs = train(trained.model, loaders.training, options, pool, watch);
  return trained;
}

/// Trains a network for `fine_tune_epochs` more, in orders that training has not used. Throws as
/// `train`.
inline std::vector<EpochSummary> fine_tune(SmallCNN<float>& model, const ExperimentConfig& config,
                                           const Loaders& loaders, ThreadPool& pool,
                                           const TrainingWatch& watch = {}) {
  const TrainingOptions options{.epochs = config.fine_tune_epochs,
                                .learning_rate = config.learning_rate,
                                .first_epoch = config.epochs};
  return train(model, loaders.training, options, pool, watch);
}

}  // namespace edgeopt::inline v0
