// SPDX-License-Identifier: MIT
// An image of the caller becomes the first activation.

/// Up to `lanes` neighbours of one channel; returns which of them are NaN.
template <class Arithmetic>
[[gnu::always_inline]] inline Integers load_pixels(const ImageLayout& layout, const float* from,
                                                   std::int64_t count,
                                                   typename Arithmetic::Value* to) {
  Floats x = {};
  if (count == lanes)
    x = load<Floats>(from);
  else
    for (std::int64_t i = 0; i < count; ++i) x[i] = from[i];

  if (count == lanes && layout.pixel == 1) {
    Arithmetic::from_real(layout, x, to);
  } else {
    typename Arithmetic::Value values[lanes];
    Arithmetic::from_real(layout, x, values);
    for (std::int64_t i = 0; i < count; ++i) to[i * layout.pixel] = values[i];
  }
  return x != x;
}

template <class Arithmetic>
ImageState load_image(const ImageLayout& given, const float* image,
                      typename Arithmetic::Value* pixels) {
  const ImageLayout layout = given;  // bytes may alias the caller's, not this one
  Integers unordered = {};
  for (std::int64_t channel = 0; channel < layout.channels; ++channel)
    for (std::int64_t y = 0; y < layout.height; ++y) {
      const float* const from = image + (channel * layout.height + y) * layout.width;
      typename Arithmetic::Value* const to = pixels + y * layout.row + channel;
      std::int64_t x = 0;
      for (; x + lanes <= layout.width; x += lanes)
        unordered |= load_pixels<Arithmetic>(layout, from + x, lanes, to + x * layout.pixel);
      if (x == layout.width) continue;
      // What is left of a row: together with pixels done before, where there are enough of them.
      const std::int64_t last = layout.width < lanes ? x : layout.width - lanes;
      const std::int64_t count = layout.width < lanes ? layout.width : lanes;
      unordered |= load_pixels<Arithmetic>(layout, from + last, count, to + last * layout.pixel);
    }
  std::int32_t any = 0;
  for (int lane = 0; lane < lanes; ++lane) any |= unordered[lane];
  return any != 0 ? ImageState::holds_nan : ImageState::good;
}
