// SPDX-License-Identifier: MIT
/// @file
/// The resolution of a PNG picture, which gnuplot does not record.
#pragma once

#include <zlib.h>  // ::crc32

#include <cmath>  // std::lround
#include <cstdint>
#include <string>
#include <string_view>

#include "edgeopt/error.hpp"

namespace edgeopt::inline v0::io {

namespace detail {

inline void append_big_endian(std::string& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
}

}  // namespace detail

/// The picture with its resolution recorded: a pHYs chunk behind the header (PNG specification,
/// 11.3.5.3; pixels per metre). The picture must not have one.
/// @throws InputError unless the bytes begin as a PNG file does
[[nodiscard]] inline std::string with_resolution(std::string_view png, double dots_per_inch) {
  constexpr std::string_view signature = "\x89PNG\r\n\x1a\n";
  constexpr std::size_t header_end = 8 + 4 + 4 + 13 + 4;  // signature; length, "IHDR", data, CRC
  if (!png.starts_with(signature) || png.size() < header_end || png.substr(12, 4) != "IHDR")
    throw InputError("picture", "offset 0", "other bytes", "a PNG file");
  const auto per_metre = static_cast<std::uint32_t>(std::lround(dots_per_inch / 0.0254));

  std::string chunk = "pHYs";
  detail::append_big_endian(chunk, per_metre);
  detail::append_big_endian(chunk, per_metre);
  chunk += '\x01';  // the unit is the metre
  std::string bytes(png.substr(0, header_end));
  detail::append_big_endian(bytes, static_cast<std::uint32_t>(chunk.size() - 4));
  bytes += chunk;
  detail::append_big_endian(
      bytes, static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(chunk.data()),
                                              static_cast<uInt>(chunk.size()))));
  bytes += png.substr(header_end);
  return bytes;
}

}  // namespace edgeopt::inline v0::io
