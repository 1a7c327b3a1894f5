// SPDX-License-Identifier: MIT
// Levels in other parameters.

template <class Arithmetic>
void rescale(const Rescaling& given, typename Arithmetic::Value* values, std::int64_t count) {
  if constexpr (Arithmetic::requantizes) {
    const Rescaling rescaling = given;  // bytes may alias the caller's, not this one
    const Floats scale = broadcast(rescaling.from.scale);
    std::int64_t i = 0;
    // Without a fused multiply-add, looking levels up is faster than computing them.
    if constexpr (instruction_set != InstructionSet::sse2)
      for (; i + lanes <= count; i += lanes) {
        const Integers level = widen(load<Bytes>(values + i));
        const Floats x = __builtin_convertvector(level - rescaling.from.zero_point, Floats) * scale;
        store(values + i,
              Arithmetic::nearest_level(x, rescaling.inverse_scale, rescaling.zero_point));
      }
    for (; i < count; ++i) values[i] = rescaling.levels[values[i]];
  }
}
