// SPDX-License-Identifier: MIT
/// @file
/// Structured pruning: whole output channels of the convolutions go, those with the smallest
/// weights first, so that what is left is an ordinary, smaller network (H. Li et al., "Pruning
/// filters for efficient ConvNets", ICLR 2017).
#pragma once

#include <algorithm>  // std::sort, std::stable_sort
#include <cmath>      // std::abs, std::isfinite
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>  // std::iota
#include <string>
#include <type_traits>  // std::common_type_t
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/tensor.hpp"
#include "edgeopt/pruning_counts.hpp"

namespace edgeopt::inline v0 {

/// Sum of |weight| of each output channel of a convolution, added in double (or T, if that is
/// wider) in C order. weight  // [outputs, inputs, height, width]
template <std::floating_point T>
[[nodiscard]] auto channel_scores(const xt::xtensor<T, 4>& weight) {
  using Score = std::common_type_t<T, double>;
  std::vector<Score> scores(weight.shape(0));
  const std::size_t weights = scores.empty() ? 0 : weight.size() / scores.size();
  for (std::size_t channel = 0; channel < scores.size(); ++channel)
    for (const T value : span_of(weight).subspan(channel * weights, weights))
      scores[channel] += std::abs(static_cast<Score>(value));
  return scores;
}

/// Ascending indices of the output channels that pruning keeps: `kept_channel_count` of those with
/// the highest scores, the lower index first among equals.
/// @throws DomainError for a level outside [0, 1), no channel, or a weight that is not finite
template <std::floating_point T>
[[nodiscard]] std::vector<std::int64_t> kept_channels(const xt::xtensor<T, 4>& weight,
                                                      double level) {
  const auto scores = channel_scores(weight);
  for (std::size_t channel = 0; channel < scores.size(); ++channel)
    if (!std::isfinite(scores[channel]))
      throw DomainError("sum of |weight| of channel " + std::to_string(channel), "not finite",
                        "a finite number");
  std::vector<std::int64_t> channels(scores.size());
  std::iota(channels.begin(), channels.end(), std::int64_t{0});
  std::stable_sort(channels.begin(), channels.end(), [&](std::int64_t a, std::int64_t b) {
    return scores[static_cast<std::size_t>(a)] > scores[static_cast<std::size_t>(b)];
  });
  const std::int64_t kept = kept_channel_count(static_cast<std::int64_t>(scores.size()), level);
  channels.resize(static_cast<std::size_t>(kept));
  std::sort(channels.begin(), channels.end());
  return channels;
}

/// Output channels of both convolutions, ascending.
struct ChannelSelection {
  std::vector<std::int64_t> conv1;
  std::vector<std::int64_t> conv2;

  friend bool operator==(const ChannelSelection&, const ChannelSelection&) = default;
};

/// The channels that `structured_channel_prune` keeps. @throws DomainError as `kept_channels`
template <std::floating_point T>
[[nodiscard]] ChannelSelection channels_to_keep(const SmallCNN<T>& model, double level) {
  (void)model.spec();
  return {kept_channels(model.conv1_weight, level), kept_channels(model.conv2_weight, level)};
}

/// The network with these output channels only, their parameters copied unchanged. conv2 loses the
/// inputs that conv1 no longer gives, the classifier the features of the lost conv2 channels.
/// @throws DomainError when a selection is empty or not strictly ascending, or a channel does not
///   exist
template <std::floating_point T>
[[nodiscard]] SmallCNN<T> select_channels(const SmallCNN<T>& model, const ChannelSelection& keep) {
  const SmallCNNSpec spec = model.spec();
  const auto require = [](const std::vector<std::int64_t>& kept, std::int64_t channels) {
    std::int64_t least = 0;
    for (const std::int64_t channel : kept) {
      if (channel < least || channel >= channels)
        throw DomainError("kept channel", std::to_string(channel),
                          "ascending in 0 .. " + std::to_string(channels - 1));
      least = channel + 1;
    }
  };
  require(keep.conv1, spec.conv1_channels);
  require(keep.conv2, spec.conv2_channels);

  SmallCNNSpec smaller = spec;
  smaller.conv1_channels = static_cast<std::int64_t>(keep.conv1.size());
  smaller.conv2_channels = static_cast<std::int64_t>(keep.conv2.size());
  SmallCNN<T> result(smaller);

  // Copies the blocks of `block` values that stand at `from` and at the next free place.
  const auto copy = [](const auto& from, std::int64_t position, std::int64_t block, T*& to) {
    to = std::copy_n(from.data() + position * block, block, to);
  };
  const std::int64_t taps = 9;
  const std::int64_t features = spec.pooled2().height * spec.pooled2().width;
  T* conv1_weight = result.conv1_weight.data();
  T* conv1_bias = result.conv1_bias.data();
  for (const std::int64_t o : keep.conv1) {
    copy(model.conv1_weight, o, spec.input.channels * taps, conv1_weight);
    copy(model.conv1_bias, o, 1, conv1_bias);
  }
  T* conv2_weight = result.conv2_weight.data();
  T* conv2_bias = result.conv2_bias.data();
  for (const std::int64_t o : keep.conv2) {
    for (const std::int64_t i : keep.conv1)
      copy(model.conv2_weight, o * spec.conv1_channels + i, taps, conv2_weight);
    copy(model.conv2_bias, o, 1, conv2_bias);
  }
  T* classifier_weight = result.classifier_weight.data();
  for (std::int64_t o = 0; o < spec.classes; ++o)
    for (const std::int64_t i : keep.conv2)
      copy(model.classifier_weight, o * spec.conv2_channels + i, features, classifier_weight);
  result.classifier_bias = model.classifier_bias;
  return result;
}

/// Keeps max(1, round_half_even(n * (1 - level))) of the n output channels of each convolution,
/// those with the largest sums of |weight|, in their order.
/// @throws DomainError for a level outside [0, 1) or weights that are not finite
template <std::floating_point T>
[[nodiscard]] SmallCNN<T> structured_channel_prune(const SmallCNN<T>& model, double level) {
  return select_channels(model, channels_to_keep(model, level));
}

}  // namespace edgeopt::inline v0
