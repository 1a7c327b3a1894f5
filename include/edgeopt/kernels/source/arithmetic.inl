// SPDX-License-Identifier: MIT
// The three arithmetics of a layer. Each says
//   Value      how activations are stored,
//   Operand    what they are while they are multiplied; `operands` widens them,
//   Weight     how weights are stored,
//   Sum        what products are added up in; `Sums` is a vector of them,
//   group      how many operands, and weights of one output, share a lane of a vector,
//   start      what the sums of an output start from,
//   requantizes  whether outputs have the constants of ChannelRequantization.

struct FloatArithmetic {
  using Value = float;
  using Operand = float;
  using Weight = float;
  using Sum = float;
  using Sums = Floats;
  static constexpr int group = 1;
  static constexpr bool requantizes = false;
  static constexpr std::int64_t operand_scratch = 0;  // bytes for each value

  static Weight weight(float value) { return value; }
  static float start(const Weights<Value>& from, std::int64_t output, std::int64_t) {
    return from.bias[output];
  }

  [[gnu::always_inline]] static Floats weights(const Weight* weights) {
    return load<Floats>(weights);
  }
  [[gnu::always_inline]] static Floats operand(const Operand* operand) {
    return broadcast(*operand);
  }
  [[gnu::always_inline]] static Sums add_products(Sums sums, Floats x, Floats w) {
    return multiply_add(sums, x, w);
  }

  static const Operand* operands(const Value* values, std::int64_t, std::byte*) { return values; }

  [[gnu::always_inline]] static Floats operand_vector(const Value* values) {
    return load<Floats>(values);
  }

  [[gnu::always_inline]] static void from_real(const ImageLayout&, Floats x, Value* values) {
    store(values, x);
  }
  [[gnu::always_inline]] static void finish(const Packed<FloatArithmetic>&, std::int64_t,
                                            const OutputRange<Value>& range, Sums sums,
                                            Value* values) {
    store(values, maximum(broadcast(range.lowest), sums));  // in this order NaN is kept
  }
};

struct HalfArithmetic {
  using Value = Half;
  using Operand = float;
  using Weight = Half;
  using Sum = float;
  using Sums = Floats;
  static constexpr int group = 1;
  static constexpr bool requantizes = false;
  static constexpr std::int64_t operand_scratch = sizeof(Operand);

  static Weight weight(float value) { return half_from_float(value); }
  static float start(const Weights<Value>& from, std::int64_t output, std::int64_t) {
    return float_from_half(half_from_float(from.bias[output]));
  }

  [[gnu::always_inline]] static Floats weights(const Weight* weights) {
    return widen(load<Halves>(weights));
  }
  [[gnu::always_inline]] static Floats operand_vector(const Value* values) {
    return widen(load<Halves>(values));
  }

  static const Operand* operands(const Value* values, std::int64_t count, std::byte* scratch) {
    auto* operands = reinterpret_cast<Operand*>(scratch);
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) store(operands + i, widen(load<Halves>(values + i)));
    for (; i < count; ++i) operands[i] = float_from_half(values[i]);
    return operands;
  }

  [[gnu::always_inline]] static void from_real(const ImageLayout&, Floats x, Value* values) {
    store(values, narrow(x));
  }
  /// Rounding keeps the order of numbers, so pooling and ReLU before it are those of halves.
  [[gnu::always_inline]] static void finish(const Packed<HalfArithmetic>&, std::int64_t,
                                            const OutputRange<Value>& range, Sums sums,
                                            Value* values) {
    store(values, narrow(maximum(broadcast(range.lowest), sums)));
  }
};

/// What multiplies and adds once weights and operands are widened.
template <class Arithmetic>
struct CoreOf {
  using Type = Arithmetic;
};
template <>
struct CoreOf<HalfArithmetic> {
  using Type = FloatArithmetic;
};
template <class Arithmetic>
using Core = typename CoreOf<Arithmetic>::Type;

/// Whether the weights of convolutions are widened once for all images of a run.
template <class Arithmetic>
inline constexpr bool expands = false;
template <>
inline constexpr bool expands<HalfArithmetic> = true;

/// u8 x s8, both widened to 16 bits: products are added in pairs, exactly.
struct ByteArithmetic : ByteLevels {
  using Operand = std::int16_t;
  using Weight = std::int16_t;
  static constexpr int group = 2;
  static constexpr std::int64_t operand_scratch = sizeof(Operand);

  static Weight weight(std::int8_t value) { return value; }

  [[gnu::always_inline]] static Pairs weights(const Weight* weights) {
    return load<Pairs>(weights);
  }
  [[gnu::always_inline]] static Pairs operand(const Operand* operand) {
    std::int32_t pair;
    __builtin_memcpy(&pair, operand, sizeof pair);
    return reinterpret_cast<Pairs>(broadcast(pair));
  }
  [[gnu::always_inline]] static Sums add_products(Sums sums, Pairs x, Pairs w) {
    return add_pair_products(sums, x, w);
  }

  static const Operand* operands(const Value* values, std::int64_t count, std::byte* scratch) {
    auto* operands = reinterpret_cast<Operand*>(scratch);
    std::int64_t i = 0;
    for (; i + 2 * lanes <= count; i += 2 * lanes)
      store(operands + i, __builtin_convertvector(load<BytePairs>(values + i), Pairs));
    for (; i < count; ++i) operands[i] = values[i];
    return operands;
  }
};
