// SPDX-License-Identifier: MIT
// Instruction sets whose instructions are plain loops. They run the one source of all operations
// with any number of lanes and any grouping of bytes on machines that lack the real ones, from
// which they differ in the primitives only.
#include "all_kernels.hpp"

#include <cstring>
#include <string>
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/kernels/kernels.hpp"

// Vectors wider than those of the machine are passed on; GCC says so at the end of a unit.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace edgeopt::inline v0::kernels::emulated4 {
inline constexpr InstructionSet instruction_set = InstructionSet::neon;
inline constexpr int lanes = 4;
#include "edgeopt/kernels/source/vectors.inl"

#include "emulated_primitives.inl"

#include "edgeopt/kernels/source/kernels.inl"
}  // namespace edgeopt::inline v0::kernels::emulated4

namespace edgeopt::inline v0::kernels::emulated8 {
inline constexpr InstructionSet instruction_set = InstructionSet::avx2;
inline constexpr int lanes = 8;
#include "edgeopt/kernels/source/vectors.inl"

#include "emulated_primitives.inl"

#include "edgeopt/kernels/source/kernels.inl"
}  // namespace edgeopt::inline v0::kernels::emulated8

namespace edgeopt::inline v0::kernels::emulated16 {
inline constexpr InstructionSet instruction_set = InstructionSet::avx512;
inline constexpr int lanes = 16;
#include "edgeopt/kernels/source/vectors.inl"

#include "emulated_primitives.inl"

#include "edgeopt/kernels/source/kernels.inl"
}  // namespace edgeopt::inline v0::kernels::emulated16

namespace edgeopt::inline v0::kernels::emulated_sdot {
namespace below = emulated4;
using namespace below;
inline constexpr InstructionSet instruction_set = InstructionSet::neon_dot;
inline constexpr std::uint8_t level_offset = 128;

inline Integers add_group_products(Integers sum, Groups x, Groups w) {
  for (int lane = 0; lane < lanes; ++lane)
    for (int i = 4 * lane; i < 4 * lane + 4; ++i)
      sum[lane] += static_cast<std::int8_t>(x[i]) * static_cast<std::int8_t>(w[i]);
  return sum;
}

#include "edgeopt/kernels/source/byte_groups.inl"
}  // namespace edgeopt::inline v0::kernels::emulated_sdot

namespace edgeopt::inline v0::kernels::emulated_ymm_dot {
namespace below = emulated8;
using namespace below;
inline constexpr InstructionSet instruction_set = InstructionSet::avxvnni;
#include "emulated_dot.inl"
}  // namespace edgeopt::inline v0::kernels::emulated_ymm_dot

namespace edgeopt::inline v0::kernels::emulated_zmm_dot {
namespace below = emulated16;
using namespace below;
inline constexpr InstructionSet instruction_set = InstructionSet::avx512vnni;
#include "emulated_dot.inl"
}  // namespace edgeopt::inline v0::kernels::emulated_zmm_dot

namespace edgeopt::inline v0::kernels::emulated_amx {
namespace below = emulated_zmm_dot;
using namespace below;
inline constexpr InstructionSet instruction_set = InstructionSet::amx;
#include "emulated_tiles.inl"

#include "edgeopt/kernels/source/byte_tiles.inl"
}  // namespace edgeopt::inline v0::kernels::emulated_amx

namespace support {

template <class Value>
std::vector<NamedKernels<Value>> emulated_kernels() {
  namespace k = edgeopt::kernels;
  std::vector<NamedKernels<Value>> all = {
      {"emulated, 16 lanes", &k::emulated16::kernels<Value>()},
  };
  if constexpr (std::is_same_v<Value, std::uint8_t>) {
    all.push_back({"emulated sdot, 4 lanes", &k::emulated_sdot::kernels<Value>()});
    all.push_back({"emulated dpbusd, 8 lanes", &k::emulated_ymm_dot::kernels<Value>()});
    all.push_back({"emulated dpbusd, 16 lanes", &k::emulated_zmm_dot::kernels<Value>()});
    all.push_back({"emulated tiles", &k::emulated_amx::kernels<Value>()});
  }
  return all;
}

template std::vector<NamedKernels<float>> emulated_kernels();
template std::vector<NamedKernels<edgeopt::kernels::Half>> emulated_kernels();
template std::vector<NamedKernels<std::uint8_t>> emulated_kernels();

}  // namespace support
