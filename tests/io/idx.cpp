// idx.hpp, gzip.hpp
#include "edgeopt/io/idx.hpp"

#include <zlib.h>

#include <cstring>

#include "support.hpp"
#include "temporary_folder.hpp"

namespace io = edgeopt::io;
using Catch::Matchers::Contains;

namespace {

/// The bytes of an IDX file: magic, dimensions, payload.
std::string idx(unsigned char type, const std::vector<std::uint32_t>& dimensions,
                const std::string& payload) {
  std::string bytes{'\0', '\0', static_cast<char>(type), static_cast<char>(dimensions.size())};
  for (const std::uint32_t extent : dimensions)
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(extent >> shift & 0xff);
  return bytes + payload;
}

std::string some_bytes(std::size_t count) {
  edgeopt::Random random(count);
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.below(256));
  return bytes;
}

/// One gzip member.
std::string gzip(const std::string& bytes) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string text_of(const edgeopt::Array& array) {
  return {reinterpret_cast<const char*>(array.data.data()), array.data.size()};
}

std::string refused(const std::string& bytes, const io::IdxOptions& options = {}) {
  return refusal([&] { return io::parse_idx(bytes, "x", options); });
}

/// Writes bytes to a file of that name and reads it as IDX.
class IdxFile {
 public:
  IdxFile(const std::string& name, const std::string& bytes)
      : path_((folder_.path() / name).string()) {
    io::write_file(path_, bytes);
  }
  const std::string& path() const { return path_; }
  io::IdxContent read(const io::IdxOptions& options = {}) const {
    return io::read_idx(path_, options);
  }
  std::string refused(const io::IdxOptions& options = {}) const {
    return refusal([&] { return read(options); });
  }

 private:
  TemporaryFolder folder_;
  std::string path_;
};

}  // namespace

TEST_CASE("an IDX file gives its shape and bytes, gzipped or not") {
  for (const unsigned items : {1U, 2U, 85U, 300U}) {
    const std::string payload = some_bytes(std::size_t{items} * 784);
    const std::string bytes = idx(8, {items, 28, 28}, payload);
    const std::int64_t count = items;
    for (const io::IdxContent& content :
         {io::parse_idx(bytes, "x"), IdxFile("plain", bytes).read(),
          IdxFile("packed.gz", gzip(bytes)).read(), IdxFile("packed", gzip(bytes)).read()}) {
      CHECK(content.array.type == edgeopt::ElementType::u8);
      CHECK(content.array.shape == edgeopt::Shape{count, 28, 28});
      CHECK(content.items_in_file == count);
      CHECK(text_of(content.array) == payload);
    }
  }
}

TEST_CASE("IDX elements of several bytes are turned to the machine's order") {
  const auto ints = io::parse_idx(idx(0x0c, {2}, {"\0\0\1\2\xff\xff\xff\xfe", 8}), "x");
  CHECK(ints.array.values<std::int32_t>() == std::vector<std::int32_t>{258, -2});
  const auto floats = io::parse_idx(idx(0x0d, {1}, {"\x3f\x80\0\0", 4}), "x");
  CHECK(floats.array.values<float>() == std::vector<float>{1});
  const auto doubles = io::parse_idx(idx(0x0e, {1}, {"\xbf\xf0\0\0\0\0\0\0", 8}), "x");
  CHECK(doubles.array.values<double>() == std::vector<double>{-1});
  const auto bytes = io::parse_idx(idx(0x09, {1, 1}, "\xff"), "x");
  CHECK(bytes.array.values<std::int8_t>() == std::vector<std::int8_t>{-1});
}

TEST_CASE("the first items of an IDX file are kept, the rest is checked") {
  const std::string payload = some_bytes(100 * 6);
  const std::string bytes = idx(8, {100, 2, 3}, payload);
  const IdxFile file("x.gz", gzip(bytes));
  for (const std::int64_t count : {1, 99, 100, 101}) {
    const io::IdxContent content = file.read({.first_items = count});
    const std::int64_t kept = std::min<std::int64_t>(count, 100);
    CHECK(content.array.shape == edgeopt::Shape{kept, 2, 3});
    CHECK(content.items_in_file == 100);
    CHECK(text_of(content.array) == payload.substr(0, static_cast<std::size_t>(kept) * 6));
  }
  CHECK(refused(bytes.substr(0, bytes.size() - 1), {.first_items = 1}) ==
        "x: offset 16: found 599 bytes of elements, expected 600 for dimensions [100, 2, 3]");
  CHECK(refused(bytes + "x", {.first_items = 1}) ==
        "x: offset 616: found bytes behind the last element, expected the end of the data");
  CHECK(refused(bytes, {.first_items = 0}) == "first_items is 0, allowed is at least 1");
}

TEST_CASE("IDX that is none is refused with its place") {
  CHECK(refused("") ==
        "x: offset 0: found 0 bytes, expected an IDX file, which begins with 4 bytes of type and "
        "dimensions");
  CHECK_THAT(refused({"\0\0\x08", 3}), Contains("offset 0: found 3 bytes"));
  CHECK(refused("PK\3\4") ==
        "x: offset 0: found 0x50 0x4b, expected 0x00 0x00, as IDX files begin");
  CHECK(refused(gzip(idx(8, {1}, "x"))) ==
        "x: offset 0: found gzip data, expected IDX data, decompressed");
  CHECK(refused(idx(0x0b, {1}, "xx")) ==
        "x: offset 2: found type code 0x0b, expected 0x08 (u8), 0x09 (s8), 0x0c (s32), 0x0d (f32) "
        "or 0x0e (f64)");
  CHECK(refused(idx(8, {}, "")) == "x: offset 3: found 0 dimensions, expected 1 to 8");
  CHECK(refused(idx(8, std::vector<std::uint32_t>(9, 1), "x")) ==
        "x: offset 3: found 9 dimensions, expected 1 to 8");
  CHECK(refused(idx(8, {1, 1}, "").substr(0, 11)) ==
        "x: offset 8: found the end of the data within the dimensions, expected 4 bytes for each "
        "dimension");
  CHECK(refused(idx(8, {3, 0, 2}, "")) ==
        "x: offset 8: found a dimension of 0, expected at least 1");
  CHECK(refused(idx(8, {2, 3}, "12345")) ==
        "x: offset 12: found 5 bytes of elements, expected 6 for dimensions [2, 3]");
  CHECK(refused(idx(8, {2, 3}, "1234567")) ==
        "x: offset 18: found bytes behind the last element, expected the end of the data");
}

