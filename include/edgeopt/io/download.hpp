// SPDX-License-Identifier: MIT
/// @file
/// Files fetched from a web address or a local folder, through libcurl.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>  // std::unique_ptr for curl's handle
#include <string>
#include <string_view>
#include <system_error>

#include "edgeopt/error.hpp"
#include "edgeopt/io/file.hpp"

namespace edgeopt::inline v0::io {

/// Called now and then with the bytes received so far.
using DownloadProgress = std::function<void(std::int64_t received_bytes)>;

namespace detail {

/// What curl's callback works on. An exception must not pass through C code, so it waits here.
struct DownloadState {
  OutputFile file;
  std::int64_t max_bytes;
  const DownloadProgress& progress;
  std::int64_t received = 0;
  std::exception_ptr failure;
};

inline std::size_t receive(char* bytes, std::size_t, std::size_t count, void* user) {
  DownloadState& state = *static_cast<DownloadState*>(user);
  try {
    state.received += static_cast<std::int64_t>(count);
    if (state.received > state.max_bytes) return 0;  // makes curl stop
    state.file.write({bytes, count});
    if (state.progress) state.progress(state.received);
    return count;
  } catch (...) {
    state.failure = std::current_exception();
    return 0;
  }
}

/// libcurl wants to be set up once in a process, before the first transfer.
inline bool curl_is_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

/// Web addresses and local files; but a server must not redirect us to a file of this machine.
inline void allow_protocols(CURL* curl) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
  constexpr long web = CURLPROTO_HTTP | CURLPROTO_HTTPS;
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS, web | CURLPROTO_FILE);
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, web);
#endif
}

inline void transfer(const std::string& url, DownloadState& state) {
  if (!curl_is_ready()) throw SystemError(url, "libcurl cannot be set up");
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  if (!curl) throw SystemError(url, "libcurl cannot be set up");
  char reason[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  allow_protocols(curl.get());
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, 30L);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_LIMIT, 100L);  // bytes a second ...
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_TIME, 60L);    // ... for so many seconds: give up
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &receive);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &state);
  const CURLcode code = curl_easy_perform(curl.get());
  if (state.failure) std::rethrow_exception(state.failure);
  if (state.received > state.max_bytes)
    throw InputError(url, "", "more than " + std::to_string(state.max_bytes) + " bytes",
                     "at most that many");
  if (code != CURLE_OK)
    throw SystemError(url, std::string("cannot be fetched: ") +
                               (reason[0] != '\0' ? reason : curl_easy_strerror(code)));
}

}  // namespace detail

/// Fetches `url` (http, https or file) into a new file at `path`; at most five redirections, never
/// to a local file. Nothing is left at `path` where it fails.
/// @throws SystemError when the source or the file system refuses
/// @throws InputError when the source sends more than `max_bytes`
inline void download(const std::string& url, const std::filesystem::path& path,
                     std::int64_t max_bytes, const DownloadProgress& progress = {}) {
  // What may not be written is not ours to remove.
  detail::DownloadState state{OutputFile(path), max_bytes, progress, 0, nullptr};
  try {
    detail::transfer(url, state);
    state.file.close();
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    throw;
  }
}

}  // namespace edgeopt::inline v0::io
