// libFuzzer target of the ONNX reader and the analysis behind it.
#include <cstddef>
#include <cstdint>

#include "onnx_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)analyse_onnx_bytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
