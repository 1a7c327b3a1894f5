// SPDX-License-Identifier: MIT
// An instruction set that multiplies bytes and stands on another one, `below`: everything but u8 is
// what the other one has.
//
// It has made the names of `below` visible and defined before: instruction_set, level_offset,
// add_group_products. Whatever of `below` depends on the target region is compiled again here.

#include "edgeopt/kernels/source/packed.inl"

#include "edgeopt/kernels/source/byte_levels.inl"

#include "edgeopt/kernels/source/operations.inl"

/// u8 x s8, as they are: the products of four neighbours are added to a lane at once, exactly.
struct GroupArithmetic : ByteLevels {
  using Operand = std::uint8_t;
  using Weight = std::int8_t;
  static constexpr int group = 4;
  static constexpr std::int64_t operand_scratch = level_offset == 0 ? 0 : sizeof(Operand);

  static Weight weight(std::int8_t value) { return value; }
  static std::int32_t start(const Weights<Value>& from, std::int64_t output,
                            std::int64_t weights_of_output) {
    return ByteLevels::start(from, output, weights_of_output, level_offset);
  }

  [[gnu::always_inline]] static Groups weights(const Weight* weights) {
    return load<Groups>(weights);
  }
  [[gnu::always_inline]] static Groups operand(const Operand* operand) {
    std::int32_t four;
    __builtin_memcpy(&four, operand, sizeof four);
    return reinterpret_cast<Groups>(broadcast(four));
  }
  [[gnu::always_inline]] static Sums add_products(Sums sums, Groups x, Groups w) {
    return add_group_products(sums, x, w);
  }

  /// Levels, or the bits of levels less 128 as s8.
  static const Operand* operands(const Value* values, std::int64_t count, std::byte* scratch) {
    if constexpr (level_offset == 0) {
      return values;
    } else {
      auto* operands = reinterpret_cast<Operand*>(scratch);
      std::int64_t i = 0;
      for (; i + 4 * lanes <= count; i += 4 * lanes)
        store(operands + i, load<Groups>(values + i) ^ level_offset);
      for (; i < count; ++i) operands[i] = static_cast<Operand>(values[i] ^ level_offset);
      return operands;
    }
  }
};

/// For sums that started at zero: what they should have started from is added at the end.
struct LateStart : GroupArithmetic {
  template <class Arithmetic>
  [[gnu::always_inline]] static void finish(const Packed<Arithmetic>& packed, std::int64_t channel,
                                            const OutputRange<Value>& range, Sums sums,
                                            Value* values) {
    GroupArithmetic::finish(packed, channel, range, sums + load<Sums>(packed.start + channel),
                            values);
  }
};

template <class Value>
inline constexpr Kernels<Value> inherited_table = inherited(below::kernels<Value>(),
                                                            instruction_set);

template <class Value>
constexpr const Kernels<Value>& kernels() {
  if constexpr (__is_same(Value, std::uint8_t))
    return table<GroupArithmetic>;
  else
    return inherited_table<Value>;
}
