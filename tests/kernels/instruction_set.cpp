// SPDX-License-Identifier: MIT
#include "edgeopt/kernels/instruction_set.hpp"

#include <string>

#include "catch.hpp"
#include "edgeopt/kernels/kernels.hpp"

using namespace edgeopt;

#if defined(EDGEOPT_KERNEL_UNIT) || defined(EDGEOPT_UNIT_VECTORS) || defined(EDGEOPT_UNIT_PART)
#error "kernels.hpp leaks a macro"
#endif

TEST_CASE("Every instruction set of the machine has kernels of its own for every precision") {
  REQUIRE(supported_instruction_sets().size() >= 1);
  for (const InstructionSet set : supported_instruction_sets()) {
    CHECK(kernels::kernels_for<float>(set).instruction_set == set);
    CHECK(kernels::kernels_for<kernels::Half>(set).instruction_set == set);
    CHECK(kernels::kernels_for<std::uint8_t>(set).instruction_set == set);
  }
}

TEST_CASE(
    "Every instruction set of this architecture is compiled, or it has been forgotten somewhere") {
  for (const InstructionSet set : all_instruction_sets) {
#if defined(__x86_64__)
    const bool of_this_architecture =
        set != InstructionSet::neon && set != InstructionSet::neon_dot;
#else
    const bool of_this_architecture =
        set == InstructionSet::neon || set == InstructionSet::neon_dot;
#endif
    const auto* const table = kernels::compiled_kernels<float>(set);
    REQUIRE((table != nullptr) == of_this_architecture);
    if (table != nullptr) CHECK(table->instruction_set == set);
  }
}

TEST_CASE("The fastest one is the default") {
  InstructionSet last{};
  for (const InstructionSet set : supported_instruction_sets()) last = set;
  CHECK(detect_instruction_set() == last);
  CHECK(kernels::kernels_for<float>().instruction_set == last);
}

TEST_CASE("An instruction set the machine lacks is refused by name") {
  int refused = 0;
  for (const InstructionSet set : all_instruction_sets) {
    CHECK(!to_string(set).empty());
    if (is_supported(set)) {
      CHECK_NOTHROW(require_supported(set));
      continue;
    }
    ++refused;
    try {
      (void)kernels::kernels_for<float>(set);
      FAIL("accepted");
    } catch (const DomainError& error) {
      CHECK(error.value() == to_string(set));
    }
  }
  CHECK(refused >= 1);  // no machine is both x86-64 and arm64
}
