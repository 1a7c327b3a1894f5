// SPDX-License-Identifier: MIT
// An image of the caller becomes the first activation.

template <class Arithmetic>
ImageState load_image(const ImageLayout& layout, const float* image,
                      typename Arithmetic::Value* pixels) {
  Integers unordered = {};
  for (std::int64_t channel = 0; channel < layout.channels; ++channel)
    for (std::int64_t y = 0; y < layout.height; ++y) {
      const float* const from = image + (channel * layout.height + y) * layout.width;
      typename Arithmetic::Value* const to = pixels + y * layout.row + channel;
      for (std::int64_t x = 0; x < layout.width; x += lanes) {
        const std::int64_t rest = layout.width - x;
        const std::int64_t count = rest < lanes ? rest : lanes;
        float reals[lanes] = {};
        __builtin_memcpy(reals, from + x, static_cast<std::size_t>(count) * sizeof(float));
        const Floats vector = load<Floats>(reals);
        unordered |= vector != vector;
        typename Arithmetic::Value values[lanes];
        Arithmetic::from_real(layout, vector, values);
        for (std::int64_t i = 0; i < count; ++i) to[(x + i) * layout.pixel] = values[i];
      }
    }
  std::int32_t any = 0;
  for (int lane = 0; lane < lanes; ++lane) any |= unordered[lane];
  return any != 0 ? ImageState::holds_nan : ImageState::good;
}
