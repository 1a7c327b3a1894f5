// SPDX-License-Identifier: MIT
/// @file
/// The instruction sets that kernels are compiled for, and which of them this machine has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "edgeopt/error.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>  // SYS_arch_prctl
#include <unistd.h>       // syscall
#elif defined(__aarch64__)
#include <sys/auxv.h>
#else
#error "edgeopt's kernels support x86-64 and arm64 only"
#endif

namespace edgeopt::inline v0 {

/// Each one includes those before it of the same architecture, avxvnni apart, and is faster than
/// they are where a machine has several.
enum class InstructionSet : std::uint8_t {
  sse2,        ///< any x86-64 processor
  avx2,        ///< with AVX2, FMA and F16C (Intel since 2013, AMD since 2015)
  avxvnni,     ///< avx2 and products of bytes on 256 bits (many processors without AVX-512)
  avx512,      ///< with AVX-512 F, BW, DQ and VL
  avx512vnni,  ///< avx512 and products of bytes on 512 bits
  amx,         ///< avx512vnni and products of byte matrices, AMX-INT8 (Intel servers since 2023)
  neon,        ///< any arm64 processor
  neon_dot,    ///< neon and products of bytes (most since 2018)
};

inline constexpr std::array all_instruction_sets = {
    InstructionSet::sse2,   InstructionSet::avx2,       InstructionSet::avxvnni,
    InstructionSet::avx512, InstructionSet::avx512vnni, InstructionSet::amx,
    InstructionSet::neon,   InstructionSet::neon_dot,
};

[[nodiscard]] constexpr std::string_view to_string(InstructionSet set) noexcept {
  switch (set) {
    case InstructionSet::sse2: return "sse2";
    case InstructionSet::avx2: return "avx2";
    case InstructionSet::avxvnni: return "avxvnni";
    case InstructionSet::avx512: return "avx512";
    case InstructionSet::avx512vnni: return "avx512vnni";
    case InstructionSet::amx: return "amx";
    case InstructionSet::neon: return "neon";
    case InstructionSet::neon_dot: return "neon_dot";
  }
  return "";
}

}  // namespace edgeopt::inline v0

// What looks at the processor has to run on any: two units of a program may be compiled with
// different options, and the linker keeps one of two functions of the same name.
#include "edgeopt/kernels/detail/unit_begin.inl"

namespace edgeopt::inline v0::detail::inline EDGEOPT_KERNEL_UNIT {

#if defined(__x86_64__)

/// What the instruction CPUID tells of a leaf; zeros for one that the processor does not have.
struct CpuId {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;

  explicit CpuId(unsigned leaf, unsigned part = 0) noexcept {
    if (__get_cpuid_count(leaf, part, &eax, &ebx, &ecx, &edx) == 0) eax = ebx = ecx = edx = 0;
  }
};

[[nodiscard]] inline bool has_avx2() noexcept {
  // F16C has no name in Clang 14's __builtin_cpu_supports.
  const bool f16c = (CpuId(1).ecx >> 29 & 1) != 0;
  return f16c && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

[[nodiscard]] inline bool has_avx512() noexcept {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

/// Whether Linux lets this process use tiles. It has to be asked for their memory, 8 KiB a thread,
/// once a process; later threads have the permission too. (Linux, Documentation/x86/xstate.rst)
[[nodiscard]] inline bool may_use_tiles() noexcept {
#if defined(__linux__)
  constexpr long request_permission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long tile_data = 18;               // XFEATURE_XTILEDATA
  static const bool permitted = syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
  return permitted;
#else
  return false;
#endif
}

/// Whether processor and system have the tiles of AMX and the products of bytes on them.
[[nodiscard]] inline bool has_amx() noexcept {
  const unsigned features = CpuId(7).edx;
  const bool tiles = (features >> 24 & 1) != 0;
  const bool products = (features >> 25 & 1) != 0;
  const bool system_saves_state = (CpuId(1).ecx >> 27 & 1) != 0;  // OSXSAVE: XGETBV exists
  if (!tiles || !products || !system_saves_state) return false;
  unsigned low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  constexpr unsigned tile_state = 3U << 17;  // configuration and data
  return (low & tile_state) == tile_state && may_use_tiles();
}

#endif

}  // namespace edgeopt::inline v0::detail::inline EDGEOPT_KERNEL_UNIT

namespace edgeopt::inline v0::inline EDGEOPT_KERNEL_UNIT {

/// Whether the processor the program runs on, and its operating system, have the instructions.
[[nodiscard]] inline bool is_supported(InstructionSet set) noexcept {
#if defined(__x86_64__)
  switch (set) {
    case InstructionSet::sse2: return true;
    case InstructionSet::avx2: return detail::has_avx2();
    case InstructionSet::avxvnni:
      return detail::has_avx2() && (detail::CpuId(7, 1).eax >> 4 & 1) != 0;
    case InstructionSet::avx512: return detail::has_avx512();
    case InstructionSet::avx512vnni:
      return detail::has_avx512() && __builtin_cpu_supports("avx512vnni");
    case InstructionSet::amx: return is_supported(InstructionSet::avx512vnni) && detail::has_amx();
    case InstructionSet::neon:
    case InstructionSet::neon_dot: return false;
  }
#else
  switch (set) {
    case InstructionSet::sse2:
    case InstructionSet::avx2:
    case InstructionSet::avxvnni:
    case InstructionSet::avx512:
    case InstructionSet::avx512vnni:
    case InstructionSet::amx: return false;
    case InstructionSet::neon: return true;
    case InstructionSet::neon_dot: return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
  }
#endif
  return false;
}

/// Instruction sets of this machine, slowest first; never empty.
class SupportedInstructionSets {
 public:
  SupportedInstructionSets() noexcept {
    for (const InstructionSet set : all_instruction_sets)
      if (is_supported(set)) sets_[count_++] = set;
  }
  [[nodiscard]] const InstructionSet* begin() const noexcept { return sets_; }
  [[nodiscard]] const InstructionSet* end() const noexcept { return sets_ + count_; }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }

 private:
  InstructionSet sets_[all_instruction_sets.size()]{};
  std::size_t count_ = 0;
};

/// Where there is AMX, this asks Linux for leave to use its tiles, once for the process. From then
/// on signal stacks have to hold their state too: `sigaltstack` refuses one that is smaller than
/// `getauxval(AT_MINSIGSTKSZ)`, some 11 KiB, and where a thread has a smaller one already the leave
/// is refused and AMX not used.
[[nodiscard]] inline SupportedInstructionSets supported_instruction_sets() noexcept {
  return {};
}

/// The fastest instruction set of this machine; asks as `supported_instruction_sets` does.
[[nodiscard]] inline InstructionSet detect_instruction_set() noexcept {
  const SupportedInstructionSets sets;
  return *(sets.end() - 1);
}

/// @throws DomainError when this machine does not have the instruction set
inline void require_supported(InstructionSet set) {
  if (is_supported(set)) return;
  std::string allowed;
  for (const InstructionSet supported : supported_instruction_sets())
    allowed += (allowed.empty() ? "" : " or ") + std::string(to_string(supported));
  throw DomainError("instruction set", std::string(to_string(set)), allowed + " on this machine");
}

}  // namespace edgeopt::inline v0::inline EDGEOPT_KERNEL_UNIT

#include "edgeopt/kernels/detail/unit_end.inl"
