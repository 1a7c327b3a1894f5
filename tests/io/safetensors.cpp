#include "edgeopt/io/safetensors.hpp"

#include <cstring>

#include "arrays.hpp"
#include "support.hpp"
#include "temporary_folder.hpp"

namespace io = edgeopt::io;
using Catch::Matchers::Contains;
using edgeopt::Array;
using edgeopt::ElementType;

namespace {

/// The bytes of a safetensors file with any header.
std::string file(const std::string& header, const std::string& data = "") {
  const std::uint64_t length = header.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes + header + data;
}

std::string refused(const std::string& header, const std::string& data = "") {
  return refusal([&] { return io::parse_safetensors(file(header, data), "x"); });
}

/// The header's part for one array of bytes.
std::string entry(const std::string& name, const std::string& shape, const std::string& offsets) {
  return "\"" + name + "\":{\"dtype\":\"U8\",\"shape\":" + shape + ",\"data_offsets\":" + offsets +
         "}";
}

}  // namespace

TEST_CASE("named arrays come back from safetensors") {
  const auto arrays = arrays_of_all_kinds();
  const std::string bytes = io::to_safetensors(arrays);
  CHECK(io::parse_safetensors(bytes, "x") == arrays);
  const TemporaryFolder folder;
  io::write_file(folder.path() / "x.safetensors", bytes);
  CHECK(io::read_safetensors(folder.path() / "x.safetensors") == arrays);
  CHECK(io::parse_safetensors(io::to_safetensors({}), "x").empty());
}

TEST_CASE("safetensors are laid out as the format says") {
  const std::vector<float> f{1};
  const std::vector<std::uint8_t> u{7};
  const std::string bytes = io::to_safetensors(std::vector<edgeopt::NamedArray>{
      {"u", Array::of<std::uint8_t>({1}, u)}, {"f", Array::of<float>({}, f)}});
  CHECK(bytes == file("{\"f\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
                      "\"u\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[4,5]}}       ",
                      {"\0\0\x80\x3f\7", 5}));
}

TEST_CASE("element types without a name in the format are not written") {
  const std::vector<edgeopt::NamedArray> odd = {{"a", {ElementType::boolean, {1}, {std::byte{1}}}}};
  CHECK_THAT(refusal([&] { return io::to_safetensors(odd); }),
             Contains("element type of 'a' is bool"));
}

TEST_CASE("metadata of safetensors are checked and passed over") {
  const auto arrays = io::parse_safetensors(
      file("{\"__metadata__\":{\"format\":\"pt\"}," + entry("a", "[2]", "[0,2]") + "}  ", "xy"),
      "x");
  REQUIRE(arrays.size() == 1);
  CHECK(arrays[0].name == "a");
  CHECK(refused("{\"__metadata__\":{\"a\":1}}") ==
        "x: header, '__metadata__': found other values, expected an object of texts");
}

TEST_CASE("safetensors that are none are refused with their place") {
  const auto read = [](const std::string& bytes) {
    return refusal([&] { return io::parse_safetensors(bytes, "x"); });
  };
  CHECK(read("1234567") == "x: offset 0: found 7 bytes, expected 8 bytes of header length");
  CHECK(
      read("\xff\xff\xff\xff\xff\xff\xff\xff{}") ==
      "x: offset 0: found a header of 18446744073709551615 bytes, expected at most 1048576, within "
      "the file");
  CHECK_THAT(read(file("{}").substr(0, 9)), Contains("found a header of 2 bytes"));
  CHECK(refused("[]") == "x: offset 8: found another character, expected '{', as headers begin");
  CHECK_THAT(refused("{"), Contains("x, header: line 1: found no JSON"));
  CHECK_THAT(refused("{" + entry("a", "[0]", "[0,0]") + "," + entry("a", "[0]", "[0,0]") + "}"),
             Contains("x, header: key 'a': found the key again"));
  CHECK(refused("{\"a\":1}") ==
        "x: array 'a': found other keys, expected dtype, shape and data_offsets");
  CHECK(refused("{\"a\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[0,2]}}", "xy") ==
        "x: array 'a', dtype: found \"BF16\", expected one of F16, F32, F64, U8, I8, I32, I64");
}

TEST_CASE("safetensors whose sizes or offsets contradict one another are refused") {
  const auto one = [](const std::string& shape, const std::string& offsets) {
    return refused("{" + entry("a", shape, offsets) + "}", "xy");
  };
  CHECK(one("[3]", "[0,2]") == "x: array 'a': found 2 bytes of elements, expected 3 for u8 [3]");
  CHECK_THAT(one("[-1]", "[0,2]"),
             Contains("shape: found -1, expected integers from 0 to 2^63 - 1"));
  CHECK_THAT(one("[2.0]", "[0,2]"), Contains("shape: found 2.0, expected integers"));
  CHECK_THAT(one("[18446744073709551615]", "[0,2]"), Contains("expected integers from 0"));
  CHECK_THAT(one("[4294967296,4294967296]", "[0,2]"), Contains("expected more than 2^63 for u8"));
  CHECK_THAT(one("2", "[0,2]"), Contains("shape: found no list"));
  CHECK_THAT(one("[2]", "[2,0]"), Contains("expected a begin and an end not before it"));
  CHECK_THAT(one("[2]", "[0]"), Contains("expected a begin and an end not before it"));
  CHECK(one("[2]", "[1,3]") ==
        "x: array 'a': found bytes 1 to 3, expected the bytes from 0 on, within 2");
  CHECK(one("[3]", "[0,3]") ==
        "x: array 'a': found bytes 0 to 3, expected the bytes from 0 on, within 2");
  CHECK(one("[1]", "[0,1]") ==
        "x: behind the last array: found 1 bytes, expected the end of the file");
  CHECK(refused("{" + entry("a", "[2]", "[0,2]") + "," + entry("b", "[2]", "[1,3]") + "}", "xyz") ==
        "x: array 'b': found bytes 1 to 3, expected the bytes from 2 on, within 3");
}

TEST_CASE("what safetensors cannot hold is not written") {
  const Array array{ElementType::u8, {0}, {}};
  const auto written = [&](const std::vector<edgeopt::NamedArray>& arrays) {
    return refusal([&] { return io::to_safetensors(arrays); });
  };
  CHECK_THAT(written({{"a", array}, {"a", array}}), Contains("a name that no other array has"));
  CHECK_THAT(written({{"", array}}), Contains("a name that no other array has"));
  CHECK_THAT(written({{"__metadata__", array}}), Contains("one that the format does not reserve"));
  CHECK_THAT(written({{"\xff", array}}), Contains("UTF-8"));
  CHECK_THAT(written({{"a", {ElementType::u8, {1}, {}}}}), Contains("0 bytes of data"));
}

TEST_CASE("damaged safetensors are read or refused") {
  read_damaged_copies(io::to_safetensors(arrays_of_all_kinds()), 500,
                      [](const std::string& copy) { return io::parse_safetensors(copy, "x"); });
}
