// What the tests of readers share: the sentence of an error, and damaged copies of good bytes.
#pragma once

#include <cstdint>
#include <string>

#include "catch.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/random.hpp"

/// The sentence that `read` refuses its input with; fails the test when it accepts it or throws
/// anything else than a library error.
template <class Read>
std::string refusal(Read&& read) {
  try {
    static_cast<void>(read());
  } catch (const edgeopt::Error& error) {
    return error.what();
  }
  FAIL("nothing was refused");
  return {};
}

/// A copy with one to four random changes: a byte replaced, removed, inserted or doubled up, a bit
/// flipped, the end cut off.
inline std::string damaged(std::string bytes, edgeopt::Random& random) {
  for (std::uint64_t changes = 1 + random.below(4); changes > 0 && !bytes.empty(); --changes) {
    const auto at = static_cast<std::size_t>(random.below(bytes.size()));
    const auto value = static_cast<char>(random.below(256));
    switch (random.below(6)) {
      case 0: bytes[at] = value; break;
      case 1: bytes.erase(at, 1); break;
      case 2: bytes.insert(at, 1, value); break;
      case 3: bytes[at] = static_cast<char>(bytes[at] ^ 1 << random.below(8)); break;
      case 4: bytes.insert(at, bytes.substr(at, 1 + random.below(16))); break;
      default: bytes.resize(at);
    }
  }
  return bytes;
}

/// Reads many damaged copies: each is read or refused with a sentence, and nothing else happens
/// (the address and undefined-behaviour sanitizers watch). Both must occur, or the test shows
/// little.
template <class Read>
void read_damaged_copies(const std::string& good, int copies, Read&& read) {
  edgeopt::Random random(7);
  int refused = 0;
  for (int i = 0; i < copies; ++i) {
    const std::string bytes = damaged(good, random);
    try {
      static_cast<void>(read(bytes));
    } catch (const edgeopt::Error& error) {
      CHECK_FALSE(std::string(error.what()).empty());
      ++refused;
    }
  }
  CHECK(refused > copies / 10);
}
