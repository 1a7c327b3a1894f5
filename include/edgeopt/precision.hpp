// SPDX-License-Identifier: MIT
/// @file
/// The numeric precisions a network can run in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "edgeopt/error.hpp"

namespace edgeopt::inline v0 {

/// fp32: IEEE binary32; fp16: weights and stored activations in binary16, sums in binary32;
/// int8: u8 activations and s8 weights, sums in s32.
enum class Precision : std::uint8_t { fp32, fp16, int8 };

/// Bytes of one stored weight or activation.
[[nodiscard]] constexpr std::int64_t bytes_per_value(Precision precision) noexcept {
  return precision == Precision::fp32 ? 4 : precision == Precision::fp16 ? 2 : 1;
}

/// Bytes of one stored bias: int8 keeps biases in 32 bits.
[[nodiscard]] constexpr std::int64_t bytes_per_bias(Precision precision) noexcept {
  return precision == Precision::int8 ? 4 : bytes_per_value(precision);
}

[[nodiscard]] constexpr std::string_view to_string(Precision precision) noexcept {
  return precision == Precision::fp32 ? "fp32" : precision == Precision::fp16 ? "fp16" : "int8";
}

/// Reads the name of a precision; false, with `precision` unchanged, when it is not one.
[[nodiscard]] constexpr bool from_string(std::string_view name, Precision& precision) noexcept {
  for (const Precision known : {Precision::fp32, Precision::fp16, Precision::int8}) {
    if (name != to_string(known)) continue;
    precision = known;
    return true;
  }
  return false;
}

/// @throws DomainError for any other name
[[nodiscard]] inline Precision parse_precision(std::string_view name) {
  Precision precision{};
  if (!from_string(name, precision))
    throw DomainError("precision", "'" + std::string(name) + "'", "fp32, fp16 or int8");
  return precision;
}

/// Whose arithmetic int8 follows: FBGEMM (x86 servers; weights scaled per output channel, float
/// bias) or QNNPACK (mobile; weights scaled per layer, bias rounded to s32).
enum class QuantizationBackend : std::uint8_t { fbgemm, qnnpack };

[[nodiscard]] constexpr std::string_view to_string(QuantizationBackend backend) noexcept {
  return backend == QuantizationBackend::fbgemm ? "fbgemm" : "qnnpack";
}

/// Reads the name of a backend; false, with `backend` unchanged, when it is not one.
[[nodiscard]] constexpr bool from_string(std::string_view name,
                                         QuantizationBackend& backend) noexcept {
  for (const QuantizationBackend known :
       {QuantizationBackend::fbgemm, QuantizationBackend::qnnpack}) {
    if (name != to_string(known)) continue;
    backend = known;
    return true;
  }
  return false;
}

}  // namespace edgeopt::inline v0
