// SPDX-License-Identifier: MIT
/// @file
/// A random number generator whose numbers are the same with every compiler and standard library.
///
/// xoshiro256** by D. Blackman and S. Vigna ("Scrambled linear pseudorandom number generators",
/// ACM TOMS 47, 2021), seeded through SplitMix64 as its authors advise. `std::` distributions and
/// `std::shuffle` differ between libraries and are not used anywhere.
#pragma once

#include <bit>  // std::rotl
#include <cstdint>
#include <span>
#include <utility>  // std::swap

namespace edgeopt::inline v0 {

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) noexcept {
    for (std::uint64_t& word : state_) word = split_mix(seed);
  }

  /// An independent generator for a numbered purpose of the same seed: initial weights, shuffling,
  /// noise. Numbers drawn for one purpose never move those of another.
  [[nodiscard]] static constexpr Random stream(std::uint64_t seed, std::uint64_t purpose) noexcept {
    std::uint64_t mixed = purpose;
    return Random(seed ^ split_mix(mixed));
  }

  /// Uniform over all 64-bit integers.
  constexpr std::uint64_t next() noexcept {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform over 0 .. bound-1, unbiased (rejection of the incomplete last interval); bound >= 1.
  constexpr std::uint64_t below(std::uint64_t bound) noexcept {
    const std::uint64_t incomplete = (0 - bound) % bound;  // 2^64 mod bound
    std::uint64_t drawn = next();
    while (drawn < incomplete) drawn = next();
    return drawn % bound;
  }

  /// Uniform over the multiples of 2^-53 in [0, 1).
  constexpr double uniform() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }

  /// Fisher-Yates, last position first.
  template <class T>
  constexpr void shuffle(std::span<T> items) noexcept {
    for (std::size_t left = items.size(); left > 1; --left)
      std::swap(items[left - 1], items[static_cast<std::size_t>(below(left))]);
  }

 private:
  static constexpr std::uint64_t split_mix(std::uint64_t& state) noexcept {
    state += 0x9e3779b97f4a7c15;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  std::uint64_t state_[4] = {};
};

}  // namespace edgeopt::inline v0
