// file.hpp, new_folders.hpp, output_folder.hpp, program.hpp, utf8.hpp
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "edgeopt/io/file.hpp"
#include "edgeopt/io/output_folder.hpp"
#include "edgeopt/io/program.hpp"
#include "edgeopt/io/utf8.hpp"
#include "support.hpp"
#include "temporary_folder.hpp"

namespace io = edgeopt::io;
namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

namespace {

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a file reads back as it was written") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "file";
  for (const unsigned size : {0U, 1U, 65535U, 65536U, 65537U, 300000U}) {
    std::string bytes(size, '\0');
    edgeopt::Random random(size);
    for (char& byte : bytes) byte = static_cast<char>(random.below(256));
    io::write_file(path, bytes);
    CHECK(io::read_file(path) == bytes);
    CHECK(names_in(folder.path()) == Names{"file"});
  }
}

TEST_CASE("a file that cannot be read is refused with the reason") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "file").string();
  CHECK(refusal([&] { return io::read_file(path); }) ==
        path + ": cannot be read: No such file or directory");
  CHECK(refusal([&] { return io::read_file(folder.path()); }) ==
        folder.path().string() + ": cannot be read: Is a directory");
  io::write_file(path, "12345");
  CHECK(io::read_file(path, 5) == "12345");
  CHECK(refusal([&] { return io::read_file(path, 4); }) ==
        path + ": found more than 4 bytes, expected at most that many");
  CHECK(refusal([&] { return io::read_file("/dev/zero", 100000); }) ==
        "/dev/zero: found more than 100000 bytes, expected at most that many");
}

TEST_CASE("a full device is noticed") {
  CHECK(refusal([] { return io::write_file("/dev/full", "x"), 0; }) ==
        "/dev/full: cannot be written: No space left on device");
}

TEST_CASE("a file that cannot be written leaves nothing") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "absent" / "file";
  CHECK_THAT(refusal([&] { return io::write_file(path, "x"), 0; }),
             EndsWith("cannot be written: No such file or directory"));
  CHECK_THAT(refusal([&] { return io::write_file(folder.path(), "x"), 0; }),
             EndsWith("cannot be written: Is a directory"));
  CHECK(names_in(folder.path()).empty());
}

TEST_CASE("an output folder shows its files only when all are complete") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a" / "b";
  {
    io::OutputFolder output(path);
    output.stage("table.csv", "1");
    output.stage("manifest.json", "m");
    output.stage("late.csv", "2");
    CHECK(names_in(path) == Names{".edgeopt.lock", ".late.csv.partial", ".manifest.json.partial",
                                  ".table.csv.partial"});
    output.commit("manifest.json");
  }
  CHECK(names_in(path) == Names{"late.csv", "manifest.json", "table.csv"});
  CHECK(io::read_file(path / "manifest.json") == "m");
}

TEST_CASE("an output folder without commit takes back what it made") {
  const TemporaryFolder folder;
  SECTION("a new folder goes, with those above it") {
    {
      io::OutputFolder output(folder.path() / "a" / "b");
      output.stage("table.csv", "1");
    }
    CHECK(names_in(folder.path()).empty());
  }
  SECTION("a folder that was there stays, and so do the files of others") {
    io::write_file(folder.path() / "table.csv", "old");
    io::write_file(folder.path() / "mine.txt", "mine");
    {
      io::OutputFolder output(folder.path());
      output.stage("table.csv", "new");
    }
    CHECK(names_in(folder.path()) == Names{"mine.txt", "table.csv"});
    CHECK(io::read_file(folder.path() / "table.csv") == "old");
  }
  SECTION("a folder that holds a checkpoint stays") {
    {
      io::OutputFolder output(folder.path() / "a");
      output.stage("table.csv", "1");
      output.write_hidden("checkpoint", "half");
    }
    CHECK(names_in(folder.path() / "a") == Names{".checkpoint"});
    io::OutputFolder output(folder.path() / "a");
    CHECK(io::read_file(output.hidden_path("checkpoint")) == "half");
    output.remove_hidden("checkpoint");
    CHECK(names_in(folder.path() / "a") == Names{".edgeopt.lock"});
  }
}

TEST_CASE("a later run replaces its own files and no others") {
  const TemporaryFolder folder;
  for (const std::string run : {"1", "2"}) {
    io::OutputFolder output(folder.path());
    output.stage("table.csv", run);
    if (run == "1")
      output.stage("errors.csv", "e");
    else
      output.supersede("errors.csv");
    output.stage("manifest.json", run);
    output.commit("manifest.json");
    io::write_file(folder.path() / "mine.txt", "mine");
  }
  CHECK(names_in(folder.path()) == Names{"manifest.json", "mine.txt", "table.csv"});
  CHECK(io::read_file(folder.path() / "table.csv") == "2");
}

