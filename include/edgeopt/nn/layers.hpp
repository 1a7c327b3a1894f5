// SPDX-License-Identifier: MIT
/// @file
/// The layers of SmallCNN and their derivatives, on the memory of one image (convolution, pooling)
/// or of several (linear). The numbers of the equations go on in `cross_entropy.hpp` and
/// `adam.hpp`.
#pragma once

#include <algorithm>  // std::copy_n, std::fill_n, std::max
#include <cstddef>
#include <cstdint>

#include "edgeopt/image_shape.hpp"
#include "edgeopt/nn/tensor.hpp"

namespace edgeopt::inline v0::detail {

/// Values that `image_to_columns` writes for an image of this shape.
[[nodiscard]] constexpr std::int64_t column_elements(const ImageShape& shape) noexcept {
  return 9 * shape.elements();
}

/// One tap of a 3x3 kernel over a plane with padding 1, height and width at least 2: in the
/// flattened plane it reads `offset` further on, except for pixels whose neighbour lies outside.
struct Tap {
  std::int64_t dy, dx;  // -1, 0, 1
  std::int64_t height, width;

  [[nodiscard]] std::int64_t offset() const noexcept { return dy * width + dx; }
  [[nodiscard]] std::int64_t first() const noexcept { return std::max<std::int64_t>(0, -offset()); }
  [[nodiscard]] std::int64_t count() const noexcept {
    const std::int64_t distance = offset() < 0 ? -offset() : offset();
    return height * width - distance;
  }

