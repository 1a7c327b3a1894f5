// What the tests of whole studies share.
#pragma once

#include "edgeopt/study/config.hpp"

// A study that takes a moment: a small network, few images, few timed calls.
inline edgeopt::ExperimentConfig tiny_config() {
  edgeopt::ExperimentConfig config;
  config.train_subset = 600;
  config.val_subset = 100;
  config.batch_size = 32;
  config.epochs = 2;
  config.learning_rate = 0.01;
  config.conv1_channels = 4;
  config.conv2_channels = 6;
  config.pruning_levels = {0, 0.5};
  config.calibration_batches = 2;
  config.benchmark_repeats = 2;
  config.benchmark_warmup = 1;
  config.benchmark_runs = 2;
  config.threads = 1;
  return config;
}
