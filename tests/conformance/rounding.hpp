// SmallCNN, its loss and its gradients in double, each number with a bound on how far a computation
// in binary32 may lie from it, whatever the order of its sums and whether or not it fuses products.
//
// With u = 2^-24 and gamma(n) = n u / (1 - n u), a sum of n rounded products (or other terms) lies
// within gamma(n) times the sum of their magnitudes of the exact one, in every order (N. Higham,
// "Accuracy and Stability of Numerical Algorithms", 2002, sections 3.1 and 4.2). n counts terms
// that are not zero: to add zero rounds nothing. What was already off when it came in carries
// through: a product x w of numbers that are off by e_x and e_w is off by |x| e_w + |w| e_x + e_x
// e_w.
//
// A sum rounds nothing at all where all its terms are multiples of a power of two q and their
// magnitudes add up to at most 2^24 q: every partial sum in every order is then a float.
//
// ReLU and maximum move by no more than what they read. Their derivatives jump: where the largest
// of a window, or the sign of it, lies within the bounds, either decision is right, and the
// gradient of each pixel that may win is bounded by that of the window. Such windows are counted as
// `open`.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "edgeopt/nn/small_cnn.hpp"

namespace rounding {

inline constexpr double unit = 0x1p-24;        // of binary32
inline constexpr double underflow = 0x1p-126;  // more than any subnormal product loses

/// Bound of the relative error of n roundings.
inline double gamma(std::int64_t n) {
  const double units = static_cast<double>(n) * unit;
  return units / (1 - units);
}

/// Exact numbers (as far as double is) and bounds on how far float may be off.
struct Tensor {
  std::vector<double> value;
  std::vector<double> error;

  Tensor() = default;
  explicit Tensor(std::int64_t size)
      : value(static_cast<std::size_t>(size)), error(static_cast<std::size_t>(size)) {}
  /// Numbers that are given, and so exact.
  template <class Range>
  static Tensor exact(const Range& numbers) {
    Tensor result(static_cast<std::int64_t>(numbers.size()));
    std::copy(numbers.begin(), numbers.end(), result.value.begin());
    return result;
  }

  [[nodiscard]] std::size_t size() const { return value.size(); }
};

/// The exponent of the lowest bit that is set: x is an integer times 2 to this.
inline int lowest_bit(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const auto exponent = static_cast<int>(bits >> 52 & 0x7ff);
  std::uint64_t significand = bits & 0xfffffffffffff;
  if (exponent != 0) significand |= std::uint64_t{1} << 52;
  return std::max(exponent, 1) - 1075 + std::countr_zero(significand);
}

/// A sum in the making.
class Sum {
 public:
  void add(double term, double error = 0) {
    if (term == 0 && error == 0) return;
    ++terms_;
    value_ += term;
    magnitude_ += std::abs(term);
    carried_ += error;
    if (term != 0) quantum_ = std::min(quantum_, lowest_bit(term));
  }
  void add_product(double x, double x_error, double w, double w_error) {
    add(x * w, std::abs(x) * w_error + std::abs(w) * x_error + x_error * w_error);
  }

  [[nodiscard]] double value() const { return value_; }
  [[nodiscard]] double error() const {
    const bool exact =
        carried_ == 0 && quantum_ >= -149 && magnitude_ <= std::ldexp(1.0, 24 + quantum_);
    if (exact) return 0;
    // One rounding of each product, and one for each addition.
    return carried_ + gamma(terms_ + 1) * (magnitude_ + carried_) +
           static_cast<double>(terms_) * underflow;
  }
  void store(Tensor& tensor, std::int64_t index) const {
    tensor.value[static_cast<std::size_t>(index)] = value();
    tensor.error[static_cast<std::size_t>(index)] = error();
  }

