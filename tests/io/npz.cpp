// npy.hpp, npz.hpp
#include "edgeopt/io/npz.hpp"

#include <limits>

#include "arrays.hpp"
#include "support.hpp"
#include "temporary_folder.hpp"

namespace io = edgeopt::io;
using Catch::Matchers::Contains;
using edgeopt::Array;
using edgeopt::ElementType;

namespace {

/// The bytes of a .npy file of version 1 with any header.
std::string npy(const std::string& header, const std::string& elements = "") {
  std::string bytes = "\x93NUMPY";
  bytes +=
      {'\1', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  return bytes + header + elements;
}

std::string refused(const std::string& bytes) {
  return refusal([&] { return io::parse_npy(bytes, "x.npy"); });
}

std::string refused_npz(const std::string& bytes, const io::NpzLimits& limits = {}) {
  return refusal([&] { return io::parse_npz(bytes, "x.npz", limits); });
}

const std::string good_header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";

}  // namespace

TEST_CASE("arrays of every type and rank come back from .npy") {
  for (const auto& named : arrays_of_all_kinds())
    CHECK(io::parse_npy(io::to_npy(named.array), "x.npy") == named.array);
}

TEST_CASE("a .npy file is laid out as NumPy does it") {
  const std::vector<float> values{1, -2};
  const std::string bytes = io::to_npy(Array::of<float>({2}, values));
  // numpy.save of numpy.array([1, -2], 'f4')
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
  CHECK(bytes ==
        npy(header + std::string(117 - header.size(), ' ') + "\n", {"\0\0\x80\x3f\0\0\0\xc0", 8}));
  CHECK(bytes.size() == 128 + 8);
  CHECK_THAT(io::to_npy({ElementType::u8, {2, 0}, {}}), Contains("'|u1'") && Contains("(2, 0)"));
  CHECK_THAT(io::to_npy({ElementType::u8, {}, {std::byte{1}}}), Contains("()"));
}

TEST_CASE(".npy headers may be of any version and order") {
  const std::string elements = {"\0\0\x80\x3f\0\0\0\xc0", 8};
  CHECK(io::parse_npy(npy("{ \"shape\":( 2 ,),'fortran_order':False,'descr':'<f4'}", elements), "x")
            .values<float>() == std::vector<float>{1, -2});
  std::string second = npy(good_header, elements);
  second[6] = '\2';
  second.insert(10, 2, '\0');  // four bytes of length
  CHECK(io::parse_npy(second, "x").values<float>() == std::vector<float>{1, -2});
}

TEST_CASE(".npy that is none is refused with its place") {
  const std::string good = npy(good_header, std::string(8, '\0'));
  CHECK(refused("") ==
        "x.npy: offset 0: found other bytes, expected \"\\x93NUMPY\", as .npy files "
        "begin");
  std::string version = good;
  version[6] = '\4';
  CHECK(refused(version) == "x.npy: offset 6: found version 4, expected version 1, 2 or 3");
  CHECK(refused(good.substr(0, 40)) ==
        "x.npy: offset 8: found the end of the file within the header, expected the whole header");
  CHECK(refused(good.substr(0, 9)) ==
        "x.npy: offset 8: found the end of the file within the header, expected the whole header");
  std::string huge = good;
  huge[6] = '\2';
  huge.replace(8, 4, "\xff\xff\xff\x7f");
  CHECK(refused(huge) ==
        "x.npy: offset 8: found a header of 2147483647 bytes, expected at most 65536");
  CHECK(refused(good.substr(0, good.size() - 1)) ==
        "x.npy: offset 68: found 7 bytes of elements, expected 8 for f32 [2]");
  CHECK(refused(good + "x") ==
        "x.npy: offset 68: found 9 bytes of elements, expected 8 for f32 [2]");
}

TEST_CASE(".npy headers that are none are refused") {
  const auto refused_header = [](const std::string& header) { return refused(npy(header)); };
  CHECK(
      refused_header("{'descr': '>f4', 'fortran_order': False, 'shape': ()}") ==
      "x.npy: header: found element type '>f4', expected one of <f2, <f4, <f8, |u1, |i1, <i4, <i8");
  CHECK(refused_header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}") ==
        "x.npy: header: found '[('a', '<f4')], 'fortran', expected a single element type");
  CHECK(refused_header("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2)}") ==
        "x.npy: header: found Fortran order, expected C order (numpy.ascontiguousarray)");
  CHECK_THAT(refused_header("{'descr': '<f4', 'fortran_order': False}"),
             Contains("expected the keys 'descr', 'fortran_order' and 'shape'"));
  CHECK_THAT(refused_header("{'descr': '<f4', 'descr': '<f4'}"), Contains("once each"));
  CHECK_THAT(refused_header("{'other': 1}"), Contains("found the key 'other'"));
  CHECK_THAT(refused_header("{'shape': (-1,)}"),
             Contains("expected a dimension, at most 2^63 - 1"));
  CHECK_THAT(refused_header("{'shape': (9223372036854775808,)}"), Contains("expected a dimension"));
  CHECK_THAT(refused_header("{'shape': (2 3)}"), Contains("expected a comma or ')'"));
  CHECK_THAT(refused_header("{'shape': (2"), Contains("expected a comma or ')'"));
  CHECK_THAT(refused_header("{'descr"), Contains("expected a closing quote"));
  CHECK_THAT(refused_header("{"), Contains("expected a text in quotes"));
  CHECK_THAT(refused_header("(1, 2)"), Contains("expected '{'"));
  CHECK_THAT(refused_header("{'descr': '<f4', 'fortran_order': False, 'shape': ()} x"),
             Contains("expected blanks up to the end of the header"));
  CHECK(refused_header("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, "
                       "4294967296)}") ==
        "x.npy: offset 85: found 0 bytes of elements, expected more than 2^63 for f64 [4294967296, "
        "4294967296]");
}

