// SPDX-License-Identifier: MIT
// How many multiply-accumulates a second one core can do with the instructions that the kernels of
// an instruction set use, and nothing else: 12 independent sums, more than latency times units of
// any processor known to us. The loops are written in assembly, because a compiler that keeps one
// of the sums in memory makes the ceiling three times too low.
#pragma once

#include <time.h>  // clock_gettime

#include <algorithm>
#include <array>
#include <cstdint>

#include "edgeopt/kernels/instruction_set.hpp"

namespace ceilings {

using edgeopt::InstructionSet;

/// Runs a loop of so many turns.
using Loop = void (*)(std::int64_t turns);

inline constexpr std::int64_t sums = 12;

// One turn adds to each of the sums, registers 0 to 11. Registers 12 to 14 are the operands and a
// temporary one. What is left in the upper halves of registers would slow down SSE2 code that
// follows, so it is cleared.
#define EDGEOPT_EACH_SUM(instructions) \
  ".irp sum,0,1,2,3,4,5,6,7,8,9,10,11\n" instructions "\n.endr\n"
#if defined(__x86_64__)
#define EDGEOPT_LOOP(clear, instructions, leave)                                                   \
  asm volatile(".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14\n" clear                                 \
               "\n.endr\n.p2align 6\n1:\n" EDGEOPT_EACH_SUM(instructions) "dec %0\njnz 1b\n" leave \
               : "+r"(turns)::"cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",        \
                 "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14")

inline void fp32_sse2(std::int64_t turns) {
  EDGEOPT_LOOP("xorps %%xmm\\r,%%xmm\\r",
               "movaps %%xmm12,%%xmm14\nmulps %%xmm13,%%xmm14\naddps %%xmm14,%%xmm\\sum", "");
}
inline void fp32_avx2(std::int64_t turns) {
  EDGEOPT_LOOP("vxorps %%ymm\\r,%%ymm\\r,%%ymm\\r", "vfmadd231ps %%ymm12,%%ymm13,%%ymm\\sum",
               "vzeroupper");
}
inline void fp32_avx512(std::int64_t turns) {
  EDGEOPT_LOOP("vxorps %%ymm\\r,%%ymm\\r,%%ymm\\r", "vfmadd231ps %%zmm12,%%zmm13,%%zmm\\sum",
               "vzeroupper");
}
inline void int8_sse2(std::int64_t turns) {
  EDGEOPT_LOOP("pxor %%xmm\\r,%%xmm\\r",
               "movdqa %%xmm12,%%xmm14\npmaddwd %%xmm13,%%xmm14\npaddd %%xmm14,%%xmm\\sum", "");
}
inline void int8_avx2(std::int64_t turns) {
  EDGEOPT_LOOP("vpxor %%xmm\\r,%%xmm\\r,%%xmm\\r",
               "vpmaddwd %%ymm12,%%ymm13,%%ymm14\nvpaddd %%ymm14,%%ymm\\sum,%%ymm\\sum",
               "vzeroupper");
}
inline void int8_avx512(std::int64_t turns) {
  EDGEOPT_LOOP("vpxor %%xmm\\r,%%xmm\\r,%%xmm\\r",
               "vpmaddwd %%zmm12,%%zmm13,%%zmm14\nvpaddd %%zmm14,%%zmm\\sum,%%zmm\\sum",
               "vzeroupper");
}
inline void int8_avxvnni(std::int64_t turns) {
  EDGEOPT_LOOP("vpxor %%xmm\\r,%%xmm\\r,%%xmm\\r", "%{vex%} vpdpbusd %%ymm12,%%ymm13,%%ymm\\sum",
               "vzeroupper");
}
inline void int8_avx512vnni(std::int64_t turns) {
  EDGEOPT_LOOP("vpxor %%xmm\\r,%%xmm\\r,%%xmm\\r", "vpdpbusd %%zmm12,%%zmm13,%%zmm\\sum",
               "vzeroupper");
}
/// Four tiles of sums, each added to three times a turn.
inline void int8_amx(std::int64_t turns) {
  struct {
    std::uint8_t palette = 1;
    std::uint8_t others[15] = {};
    std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
  } const configuration;
  asm volatile(
      "ldtilecfg %1\n.irp r,0,1,2,3,4,5,6,7\ntilezero %%tmm\\r\n.endr\n.p2align 6\n1:\n.rept 3\n"
      "tdpbusd %%tmm6,%%tmm4,%%tmm0\ntdpbusd %%tmm7,%%tmm4,%%tmm1\n"
      "tdpbusd %%tmm6,%%tmm5,%%tmm2\ntdpbusd %%tmm7,%%tmm5,%%tmm3\n.endr\n"
      "dec %0\njnz 1b\ntilerelease"
      : "+r"(turns)
      : "m"(configuration)
      : "cc");
}
#else
#define EDGEOPT_LOOP(clear, instructions, leave)                                                  \
  asm volatile(                                                                                   \
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14\n" clear                                         \
      "\n.endr\n.p2align 6\n1:\n" EDGEOPT_EACH_SUM(instructions) "subs %0,%0,#1\nb.ne 1b\n" leave \
      : "+r"(turns)::"cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10",     \
        "v11", "v12", "v13", "v14")

inline void fp32_neon(std::int64_t turns) {
  EDGEOPT_LOOP("movi v\\r\\().4s,#0", "fmla v\\sum\\().4s,v12.4s,v13.4s", "");
}
inline void int8_neon(std::int64_t turns) {
  EDGEOPT_LOOP("movi v\\r\\().4s,#0",
               "smlal v\\sum\\().4s,v12.4h,v13.4h\nsmlal2 v\\sum\\().4s,v12.8h,v13.8h", "");
}
inline void int8_neon_dot(std::int64_t turns) {
  EDGEOPT_LOOP(".arch armv8.2-a+dotprod\nmovi v\\r\\().4s,#0", "sdot v\\sum\\().4s,v12.16b,v13.16b",
               "");
}
#endif
#undef EDGEOPT_LOOP
#undef EDGEOPT_EACH_SUM

struct Ceiling {
  InstructionSet instruction_set;
  const char* precision;          ///< fp32 or int8
  std::int64_t macs_of_a_vector;  ///< multiply-accumulates of one sum in one turn
  Loop loop;

