// SPDX-License-Identifier: MIT
// Vectors of `lanes` 32-bit numbers in the notation that GCC and Clang share, and what can be said
// of them without naming an instruction. Included inside the namespace of an instruction set,
// which has set `lanes`.

using Floats __attribute__((vector_size(4 * lanes))) = float;
using Integers __attribute__((vector_size(4 * lanes))) = std::int32_t;
using Counts __attribute__((vector_size(4 * lanes))) = std::uint32_t;
using Pairs __attribute__((vector_size(4 * lanes))) = std::int16_t;  // two numbers in each lane
using Halves __attribute__((vector_size(2 * lanes))) = Half;
using Bytes __attribute__((vector_size(lanes))) = std::uint8_t;
using BytePairs __attribute__((vector_size(2 * lanes))) = std::uint8_t;
using Groups __attribute__((vector_size(4 * lanes))) = std::uint8_t;  // four numbers in each lane

/// Vectors that stay in registers when all indices are known to the compiler.
template <class Vector, int Rows, int Columns>
using Registers = Vector[static_cast<std::size_t>(Rows)][static_cast<std::size_t>(Columns)];

/// A vector from memory of any alignment.
template <class Vector>
[[gnu::always_inline]] inline Vector load(const void* from) {
  Vector vector;
  __builtin_memcpy(&vector, from, sizeof vector);
  return vector;
}

template <class Vector>
[[gnu::always_inline]] inline void store(void* to, Vector vector) {
  __builtin_memcpy(to, &vector, sizeof vector);
}

/// The pointer itself, of which the compiler knows no more: it would keep a pointer for each of
/// many addresses otherwise, more than there are registers.
[[gnu::always_inline]] inline float* opaque(float* pointer) {
  asm("" : "+r"(pointer));
  return pointer;
}

/// The larger one in each lane; where they cannot be compared, `b`.
template <class Vector>
[[gnu::always_inline]] inline Vector maximum(Vector a, Vector b) {
  return a > b ? a : b;
}
template <class Vector>
[[gnu::always_inline]] inline Vector minimum(Vector a, Vector b) {
  return a < b ? a : b;
}

/// min(max(x, lowest), highest), finite for every x that is a number.
[[gnu::always_inline]] inline Floats clamped(Floats x, float lowest, float highest) {
  return minimum(maximum(x, Floats{} + lowest), Floats{} + highest);
}

/// Halves as floats by integer arithmetic, exact.
[[gnu::always_inline]] inline Floats widen_by_bits(Halves halves) {
  const Integers bits = __builtin_convertvector(halves, Integers);
  const Integers magnitude = (bits & 0x7fff) << 13;
  constexpr std::int32_t rebias = (127 - 15) << 23;
  const Integers normal = magnitude + rebias;
  const Integers special = normal + rebias;  // infinity and NaN: the largest exponent of both
  // A subnormal m 2^-24 is the fraction of 2^-14 (1 + m 2^-10), less the 1.
  const Floats smallest_normal = Floats{} + 0x1p-14F;
  const Integers subnormal =
      reinterpret_cast<Integers>(reinterpret_cast<Floats>(normal + (1 << 23)) - smallest_normal);
  const Integers value = magnitude >= (0x7c00 << 13)  ? special
                         : magnitude < (0x0400 << 13) ? subnormal
                                                      : normal;
  return reinterpret_cast<Floats>(value | (bits & 0x8000) << 16);
}

/// Floats as the nearest halves, halves to even, by integer arithmetic.
[[gnu::always_inline]] inline Halves narrow_by_bits(Floats x) {
  const Integers bits = reinterpret_cast<Integers>(x);
  const Integers magnitude = bits & 0x7fffffff;
  constexpr std::int32_t rebias = (127 - 15) << 23;
  const Integers normal = (magnitude - rebias + 0xfff + (magnitude >> 13 & 1)) >> 13;
  // One half added leaves a unit of 2^-24 in the last place: that of subnormal halves.
  const Floats one_half = Floats{} + 0.5F;
  const Integers subnormal =
      reinterpret_cast<Integers>(reinterpret_cast<Floats>(magnitude) + one_half) - 0x3f000000;
  const Integers infinity = Integers{} + 0x7c00;
  const Integers nan = Integers{} + 0x7e00;
  const Integers value = magnitude > 0x7f800000    ? nan
                         : magnitude >= 0x47800000 ? infinity   // 2^16
                         : magnitude < 0x38800000  ? subnormal  // 2^-14
                                                   : normal;
  return __builtin_convertvector(value | (bits >> 16 & 0x8000), Halves);
}
