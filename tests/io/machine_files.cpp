#include <filesystem>
#include <fstream>
#include <string>

#include "edgeopt/io/cache_levels.hpp"
#include "edgeopt/io/powercap.hpp"
#include "support.hpp"
#include "temporary_folder.hpp"

namespace io = edgeopt::io;

namespace {

void put(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text << '\n';
}

/// One package's counter, as Linux shows it.
void put_zone(const std::filesystem::path& zone, const std::string& name, const std::string& energy,
              const std::string& range) {
  put(zone / "name", name);
  put(zone / "energy_uj", energy);
  put(zone / "max_energy_range_uj", range);
}

}  // namespace

TEST_CASE("caches are read as Linux tells of them, those for instructions left out") {
  const TemporaryFolder folder;
  const auto cache = [&](int index, const char* level, const char* type, const char* size) {
    const auto path = folder.path() / ("index" + std::to_string(index));
    put(path / "level", level);
    put(path / "type", type);
    put(path / "size", size);
  };
  cache(0, "1", "Data", "48K");
  cache(1, "1", "Instruction", "32K");
  cache(2, "2", "Unified", "2048K");
  cache(3, "3", "Unified", "30M");
  CHECK(io::cache_levels(folder.path()) ==
        std::vector<io::CacheLevel>{{1, 48 << 10}, {2, 2 << 20}, {3, 30 << 20}});
  const auto shared_by = [&](const char* list) {
    put(folder.path() / "index3" / "shared_cpu_list", list);
    return io::cache_levels(folder.path()).at(2).processors;
  };
  CHECK(shared_by("0") == 1);
  CHECK(shared_by("0-3") == 4);
  CHECK(shared_by("0,4") == 2);
  CHECK(shared_by("0-3,8-11,16") == 9);
  for (const char* strange : {"", "all", "0-", "3-0", "0,,1", "0-99999999999"})
    CHECK(shared_by(strange) == 0);
  cache(3, "3", "Unified", "large");
  CHECK(io::cache_levels(folder.path()).size() == 2);
  std::filesystem::remove(folder.path() / "index2" / "size");
  CHECK(io::cache_levels(folder.path()).size() == 1);
  CHECK(io::cache_levels(folder.path() / "absent").empty());
}

TEST_CASE("energy counts over all packages, and over a counter that begins again") {
  const TemporaryFolder folder;
  const auto package0 = folder.path() / "intel-rapl:0";
  const auto package1 = folder.path() / "intel-rapl:1";
  put_zone(package0, "package-0", "1000000", "262143328850");
  put_zone(package1, "package-1", "262143000000", "262143328850");
  put_zone(folder.path() / "intel-rapl:0:0", "core", "5", "262143328850");  // within package-0
  put(folder.path() / "dtpm" / "name", "something else");

  io::EnergyMeter meter(folder.path());
  REQUIRE(meter.zones().size() == 2);
  CHECK(meter.zones()[0].name == "package-0");
  CHECK(meter.joules() == 0);
  put(package0 / "energy_uj", "3500000");
  CHECK(meter.joules() == Approx(2.5));
  put(package1 / "energy_uj", "671150");  // 328850 to the end, then 671150 more
  CHECK(meter.joules() == Approx(3.5));
  meter.start();
  CHECK(meter.joules() == 0);

  put(package0 / "energy_uj", "many");
  CHECK(refusal([&] { return meter.joules(); }).find("expected a count of microjoules") !=
        std::string::npos);
  std::filesystem::remove(package0 / "energy_uj");
  CHECK_THROWS_AS(meter.joules(), edgeopt::SystemError);
}

TEST_CASE("a machine without energy counters is told so in a sentence") {
  const TemporaryFolder folder;
  CHECK(refusal([&] {
          return io::EnergyMeter(folder.path());
        }).find("no energy counters of a processor") != std::string::npos);
  CHECK(refusal([&] {
          return io::EnergyMeter(folder.path() / "absent");
        }).find("no energy counters of a processor") != std::string::npos);
}

TEST_CASE("differences of a counter") {
  CHECK(io::energy_between(10, 30, 100) == 20);
  CHECK(io::energy_between(90, 5, 100) == 15);
  CHECK(io::energy_between(7, 7, 100) == 0);
}
