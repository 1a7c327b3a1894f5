// SPDX-License-Identifier: MIT
/// @file
/// Whether a network fits the memories of a device, and by how much.
#pragma once

#include <cstdint>
#include <string>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/error.hpp"

namespace edgeopt::inline v0 {

/// What running a network takes. Code and runtime are assumptions of the caller: an interpreter or
/// the generated code, drivers and stack are not part of a graph.
struct MemoryDemand {
  std::int64_t arena_bytes = 0;    ///< activations, in SRAM
  std::int64_t runtime_bytes = 0;  ///< headroom in SRAM: stack, interpreter, buffers
  std::int64_t weight_bytes = 0;   ///< constants, in flash
  std::int64_t code_bytes = 0;     ///< headroom in flash: program and libraries

  friend bool operator==(const MemoryDemand&, const MemoryDemand&) = default;
};

/// What a device has.
struct MemorySupply {
  std::int64_t sram_bytes = 0;
  std::int64_t flash_bytes = 0;

  friend bool operator==(const MemorySupply&, const MemorySupply&) = default;
};

/// The answer, as a row. A negative `spare` is what is missing.
struct MemoryFit {
  std::int64_t arena_bytes = 0;
  std::int64_t runtime_bytes = 0;
  std::int64_t sram_bytes = 0;
  std::int64_t sram_spare_bytes = 0;
  bool fits_sram = false;
  std::int64_t weight_bytes = 0;
  std::int64_t code_bytes = 0;
  std::int64_t flash_bytes = 0;
  std::int64_t flash_spare_bytes = 0;
  bool fits_flash = false;

  [[nodiscard]] bool fits() const noexcept { return fits_sram && fits_flash; }

  friend bool operator==(const MemoryFit&, const MemoryFit&) = default;
};

template <class Visit>
constexpr void visit_columns(const MemoryFit*, Visit&& visit) {
  visit("arena_bytes", &MemoryFit::arena_bytes);
  visit("runtime_bytes", &MemoryFit::runtime_bytes);
  visit("sram_bytes", &MemoryFit::sram_bytes);
  visit("sram_spare_bytes", &MemoryFit::sram_spare_bytes);
  visit("fits_sram", &MemoryFit::fits_sram);
  visit("weight_bytes", &MemoryFit::weight_bytes);
  visit("code_bytes", &MemoryFit::code_bytes);
  visit("flash_bytes", &MemoryFit::flash_bytes);
  visit("flash_spare_bytes", &MemoryFit::flash_spare_bytes);
  visit("fits_flash", &MemoryFit::fits_flash);
}

/// Arena and runtime against SRAM, weights and code against flash. What needs no memory fits a
/// device that has none.
/// @throws DomainError for negative bytes, and sums that exceed 64 bits
[[nodiscard]] inline MemoryFit fit_memory(const MemoryDemand& demand, const MemorySupply& supply) {
  const auto require = [](const char* name, std::int64_t bytes) {
    if (bytes < 0) throw DomainError(name, std::to_string(bytes), "an integer >= 0");
  };
  require("arena_bytes", demand.arena_bytes);
  require("runtime_bytes", demand.runtime_bytes);
  require("weight_bytes", demand.weight_bytes);
  require("code_bytes", demand.code_bytes);
  require("sram_bytes", supply.sram_bytes);
  require("flash_bytes", supply.flash_bytes);
  const std::int64_t sram_spare =
      supply.sram_bytes - checked_sum(demand.arena_bytes, demand.runtime_bytes, "bytes in SRAM");
  const std::int64_t flash_spare =
      supply.flash_bytes - checked_sum(demand.weight_bytes, demand.code_bytes, "bytes in flash");
  return {demand.arena_bytes, demand.runtime_bytes, supply.sram_bytes, sram_spare,
          sram_spare >= 0,    demand.weight_bytes,  demand.code_bytes, supply.flash_bytes,
          flash_spare,        flash_spare >= 0};
}

namespace detail {

/// "SRAM: 120 of 256 bytes, 136 to spare"
inline std::string memory_sentence(const char* memory, const char* parts, std::int64_t supply,
                                   std::int64_t spare) {
  const bool fits = spare >= 0;
  return std::string(memory) + ": " + parts + " take " + std::to_string(supply - spare) + " of " +
         std::to_string(supply) + " bytes, " + std::to_string(fits ? spare : -spare) +
         (fits ? " to spare" : " too many");
}

}  // namespace detail

/// The answer in words, one sentence for each memory.
[[nodiscard]] inline std::string to_sentence(const MemoryFit& fit) {
  return detail::memory_sentence("SRAM", "arena and runtime", fit.sram_bytes,
                                 fit.sram_spare_bytes) +
         "; " +
         detail::memory_sentence("flash", "weights and code", fit.flash_bytes,
                                 fit.flash_spare_bytes);
}

}  // namespace edgeopt::inline v0
