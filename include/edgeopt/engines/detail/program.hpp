// SPDX-License-Identifier: MIT
/// @file
/// A network laid out for the kernels of one instruction set: packed parameters, and a plan of the
/// memory that one image needs on its way through.
#pragma once

#include <algorithm>  // std::max, std::fill, std::fill_n
#include <cmath>      // std::isnan
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/engines/detail/aligned_buffer.hpp"
#include "edgeopt/engines/detail/layer_chain.hpp"
#include "edgeopt/half.hpp"
#include "edgeopt/image_shape.hpp"
#include "edgeopt/kernels/kernels.hpp"
#include "edgeopt/quantization.hpp"

namespace edgeopt::inline v0::detail {

/// A weight before packing.
template <class Value>
using WeightOf = std::conditional_t<std::is_same_v<Value, std::uint8_t>, std::int8_t, float>;

/// A layer ready to be packed.
template <class Value>
struct LayerSource {
  Layer layer;
  std::vector<WeightOf<Value>> weights;
  std::vector<ChannelRequantization> channels;  ///< u8: [outputs]
  kernels::OutputRange<Value> range;
  std::int32_t in_zero_point = 0;  ///< u8
  kernels::Rescaling rescaling{};  ///< u8: of the input, when there are `rescaled_levels`
  std::vector<std::uint8_t> rescaled_levels = {};  ///< u8: a new level for each level, or empty
};

/// One activation in a worker's memory: the pixels, with a border where a convolution reads them.
template <class Value>
struct ActivationPlan {
  ImageShape shape;
  std::int64_t pixel = 0;   ///< values from a pixel to the next
  std::int64_t border = 0;  ///< pixels on each side
  Value zero{};             ///< what the border holds
  std::int64_t offset = 0;  ///< bytes from the start of the worker's memory

  [[nodiscard]] std::int64_t row() const { return (shape.width + 2 * border) * pixel; }
  [[nodiscard]] std::int64_t values() const { return (shape.height + 2 * border) * row(); }
  [[nodiscard]] Value* begin(std::byte* memory) const {
    return reinterpret_cast<Value*>(memory + offset);
  }
  [[nodiscard]] Value* first_pixel(std::byte* memory) const {
    return begin(memory) + border * (row() + pixel);
  }
  /// Whether there are values between the channels of a pixel and the next.
  [[nodiscard]] bool has_gaps() const { return pixel > shape.channels; }
  void clear_gaps(std::byte* memory) const {
    Value* const end = begin(memory) + values();
    for (Value* at = begin(memory); at != end; at += pixel)
      std::fill(at + shape.channels, at + pixel, Value{});
  }
};

template <class Value>
class Program {
 public:
  /// `input` and `output` matter to u8 only.
  Program(const ImageShape& image, const std::vector<LayerSource<Value>>& layers,
          InstructionSet instruction_set, QuantizationParameters input = {},
          QuantizationParameters output = {})
      : kernels_(kernels::kernels_for<Value>(instruction_set)), output_(output) {
    plan_activations(image, layers);
    for (std::size_t i = 0; i < layers.size(); ++i) add_step(layers[i], i);
    const ActivationPlan<Value>& first = activations_.front();
    image_ = {image.channels, image.height,    image.width,     first.pixel,
              first.row(),    1 / input.scale, input.zero_point};
  }

  [[nodiscard]] const ImageShape& image() const noexcept { return activations_.front().shape; }
  [[nodiscard]] std::int64_t classes() const noexcept { return activations_.back().shape.channels; }
  [[nodiscard]] InstructionSet instruction_set() const noexcept { return kernels_.instruction_set; }
  [[nodiscard]] std::int64_t packed_bytes() const {
    std::int64_t bytes = 0;
    for (const Step& step : steps_) bytes += step.parameters.bytes();
    return bytes;
  }
  /// Bytes that all workers share: parameters as `expand` writes them.
  [[nodiscard]] std::int64_t expanded_bytes() const noexcept { return expanded_bytes_; }
  /// Bytes that one worker needs: all activations, then the scratch memory of a layer.
  [[nodiscard]] std::int64_t worker_bytes() const {
    return checked_sum(activation_bytes_, scratch_bytes_, "bytes of a workspace");
  }

