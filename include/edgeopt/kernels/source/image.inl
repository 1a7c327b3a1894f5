// SPDX-License-Identifier: MIT
// An image of the caller becomes the first activation.

/// A whole vector of neighbours of one channel; returns which of them are NaN.
template <class Arithmetic>
[[gnu::always_inline]] inline Integers load_vector(const ImageLayout& layout, const float* from,
                                                   typename Arithmetic::Value* to) {
  const Floats x = load<Floats>(from);
  if (layout.pixel == 1) {
    Arithmetic::from_real(layout, x, to);
  } else {
    typename Arithmetic::Value values[lanes];
    Arithmetic::from_real(layout, x, values);
    for (std::int64_t i = 0; i < lanes; ++i) to[i * layout.pixel] = values[i];
  }
  return x != x;
}

/// The same for a row of fewer.
template <class Arithmetic>
Integers load_few(const ImageLayout& layout, const float* from, std::int64_t count,
                  typename Arithmetic::Value* to) {
  float reals[lanes] = {};
  typename Arithmetic::Value values[lanes];
  for (std::int64_t i = 0; i < count; ++i) reals[i] = from[i];
  const Floats x = load<Floats>(reals);
  Arithmetic::from_real(layout, x, values);
  for (std::int64_t i = 0; i < count; ++i) to[i * layout.pixel] = values[i];
  return x != x;
}

/// A row of one channel. Its last vector ends with it and may repeat some of the one before.
template <class Arithmetic>
[[gnu::always_inline]] inline Integers load_row(const ImageLayout& layout, const float* from,
                                                typename Arithmetic::Value* to) {
  if (layout.width < lanes) return load_few<Arithmetic>(layout, from, layout.width, to);
  Integers unordered = {};
  std::int64_t x = 0;
  for (; x + lanes <= layout.width; x += lanes)
    unordered |= load_vector<Arithmetic>(layout, from + x, to + x * layout.pixel);
  if (x < layout.width) {
    x = layout.width - lanes;
    unordered |= load_vector<Arithmetic>(layout, from + x, to + x * layout.pixel);
  }
  return unordered;
}

template <class Arithmetic>
ImageState load_image(const ImageLayout& given, const float* image,
                      typename Arithmetic::Value* pixels) {
  const ImageLayout layout = given;  // bytes may alias the caller's, not this one
  Integers unordered = {};
  for (std::int64_t channel = 0; channel < layout.channels; ++channel)
    for (std::int64_t y = 0; y < layout.height; ++y)
      unordered |=
          load_row<Arithmetic>(layout, image + (channel * layout.height + y) * layout.width,
                               pixels + y * layout.row + channel);
  std::int32_t any = 0;
  for (int lane = 0; lane < lanes; ++lane) any |= unordered[lane];
  return any != 0 ? ImageState::holds_nan : ImageState::good;
}