  /// Zeroes the pixels of a plane whose neighbour lies outside.
  template <class T>
  void clear_outside(T* plane) const {
    if (dy != 0) std::fill_n(plane + (dy < 0 ? 0 : (height - 1) * width), width, T{0});
    if (dx != 0)
      for (std::int64_t y = 0; y < height; ++y) plane[y * width + (dx < 0 ? 0 : width - 1)] = T{0};
  }
};

/// Calls `visit(tap, plane, row)` for the taps of every channel; `row` counts (c, dy, dx).
template <class Visit>
void visit_taps(const ImageShape& shape, Visit&& visit) {
  const std::int64_t plane = shape.height * shape.width;
  std::int64_t row = 0;
  for (std::int64_t c = 0; c < shape.channels; ++c)
    for (std::int64_t dy = -1; dy <= 1; ++dy)
      for (std::int64_t dx = -1; dx <= 1; ++dx, ++row)
        visit(Tap{dy, dx, shape.height, shape.width}, c * plane, row * plane);
}

/// (1)  X[(c, dy, dx), (y, x)] = image[c, y + dy, x + dx], or 0 outside of the image
///
/// image  // [channels, height, width]; columns  // [channels * 9, height * width]
template <class T>
void image_to_columns(const T* image, const ImageShape& shape, T* columns) {
  visit_taps(shape, [&](const Tap& tap, std::int64_t plane, std::int64_t row) {
    T* out = columns + row;
    std::copy_n(image + plane + tap.first() + tap.offset(), tap.count(), out + tap.first());
    tap.clear_outside(out);
  });
}

/// (2)  Y = W X + b        3x3 convolution, padding 1, as a matrix product
/// (3)  Y := max(Y, 0)     ReLU
///
/// columns  // of (1); weight  // [outputs, channels * 9]; bias  // [outputs];
/// y  // [outputs, height * width]
template <class T>
void convolve_relu(const T* columns, const ImageShape& shape, const T* weight, const T* bias,
                   std::int64_t outputs, T* y) {
  const std::int64_t taps = 9 * shape.channels;
  const std::int64_t pixels = shape.height * shape.width;
  matrix(y, outputs, pixels).noalias() =
      matrix(weight, outputs, taps) * matrix(columns, taps, pixels);
  for (std::int64_t o = 0; o < outputs; ++o) {
    Elements<T> channel(y + o * pixels, pixels);
    channel = (channel + bias[o]).max(T{0});
  }
}

/// (4)  P[c, y, x] = max of Y[c, 2y .. 2y+1, 2x .. 2x+1]; an odd last row or column is dropped
///
/// y  // [channels, height, width], `shape`; pooled  // [channels, height/2, width/2]
template <class T>
void max_pool(const T* y, const ImageShape& shape, T* pooled) {
  const auto larger = [](T a, T b) { return b > a ? b : a; };
  for (std::int64_t c = 0; c < shape.channels; ++c, y += shape.height * shape.width) {
    for (std::int64_t row = 0; row + 1 < shape.height; row += 2) {
      const T* upper = y + row * shape.width;
      const T* lower = upper + shape.width;
      for (std::int64_t x = 0; x + 1 < shape.width; x += 2)
        *pooled++ = larger(larger(upper[x], upper[x + 1]), larger(lower[x], lower[x + 1]));
    }
  }
}

/// (5)  Z = P V^T + v       the classifier on flattened images
///
/// p  // [batch, features]; weight  // [classes, features]; bias  // [classes];
/// z  // [batch, classes]
template <class T>
void linear(const T* p, std::int64_t batch, std::int64_t features, const T* weight, const T* bias,
            std::int64_t classes, T* z) {
  auto logits = matrix(z, batch, classes);
  logits.noalias() = matrix(p, batch, features) * matrix(weight, classes, features).transpose();
  logits.rowwise() += Eigen::Map<const Eigen::Matrix<T, 1, Eigen::Dynamic>>(bias, classes);
}

/// (9)  dV += dZ^T P,  dv += sum over images of dZ,  dP = dZ V
///
/// dz  // [batch, classes]; dp like p and the others like (5)
template <class T>
void linear_backward(const T* dz, const T* p, std::int64_t batch, std::int64_t features,
                     const T* weight, std::int64_t classes, T* dweight, T* dbias, T* dp) {
  const auto gradient = matrix(dz, batch, classes);
  matrix(dweight, classes, features).noalias() += gradient.transpose() * matrix(p, batch, features);
  for (std::int64_t i = 0; i < batch; ++i)
    for (std::int64_t k = 0; k < classes; ++k) dbias[k] += dz[i * classes + k];
  matrix(dp, batch, features).noalias() = gradient * matrix(weight, classes, features);
}

/// How far behind the corner of a 2x2 window its maximum lies: the first one in row order.
template <class T>
[[nodiscard]] std::int64_t maximum_offset(const T* corner, std::int64_t width) {
  std::int64_t offset = 0;
  T maximum = *corner;
  for (const std::int64_t candidate : {std::int64_t{1}, width, width + 1}) {
    const T value = corner[candidate];
    offset = value > maximum ? candidate : offset;
    maximum = value > maximum ? value : maximum;
  }
  return offset;
}

/// (10)  dY = dP at the first maximum of each window, in row order, where that is positive (the
///       derivatives of (4) and (3)); 0 elsewhere
/// (11)  db += sum over pixels of dY
///
/// y, dy  // [channels, height, width], `shape`, y after ReLU;
/// dp  // [channels, height/2, width/2]; dbias  // [channels]
template <class T>
void max_pool_relu_backward(const T* y, const ImageShape& shape, const T* dp, T* dy, T* dbias) {
  std::fill_n(dy, shape.elements(), T{0});
  const std::int64_t plane = shape.height * shape.width;
  for (std::int64_t c = 0; c < shape.channels; ++c, y += plane, dy += plane) {
    T sum = 0;
    for (std::int64_t row = 0; row + 1 < shape.height; row += 2) {
      for (std::int64_t x = 0; x + 1 < shape.width; x += 2) {
        const std::int64_t corner = row * shape.width + x;
        const std::int64_t maximum = corner + maximum_offset(y + corner, shape.width);
        const T gradient = y[maximum] > 0 ? *dp : T{0};
        dy[maximum] = gradient;
        sum += gradient;
        ++dp;
      }
    }
    dbias[c] += sum;
  }
}

/// (12)  dW += dY X^T
///
/// dy  // [outputs, height * width]; columns  // X of (1); dweight like the weight of (2)
template <class T>
void convolve_backward_weight(const T* dy, const T* columns, const ImageShape& shape,
                              std::int64_t outputs, T* dweight) {
  const std::int64_t taps = 9 * shape.channels;
  const std::int64_t pixels = shape.height * shape.width;
  matrix(dweight, outputs, taps).noalias() +=
      matrix(dy, outputs, pixels) * matrix(columns, taps, pixels).transpose();
}

/// (13)  dX = W^T dY
/// (14)  dimage[c, y + dy, x + dx] = sum of dX[(c, dy, dx), (y, x)] over the taps: (1) reversed
///
/// `columns` is scratch of the size that (1) needs; image gradient like the image of (1).
template <class T>
void convolve_backward_image(const T* dy, const ImageShape& shape, const T* weight,
                             std::int64_t outputs, T* columns, T* dimage) {
  const std::int64_t taps = 9 * shape.channels;
  const std::int64_t pixels = shape.height * shape.width;
  matrix(columns, taps, pixels).noalias() =
      matrix(weight, outputs, taps).transpose() * matrix(dy, outputs, pixels);
  std::fill_n(dimage, shape.elements(), T{0});
  visit_taps(shape, [&](const Tap& tap, std::int64_t plane, std::int64_t row) {
    T* gradient = columns + row;
    tap.clear_outside(gradient);
    Elements<T>(dimage + plane + tap.first() + tap.offset(), tap.count()) +=
        ConstElements<T>(gradient + tap.first(), tap.count());
  });
}

}  // namespace edgeopt::inline v0::detail