  /// Writes the borders, which stay as they are from then on.
  void prepare(std::byte* memory) const {
    for (const ActivationPlan<Value>& activation : activations_)
      std::fill_n(activation.begin(memory), activation.values(), activation.zero);
  }

  /// Parameters that are stored narrower than kernels need them; once for all images of a run.
  void expand(std::byte* expanded) const {
    for (const Step& step : steps_)
      if (step.expanded_offset != nothing_expanded)
        kernels_.expand_convolution(std::get<kernels::Convolution<Value>>(step.layer).shape,
                                    step.parameters.data(), expanded + step.expanded_offset);
  }

  /// image  // [channels, height, width], logits  // [classes]
  kernels::ImageState run(const float* image, const std::byte* expanded, std::byte* memory,
                          float* logits) const {
    std::byte* const scratch = memory + activation_bytes_;
    const auto state = kernels_.load_image(image_, image, activations_.front().first_pixel(memory));
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      Value* const input = activations_[i].begin(memory);
      Value* const output = activations_[i + 1].first_pixel(memory);
      const Step& step = steps_[i];
      if (const auto* convolution = std::get_if<kernels::Convolution<Value>>(&step.layer)) {
        kernels_.convolution(
            *convolution,
            step.expanded_offset == nothing_expanded ? nullptr : expanded + step.expanded_offset,
            input, output, scratch);
      } else {
        if (step.rescaling.levels != nullptr)
          kernels_.rescale(step.rescaling, input, activations_[i].values());
        const auto& linear = *std::get_if<kernels::Linear<Value>>(&step.layer);
        kernels_.linear(linear, input, output, scratch);
        if (is_nan(output[0]) && activations_[i].has_gaps()) {
          // Gaps hold sums of products with 0: NaN where an input was infinite. Times their weights
          // of 0 that is NaN in every output; cleared beforehand they would cost every image time.
          activations_[i].clear_gaps(memory);
          kernels_.linear(linear, input, output, scratch);
        }
      }
    }
    const Value* const last = activations_.back().begin(memory);
    const std::int64_t count = classes();
    for (std::int64_t i = 0; i < count; ++i) logits[i] = real(last[i]);
    return state;
  }

 private:
  static constexpr std::int64_t nothing_expanded = -1;

  struct Step {
    std::variant<kernels::Convolution<Value>, kernels::Linear<Value>> layer;
    AlignedBuffer parameters;
    kernels::Rescaling rescaling{};
    std::vector<std::uint8_t> rescaled_levels = {};
    std::int64_t expanded_offset = nothing_expanded;  ///< bytes from the start of what is shared
  };

  /// The input of each layer, and the logits.
  void plan_activations(const ImageShape& image, const std::vector<LayerSource<Value>>& layers) {
    constexpr const char* all = "bytes of all activations";
    const auto add = [&](const ImageShape& shape, std::int64_t pixel, std::size_t reader) {
      ActivationPlan<Value> plan{shape, pixel, 0, Value{}, activation_bytes_};
      if (reader < layers.size()) {
        plan.border = layers[reader].layer.kind == LayerKind::convolution ? 1 : 0;
        plan.zero = static_cast<Value>(layers[reader].in_zero_point);
      }
      const std::int64_t bytes =
          checked_product({plan.shape.height + 2 * plan.border, plan.shape.width + 2 * plan.border,
                           pixel, static_cast<std::int64_t>(sizeof(Value))},
                          "bytes of an activation");
      const std::int64_t end =
          checked_sum(checked_sum(activation_bytes_, bytes, all), kernels::overread, all);
      activation_bytes_ = kernels::round_up(end, kernels::alignment);
      activations_.push_back(plan);
    };
    add(image, image.channels, 0);
    for (std::size_t i = 0; i < layers.size(); ++i)
      add(layers[i].layer.output(),
          kernels::round_up(layers[i].layer.outputs, kernels_.channel_multiple), i + 1);
  }

  void add_step(const LayerSource<Value>& source, std::size_t index) {
    if (source.layer.kind == LayerKind::convolution)
      add_convolution(source, activations_[index], activations_[index + 1]);
    else
      add_linear(source, activations_[index]);
  }

