#include "edgeopt/error.hpp"

#include "catch.hpp"

using namespace edgeopt;

TEST_CASE("an input error names file, place, what was found and what was expected") {
  const InputError error("config.yaml", "line 3, key 'epochs'", "'-1'", "an integer >= 1");
  CHECK(std::string(error.what()) ==
        "config.yaml: line 3, key 'epochs': found '-1', expected an integer >= 1");
  CHECK(error.problems().size() == 1);
  CHECK(InputProblem{"", "", "nothing", "something"}.sentence() ==
        "found nothing, expected something");
  CHECK(InputProblem{"", "offset 4", "a", "b"}.sentence() == "offset 4: found a, expected b");
}

TEST_CASE("several problems come as one list, a line each") {
  const InputError error({{"a", "1", "x", "y"}, {"a", "2", "p", "q"}});
  CHECK(std::string(error.what()) == "a: 1: found x, expected y\na: 2: found p, expected q");
}

TEST_CASE("a domain error names parameter, value and what is allowed") {
  const DomainError error("batch", "0", "an integer >= 1");
  CHECK(std::string(error.what()) == "batch is 0, allowed is an integer >= 1");
  CHECK(error.parameter() == "batch");
  CHECK(error.value() == "0");
  CHECK(error.allowed() == "an integer >= 1");
}

TEST_CASE("every exception of the library is an Error and a std::runtime_error") {
  CHECK_THROWS_AS(throw SystemError("/path", "no space left"), Error);
  CHECK_THROWS_AS(throw Interrupted("stopped"), Error);
  CHECK_THROWS_AS(throw InputError("f", "p", "x", "y"), std::runtime_error);
  CHECK(std::string(SystemError("/path", "no space left").what()) == "/path: no space left");
}
