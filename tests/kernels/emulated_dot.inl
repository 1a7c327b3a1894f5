// SPDX-License-Identifier: MIT
// The instruction dpbusd as a plain loop, and what is built on it.

inline constexpr std::uint8_t level_offset = 0;

inline Integers add_group_products(Integers sum, Groups x, Groups w) {
  for (int lane = 0; lane < lanes; ++lane)
    for (int i = 4 * lane; i < 4 * lane + 4; ++i)
      sum[lane] += x[i] * static_cast<std::int8_t>(w[i]);
  return sum;
}

#include "edgeopt/kernels/source/byte_groups.inl"