TEST_CASE("arrays that contradict themselves are not written") {
  CHECK(refusal([] {
          return io::to_npy({ElementType::f32, {2}, {}});
        }) == "array is 0 bytes of data, allowed is as many as its shape [2] takes");
  CHECK_THAT(
      refusal([] {
        return io::to_npy({ElementType::f32, {std::numeric_limits<std::int64_t>::max()}, {}});
      }),
      Contains("0 bytes of data"));
}

TEST_CASE("named arrays come back from .npz, and equal arrays give equal bytes") {
  const auto arrays = arrays_of_all_kinds();
  const std::string bytes = io::to_npz(arrays);
  CHECK(io::parse_npz(bytes, "x.npz") == arrays);
  CHECK(io::to_npz(arrays) == bytes);
  const TemporaryFolder folder;
  io::write_file(folder.path() / "x.npz", bytes);
  CHECK(io::read_npz(folder.path() / "x.npz") == arrays);
}

TEST_CASE(".npz that is none is refused") {
  const std::string good = io::to_npz(arrays_of_all_kinds());
  CHECK(refused_npz("") == "x.npz: found an empty file, expected an .npz file");
  CHECK_THAT(refused_npz("no zip at all"), Contains("found no zip archive"));
  CHECK_THAT(refused_npz(good.substr(0, good.size() / 2)), Contains("found no zip archive"));
  std::string changed = good;
  const std::size_t data = changed.find("\x93NUMPY");
  changed[data + 20] ^= 1;
  CHECK_THAT(refused_npz(changed), Contains("found damaged data (CRC error)"));
  CHECK_THAT(refused_npz(good, {.bytes = 200}), Contains("more than 200 bytes"));
  CHECK_THAT(refused_npz(good, {.arrays = 2}), Contains("expected at most 2"));

  // Names stand before the data and in the directory at the end.
  const auto renamed = [](std::string bytes, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = bytes.find(from, at)) != bytes.npos; at += to.size())
      bytes.replace(at, from.size(), to);
    return bytes;
  };
  const std::vector<std::uint8_t> one{1};
  const Array array = Array::of<std::uint8_t>({1}, one);
  const std::string two =
      io::to_npz(std::vector<edgeopt::NamedArray>{{"aa", array}, {"bb", array}});
  CHECK_THAT(refused_npz(renamed(two, "aa.npy", "aa.txt")),
             Contains("entry 'aa.txt': found another name, expected a name that ends in .npy"));
  CHECK_THAT(refused_npz(renamed(two, "aa.npy", "bb.npy")), Contains("x.npz: "));
}

TEST_CASE("names that .npz cannot tell apart are not written") {
  const Array array{ElementType::u8, {0}, {}};
  for (const std::string name : {"", "a"})
    CHECK_THAT(refusal([&] {
                 return io::to_npz(std::vector<edgeopt::NamedArray>{{"a", array}, {name, array}});
               }),
               Contains("allowed is a name that no other array has"));
}

TEST_CASE("damaged .npy and .npz files are read or refused") {
  const auto arrays = arrays_of_all_kinds();
  read_damaged_copies(io::to_npy(arrays.front().array), 500,
                      [](const std::string& copy) { return io::parse_npy(copy, "x.npy"); });
  read_damaged_copies(io::to_npz(arrays), 500, [](const std::string& copy) {
    return io::parse_npz(copy, "x.npz", {.bytes = 1 << 20});
  });
}
