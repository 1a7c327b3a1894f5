// Runs the conformance tests, or says that the oracles are missing and exits with 77, which ctest
// counts as skipped.
#define CATCH_CONFIG_RUNNER
#include "catch.hpp"

#include <cstdio>

#include "oracle_folder.hpp"

int main(int argc, char** argv) {
  if (!std::filesystem::is_directory(oracles::folder())) {
    std::printf("skipped: no oracles at %s; set EDGEOPT_ORACLES to their folder\n",
                oracles::folder().c_str());
    return 77;
  }
  return Catch::Session().run(argc, argv);
}
