// SPDX-License-Identifier: MIT
/// @file
/// How many channels structured pruning keeps: enough for estimates, without weights.
#pragma once

#include <cstdint>
#include <string>

#include "edgeopt/error.hpp"
#include "edgeopt/small_cnn_spec.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// @throws DomainError unless a pruning level is in [0, 1); -0.0 is 0, NaN is refused
inline void require_pruning_level(double level) {
  if (!(level >= 0 && level < 1)) throw DomainError("pruning level", format_real(level), "[0, 1)");
}

/// Channels kept of `channels`: max(1, round(channels * (1 - level))) in double, halves to even.
/// @throws DomainError for a level outside [0, 1), or `channels` outside 1 .. 2^53
[[nodiscard]] inline std::int64_t kept_channel_count(std::int64_t channels, double level) {
  require_pruning_level(level);
  constexpr std::int64_t largest = std::int64_t{1} << 53;  // up to which double counts exactly
  if (channels < 1 || channels > largest)
    throw DomainError("channels", std::to_string(channels), "an integer in 1 .. 2^53");
  const double exact = static_cast<double>(channels) * (1 - level);
  auto kept = static_cast<std::int64_t>(exact);
  // Comparing leaves the product nothing to be contracted with, unlike taking `kept` away from it.
  const double half_way = static_cast<double>(kept) + 0.5;
  if (exact > half_way || (exact == half_way && kept % 2 == 1)) ++kept;
  return kept > 1 ? kept : 1;
}

/// The network that `structured_channel_prune` makes of one like this: both convolutions lose
/// output channels; what reads them shrinks with them.
/// @throws DomainError as `kept_channel_count`
[[nodiscard]] inline SmallCNNSpec pruned(SmallCNNSpec spec, double level) {
  spec.conv1_channels = kept_channel_count(spec.conv1_channels, level);
  spec.conv2_channels = kept_channel_count(spec.conv2_channels, level);
  return spec;
}

}  // namespace edgeopt::inline v0
