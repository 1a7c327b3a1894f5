#include "edgeopt/memory_fit.hpp"

#include <limits>

#include "catch.hpp"

using namespace edgeopt;

TEST_CASE("SRAM and flash are asked apart") {
  const MemoryDemand demand{
      .arena_bytes = 100, .runtime_bytes = 20, .weight_bytes = 500, .code_bytes = 40};
  const MemoryFit exact = fit_memory(demand, {120, 540});
  CHECK(exact.fits());
  CHECK(exact.sram_spare_bytes == 0);
  CHECK(exact.flash_spare_bytes == 0);
  const MemoryFit small_sram = fit_memory(demand, {119, 1000});
  CHECK_FALSE(small_sram.fits_sram);
  CHECK(small_sram.fits_flash);
  CHECK_FALSE(small_sram.fits());
  CHECK(small_sram.sram_spare_bytes == -1);
  CHECK(small_sram.flash_spare_bytes == 460);
  CHECK_FALSE(fit_memory(demand, {1000, 539}).fits());
  CHECK(fit_memory({}, {}).fits());
}

TEST_CASE("the answer in words") {
  CHECK(to_sentence(fit_memory({100, 20, 500, 40}, {256, 512})) ==
        "SRAM: arena and runtime take 120 of 256 bytes, 136 to spare; "
        "flash: weights and code take 540 of 512 bytes, 28 too many");
}

TEST_CASE("what is no number of bytes is refused") {
  const auto refused = [](const MemoryDemand& demand, const MemorySupply& supply) {
    try {
      (void)fit_memory(demand, supply);
    } catch (const DomainError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(refused({.arena_bytes = -1}, {}) == "arena_bytes is -1, allowed is an integer >= 0");
  CHECK(refused({}, {.flash_bytes = -5}) == "flash_bytes is -5, allowed is an integer >= 0");
  CHECK(refused({.weight_bytes = most, .code_bytes = 1}, {}) ==
        "bytes in flash is more than 2^63 - 1, allowed is a count that fits 64 bits");
  CHECK(fit_memory({.arena_bytes = most}, {}).sram_spare_bytes == -most);
  CHECK(to_sentence(fit_memory({.arena_bytes = most}, {})).find("9223372036854775807 too many") !=
        std::string::npos);
}
