// SPDX-License-Identifier: MIT
/// @file
/// Loops that do nothing but what a ceiling is made of: multiply-accumulates between registers, and
/// loads and stores over a buffer. They are written in assembly, because a compiler that keeps one
/// of the sums in memory makes a ceiling several times too low.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "edgeopt/array.hpp"
#include "edgeopt/kernels/instruction_set.hpp"

#if defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace edgeopt::inline v0::kernels {

/// A class of instructions that multiplies and accumulates one type.
struct PeakLoop {
  std::string_view instructions;  ///< "avx2 fma"
  ElementType type = ElementType::f32;
  std::int64_t macs_per_turn = 0;
  bool (*is_supported)() noexcept = nullptr;
  void (*run)(std::int64_t turns) noexcept = nullptr;  ///< turns >= 1
};

/// What a bandwidth is of. Bytes count as STREAM counts them: reads and writes, no more.
enum class Traffic : std::uint8_t {
  read,  ///< loads only
  copy,  ///< half of the buffer into the other half
  triad  ///< a third of the buffer from two others: x = y + z * s
};

[[nodiscard]] constexpr std::string_view to_string(Traffic traffic) noexcept {
  return traffic == Traffic::read ? "read" : traffic == Traffic::copy ? "copy" : "triad";
}

/// Loads and stores of one width.
struct TrafficLoops {
  std::string_view instructions;
  bool (*is_supported)() noexcept = nullptr;
  /// Once over `bytes`, a positive multiple of 256, from `from`.
  void (*read)(const std::byte* from, std::int64_t bytes) noexcept = nullptr;
  /// `bytes`, a positive multiple of 256.
  void (*copy)(std::byte* to, const std::byte* from, std::int64_t bytes) noexcept = nullptr;
  /// to = a + b * 1 over `bytes` of floats each, a positive multiple of 256.
  void (*triad)(std::byte* to, const std::byte* a, const std::byte* b,
                std::int64_t bytes) noexcept = nullptr;
};

