// SPDX-License-Identifier: MIT
// What is done with gradients: they are added up, and Adam moves the parameters. Each product
// stands in a statement of its own, since Clang fuses what stands in one.

inline void add(std::int64_t count, const float* addends, float* sums) {
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    store(sums + i, load<Floats>(sums + i) + load<Floats>(addends + i));
  for (; i < count; ++i) sums[i] += addends[i];
}

/// (15) to (17) for a vector of parameters.
[[gnu::always_inline]] inline void adam_vector(const AdamStep& step, Floats gradient, float* means,
                                               float* squares, float* parameters) {
  const Floats mean = load<Floats>(means);
  const Floats moved = step.mean_weight * (gradient - mean);
  const Floats new_mean = mean + moved;
  const Floats decayed = step.square_decay * load<Floats>(squares);
  const Floats added = step.square_weight * gradient * gradient;
  const Floats new_square = decayed + added;
  const Floats denominator = square_root(new_square) / step.root_correction + step.epsilon;
  const Floats change = step.step_size * new_mean / denominator;
  store(means, new_mean);
  store(squares, new_square);
  store(parameters, load<Floats>(parameters) - change);
}

inline void adam(const AdamStep& step, std::int64_t count, const float* gradients, float* means,
                 float* squares, float* parameters) {
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    adam_vector(step, load<Floats>(gradients + i), means + i, squares + i, parameters + i);
  if (i == count) return;
  const auto bytes = static_cast<std::size_t>(count - i) * sizeof(float);
  float rest[4][lanes] = {};
  const float* const from[4] = {gradients, means, squares, parameters};
  for (int array = 0; array < 4; ++array) __builtin_memcpy(rest[array], from[array] + i, bytes);
  adam_vector(step, load<Floats>(rest[0]), rest[1], rest[2], rest[3]);
  __builtin_memcpy(means + i, rest[1], bytes);
  __builtin_memcpy(squares + i, rest[2], bytes);
  __builtin_memcpy(parameters + i, rest[3], bytes);
}