TEST_CASE("while files are renamed there is no manifest") {
  const TemporaryFolder folder;
  io::write_file(folder.path() / "manifest.json", "old");
  // A folder under the name of a file makes its renaming fail.
  fs::create_directories(folder.path() / "table.csv" / "inside");
  {
    io::OutputFolder output(folder.path());
    output.stage("manifest.json", "new");
    output.stage("table.csv", "1");
    CHECK_THAT(refusal([&] { return output.commit("manifest.json"), 0; }),
               Contains("table.csv: cannot be written"));
  }
  CHECK(names_in(folder.path()) == Names{"table.csv"});
}

TEST_CASE("two writers in one folder: the second is refused") {
  const TemporaryFolder folder;
  {
    const io::OutputFolder first(folder.path());
    CHECK(refusal([&] { return io::OutputFolder(folder.path()).staged().size(); }) ==
          folder.path().string() + ": another run is writing there; choose another folder or wait");
  }
  CHECK(io::OutputFolder(folder.path()).staged().empty());
  // What a killed run leaves does not lock: the system has freed it.
  io::write_file(folder.path() / ".edgeopt.lock", "");
  io::write_file(folder.path() / ".table.csv.partial", "half");
  io::OutputFolder output(folder.path());
  output.stage("table.csv", "1");
  output.commit("table.csv");
  CHECK(io::read_file(folder.path() / "table.csv") == "1");
}

TEST_CASE("a folder that cannot be one is refused") {
  const TemporaryFolder folder;
  io::write_file(folder.path() / "file", "");
  CHECK_THAT(refusal([&] { return io::OutputFolder(folder.path() / "file").staged(); }),
             EndsWith("file: is a file, where a folder is to be written"));
  CHECK_THAT(refusal([&] { return io::OutputFolder(folder.path() / "file" / "x").staged(); }),
             EndsWith("cannot be created: Not a directory"));
  CHECK(refusal([&] { return io::OutputFolder("").staged(); }) == "output folder: has no name");
  if (::geteuid() != 0) {  // root may write anywhere
    const fs::path closed = folder.path() / "closed";
    fs::create_directory(closed);
    ::chmod(closed.c_str(), 0500);
    CHECK_THAT(refusal([&] { return io::OutputFolder(closed).staged(); }),
               EndsWith("cannot be written: Permission denied"));
    CHECK_THAT(refusal([&] { return io::OutputFolder(closed / "x").staged(); }),
               EndsWith("cannot be created: Permission denied"));
  }
}

TEST_CASE("file names are plain names") {
  const TemporaryFolder folder;
  io::OutputFolder output(folder.path());
  for (const std::string name : {"", ".", "..", "../x", "a/b", ".hidden"})
    CHECK_THAT(refusal([&] { return output.stage(name, ""), 0; }), Contains("a plain name"));
  CHECK_THAT(refusal([&] { return output.commit("absent"), 0; }),
             Contains("the name of a staged file"));
}

TEST_CASE("programs are found and run without a shell") {
  REQUIRE(io::find_program("cat"));
  CHECK(io::find_program("/bin/cat"));
  CHECK_FALSE(io::find_program("no-such-program-anywhere"));
  CHECK_FALSE(io::find_program("/bin"));
  CHECK_FALSE(io::find_program(""));
  const io::TemporaryFile input;
  REQUIRE(::write(input.descriptor(), "text", 4) == 4);
  const io::ProgramResult copied = io::run_program(*io::find_program("cat"), {}, input);
  CHECK(copied.exit_status == 0);
  CHECK(copied.output == "text");
  const io::ProgramResult failed =
      io::run_program(*io::find_program("cat"), {"/$(no such file)"}, input);
  CHECK(failed.exit_status == 1);
  CHECK_THAT(failed.errors, Contains("$(no such file)"));
  CHECK_THAT(refusal([&] { return io::run_program("/no/such", {}, input); }),
             Contains("/no/such: cannot be started"));
}

TEST_CASE("UTF-8 is told from other bytes") {
  for (const std::string good : {"", "abc", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                 "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"})
    CHECK(io::valid_utf8_prefix(good) == good.size());
  for (const std::string bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80", "\xff"})
    CHECK(io::valid_utf8_prefix("ab" + bad) == 2);
  CHECK(io::character_count("\xc3\xbc\xe2\x82\xac.") == 3);
  CHECK(io::to_utf8("\xc3\xbc.") == "\xc3\xbc.");
  CHECK(io::to_utf8("a\xff\xc3.\xe2\x82") == "a\uFFFD\uFFFD.\uFFFD\uFFFD");
}