  [[nodiscard]] double macs(std::int64_t turns) const {
    return static_cast<double>(turns * sums * macs_of_a_vector);
  }
};

/// Without products of bytes the u8 kernels multiply numbers of 16 bits, in pairs. Sets that add
/// only those have the floats of the set below.
inline constexpr std::array all = {
#if defined(__x86_64__)
    Ceiling{InstructionSet::sse2, "fp32", 4, &fp32_sse2},
    Ceiling{InstructionSet::avx2, "fp32", 8, &fp32_avx2},
    Ceiling{InstructionSet::avxvnni, "fp32", 8, &fp32_avx2},
    Ceiling{InstructionSet::avx512, "fp32", 16, &fp32_avx512},
    Ceiling{InstructionSet::avx512vnni, "fp32", 16, &fp32_avx512},
    Ceiling{InstructionSet::amx, "fp32", 16, &fp32_avx512},
    Ceiling{InstructionSet::sse2, "int8", 8, &int8_sse2},
    Ceiling{InstructionSet::avx2, "int8", 16, &int8_avx2},
    Ceiling{InstructionSet::avxvnni, "int8", 32, &int8_avxvnni},
    Ceiling{InstructionSet::avx512, "int8", 32, &int8_avx512},
    Ceiling{InstructionSet::avx512vnni, "int8", 64, &int8_avx512vnni},
    Ceiling{InstructionSet::amx, "int8", 16 * 16 * 64, &int8_amx},
#else
    Ceiling{InstructionSet::neon, "fp32", 4, &fp32_neon},
    Ceiling{InstructionSet::neon_dot, "fp32", 4, &fp32_neon},
    Ceiling{InstructionSet::neon, "int8", 8, &int8_neon},
    Ceiling{InstructionSet::neon_dot, "int8", 16, &int8_neon_dot},
#endif
};

/// The ceiling of an instruction set; fp16 sums in fp32.
inline const Ceiling& ceiling_of(InstructionSet set, bool integers) {
  const Ceiling* const found = std::find_if(all.begin(), all.end(), [&](const Ceiling& ceiling) {
    return ceiling.instruction_set == set && (ceiling.precision[0] == 'i') == integers;
  });
  return found == all.end() ? all.front() : *found;
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
  std::array<double, 9> rates{};
  ceiling.loop(turns);  // the clock of the core goes up
  for (double& rate : rates) {
    const double start = thread_seconds();
    ceiling.loop(turns);
    rate = ceiling.macs(turns) / (thread_seconds() - start);
  }
  std::nth_element(rates.begin(), rates.begin() + rates.size() / 2, rates.end());
  return rates[rates.size() / 2];
}

}  // namespace ceilings