  void add_convolution(const LayerSource<Value>& source, const ActivationPlan<Value>& input,
                       const ActivationPlan<Value>& output) {
    const kernels::ConvolutionShape shape = {input.shape.height,   input.shape.width,
                                             input.shape.channels, input.pixel,
                                             source.layer.outputs, source.layer.pooling};
    AlignedBuffer parameters(kernels_.convolution_parameter_bytes(shape));
    const std::vector<float> bias = bias_of(source.layer);
    kernels_.pack_convolution(shape, weights_of(source, source.weights, bias), parameters.data());
    scratch_bytes_ = std::max(scratch_bytes_, kernels_.convolution_scratch_bytes(shape));
    const kernels::Convolution<Value> layer = {shape, output.pixel, output.row(), source.range,
                                               parameters.data()};
    steps_.push_back({layer, std::move(parameters)});
    const std::int64_t expanded = kernels_.expanded_convolution_bytes(shape);
    if (expanded == 0) return;
    steps_.back().expanded_offset = expanded_bytes_;
    expanded_bytes_ = checked_sum(expanded_bytes_, kernels::round_up(expanded, kernels::alignment),
                                  "bytes of a workspace");
  }

  void add_linear(const LayerSource<Value>& source, const ActivationPlan<Value>& input) {
    const kernels::LinearShape shape = {input.values(), source.layer.outputs};
    AlignedBuffer parameters(kernels_.linear_parameter_bytes(shape));
    const std::vector<float> bias = bias_of(source.layer);
    kernels_.pack_linear(shape, weights_of(source, by_pixel(source, input), bias),
                         parameters.data());
    scratch_bytes_ = std::max(scratch_bytes_, kernels_.linear_scratch_bytes(shape));
    const kernels::Linear<Value> layer = {shape, source.range, parameters.data()};
    steps_.push_back({layer, std::move(parameters), source.rescaling, source.rescaled_levels});
    Step& step = steps_.back();
    step.rescaling.levels = step.rescaled_levels.empty() ? nullptr : step.rescaled_levels.data();
  }

  /// Flatten counts [channel][y][x]; activations lie as [y][x][channel], with gaps.
  static std::vector<WeightOf<Value>> by_pixel(const LayerSource<Value>& source,
                                               const ActivationPlan<Value>& input) {
    const std::int64_t pixels = input.shape.height * input.shape.width;
    const std::int64_t features = input.shape.elements();
    std::vector<WeightOf<Value>> weights(
        static_cast<std::size_t>(source.layer.outputs * input.values()));
    for (std::int64_t output = 0; output < source.layer.outputs; ++output)
      for (std::int64_t channel = 0; channel < input.shape.channels; ++channel)
        for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
          weights[static_cast<std::size_t>(output * input.values() + pixel * input.pixel +
                                           channel)] =
              source
                  .weights[static_cast<std::size_t>(output * features + channel * pixels + pixel)];
    return weights;
  }

  static std::vector<float> bias_of(const Layer& layer) {
    return layer.bias.empty() ? std::vector<float>(static_cast<std::size_t>(layer.outputs))
                              : layer.bias;
  }

  static kernels::Weights<Value> weights_of(const LayerSource<Value>& source,
                                            const std::vector<WeightOf<Value>>& weights,
                                            const std::vector<float>& bias) {
    if constexpr (std::is_same_v<Value, std::uint8_t>)
      return {weights.data(), source.channels.data(), source.in_zero_point};
    else
      return {weights.data(), bias.data()};
  }

  [[nodiscard]] bool is_nan(Value value) const {
    if constexpr (std::is_same_v<Value, std::uint8_t>)
      return false;
    else
      return std::isnan(real(value));
  }

  [[nodiscard]] float real(Value value) const {
    if constexpr (std::is_same_v<Value, float>)
      return value;
    else if constexpr (std::is_same_v<Value, kernels::Half>)
      return float_from_half(value);
    else
      return dequantize(value, output_);
  }

  const kernels::Kernels<Value>& kernels_;
  std::vector<ActivationPlan<Value>> activations_;  ///< one more than steps
  std::vector<Step> steps_;
  kernels::ImageLayout image_{};
  QuantizationParameters output_;
  std::int64_t activation_bytes_ = 0;
  std::int64_t scratch_bytes_ = 0;
  std::int64_t expanded_bytes_ = 0;
};

}  // namespace edgeopt::inline v0::detail