namespace detail {

template <InstructionSet Set>
bool has() noexcept {
  return is_supported(Set);
}

// One turn adds to each of 12 sums, registers 0 to 11: more than latency times units of any
// processor known to us. Registers 12 and 13 are the operands, 14 is a temporary one.
#define EDGEOPT_EACH_SUM(instructions) \
  ".irp sum,0,1,2,3,4,5,6,7,8,9,10,11\n" instructions "\n.endr\n"

#if defined(__x86_64__)

inline bool has_avx512_fp16() noexcept {
  return edgeopt::detail::has_avx512() && (edgeopt::detail::CpuId(7).edx >> 23 & 1) != 0;
}

// Code with VEX ends in this, as SSE is slow while upper halves hold anything. It clears those of
// all 16 registers, so that all are named as changed wherever it may stand.
#define EDGEOPT_CLEAN "\nvzeroupper"
#define EDGEOPT_VECTORS                                                                    \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
      "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"

#define EDGEOPT_LOOP(clear, instructions, clean)                                                 \
  asm volatile(".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14\n" clear                               \
               "\n.endr\n.p2align 6\n1:\n" EDGEOPT_EACH_SUM(instructions) "dec %0\njnz 1b" clean \
               : "+r"(turns)::"cc", EDGEOPT_VECTORS)

inline void fp32_sse2(std::int64_t turns) noexcept {
  EDGEOPT_LOOP("xorps %%xmm\\r,%%xmm\\r",
               "movaps %%xmm12,%%xmm14\nmulps %%xmm13,%%xmm14\naddps %%xmm14,%%xmm\\sum", "");
}
inline void fp32_avx2(std::int64_t turns) noexcept {
  EDGEOPT_LOOP("vxorps %%ymm\\r,%%ymm\\r,%%ymm\\r", "vfmadd231ps %%ymm12,%%ymm13,%%ymm\\sum",
               EDGEOPT_CLEAN);
}
inline void fp32_avx512(std::int64_t turns) noexcept {
  EDGEOPT_LOOP("vxorps %%ymm\\r,%%ymm\\r,%%ymm\\r", "vfmadd231ps %%zmm12,%%zmm13,%%zmm\\sum",
               EDGEOPT_CLEAN);
}
inline void fp16_avx512(std::int64_t turns) noexcept {
  // vfmadd231ph zmm<sum>, zmm13, zmm12, as bytes: assemblers of 2022 do not all know its name.
  EDGEOPT_LOOP("vxorps %%ymm\\r,%%ymm\\r,%%ymm\\r",
               ".if \\sum < 8\n.byte 0x62,0xd6,0x15,0x48,0xb8,0xc4 + 8 * \\sum\n"
               ".else\n.byte 0x62,0x56,0x15,0x48,0xb8,0xc4 + 8 * (\\sum - 8)\n.endif",
               EDGEOPT_CLEAN);
}
inline void int8_sse2(std::int64_t turns) noexcept {
  EDGEOPT_LOOP("pxor %%xmm\\r,%%xmm\\r",
               "movdqa %%xmm12,%%xmm14\npmaddwd %%xmm13,%%xmm14\npaddd %%xmm14,%%xmm\\sum", "");
}
inline void int8_avx2(std::int64_t turns) noexcept {
  EDGEOPT_LOOP("vpxor %%xmm\\r,%%xmm\\r,%%xmm\\r",
               "vpmaddwd %%ymm12,%%ymm13,%%ymm14\nvpaddd %%ymm14,%%ymm\\sum,%%ymm\\sum",
               EDGEOPT_CLEAN);
}
inline void int8_avx512(std::int64_t turns) noexcept {
  EDGEOPT_LOOP("vpxor %%xmm\\r,%%xmm\\r,%%xmm\\r",
               "vpmaddwd %%zmm12,%%zmm13,%%zmm14\nvpaddd %%zmm14,%%zmm\\sum,%%zmm\\sum",
               EDGEOPT_CLEAN);
}
inline void int8_avx_vnni(std::int64_t turns) noexcept {
  EDGEOPT_LOOP("vpxor %%xmm\\r,%%xmm\\r,%%xmm\\r", "%{vex%} vpdpbusd %%ymm12,%%ymm13,%%ymm\\sum",
               EDGEOPT_CLEAN);
}
inline void int8_avx512_vnni(std::int64_t turns) noexcept {
  EDGEOPT_LOOP("vpxor %%xmm\\r,%%xmm\\r,%%xmm\\r", "vpdpbusd %%zmm12,%%zmm13,%%zmm\\sum",
               EDGEOPT_CLEAN);
}
/// Four tiles of sums, each added to three times a turn.
inline void int8_amx(std::int64_t turns) noexcept {
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
#undef EDGEOPT_LOOP

// Four vectors a turn; `offset` are the four distances in bytes.
#define EDGEOPT_TRAFFIC(name, step, distances, load, store, add, clean)                            \
  inline void read_##name(const std::byte* from, std::int64_t bytes) noexcept {                    \
    const std::byte* const end = from + bytes;                                                     \
    asm volatile(".p2align 6\n1:\n.irp at," distances                                              \
                 "\n" load("%0", "0") "\n.endr\nadd $" step ",%0\ncmp %1,%0\njb 1b" clean          \
                 : "+r"(from)                                                                      \
                 : "r"(end)                                                                        \
                 : "cc", "memory", EDGEOPT_VECTORS);                                               \
  }                                                                                                \
  inline void copy_##name(std::byte* to, const std::byte* from, std::int64_t bytes) noexcept {     \
    const std::byte* const end = from + bytes;                                                     \
    asm volatile(".p2align 6\n1:\n.irp at," distances "\n" load("%0", "0") "\n" store(             \
                     "0", "%1") "\n.endr\nadd $" step ",%1\nadd $" step                            \
                                ",%0\ncmp %2,%0\njb 1b" clean                                      \
                 : "+r"(from), "+r"(to)                                                            \
                 : "r"(end)                                                                        \
                 : "cc", "memory", EDGEOPT_VECTORS);                                               \
  }                                                                                                \
  inline void triad_##name(std::byte* to, const std::byte* a, const std::byte* b,                  \
                           std::int64_t bytes) noexcept {                                          \
    const std::byte* const end = a + bytes;                                                        \
    asm volatile(".p2align 6\n1:\n.irp at," distances "\n" load("%0", "0") "\n" load(              \
                     "%2", "1") "\n" add "\n" store("0", "%1") "\n.endr\nadd $" step               \
                                                               ",%1\nadd $" step ",%2\nadd $" step \
                                                               ",%0\ncmp %3,%0\njb 1b" clean       \
                 : "+r"(a), "+r"(to), "+r"(b)                                                      \
                 : "r"(end)                                                                        \
                 : "cc", "memory", EDGEOPT_VECTORS);                                               \
  }
