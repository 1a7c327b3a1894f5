// SPDX-License-Identifier: MIT
/// @file
/// Bytes as Base64 (RFC 4648), by OpenSSL.
#pragma once

#include <openssl/evp.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "edgeopt/error.hpp"

namespace edgeopt::inline v0::io {

/// The bytes in Base64 without line breaks.
/// @throws DomainError for 2^30 bytes or more
[[nodiscard]] inline std::string to_base64(std::string_view bytes) {
  if (bytes.size() >= std::size_t{1} << 30)
    throw DomainError("bytes", std::to_string(bytes.size()), "less than 2^30");
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // and a closing zero
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace edgeopt::inline v0::io
