// SPDX-License-Identifier: MIT
/// @file
/// SHA-256 (FIPS 180-4) of bytes and files, by OpenSSL.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>  // std::unique_ptr
#include <new>     // std::bad_alloc
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/io/file.hpp"

namespace edgeopt::inline v0::io {

/// The bytes as lower-case hexadecimal digits.
[[nodiscard]] inline std::string to_hex(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte byte : bytes) {
    text += digits[std::to_integer<std::size_t>(byte >> 4)];
    text += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return text;
}

/// A digest of bytes that come piece by piece.
class Sha256 {
 public:
  /// @throws SystemError when OpenSSL offers no SHA-256
  Sha256() : context_(EVP_MD_CTX_new()) {
    if (!context_) throw std::bad_alloc();
    check(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
  }

  void update(std::span<const std::byte> bytes) {
    check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
  }

  /// The digest as 64 hexadecimal digits; once, at the end.
  [[nodiscard]] std::string hex_digest() {
    std::array<std::byte, 32> digest{};
    check(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()),
                             nullptr));
    return to_hex(digest);
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };

  static void check(int answer) {
    if (answer != 1) throw SystemError("OpenSSL", "refuses to compute SHA-256");
  }

  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

/// SHA-256 of bytes as 64 hexadecimal digits.
[[nodiscard]] inline std::string sha256_of(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.hex_digest();
}

[[nodiscard]] inline std::string sha256_of(std::string_view bytes) {
  return sha256_of(std::as_bytes(std::span(bytes)));
}

/// SHA-256 of a file's bytes, read piece by piece. @throws SystemError when it cannot be read
[[nodiscard]] inline std::string sha256_of_file(const std::filesystem::path& path) {
  InputFile file(path);
  Sha256 hash;
  std::vector<std::byte> buffer(std::size_t{1} << 16);
  while (const std::size_t count = file.read(buffer)) hash.update(std::span(buffer).first(count));
  return hash.hex_digest();
}

}  // namespace edgeopt::inline v0::io
