#include "edgeopt/io/download.hpp"

#include <filesystem>
#include <string>

#include "edgeopt/io/file.hpp"
#include "support.hpp"
#include "temporary_folder.hpp"

namespace io = edgeopt::io;
using Catch::Matchers::Contains;

TEST_CASE("a download is a file, or nothing where it fails") {
  const TemporaryFolder folder;
  io::write_file(folder.path() / "source", "bytes");
  const std::string url = "file://" + (folder.path() / "source").string();
  const std::filesystem::path target = folder.path() / "target";
  io::download(url, target, 5);
  CHECK(io::read_file(target) == "bytes");
  const std::filesystem::path other = folder.path() / "other";
  CHECK_THAT(refusal([&] { return io::download(url, other, 4), 0; }),
             Contains("more than 4 bytes"));
  CHECK_THAT(refusal([&] { return io::download(url + "s", other, 5), 0; }),
             Contains("cannot be fetched"));
  CHECK_FALSE(std::filesystem::exists(other));
}

TEST_CASE("what a download may not write stays") {
  const TemporaryFolder folder;
  io::write_file(folder.path() / "source", "bytes");
  const std::filesystem::path target = folder.path() / "target";
  std::filesystem::create_directory(target);
  const std::string url = "file://" + (folder.path() / "source").string();
  CHECK_THAT(refusal([&] { return io::download(url, target, 5), 0; }),
             Contains("cannot be written"));
  CHECK(std::filesystem::is_directory(target));
}