#define EDGEOPT_LOAD_XMM(pointer, r) "movups \\at(" pointer "),%%xmm" r
#define EDGEOPT_STORE_XMM(r, pointer) "movups %%xmm" r ",\\at(" pointer ")"
#define EDGEOPT_LOAD_YMM(pointer, r) "vmovups \\at(" pointer "),%%ymm" r
#define EDGEOPT_STORE_YMM(r, pointer) "vmovups %%ymm" r ",\\at(" pointer ")"
#define EDGEOPT_LOAD_ZMM(pointer, r) "vmovups \\at(" pointer "),%%zmm" r
#define EDGEOPT_STORE_ZMM(r, pointer) "vmovups %%zmm" r ",\\at(" pointer ")"
EDGEOPT_TRAFFIC(sse2, "64", "0,16,32,48", EDGEOPT_LOAD_XMM, EDGEOPT_STORE_XMM,
                "addps %%xmm1,%%xmm0", "")
EDGEOPT_TRAFFIC(avx2, "128", "0,32,64,96", EDGEOPT_LOAD_YMM, EDGEOPT_STORE_YMM,
                "vaddps %%ymm1,%%ymm0,%%ymm0", EDGEOPT_CLEAN)
EDGEOPT_TRAFFIC(avx512, "256", "0,64,128,192", EDGEOPT_LOAD_ZMM, EDGEOPT_STORE_ZMM,
                "vaddps %%zmm1,%%zmm0,%%zmm0", EDGEOPT_CLEAN)
#undef EDGEOPT_TRAFFIC
#undef EDGEOPT_LOAD_XMM
#undef EDGEOPT_STORE_XMM
#undef EDGEOPT_LOAD_YMM
#undef EDGEOPT_STORE_YMM
#undef EDGEOPT_LOAD_ZMM
#undef EDGEOPT_STORE_ZMM
#undef EDGEOPT_VECTORS
#undef EDGEOPT_CLEAN

#else

inline bool has_half_arithmetic() noexcept {
  return (getauxval(AT_HWCAP) >> 10 & 1) != 0;  // HWCAP_ASIMDHP
}

#define EDGEOPT_LOOP(instructions)                                                            \
  asm volatile(                                                                               \
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14\nmovi v\\r\\().4s,#0\n.endr\n.p2align "      \
      "6\n1:\n" EDGEOPT_EACH_SUM(instructions) "subs %0,%0,#1\nb.ne 1b\n"                     \
      : "+r"(turns)::"cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", \
        "v11", "v12", "v13", "v14")

inline void fp32_neon(std::int64_t turns) noexcept {
  EDGEOPT_LOOP("fmla v\\sum\\().4s,v12.4s,v13.4s");
}
inline void fp16_neon(std::int64_t turns) noexcept {
  // fmla v<sum>.8h,v12.8h,v13.8h, as a number: not every unit may use its name.
  EDGEOPT_LOOP(".inst 0x4e4d0d80 + \\sum");
}
inline void int8_neon(std::int64_t turns) noexcept {
  EDGEOPT_LOOP("smlal v\\sum\\().4s,v12.4h,v13.4h\nsmlal2 v\\sum\\().4s,v12.8h,v13.8h");
}
inline void int8_neon_dot(std::int64_t turns) noexcept {
  EDGEOPT_LOOP(".inst 0x4e8d9580 + \\sum");  // sdot v<sum>.4s,v12.16b,v13.16b
}
#undef EDGEOPT_LOOP

inline void read_neon(const std::byte* from, std::int64_t bytes) noexcept {
  const std::byte* const end = from + bytes;
  asm volatile(
      ".p2align 6\n1:\nldp q0,q1,[%0]\nldp q2,q3,[%0,#32]\nadd %0,%0,#64\ncmp %0,%1\nb.lo 1b\n"
      : "+r"(from)
      : "r"(end)
      : "cc", "memory", "v0", "v1", "v2", "v3");
}
inline void copy_neon(std::byte* to, const std::byte* from, std::int64_t bytes) noexcept {
  const std::byte* const end = from + bytes;
  asm volatile(
      ".p2align 6\n1:\nldp q0,q1,[%0]\nstp q0,q1,[%1]\nldp q2,q3,[%0,#32]\nstp q2,q3,[%1,#32]\n"
      "add %1,%1,#64\nadd %0,%0,#64\ncmp %0,%2\nb.lo 1b\n"
      : "+r"(from), "+r"(to)
      : "r"(end)
      : "cc", "memory", "v0", "v1", "v2", "v3");
}
inline void triad_neon(std::byte* to, const std::byte* a, const std::byte* b,
                       std::int64_t bytes) noexcept {
  const std::byte* const end = a + bytes;
  asm volatile(
      ".p2align 6\n1:\nldp q0,q1,[%0]\nldp q2,q3,[%2]\nfadd v0.4s,v0.4s,v2.4s\n"
      "fadd v1.4s,v1.4s,v3.4s\nstp q0,q1,[%1]\nadd %1,%1,#32\nadd %2,%2,#32\nadd %0,%0,#32\n"
      "cmp %0,%3\nb.lo 1b\n"
      : "+r"(a), "+r"(to), "+r"(b)
      : "r"(end)
      : "cc", "memory", "v0", "v1", "v2", "v3");
}

