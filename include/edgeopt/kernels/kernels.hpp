// SPDX-License-Identifier: MIT
/// @file
/// The kernels of every instruction set of this architecture, chosen at run time.
///
/// Each instruction set is a file that opens a region in which the compiler may use it, names the
/// few primitives that differ, and includes the one source of all operations. No option is needed.
/// Two units of a program may be compiled with different options, and the linker keeps one of two
/// functions of the same name; so the namespace of the kernels spells out what the unit's own
/// options allow, and functions with different code have different names.
#pragma once

// Standard headers first: included inside a region they would be compiled for it.
#include <cstddef>
#include <cstdint>

#include "edgeopt/half.hpp"
#include "edgeopt/kernels/convolution_algorithm.hpp"
#include "edgeopt/kernels/instruction_set.hpp"
#include "edgeopt/kernels/layers.hpp"
#include "edgeopt/kernels/training.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#else
#include <arm_neon.h>
#endif

#if defined(__FAST_MATH__)
#error "edgeopt promises the bits of its results, which -ffast-math would change"
#endif

#include "edgeopt/kernels/detail/unit_begin.inl"

#if defined(__x86_64__)
#include "edgeopt/kernels/x86/sse2.inl"

#include "edgeopt/kernels/x86/avx2.inl"

#include "edgeopt/kernels/x86/avxvnni.inl"

#include "edgeopt/kernels/x86/avx512.inl"

#include "edgeopt/kernels/x86/avx512vnni.inl"

#include "edgeopt/kernels/x86/amx.inl"
#else
#include "edgeopt/kernels/arm64/neon.inl"

#include "edgeopt/kernels/arm64/neon_dot.inl"
#endif

namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT {

/// The functions of an instruction set for activations of type `float`, `Half` or `std::uint8_t`,
/// whether or not this machine can run them; null when it is of another architecture.
template <class Value>
[[nodiscard]] const Kernels<Value>* compiled_kernels(InstructionSet set) noexcept {
  switch (set) {
#if defined(__x86_64__)
    case InstructionSet::sse2: return &sse2::kernels<Value>();
    case InstructionSet::avx2: return &avx2::kernels<Value>();
    case InstructionSet::avxvnni: return &avxvnni::kernels<Value>();
    case InstructionSet::avx512: return &avx512::kernels<Value>();
    case InstructionSet::avx512vnni: return &avx512vnni::kernels<Value>();
    case InstructionSet::amx: return &amx::kernels<Value>();
#else
    case InstructionSet::neon: return &neon::kernels<Value>();
    case InstructionSet::neon_dot: return &neon_dot::kernels<Value>();
#endif
    default: return nullptr;
  }
}

/// The same, of an instruction set of this machine.
/// @throws DomainError when this machine does not have it
template <class Value>
[[nodiscard]] const Kernels<Value>& kernels_for(InstructionSet set = detect_instruction_set()) {
  require_supported(set);
  return *compiled_kernels<Value>(set);
}

/// The functions of an instruction set for training. Those that differ in products of bytes only
/// train with the functions of the set below.
/// @throws DomainError when this machine does not have it
[[nodiscard]] inline const TrainingKernels& training_kernels_for(
    InstructionSet set = detect_instruction_set()) {
  require_supported(set);
  switch (set) {
#if defined(__x86_64__)
    case InstructionSet::avx2:
    case InstructionSet::avxvnni: return avx2::training_kernels();
    case InstructionSet::avx512:
    case InstructionSet::avx512vnni:
    case InstructionSet::amx: return avx512::training_kernels();
    default: return sse2::training_kernels();
#else
    default: return neon::training_kernels();
#endif
  }
}

}  // namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT

#include "edgeopt/kernels/detail/unit_end.inl"
