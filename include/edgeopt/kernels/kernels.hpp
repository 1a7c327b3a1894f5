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
#include "edgeopt/kernels/instruction_set.hpp"
#include "edgeopt/kernels/layers.hpp"

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

/// The functions of an instruction set for activations of type `float`, `Half` or `std::uint8_t`.
/// @throws DomainError when this machine does not have it
template <class Value>
[[nodiscard]] const Kernels<Value>& kernels_for(InstructionSet set = detect_instruction_set()) {
  require_supported(set);
  switch (set) {
#if defined(__x86_64__)
    case InstructionSet::sse2: return sse2::kernels<Value>();
    case InstructionSet::avx2: return avx2::kernels<Value>();
    case InstructionSet::avxvnni: return avxvnni::kernels<Value>();
    case InstructionSet::avx512: return avx512::kernels<Value>();
    case InstructionSet::avx512vnni: return avx512vnni::kernels<Value>();
    case InstructionSet::amx: return amx::kernels<Value>();
    default: return sse2::kernels<Value>();  // of another architecture, refused above
#else
    case InstructionSet::neon: return neon::kernels<Value>();
    case InstructionSet::neon_dot: return neon_dot::kernels<Value>();
    default: return neon::kernels<Value>();  // of another architecture, refused above
#endif
  }
}

}  // namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT

#include "edgeopt/kernels/detail/unit_end.inl"
