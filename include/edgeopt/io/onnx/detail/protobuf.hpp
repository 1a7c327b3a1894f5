// SPDX-License-Identifier: MIT
/// @file
/// Fields of protobuf messages, with every length and type checked before it is believed
/// (https://protobuf.dev/programming-guides/encoding).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>  // std::memcpy
#include <limits>
#include <protozero/exception.hpp>
#include <protozero/types.hpp>  // protozero::pbf_wire_type
#include <protozero/varint.hpp>
#include <string>
#include <string_view>

#include "edgeopt/error.hpp"

namespace edgeopt::inline v0::io::detail {

/// The bytes of a file and its name, for messages.
struct ProtobufFile {
  std::string name;
  std::string_view bytes;

  [[nodiscard]] std::string place(const char* at) const {
    return "offset " + std::to_string(at - bytes.data());
  }
  [[noreturn]] void fail(const char* at, std::string found, std::string expected) const {
    throw InputError(name, place(at), std::move(found), std::move(expected));
  }
};

/// Goes over the fields of a message, a part of the file. After `next` the field is read by one of
/// the functions that fit its type, or skipped.
class ProtobufFields {
 public:
  ProtobufFields(const ProtobufFile& file, std::string_view message)
      : file_(file), at_(message.data()), end_(message.data() + message.size()), field_(at_) {}

  /// Moves to the next field; false at the end.
  bool next() {
    if (!read_) skip();
    if (at_ == end_) return false;
    field_ = at_;
    const std::uint64_t key = number();
    tag_ = key >> 3;
    wire_ = static_cast<protozero::pbf_wire_type>(key & 7);
    read_ = false;
    const bool known = wire_ == protozero::pbf_wire_type::varint ||
                       wire_ == protozero::pbf_wire_type::fixed64 ||
                       wire_ == protozero::pbf_wire_type::length_delimited ||
                       wire_ == protozero::pbf_wire_type::fixed32;
    if (!known || tag_ == 0 || tag_ > max_tag)
      fail("a field of number " + std::to_string(tag_) + " and type " + std::to_string(key & 7),
           "a field of a protobuf message");
    return true;
  }

  /// Number of the field.
  [[nodiscard]] std::uint64_t tag() const { return tag_; }

  /// Where the field begins.
  [[nodiscard]] const char* begin() const { return field_; }

  /// An integer; negative ones come as their two's complement.
  std::int64_t integer() {
    expect(protozero::pbf_wire_type::varint, "an integer");
    return static_cast<std::int64_t>(number());
  }

  float real() {
    expect(protozero::pbf_wire_type::fixed32, "a number of 32 bits");
    return fixed<float>();
  }

  /// A text, a message, or packed numbers.
  std::string_view bytes() {
    expect(protozero::pbf_wire_type::length_delimited, "a text or message");
    return delimited();
  }

  /// Integers, one or many packed ones: `take(std::int64_t)` for each.
  template <class Take>
  void integers(Take&& take) {
    if (wire_ == protozero::pbf_wire_type::varint) return take(integer());
    ProtobufFields packed(file_, bytes());
    packed.field_ = field_;
    while (packed.at_ != packed.end_) take(static_cast<std::int64_t>(packed.number()));
    packed.read_ = true;
  }

  /// Numbers of a fixed size, one or many packed ones.
  template <class Number, class Take>
  void fixed_numbers(Take&& take) {
    constexpr auto single =
        sizeof(Number) == 4 ? protozero::pbf_wire_type::fixed32 : protozero::pbf_wire_type::fixed64;
    if (wire_ == single) {
      expect(single, "numbers");
      return take(fixed<Number>());
    }
    const std::string_view packed = bytes();
    if (packed.size() % sizeof(Number) != 0)
      fail(std::to_string(packed.size()) + " bytes of numbers",
           "a multiple of " + std::to_string(sizeof(Number)));
    for (std::size_t i = 0; i < packed.size(); i += sizeof(Number)) {
      Number value{};
      std::memcpy(&value, packed.data() + i, sizeof(Number));
      take(value);
    }
  }

  [[noreturn]] void fail(std::string found, std::string expected) const {
    file_.fail(field_, std::move(found), std::move(expected));
  }

 private:
  static constexpr std::uint64_t max_tag = (std::uint64_t{1} << 29) - 1;

  void expect(protozero::pbf_wire_type wire, const char* what) {
    if (wire_ != wire) fail("field " + std::to_string(tag_) + " of another type", what);
    read_ = true;
  }

  std::uint64_t number() {
    try {
      return protozero::decode_varint(&at_, end_);
    } catch (const protozero::varint_too_long_exception&) {
      fail("a number of more than 10 bytes", "a shorter one");
    } catch (const protozero::exception&) {
      fail("a number without its last byte", "a complete field");
    }
  }

  template <class Number>
  Number fixed() {
    if (static_cast<std::size_t>(end_ - at_) < sizeof(Number))
      fail("a number without its last byte", "a complete field");
    Number value{};
    std::memcpy(&value, at_, sizeof(Number));
    at_ += sizeof(Number);
    return value;
  }

  std::string_view delimited() {
    const std::uint64_t length = number();
    if (length > static_cast<std::uint64_t>(end_ - at_))
      fail("a field of " + std::to_string(length) + " bytes",
           "at most the " + std::to_string(end_ - at_) + " that are left");
    const std::string_view view(at_, static_cast<std::size_t>(length));
    at_ += length;
    return view;
  }

  void skip() {
    read_ = true;
    switch (wire_) {
      case protozero::pbf_wire_type::varint: (void)number(); return;
      case protozero::pbf_wire_type::fixed64: (void)fixed<std::uint64_t>(); return;
      case protozero::pbf_wire_type::fixed32: (void)fixed<std::uint32_t>(); return;
      default: (void)delimited();
    }
  }

  const ProtobufFile& file_;
  const char* at_;
  const char* end_;
  const char* field_;  ///< where the current field begins
  std::uint64_t tag_ = 0;
  protozero::pbf_wire_type wire_ = protozero::pbf_wire_type::unknown;
  bool read_ = true;  ///< the current field was read
};

}  // namespace edgeopt::inline v0::io::detail
