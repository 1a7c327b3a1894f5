// SPDX-License-Identifier: MIT
// How many multiply-accumulates a second one core can do with the instructions that the kernels of
// an instruction set use, and nothing else.
#pragma once

#include <time.h>  // clock_gettime

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "edgeopt/error.hpp"
#include "edgeopt/kernels/instruction_set.hpp"
#include "edgeopt/kernels/peak_loops.hpp"

namespace ceilings {

using edgeopt::InstructionSet;
using edgeopt::kernels::PeakLoop;

/// The class of instructions, by its name in `peak_loops`, that multiplies in a layer.
struct Ceiling {
  InstructionSet instruction_set;
  std::string_view precision;  ///< fp32 (in which fp16 sums as well) or int8
  std::string_view instructions;

  [[nodiscard]] const PeakLoop& loop() const {
    const bool integers = precision == "int8";
    for (const PeakLoop& loop : edgeopt::kernels::peak_loops())
      if (loop.instructions == instructions && (loop.type == edgeopt::ElementType::s8) == integers)
        return loop;
    throw edgeopt::Error("there is no loop of " + std::string(instructions));
  }
};

/// Without products of bytes the u8 kernels multiply numbers of 16 bits, in pairs. Sets that add
/// only products of bytes have the floats of the set below.
inline constexpr std::array all = {
#if defined(__x86_64__)
    Ceiling{InstructionSet::sse2, "fp32", "sse2"},
    Ceiling{InstructionSet::avx2, "fp32", "avx2 fma"},
    Ceiling{InstructionSet::avxvnni, "fp32", "avx2 fma"},
    Ceiling{InstructionSet::avx512, "fp32", "avx512"},
    Ceiling{InstructionSet::avx512vnni, "fp32", "avx512"},
    Ceiling{InstructionSet::amx, "fp32", "avx512"},
    Ceiling{InstructionSet::sse2, "int8", "sse2, pairs of 16 bits"},
    Ceiling{InstructionSet::avx2, "int8", "avx2, pairs of 16 bits"},
    Ceiling{InstructionSet::avxvnni, "int8", "avx vnni"},
    Ceiling{InstructionSet::avx512, "int8", "avx512, pairs of 16 bits"},
    Ceiling{InstructionSet::avx512vnni, "int8", "avx512 vnni"},
    Ceiling{InstructionSet::amx, "int8", "amx int8"},
#else
    Ceiling{InstructionSet::neon, "fp32", "neon"},
    Ceiling{InstructionSet::neon_dot, "fp32", "neon"},
    Ceiling{InstructionSet::neon, "int8", "neon, 16 bits"},
    Ceiling{InstructionSet::neon_dot, "int8", "neon dot product"},
#endif
};

/// The ceiling of an instruction set; fp16 sums in fp32.
inline const Ceiling& ceiling_of(InstructionSet set, bool integers) {
  for (const Ceiling& ceiling : all)
    if (ceiling.instruction_set == set && (ceiling.precision == "int8") == integers) return ceiling;
  throw edgeopt::Error("there is no ceiling of " + std::string(to_string(set)));
}

/// Seconds that this thread has run: on a busy machine, those of others are not ours.
inline double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Multiply-accumulates a second: the median of nine short runs.
inline double measure(const Ceiling& ceiling) {
  constexpr std::int64_t turns = 20'000;
  const PeakLoop& loop = ceiling.loop();
  std::array<double, 9> rates{};
  loop.run(turns);  // the clock of the core goes up
  for (double& rate : rates) {
    const double start = thread_seconds();
    loop.run(turns);
    rate = static_cast<double>(turns * loop.macs_per_turn) / (thread_seconds() - start);
  }
  std::nth_element(rates.begin(), rates.begin() + rates.size() / 2, rates.end());
  return rates[rates.size() / 2];
}

}  // namespace ceilings
