#include "edgeopt/energy.hpp"

#include <limits>

#include "catch.hpp"

using namespace edgeopt;

TEST_CASE("energy is power times time") {
  CHECK(energy_mj(0.5, 8) == 4);
  CHECK_THROWS_AS(energy_mj(0, 1), DomainError);
  CHECK_THROWS_AS(energy_mj(1, std::numeric_limits<double>::infinity()), DomainError);
}

TEST_CASE("the published energies of a multiply-accumulate") {
  const TechnologyEnergy& old = technology_energies[0];
  CHECK(mac_energy_pj(old, Precision::fp32) == Approx(4.6));
  CHECK(mac_energy_pj(old, Precision::fp16) == Approx(2.0));
  CHECK(mac_energy_pj(old, Precision::int8) == Approx(0.3));
  for (const TechnologyEnergy& each : technology_energies) {
    CHECK(mac_energy_pj(each, Precision::fp32) > mac_energy_pj(each, Precision::fp16));
    CHECK(mac_energy_pj(each, Precision::fp16) > mac_energy_pj(each, Precision::int8));
    CHECK(each.sram_8kib_pj <= each.sram_32kib_pj);
    CHECK(each.sram_1mib_pj < each.dram_low_pj);
    CHECK_FALSE(each.source.empty());
  }
}

TEST_CASE("ordinal energies add up, and parameters beyond the SRAM come from DRAM") {
  NetworkDemand network{
      .name = "n", .precision = Precision::int8, .macs = 1'000'000, .parameter_bytes_read = 8000};
  const OrdinalEnergy small = ordinal_energy(network, 16'000, technology_energies[0]);
  CHECK(small.ordinal_macs_uj == Approx(0.3));
  CHECK(small.ordinal_parameters_uj == Approx(0.1));   // 1000 accesses of 100 pJ
  CHECK(small.ordinal_activations_uj == Approx(0.2));  // 2000
  CHECK(small.ordinal_total_uj == Approx(0.6));
  CHECK(small.parameter_memory == "SRAM, 1 MiB");
  network.parameter_bytes = network.parameter_bytes_read = (1 << 20) + 1;
  const OrdinalEnergy large = ordinal_energy(network, 16'000, technology_energies[0]);
  CHECK(large.parameter_memory == "DRAM, low end");
  CHECK(large.ordinal_parameters_uj == Approx(1300e-6 * ((1 << 20) + 1) / 8));
  network.parameter_bytes_read = 8000;  // some rows of a table
  CHECK(ordinal_energy(network, 0, technology_energies[0]).ordinal_parameters_uj == Approx(1.3));
  CHECK_THROWS_AS(ordinal_energy(network, -1, technology_energies[0]), DomainError);
}
