// SPDX-License-Identifier: MIT
// The classifier in training.

/// Logits of Classes classes from `first` on.
template <int Classes>
void logits_of(const TrainedLinear& layer, std::int64_t first, const float* input,
               const float* weights, const float* bias, float* logits) {
  Registers<Floats, Classes, 2> sums = {};
  weights += first * layer.features;
  std::int64_t f = 0;
  for (; f + 2 * lanes <= layer.features; f += 2 * lanes)
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      const Floats x = load<Floats>(input + f + half * lanes);
#pragma GCC unroll 16
      for (int k = 0; k < Classes; ++k)
        sums[k][half] = multiply_add(sums[k][half], x,
                                     load<Floats>(weights + k * layer.features + f + half * lanes));
    }
  if (f < layer.features) {
    const Floats x = load<Floats>(input + f);
#pragma GCC unroll 16
    for (int k = 0; k < Classes; ++k)
      sums[k][0] = multiply_add(sums[k][0], x, load<Floats>(weights + k * layer.features + f));
  }
#pragma GCC unroll 16
  for (int k = 0; k < Classes; ++k) {
    const Floats sum = sums[k][0] + sums[k][1];
    float logit = bias[first + k];
    for (int lane = 0; lane < lanes; ++lane) logit += sum[lane];
    logits[first + k] = logit;
  }
}

inline void linear_forward(const TrainedLinear& layer, const float* input, const float* weights,
                           const float* bias, float* logits) {
  constexpr int together = 5;
  std::int64_t k = 0;
  for (; k + together <= layer.classes; k += together)
    logits_of<together>(layer, k, input, weights, bias, logits);
  for (; k < layer.classes; ++k) logits_of<1>(layer, k, input, weights, bias, logits);
}

template <int Vectors>
void input_gradient_of(const TrainedLinear& layer, std::int64_t first, const float* logits_gradient,
                       const float* weights, float* input_gradient) {
  Registers<Floats, 1, Vectors> sums = {};
  for (std::int64_t k = 0; k < layer.classes; ++k) {
    const Floats gradient = broadcast(logits_gradient[k]);
    const float* const row = weights + k * layer.features + first;
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v)
      sums[0][v] = multiply_add(sums[0][v], gradient, load<Floats>(row + v * lanes));
  }
#pragma GCC unroll 16
  for (int v = 0; v < Vectors; ++v) store(input_gradient + first + v * lanes, sums[0][v]);
}

inline void linear_input_gradient(const TrainedLinear& layer, const float* logits_gradient,
                                  const float* weights, float* input_gradient) {
  constexpr int together = 8;
  std::int64_t f = 0;
  for (; f + together * lanes <= layer.features; f += together * lanes)
    input_gradient_of<together>(layer, f, logits_gradient, weights, input_gradient);
  for (; f < layer.features; f += lanes)
    input_gradient_of<1>(layer, f, logits_gradient, weights, input_gradient);
}

/// Classes classes from `k` on and Vectors vectors of features from `first` on.
template <int Classes, int Vectors>
void weight_gradient_of(const TrainedLinear& layer, std::int64_t batch, std::int64_t k,
                        std::int64_t first, const float* inputs, const float* logits_gradients,
                        float* weight_gradient) {
  Registers<Floats, Classes, Vectors> sums = {};
  for (std::int64_t image = 0; image < batch; ++image) {
    const float* const input = inputs + image * layer.features + first;
    const float* const gradient = logits_gradients + image * layer.classes + k;
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) {
      const Floats x = load<Floats>(input + v * lanes);
#pragma GCC unroll 16
      for (int c = 0; c < Classes; ++c)
        sums[c][v] = multiply_add(sums[c][v], broadcast(gradient[c]), x);
    }
  }
#pragma GCC unroll 16
  for (int c = 0; c < Classes; ++c)
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v)
      store(weight_gradient + (k + c) * layer.features + first + v * lanes, sums[c][v]);
}

template <int Classes>
void weight_gradients_of(const TrainedLinear& layer, std::int64_t batch, std::int64_t k,
                         std::int64_t first, std::int64_t count, const float* inputs,
                         const float* logits_gradients, float* weight_gradient) {
  const std::int64_t end = first + count;
  for (; first + 2 * lanes <= end; first += 2 * lanes)
    weight_gradient_of<Classes, 2>(layer, batch, k, first, inputs, logits_gradients,
                                   weight_gradient);
  if (first < end)
    weight_gradient_of<Classes, 1>(layer, batch, k, first, inputs, logits_gradients,
                                   weight_gradient);
}

inline void linear_weight_gradient(const TrainedLinear& layer, std::int64_t batch,
                                   std::int64_t first, std::int64_t count, const float* inputs,
                                   const float* logits_gradients, float* weight_gradient) {
  constexpr int together = 5;
  std::int64_t k = 0;
  for (; k + together <= layer.classes; k += together)
    weight_gradients_of<together>(layer, batch, k, first, count, inputs, logits_gradients,
                                  weight_gradient);
  for (; k < layer.classes; ++k)
    weight_gradients_of<1>(layer, batch, k, first, count, inputs, logits_gradients,
                           weight_gradient);
}
