#include "edgeopt/io/sha256.hpp"

#include "support.hpp"
#include "temporary_folder.hpp"

namespace io = edgeopt::io;

TEST_CASE("SHA-256 gives the digests of FIPS 180-4's examples") {
  CHECK(io::sha256_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(io::sha256_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(io::sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("a file's SHA-256 is that of its bytes, however they come") {
  const std::string million(1000000, 'a');
  const std::string digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
  const TemporaryFolder folder;
  io::write_file(folder.path() / "file", million);
  CHECK(io::sha256_of_file(folder.path() / "file") == digest);
  io::Sha256 hash;
  for (int i = 0; i < 1000; ++i) hash.update(std::as_bytes(std::span(million).first(1000)));
  CHECK(hash.hex_digest() == digest);
  CHECK(refusal([&] { return io::sha256_of_file(folder.path()); }) ==
        folder.path().string() + ": cannot be read: Is a directory");
}