 private:
  std::int64_t terms_ = 0;
  double value_ = 0;
  double magnitude_ = 0;
  double carried_ = 0;
  int quantum_ = 971;  // of the largest double
};

/// Everything that is compared.
struct Network {
  Tensor logits;                  // [batch, classes]
  Tensor loss;                    // [1]
  std::vector<Tensor> gradients;  // as visit_parameters
  Tensor image_gradient;          // [batch, channels, height, width]
  std::int64_t open = 0;          // windows whose gradient rounding may redirect
};

namespace detail {

using edgeopt::ImageShape;
using edgeopt::SmallCNN;
using edgeopt::SmallCNNSpec;

inline std::size_t at(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

/// Calls visit(input pixel, weight) for each product that an output pixel of a 3x3 convolution
/// sums.
template <class Visit>
void visit_products(std::int64_t image, std::int64_t out, std::int64_t y, std::int64_t x,
                    const ImageShape& in, Visit&& visit) {
  for (std::int64_t c = 0; c < in.channels; ++c)
    for (std::int64_t tap = 0; tap < 9; ++tap) {
      const std::int64_t row = y + tap / 3 - 1;
      const std::int64_t column = x + tap % 3 - 1;
      if (row < 0 || row >= in.height || column < 0 || column >= in.width) continue;
      visit(((image * in.channels + c) * in.height + row) * in.width + column,
            (out * in.channels + c) * 9 + tap);
    }
}

/// Calls visit(image, output channel, y, x, index) for each pixel of a batch of outputs.
template <class Visit>
void visit_pixels(std::int64_t batch, const ImageShape& shape, Visit&& visit) {
  std::int64_t index = 0;
  for (std::int64_t image = 0; image < batch; ++image)
    for (std::int64_t c = 0; c < shape.channels; ++c)
      for (std::int64_t y = 0; y < shape.height; ++y)
        for (std::int64_t x = 0; x < shape.width; ++x, ++index) visit(image, c, y, x, index);
}

/// 3x3 convolution with padding 1, and ReLU.
template <class Weight, class Bias>
Tensor convolve(const Tensor& in, std::int64_t batch, const ImageShape& shape, std::int64_t outputs,
                const Weight& weight, const Bias& bias) {
  const ImageShape out{outputs, shape.height, shape.width};
  Tensor result(batch * out.elements());
  visit_pixels(batch, out, [&](auto image, auto o, auto y, auto x, auto index) {
    Sum sum;
    sum.add(bias.data()[o]);
    visit_products(image, o, y, x, shape, [&](std::int64_t pixel, std::int64_t w) {
      sum.add_product(in.value[at(pixel)], in.error[at(pixel)], weight.data()[w], 0);
    });
    sum.store(result, index);
    double& value = result.value[at(index)];
    double& error = result.error[at(index)];
    if (value + error <= 0) error = 0;  // ReLU gives 0 for certain
    value = std::max(value, 0.0);
  });
  return result;
}

/// The four pixels of a 2x2 window.
inline std::array<std::size_t, 4> window(std::int64_t image, std::int64_t c, std::int64_t y,
                                         std::int64_t x, const ImageShape& in) {
  const std::int64_t corner = ((image * in.channels + c) * in.height + 2 * y) * in.width + 2 * x;
  return {at(corner), at(corner + 1), at(corner + in.width), at(corner + in.width + 1)};
}

inline ImageShape halved(const ImageShape& shape) {
  return {shape.channels, shape.height / 2, shape.width / 2};
}

inline Tensor max_pool(const Tensor& in, std::int64_t batch, const ImageShape& shape) {
  const ImageShape out = halved(shape);
  Tensor result(batch * out.elements());
  visit_pixels(batch, out, [&](auto image, auto c, auto y, auto x, auto index) {
    for (const std::size_t pixel : window(image, c, y, x, shape)) {
      double& value = result.value[at(index)];
      double& error = result.error[at(index)];
      value = std::max(value, in.value[pixel]);
      error = std::max(error, in.error[pixel]);
    }
  });
  return result;
}

/// Gradients at the inputs of ReLU from those behind the pooling; `y` after ReLU.
inline Tensor max_pool_relu_backward(const Tensor& y, const Tensor& dp, std::int64_t batch,
                                     const ImageShape& shape, std::int64_t& open) {
  Tensor dy(batch * shape.elements());
  visit_pixels(batch, halved(shape), [&](auto image, auto c, auto row, auto x, auto index) {
    const auto pixels = window(image, c, row, x, shape);
    std::size_t winner = pixels[0];
    for (const std::size_t pixel : pixels)
      if (y.value[pixel] > y.value[winner]) winner = pixel;
    const auto may_beat = [&](std::size_t pixel) {
      const double errors = y.error[pixel] + y.error[winner];
      return pixel != winner && errors > 0 && y.value[winner] - y.value[pixel] <= errors;
    };
    const auto may_be_positive = [&](std::size_t pixel) {
      return y.value[pixel] + y.error[pixel] > 0;
    };
    const bool positive = y.value[winner] > 0;
    bool decided = y.error[winner] == 0 || y.value[winner] > y.error[winner];
    for (const std::size_t pixel : pixels) decided = decided && !may_beat(pixel);
    const double gradient = dp.value[at(index)];
    const double error = dp.error[at(index)];
    if (positive) dy.value[winner] = gradient;
    if (decided) {
      if (positive) dy.error[winner] = error;
      return;
    }
    ++open;
    for (const std::size_t pixel : pixels)
      if ((pixel == winner || may_beat(pixel)) && may_be_positive(pixel))
        dy.error[pixel] = std::abs(gradient) + error;
  });
  return dy;
}

/// Adds up the gradients of a convolution's parameters, and of what it read when `din` is there.
template <class Weight>
void convolve_backward(const Tensor& in, const Tensor& dy, std::int64_t batch,
                       const ImageShape& shape, std::int64_t outputs, const Weight& weight,
                       Tensor& dweight, Tensor& dbias, Tensor& din) {
  std::vector<Sum> weights(weight.size());
  std::vector<Sum> biases(at(outputs));
  std::vector<Sum> inputs(in.size());
  visit_pixels(batch, {outputs, shape.height, shape.width},
               [&](auto image, auto o, auto y, auto x, auto index) {
                 const double gradient = dy.value[at(index)];
                 const double error = dy.error[at(index)];
                 if (gradient == 0 && error == 0) return;
                 biases[at(o)].add(gradient, error);
                 visit_products(image, o, y, x, shape, [&](std::int64_t pixel, std::int64_t w) {
                   weights[at(w)].add_product(in.value[at(pixel)], in.error[at(pixel)], gradient,
                                              error);
                   inputs[at(pixel)].add_product(gradient, error, weight.data()[w], 0);
                 });
               });
  const auto store = [](const std::vector<Sum>& sums, Tensor& tensor) {
    tensor = Tensor(static_cast<std::int64_t>(sums.size()));
    for (std::size_t i = 0; i < sums.size(); ++i)
      sums[i].store(tensor, static_cast<std::int64_t>(i));
  };
  store(weights, dweight);
  store(biases, dbias);
  store(inputs, din);
}

/// Mean cross-entropy and its gradient at the logits. An exponential is taken to be good to 2 units
/// in the last place (4 u), a logarithm too; the exponent z - m carries what the logits are off by
/// and is rounded itself, once here and twice where log s is subtracted too, as PyTorch does.
template <class Labels>
Tensor cross_entropy(const Tensor& logits, const Labels& labels, std::int64_t batch,
                     std::int64_t classes, Tensor& dlogits) {
  dlogits = Tensor(batch * classes);
  Sum loss;
  for (std::int64_t i = 0; i < batch; ++i) {
    const double* z = logits.value.data() + i * classes;
    const double* e = logits.error.data() + i * classes;
    const double maximum = *std::max_element(z, z + classes);
    const double off = *std::max_element(e, e + classes);
    double s = 0;
    for (std::int64_t j = 0; j < classes; ++j) s += std::exp(z[j] - maximum);
    double distance = 0;       // of the logits from the largest
    double mean_distance = 0;  // each with the probability of its class
    for (std::int64_t j = 0; j < classes; ++j) {
      const double d = maximum - z[j];
      distance = std::max(distance, d);
      mean_distance += std::exp(-d) / s * d;
    }
    const double roundings = gamma(classes + 8);
    const auto label = static_cast<std::int64_t>(labels[at(i)]);

    const double log_s = std::log(s);
    loss.add(log_s + maximum - z[label],
             off + e[label] + roundings + 4 * unit * (mean_distance + log_s + maximum - z[label]));
    const auto exponent_error = [&](double d) { return 2 * off + 4 * unit * (d + log_s + 1); };
    for (std::int64_t j = 0; j < classes; ++j) {
      const double d = maximum - z[j];
      const double p = std::exp(-d) / s;
      const double p_error = std::min(
          1.0, p * (std::expm1(exponent_error(d) + exponent_error(distance)) * (1 + roundings) +
                    roundings) +
                   underflow);
      const double target = j == label ? 1 : 0;
      const auto n = static_cast<double>(batch);
      dlogits.value[at(i * classes + j)] = (p - target) / n;
      dlogits.error[at(i * classes + j)] = (p_error + 4 * unit * (p + target)) / n;
    }
  }
  Tensor mean(1);
  mean.value[0] = loss.value() / static_cast<double>(batch);
  mean.error[0] = loss.error() / static_cast<double>(batch) + unit * std::abs(mean.value[0]);
  return mean;
}

}  // namespace detail

/// images  // [batch, channels, height, width]; labels  // [batch]
template <class Images, class Labels>
Network bounded_network(const edgeopt::SmallCNN<double>& model, const Images& images,
                        const Labels& labels) {
  using namespace detail;
  const SmallCNNSpec spec = model.spec();
  const ImageShape pooled1 = spec.pooled1();
  const ImageShape pooled2 = spec.pooled2();
  const ImageShape conv1{spec.conv1_channels, spec.input.height, spec.input.width};
  const ImageShape conv2{spec.conv2_channels, pooled1.height, pooled1.width};
  const std::int64_t features = pooled2.elements();
  const std::int64_t classes = spec.classes;
  const auto batch = static_cast<std::int64_t>(images.size()) / spec.input.elements();

  const Tensor x = Tensor::exact(images);
  const Tensor y1 =
      convolve(x, batch, spec.input, conv1.channels, model.conv1_weight, model.conv1_bias);
  const Tensor p1 = max_pool(y1, batch, conv1);
  const Tensor y2 =
      convolve(p1, batch, pooled1, conv2.channels, model.conv2_weight, model.conv2_bias);
  const Tensor p2 = max_pool(y2, batch, conv2);

  Network result;
  result.logits = Tensor(batch * classes);
  for (std::int64_t i = 0; i < batch; ++i)
    for (std::int64_t k = 0; k < classes; ++k) {
      Sum sum;
      sum.add(model.classifier_bias.data()[k]);
      for (std::int64_t f = 0; f < features; ++f)
        sum.add_product(p2.value[at(i * features + f)], p2.error[at(i * features + f)],
                        model.classifier_weight.data()[k * features + f], 0);
      sum.store(result.logits, i * classes + k);
    }
  Tensor dz;
  result.loss = cross_entropy(result.logits, labels, batch, classes, dz);

  Tensor dclassifier(classes * features);
  Tensor dclassifier_bias(classes);
  for (std::int64_t k = 0; k < classes; ++k) {
    Sum bias;
    for (std::int64_t i = 0; i < batch; ++i)
      bias.add(dz.value[at(i * classes + k)], dz.error[at(i * classes + k)]);
    bias.store(dclassifier_bias, k);
    for (std::int64_t f = 0; f < features; ++f) {
      Sum sum;
      for (std::int64_t i = 0; i < batch; ++i)
        sum.add_product(p2.value[at(i * features + f)], p2.error[at(i * features + f)],
                        dz.value[at(i * classes + k)], dz.error[at(i * classes + k)]);
      sum.store(dclassifier, k * features + f);
    }
  }
  Tensor dp2(batch * features);
  for (std::int64_t i = 0; i < batch; ++i)
    for (std::int64_t f = 0; f < features; ++f) {
      Sum sum;
      for (std::int64_t k = 0; k < classes; ++k)
        sum.add_product(dz.value[at(i * classes + k)], dz.error[at(i * classes + k)],
                        model.classifier_weight.data()[k * features + f], 0);
      sum.store(dp2, i * features + f);
    }

  Tensor dweight2, dbias2, dp1, dweight1, dbias1;
  const Tensor dy2 = max_pool_relu_backward(y2, dp2, batch, conv2, result.open);
  convolve_backward(p1, dy2, batch, pooled1, conv2.channels, model.conv2_weight, dweight2, dbias2,
                    dp1);
  const Tensor dy1 = max_pool_relu_backward(y1, dp1, batch, conv1, result.open);
  convolve_backward(x, dy1, batch, spec.input, conv1.channels, model.conv1_weight, dweight1, dbias1,
                    result.image_gradient);
  result.gradients = {dweight1, dbias1, dweight2, dbias2, dclassifier, dclassifier_bias};
  return result;
}

/// A number times each bound: two computations in float differ by at most twice their bound.
inline std::vector<double> scaled(double factor, std::vector<double> bounds) {
  for (double& bound : bounds) bound *= factor;
  return bounds;
}

}  // namespace rounding
