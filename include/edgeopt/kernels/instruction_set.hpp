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
#elif !defined(__aarch64__)
#error "edgeopt's kernels support x86-64 and arm64 only"
#endif

namespace edgeopt::inline v0 {

/// sse2: any x86-64 processor; avx2: with AVX2, FMA and F16C (Intel since 2013, AMD since 2015);
/// avx512: with the parts F, BW, DQ and VL besides (Intel servers since 2017, AMD since 2022);
/// neon: any arm64 processor. Later ones are the faster ones where a machine has several.
enum class InstructionSet : std::uint8_t { sse2, avx2, avx512, neon };

inline constexpr std::array all_instruction_sets = {InstructionSet::sse2, InstructionSet::avx2,
                                                    InstructionSet::avx512, InstructionSet::neon};

[[nodiscard]] constexpr std::string_view to_string(InstructionSet set) noexcept {
  switch (set) {
    case InstructionSet::sse2: return "sse2";
    case InstructionSet::avx2: return "avx2";
    case InstructionSet::avx512: return "avx512";
    case InstructionSet::neon: return "neon";
  }
  return "";
}

/// Whether the processor the program runs on, and its operating system, have the instructions.
[[nodiscard]] inline bool is_supported(InstructionSet set) noexcept {
#if defined(__x86_64__)
  switch (set) {
    case InstructionSet::sse2: return true;
    case InstructionSet::avx2: {
      // F16C has no name in Clang 14's __builtin_cpu_supports. It is bit 29 of ecx of leaf 1.
      unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
      const bool f16c = __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx >> 29 & 1) != 0;
      return f16c && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    }
    case InstructionSet::avx512:
      // These names stand for what the operating system saves as well.
      return is_supported(InstructionSet::avx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
    case InstructionSet::neon: return false;
  }
  return false;
#else
  return set == InstructionSet::neon;
#endif
}

/// Instruction sets of this machine, slowest first; never empty.
class SupportedInstructionSets {
 public:
  SupportedInstructionSets() noexcept {
    for (const InstructionSet set : all_instruction_sets)
      if (is_supported(set)) sets_[count_++] = set;
  }
  [[nodiscard]] const InstructionSet* begin() const noexcept { return sets_.data(); }
  [[nodiscard]] const InstructionSet* end() const noexcept { return sets_.data() + count_; }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }

 private:
  std::array<InstructionSet, all_instruction_sets.size()> sets_{};
  std::size_t count_ = 0;
};

[[nodiscard]] inline SupportedInstructionSets supported_instruction_sets() noexcept {
  return {};
}

/// The fastest instruction set of this machine.
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

}  // namespace edgeopt::inline v0