TEST_CASE("IDX dimensions beyond the limit or 64 bits are refused before anything is allocated") {
  constexpr std::uint32_t most = 0xffffffff;
  CHECK_THAT(refused(idx(8, {most, most, most}, "")),
             Contains("dimensions [4294967295, 4294967295] of more than 4294967296 bytes"));
  CHECK(refused(idx(8, {10, 10}, std::string(100, 'x')), {.limits = {.bytes = 99}}) ==
        "x: offset 8: found dimensions [10, 10] of more than 99 bytes, expected at most that many");
  // Four gigabytes are claimed, five bytes are there.
  CHECK(refused(idx(8, {most}, "12345")) ==
        "x: offset 8: found 5 bytes of elements, expected 4294967295 for dimensions [4294967295]");
}

TEST_CASE("damaged gzip is refused with its place") {
  const std::string bytes = idx(8, {50, 40}, some_bytes(2000));
  const std::string packed = gzip(bytes);
  const IdxFile truncated("t.gz", packed.substr(0, packed.size() / 2));
  CHECK(truncated.refused() ==
        truncated.path() + ": offset " + std::to_string(packed.size() / 2) +
            ": found the end of the file within compressed data, expected the rest of it");
  const IdxFile without_checksum("t.gz", packed.substr(0, packed.size() - 8));
  CHECK_THAT(without_checksum.refused(), Contains("the end of the file within compressed data"));

  std::string changed = packed;
  changed[packed.size() - 5] ^= 1;  // in the CRC
  CHECK_THAT(IdxFile("c.gz", changed).refused(),
             Contains("found damaged gzip data (incorrect data check), expected gzip data with the "
                      "right checksum"));
  changed = packed;
  changed[packed.size() - 1] ^= 1;  // in the length
  CHECK_THAT(IdxFile("c.gz", changed).refused(), Contains("damaged gzip data"));

  for (const std::string garbage : {"x", "garbage"})
    CHECK_THAT(IdxFile("g.gz", packed + garbage).refused(),
               Contains("offset " + std::to_string(packed.size()) +
                        ": found trailing bytes that are not gzip, expected the end of the file"));
  const IdxFile plain("p.gz", bytes);
  CHECK(plain.refused() ==
        plain.path() + ": found a file that is not gzip, expected gzip, as its name says");
  const IdxFile empty("e.gz", "");
  CHECK_THAT(empty.refused(), Contains("found a file that is not gzip"));
}

TEST_CASE("several gzip members are one file, wherever the buffer cuts them") {
  const std::string bytes = idx(8, {300, 1000}, some_bytes(300000));
  for (std::size_t cut = 65490; cut < 65530; ++cut) {
    const std::string packed = gzip(bytes.substr(0, cut)) + gzip("") + gzip(bytes.substr(cut));
    REQUIRE(text_of(IdxFile("m.gz", packed).read().array) == bytes.substr(12));
  }
}

TEST_CASE("a gzip bomb is stopped by its ratio and by its size") {
  const std::string zeros = idx(8, {30, 1 << 20}, std::string(std::size_t{30} << 20, '\0'));
  const IdxFile bomb("b.gz", gzip(zeros));
  CHECK_THAT(bomb.refused({.first_items = 1}),
             Contains("data compressed more than 200 times, expected a smaller ratio"));
  CHECK(bomb.read({.first_items = 1, .limits = {.ratio = 2000}}).items_in_file == 30);
  CHECK_THAT(bomb.refused({.limits = {.bytes = 1 << 20}}), Contains("more than 1048576 bytes"));
  // What follows the claimed data counts as well.
  const IdxFile longer("l.gz", gzip(idx(8, {1}, std::string(std::size_t{30} << 20, '\0'))));
  CHECK_THAT(longer.refused(), Contains("bytes behind the last element"));
}

TEST_CASE("files that cannot be read are refused with the reason") {
  const TemporaryFolder folder;
  CHECK_THAT(refusal([&] { return io::read_idx(folder.path() / "absent.gz"); }),
             Contains("absent.gz: cannot be read: No such file or directory"));
  CHECK_THAT(refusal([&] { return io::read_idx(folder.path()); }), Contains("Is a directory"));
}

TEST_CASE("damaged IDX and gzip files are read or refused") {
  const std::string bytes = idx(8, {20, 3, 5}, some_bytes(300));
  read_damaged_copies(bytes, 500, [](const std::string& copy) {
    return io::parse_idx(copy, "x", {.limits = {.bytes = 1 << 20}});
  });
  const TemporaryFolder folder;
  read_damaged_copies(gzip(bytes), 300, [&](const std::string& copy) {
    io::write_file(folder.path() / "x", copy);
    return io::read_idx(folder.path() / "x", {.limits = {.bytes = 1 << 20}});
  });
}
