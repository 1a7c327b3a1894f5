// SPDX-License-Identifier: MIT
/// @file
/// What kernels of training compute, in terms of raw memory, and the table of functions that every
/// instruction set fills in. Numbers of equations are those of `nn/layers.hpp` and `nn/adam.hpp`.
///
/// Activations are `float`, pixel by pixel with the channels of a pixel side by side, as in
/// `layers.hpp`. With L = `TrainingKernels::lanes`, channels are rounded up to a multiple of L
/// wherever they are stored; those added have parameters of zero, so that they are zero and stay
/// so.
///
/// Behind a 2x2 max-pool at most one pixel of a window has a gradient. The gradient of a block is
/// therefore kept by windows: a value for each window and channel, and which of the window's four
/// pixels it belongs to. Backward passes take a quarter of the multiplications of a plain one.
#pragma once

#include <cstdint>

#include "edgeopt/kernels/instruction_set.hpp"
#include "edgeopt/kernels/layers.hpp"  // round_up

namespace edgeopt::inline v0::kernels {

/// A 3x3 convolution with stride 1 and padding 1, ReLU and 2x2 max-pool, of one image.
///
/// input    // [height + 2][width + 2][in_pixel], with a border of zeros
/// pooled   // [out_height()] rows of [out_width()][out_pixel], `out_row` values from row to row
/// winners  // [out_height()][out_width()][out_pixel]: which pixel of its window was the first
///          // largest in row order, 0 to 3
struct PooledConvolution {
  std::int64_t height;  ///< of the input, without its border
  std::int64_t width;
  std::int64_t in_channels;
  std::int64_t in_pixel;      ///< values from an input pixel to the next
  std::int64_t out_channels;  ///< without those added
  std::int64_t out_pixel;     ///< out_channels rounded up to whole vectors
  std::int64_t out_row;       ///< of `pooled`

  [[nodiscard]] constexpr std::int64_t out_height() const noexcept { return height / 2; }
  [[nodiscard]] constexpr std::int64_t out_width() const noexcept { return width / 2; }
  [[nodiscard]] constexpr std::int64_t windows() const noexcept {
    return out_height() * out_width();
  }
  [[nodiscard]] constexpr std::int64_t in_row() const noexcept { return (width + 2) * in_pixel; }
  [[nodiscard]] constexpr std::int64_t in_values() const noexcept {
    return (height + 2) * in_row();
  }
};

/// How the gradient of a convolution's weights is laid out.
enum class WeightGradientLayout : std::uint8_t {
  by_outputs,  ///< [out_pixel / L][in_channels][9][L], for few input channels
  by_inputs    ///< [out_channels][in_pixel / L][9][L], where in_pixel is a multiple of L
};

/// A gradient that a window has for one channel, and where the values begin that it multiplies.
struct WinnerGradient {
  std::int64_t offset;
  float gradient;
};

/// A fully connected layer on `features` values, a multiple of L; those added have weights of zero.
struct TrainedLinear {
  std::int64_t features;
  std::int64_t classes;
};

/// What (15) to (17) need beside the arrays.
struct AdamStep {
  float mean_weight;      ///< 1 - beta1
  float square_decay;     ///< beta2
  float square_weight;    ///< 1 - beta2
  float root_correction;  ///< sqrt(1 - beta2^t)
  float epsilon;
  float step_size;  ///< lr / (1 - beta1^t)
};

/// The functions of one instruction set. None of them allocates. Every sum is computed in binary32
/// in an order that depends on the shapes only, so results are the same bits wherever these
/// functions are called from, and their error is bounded as that of `Kernels`.
struct TrainingKernels {
  InstructionSet instruction_set;
  std::int64_t lanes;

  /// Values of scratch memory that `forward` needs.
  std::int64_t (*forward_scratch)(const PooledConvolution& block);
  /// (2) to (4).  weights  // [out_pixel / L][9][in_channels][L]; bias  // [out_pixel]
  void (*forward)(const PooledConvolution& block, const float* input, const float* weights,
                  const float* bias, float* pooled, std::int32_t* winners, float* scratch);

  /// ReLU's part of (10) for all windows: gradients become zero where `pooled` is not positive; and
  /// (11), bias_gradient  // [out_pixel], which is added to.
  /// pooled_gradient  // laid out as `pooled`; gradients  // [windows][out_pixel]
  void (*relu_backward)(const PooledConvolution& block, const float* pooled,
                        const float* pooled_gradient, std::int64_t pooled_gradient_row,
                        float* gradients, float* bias_gradient);

  [[nodiscard]] WeightGradientLayout weight_gradient_layout(std::int64_t in_channels) const {
    // Plain sums over all four pixels, vectors of outputs; or sums over winners, vectors of inputs.
    return 4 * in_channels <= lanes || in_channels == 1 ? WeightGradientLayout::by_outputs
                                                        : WeightGradientLayout::by_inputs;
  }
  /// (12), added to `weight_gradient` in the layout above. `list` has room for windows() + 1.
  void (*weight_gradient)(const PooledConvolution& block, WeightGradientLayout layout,
                          const float* input, const float* gradients, const std::int32_t* winners,
                          float* weight_gradient, WinnerGradient* list);
  /// (13) and (14): input_gradient  // like the input, with a border of which nobody reads what is
  /// written there. weights  // [out_channels][in_pixel / L][9][L]; `list` has room for
  /// 4 * (out_channels + 1).
  void (*input_gradient)(const PooledConvolution& block, const float* weights,
                         const float* gradients, const std::int32_t* winners, float* input_gradient,
                         WinnerGradient* list);

  /// (5) for one image.  weights  // [classes][features]
  void (*linear_forward)(const TrainedLinear& layer, const float* input, const float* weights,
                         const float* bias, float* logits);
  /// dP of (9) for one image.
  void (*linear_input_gradient)(const TrainedLinear& layer, const float* logits_gradient,
                                const float* weights, float* input_gradient);
  /// dV of (9) for features first .. first+count-1, multiples of L, over a batch in its order.
  /// inputs  // [batch][features]; logits_gradients  // [batch][classes];
  /// weight_gradient  // [classes][features], which is overwritten there
  void (*linear_weight_gradient)(const TrainedLinear& layer, std::int64_t batch, std::int64_t first,
                                 std::int64_t count, const float* inputs,
                                 const float* logits_gradients, float* weight_gradient);

  /// sums += addends, for instance the gradients of two shares of a batch.
  void (*add)(std::int64_t count, const float* addends, float* sums);
  /// (15) to (17), each operation rounded by itself: the same bits with every instruction set.
  void (*adam)(const AdamStep& step, std::int64_t count, const float* gradients, float* means,
               float* squares, float* parameters);
};

}  // namespace edgeopt::inline v0::kernels