#endif
#undef EDGEOPT_EACH_SUM

inline constexpr std::int64_t sums_per_turn = 12;

inline constexpr std::array peak_loop_table = {
#if defined(__x86_64__)
    PeakLoop{"sse2", ElementType::f32, sums_per_turn * 4, &has<InstructionSet::sse2>, &fp32_sse2},
    PeakLoop{"avx2 fma", ElementType::f32, sums_per_turn * 8, &has<InstructionSet::avx2>,
             &fp32_avx2},
    PeakLoop{"avx512", ElementType::f32, sums_per_turn * 16, &has<InstructionSet::avx512>,
             &fp32_avx512},
    PeakLoop{"avx512 fp16", ElementType::f16, sums_per_turn * 32, &has_avx512_fp16, &fp16_avx512},
    PeakLoop{"sse2, pairs of 16 bits", ElementType::s8, sums_per_turn * 8,
             &has<InstructionSet::sse2>, &int8_sse2},
    PeakLoop{"avx2, pairs of 16 bits", ElementType::s8, sums_per_turn * 16,
             &has<InstructionSet::avx2>, &int8_avx2},
    PeakLoop{"avx512, pairs of 16 bits", ElementType::s8, sums_per_turn * 32,
             &has<InstructionSet::avx512>, &int8_avx512},
    PeakLoop{"avx vnni", ElementType::s8, sums_per_turn * 32, &has<InstructionSet::avxvnni>,
             &int8_avx_vnni},
    PeakLoop{"avx512 vnni", ElementType::s8, sums_per_turn * 64, &has<InstructionSet::avx512vnni>,
             &int8_avx512_vnni},
    PeakLoop{"amx int8", ElementType::s8, sums_per_turn * 16 * 16 * 64, &has<InstructionSet::amx>,
             &int8_amx},
#else
    PeakLoop{"neon", ElementType::f32, sums_per_turn * 4, &has<InstructionSet::neon>, &fp32_neon},
    PeakLoop{"neon fp16", ElementType::f16, sums_per_turn * 8, &has_half_arithmetic, &fp16_neon},
    PeakLoop{"neon, 16 bits", ElementType::s8, sums_per_turn * 8, &has<InstructionSet::neon>,
             &int8_neon},
    PeakLoop{"neon dot product", ElementType::s8, sums_per_turn * 16,
             &has<InstructionSet::neon_dot>, &int8_neon_dot},
#endif
};

inline constexpr std::array traffic_loop_table = {
#if defined(__x86_64__)
    TrafficLoops{"sse2", &has<InstructionSet::sse2>, &read_sse2, &copy_sse2, &triad_sse2},
    TrafficLoops{"avx2", &has<InstructionSet::avx2>, &read_avx2, &copy_avx2, &triad_avx2},
    TrafficLoops{"avx512", &has<InstructionSet::avx512>, &read_avx512, &copy_avx512, &triad_avx512},
#else
    TrafficLoops{"neon", &has<InstructionSet::neon>, &read_neon, &copy_neon, &triad_neon},
#endif
};

}  // namespace detail

/// All loops of this architecture; whether the machine has an instruction class says
/// `is_supported`.
[[nodiscard]] inline std::span<const PeakLoop> peak_loops() noexcept {
  return detail::peak_loop_table;
}

/// The widest loads and stores that the machine has.
[[nodiscard]] inline const TrafficLoops& widest_traffic_loops() noexcept {
  const TrafficLoops* widest = &detail::traffic_loop_table.front();
  for (const TrafficLoops& loops : detail::traffic_loop_table)
    if (loops.is_supported()) widest = &loops;
  return *widest;
}

}  // namespace edgeopt::inline v0::kernels
