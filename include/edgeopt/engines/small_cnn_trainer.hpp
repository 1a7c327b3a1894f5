// SPDX-License-Identifier: MIT
/// @file
/// Training SmallCNN in fp32: forward, backward and Adam by the kernels of this machine.
///
/// `nn/training_step.hpp` computes the same in the open, for every floating type.
#pragma once

#include <algorithm>  // std::copy_n, std::fill_n, std::max, std::min
#include <array>
#include <cmath>  // std::sqrt
#include <cstddef>
#include <cstdint>
#include <ranges>  // std::ranges::begin
#include <span>
#include <string>
#include <vector>

#include "edgeopt/adam_options.hpp"
#include "edgeopt/checked_count.hpp"
#include "edgeopt/cross_entropy.hpp"
#include "edgeopt/engines/detail/training_layout.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/kernels/kernels.hpp"
#include "edgeopt/small_cnn_spec.hpp"

namespace edgeopt::inline v0 {

/// The parameters of a SmallCNN, or a value for each of them, in PyTorch's order and layout.
template <class T>
struct SmallCNNSpans {
  std::span<T> conv1_weight;       ///< [conv1_channels, input.channels, 3, 3]
  std::span<T> conv1_bias;         ///< [conv1_channels]
  std::span<T> conv2_weight;       ///< [conv2_channels, conv1_channels, 3, 3]
  std::span<T> conv2_bias;         ///< [conv2_channels]
  std::span<T> classifier_weight;  ///< [classes, conv2_channels * (height/4) * (width/4)]
  std::span<T> classifier_bias;    ///< [classes]

  operator SmallCNNSpans<const T>() const {
    return {conv1_weight, conv1_bias, conv2_weight, conv2_bias, classifier_weight, classifier_bias};
  }
};

/// Trains one network: Adam's state, and memory that is reused from step to step. For one thread at
/// a time, which shares the work with the threads of a pool.
///
/// A batch is cut into chunks whose number depends on nothing but its size. Whichever thread takes
/// a chunk adds the gradients of its images in their order; the chunks' sums are then added in
/// theirs. So results are the same bits for any number of threads. With another instruction set
/// they differ by rounding: every sum has the bound that stands at `kernels::Kernels`.
class SmallCNNTrainer {
 public:
  /// @throws DomainError as `require_valid(spec)` and `require_valid(options)`, when a size does
  ///   not fit 64 bits, or when this machine does not have the instruction set
  explicit SmallCNNTrainer(const SmallCNNSpec& spec, const AdamOptions& options = {},
                           InstructionSet instruction_set = detect_instruction_set())
      : spec_((require_valid(spec), spec)),
        options_((require_valid(options), options)),
        kernels_(kernels::training_kernels_for(instruction_set)),
        block1_(block(spec.input, input_pixel(), spec.conv1_channels)),
        block2_(block(spec.pooled1(), block1_.out_pixel, spec.conv2_channels)),
        classifier_{block2_.windows() * block2_.out_pixel, spec.classes} {
    // The second block reads what the first one writes, within a border.
    block1_.out_row = block2_.in_row();
    packed_.conv1_weight = Floats(weight_values(block1_));
    packed_.conv1_bias = Floats(block1_.out_pixel);
    packed_.conv2_weight = Floats(weight_values(block2_));
    packed_.conv2_bias = Floats(block2_.out_pixel);
    packed_.conv2_weight_by_inputs = Floats(weight_values(block2_));
    packed_.classifier_weight = Floats(classifier_values());
    classifier_gradient_ = Floats(classifier_values());
    for (const std::int64_t size : parameter_sizes()) {
      gradients_.emplace_back(size);
      means_.emplace_back(size);
      squares_.emplace_back(size);
    }
  }

  [[nodiscard]] InstructionSet instruction_set() const noexcept { return kernels_.instruction_set; }

  /// Moves `parameters` one step of Adam down the mean cross-entropy of a batch, and returns that
  /// loss as it was before. Parameters are unchanged when anything is thrown.
  ///
  /// images  // [batch, channels, height, width], normalised; labels  // [batch]
  /// @throws DomainError when sizes do not fit the network or each other, the batch is empty, or a
  ///   label is no class
  template <LabelRange Labels>
  float step(const SmallCNNSpans<float>& parameters, std::span<const float> images,
             const Labels& labels, ThreadPool& pool) {
    const float loss = compute_gradients(parameters, images, labels, pool);
    const kernels::AdamStep step = next_adam_step();
    const auto spans = list(parameters);
    pool.parallel_for(parameter_tensors, [&](std::int64_t i, int) {
      const auto tensor = static_cast<std::size_t>(i);
      kernels_.adam(step, gradients_[tensor].size(), gradients_[tensor].data(),
                    means_[tensor].data(), squares_[tensor].data(), spans[tensor].data());
    });
    return loss;
  }

  /// The mean cross-entropy of a batch, and its gradient by every parameter. Throws as `step`.
  template <LabelRange Labels>
  float gradients(const SmallCNNSpans<const float>& parameters, std::span<const float> images,
                  const Labels& labels, const SmallCNNSpans<float>& gradients, ThreadPool& pool) {
    require_sizes(list(gradients));
    const float loss = compute_gradients(parameters, images, labels, pool);
    const auto spans = list(gradients);
    for (std::size_t i = 0; i < spans.size(); ++i)
      std::copy_n(gradients_[i].data(), gradients_[i].size(), spans[i].data());
    return loss;
  }

 private:
  using Floats = detail::AlignedArray<float>;

  static constexpr std::int64_t most_chunks = 16;
  static constexpr std::int64_t feature_tasks = 8;
  static constexpr std::int64_t parameter_tensors = 6;

  /// Parameters as the kernels take them.
  struct Packed {
    Floats conv1_weight, conv1_bias, conv2_weight, conv2_bias;
    Floats conv2_weight_by_inputs;  ///< for the gradient of its input
    Floats classifier_weight;
  };

  /// Gradients of the convolutions, summed over the images of a chunk.
  struct Chunk {
    Floats conv1_weight, conv1_bias, conv2_weight, conv2_bias;
  };

  /// What one thread needs for an image.
  struct Worker {
    Floats input, pooled1;          // with borders of zeros
    Floats pooled1_gradient;        // like pooled1
    Floats pooled2_gradient;        // [features]
    Floats gradients1, gradients2;  // [windows][out_pixel]
    detail::AlignedArray<std::int32_t> winners1, winners2;
    Floats scratch;
    std::vector<kernels::WinnerGradient> list;
  };

  template <class T>
  static std::array<std::span<T>, parameter_tensors> list(const SmallCNNSpans<T>& spans) {
    return {spans.conv1_weight, spans.conv1_bias,        spans.conv2_weight,
            spans.conv2_bias,   spans.classifier_weight, spans.classifier_bias};
  }

  [[nodiscard]] std::int64_t whole_vectors(std::int64_t channels) const {
    return kernels::round_up(channels, kernels_.lanes);
  }

  /// Few channels are read one by one and need no padding.
  [[nodiscard]] std::int64_t input_pixel() const {
    const std::int64_t channels = spec_.input.channels;
    const bool few =
        kernels_.weight_gradient_layout(channels) == kernels::WeightGradientLayout::by_outputs;
    return few ? channels : whole_vectors(channels);
  }

  [[nodiscard]] kernels::PooledConvolution block(const ImageShape& input, std::int64_t pixel,
                                                 std::int64_t outputs) const {
    const std::int64_t out_pixel = whole_vectors(outputs);
    (void)checked_product({input.height + 2, input.width + 2, pixel, 4}, "bytes of an activation");
    (void)checked_product({whole_vectors(input.channels), 9, out_pixel, 4}, "bytes of weights");
    return {input.height,
            input.width,
            input.channels,
            pixel,
            outputs,
            out_pixel,
            input.width / 2 * out_pixel};
  }

  /// Of the packed gradient of a block's weights.
  [[nodiscard]] std::int64_t gradient_values(const kernels::PooledConvolution& block) const {
    return kernels_.weight_gradient_layout(block.in_channels) ==
                   kernels::WeightGradientLayout::by_inputs
               ? block.out_channels * 9 * block.in_pixel
               : block.out_pixel * 9 * block.in_channels;
  }

  /// Enough for each of the layouts.
  [[nodiscard]] std::int64_t weight_values(const kernels::PooledConvolution& block) const {
    return 9 * whole_vectors(block.in_channels) * block.out_pixel;
  }
  [[nodiscard]] std::int64_t classifier_values() const {
    return checked_product({classifier_.features, classifier_.classes}, "weights");
  }
  [[nodiscard]] std::array<std::int64_t, parameter_tensors> parameter_sizes() const {
    return {spec_.conv1_channels * spec_.input.channels * 9, spec_.conv1_channels,
            spec_.conv2_channels * spec_.conv1_channels * 9, spec_.conv2_channels,
            spec_.classes * spec_.pooled2().elements(),      spec_.classes};
  }

  template <class T>
  void require_sizes(const std::array<std::span<T>, parameter_tensors>& spans) const {
    for (std::size_t i = 0; i < spans.size(); ++i)
      if (static_cast<std::int64_t>(spans[i].size()) != gradients_[i].size())
        throw DomainError("size of parameter " + std::to_string(i), std::to_string(spans[i].size()),
                          std::to_string(gradients_[i].size()));
  }

  /// Fills `gradients_`.
  template <LabelRange Labels>
  float compute_gradients(const SmallCNNSpans<const float>& parameters,
                          std::span<const float> images, const Labels& labels, ThreadPool& pool) {
    require_sizes(list(parameters));
    const auto elements = static_cast<std::size_t>(spec_.input.elements());
    const auto batch = static_cast<std::int64_t>(images.size() / elements);
    if (batch < 1 || images.size() % elements != 0)
      throw DomainError("elements of the images", std::to_string(images.size()),
                        "a positive multiple of " + std::to_string(elements) + " (one image)");
    detail::require_labels(labels, batch, spec_.classes);

    pack(parameters);
    prepare(batch, pool.size());
    const std::int64_t chunks = std::min(most_chunks, batch);
    pool.parallel_for(chunks, [&](std::int64_t chunk, int worker) {
      clear(chunks_[static_cast<std::size_t>(chunk)]);
      const std::int64_t last = (chunk + 1) * batch / chunks;
      for (std::int64_t image = chunk * batch / chunks; image < last; ++image)
        run_image(images.data() + static_cast<std::size_t>(image) * elements, image,
                  static_cast<std::size_t>(std::ranges::begin(labels)[image]), batch,
                  parameters.classifier_bias.data(), workers_[static_cast<std::size_t>(worker)],
                  chunks_[static_cast<std::size_t>(chunk)]);
    });
    pool.parallel_for(feature_tasks + 1, [&](std::int64_t task, int) {
      if (task == 0)
        sum_chunks(chunks);
      else
        classifier_gradient(task - 1, batch);
    });
    return sum_losses(batch);
  }

  void pack(const SmallCNNSpans<const float>& parameters) {
    const detail::ConvolutionWeights conv1{spec_.conv1_channels, spec_.input.channels};
    const detail::ConvolutionWeights conv2{spec_.conv2_channels, spec_.conv1_channels};
    conv1.by_outputs(kernels_.lanes, parameters.conv1_weight.data(), packed_.conv1_weight.data());
    conv2.by_outputs(kernels_.lanes, parameters.conv2_weight.data(), packed_.conv2_weight.data());
    conv2.by_inputs(kernels_.lanes, parameters.conv2_weight.data(),
                    packed_.conv2_weight_by_inputs.data());
    std::copy_n(parameters.conv1_bias.data(), spec_.conv1_channels, packed_.conv1_bias.data());
    std::copy_n(parameters.conv2_bias.data(), spec_.conv2_channels, packed_.conv2_bias.data());
    for (std::int64_t k = 0; k < spec_.classes; ++k) {
      const float* const stored =
          parameters.classifier_weight.data() + k * spec_.pooled2().elements();
      float* const packed = packed_.classifier_weight.data() + k * classifier_.features;
      detail::visit_features(
          spec_.pooled2(), block2_.out_pixel,
          [&](std::int64_t from, std::int64_t to) { packed[to] = stored[from]; });
    }
  }

  /// Memory for a batch, for each chunk and each thread.
  void prepare(std::int64_t batch, int threads) {
    while (static_cast<std::int64_t>(chunks_.size()) < std::min(most_chunks, batch))
      chunks_.push_back({Floats(gradient_values(block1_)), Floats(block1_.out_pixel),
                         Floats(gradient_values(block2_)), Floats(block2_.out_pixel)});
    while (workers_.size() < static_cast<std::size_t>(threads)) workers_.push_back(new_worker());
    losses_.resize(static_cast<std::size_t>(batch));
    const std::int64_t features =
        checked_product({batch, classifier_.features, 4}, "bytes of a batch") / 4;
    if (features_.size() < features) features_ = Floats(features);
    if (logits_.size() < batch * spec_.classes) logits_ = Floats(batch * spec_.classes);
  }

  [[nodiscard]] Worker new_worker() const {
    Worker worker;
    worker.input = Floats(block1_.in_values());
    worker.pooled1 = Floats(block2_.in_values());
    worker.pooled1_gradient = Floats(block2_.in_values());
    worker.pooled2_gradient = Floats(classifier_.features);
    worker.gradients1 = Floats(block1_.windows() * block1_.out_pixel);
    worker.gradients2 = Floats(block2_.windows() * block2_.out_pixel);
    worker.winners1 = detail::AlignedArray<std::int32_t>(worker.gradients1.size());
    worker.winners2 = detail::AlignedArray<std::int32_t>(worker.gradients2.size());
    worker.scratch =
        Floats(std::max(kernels_.forward_scratch(block1_), kernels_.forward_scratch(block2_)));
    worker.list.resize(static_cast<std::size_t>(
        std::max({block1_.windows() + 1, block2_.windows() + 1, 4 * (spec_.conv2_channels + 1)})));
    return worker;
  }

  static void clear(Chunk& chunk) {
    for (const Floats* sum :
         {&chunk.conv1_weight, &chunk.conv1_bias, &chunk.conv2_weight, &chunk.conv2_bias})
      std::fill_n(sum->data(), sum->size(), 0.0F);
  }

  /// Forward and backward pass of one image; what the classifier's gradient needs is kept.
  void run_image(const float* image, std::int64_t index, std::size_t label, std::int64_t batch,
                 const float* classifier_bias, Worker& own, Chunk& sum) {
    float* const pooled2 = features_.data() + index * classifier_.features;
    float* const logits = logits_.data() + index * spec_.classes;
    load_image(image, own.input.data());
    kernels_.forward(block1_, own.input.data(), packed_.conv1_weight.data(),
                     packed_.conv1_bias.data(), first_pixel(own.pooled1), own.winners1.data(),
                     own.scratch.data());
    kernels_.forward(block2_, own.pooled1.data(), packed_.conv2_weight.data(),
                     packed_.conv2_bias.data(), pooled2, own.winners2.data(), own.scratch.data());
    kernels_.linear_forward(classifier_, pooled2, packed_.classifier_weight.data(), classifier_bias,
                            logits);
    losses_[static_cast<std::size_t>(index)] =
        detail::cross_entropy_gradient(std::span(logits, static_cast<std::size_t>(spec_.classes)),
                                       label, static_cast<float>(batch));

    kernels_.linear_input_gradient(classifier_, logits, packed_.classifier_weight.data(),
                                   own.pooled2_gradient.data());
    kernels_.relu_backward(block2_, pooled2, own.pooled2_gradient.data(), block2_.out_row,
                           own.gradients2.data(), sum.conv2_bias.data());
    kernels_.weight_gradient(block2_, kernels_.weight_gradient_layout(block2_.in_channels),
                             own.pooled1.data(), own.gradients2.data(), own.winners2.data(),
                             sum.conv2_weight.data(), own.list.data());
    kernels_.input_gradient(block2_, packed_.conv2_weight_by_inputs.data(), own.gradients2.data(),
                            own.winners2.data(), own.pooled1_gradient.data(), own.list.data());
    kernels_.relu_backward(block1_, first_pixel(own.pooled1), first_pixel(own.pooled1_gradient),
                           block2_.in_row(), own.gradients1.data(), sum.conv1_bias.data());
    kernels_.weight_gradient(block1_, kernels_.weight_gradient_layout(block1_.in_channels),
                             own.input.data(), own.gradients1.data(), own.winners1.data(),
                             sum.conv1_weight.data(), own.list.data());
  }

  /// Of an activation that has a border for the second block.
  [[nodiscard]] float* first_pixel(const Floats& activation) const {
    return activation.data() + block2_.in_row() + block2_.in_pixel;
  }

  /// image  // [channels, height, width]
  void load_image(const float* image, float* input) const {
    for (std::int64_t c = 0; c < block1_.in_channels; ++c)
      for (std::int64_t y = 0; y < block1_.height; ++y) {
        float* const row = input + (y + 1) * block1_.in_row() + block1_.in_pixel + c;
        for (std::int64_t x = 0; x < block1_.width; ++x) row[x * block1_.in_pixel] = *image++;
      }
  }

  /// Gradients of the convolutions.
  void sum_chunks(std::int64_t chunks) {
    for (std::int64_t chunk = 1; chunk < chunks; ++chunk) {
      const Chunk& from = chunks_[static_cast<std::size_t>(chunk)];
      add(from.conv1_weight, chunks_[0].conv1_weight);
      add(from.conv1_bias, chunks_[0].conv1_bias);
      add(from.conv2_weight, chunks_[0].conv2_weight);
      add(from.conv2_bias, chunks_[0].conv2_bias);
    }
    const auto store = [&](const kernels::PooledConvolution& block, const Floats& weight,
                           const Floats& bias, std::size_t tensor) {
      detail::ConvolutionWeights{block.out_channels, block.in_channels}.stored_gradient(
          kernels_.weight_gradient_layout(block.in_channels), kernels_.lanes, weight.data(),
          gradients_[tensor].data());
      std::copy_n(bias.data(), block.out_channels, gradients_[tensor + 1].data());
    };
    store(block1_, chunks_[0].conv1_weight, chunks_[0].conv1_bias, 0);
    store(block2_, chunks_[0].conv2_weight, chunks_[0].conv2_bias, 2);
  }

  void add(const Floats& from, const Floats& to) const {
    kernels_.add(to.size(), from.data(), to.data());
  }

  /// Gradient of the classifier's weights, one of `feature_tasks` shares of the pixels.
  void classifier_gradient(std::int64_t task, std::int64_t batch) {
    const std::int64_t pixel = block2_.out_pixel;
    const std::int64_t first = task * block2_.windows() / feature_tasks;
    const std::int64_t last = (task + 1) * block2_.windows() / feature_tasks;
    if (first == last) return;
    kernels_.linear_weight_gradient(classifier_, batch, first * pixel, (last - first) * pixel,
                                    features_.data(), logits_.data(), classifier_gradient_.data());
    for (std::int64_t k = 0; k < spec_.classes; ++k)
      for (std::int64_t c = 0; c < spec_.conv2_channels; ++c) {
        const float* const packed = classifier_gradient_.data() + k * classifier_.features + c;
        float* const stored =
            gradients_[4].data() + (k * spec_.conv2_channels + c) * block2_.windows();
        for (std::int64_t p = first; p < last; ++p) stored[p] = packed[p * pixel];
      }
  }

  /// The mean, and the gradient of the classifier's bias, both over the images in their order.
  float sum_losses(std::int64_t batch) {
    float* const bias = gradients_[5].data();
    std::fill_n(bias, spec_.classes, 0.0F);
    double loss = 0;
    for (std::int64_t image = 0; image < batch; ++image) {
      loss += static_cast<double>(losses_[static_cast<std::size_t>(image)]);
      for (std::int64_t k = 0; k < spec_.classes; ++k)
        bias[k] += logits_.data()[image * spec_.classes + k];
    }
    return static_cast<float>(loss / static_cast<double>(batch));
  }

  [[nodiscard]] kernels::AdamStep next_adam_step() {
    power1_ *= options_.beta1;
    power2_ *= options_.beta2;
    return {.mean_weight = static_cast<float>(1 - options_.beta1),
            .square_decay = static_cast<float>(options_.beta2),
            .square_weight = static_cast<float>(1 - options_.beta2),
            .root_correction = static_cast<float>(std::sqrt(1 - power2_)),
            .epsilon = static_cast<float>(options_.epsilon),
            .step_size = static_cast<float>(options_.learning_rate / (1 - power1_))};
  }

  SmallCNNSpec spec_;
  AdamOptions options_;
  const kernels::TrainingKernels& kernels_;
  kernels::PooledConvolution block1_, block2_;
  kernels::TrainedLinear classifier_;
  Packed packed_;
  std::vector<Floats> gradients_, means_, squares_;  // of each parameter, as it is stored
  double power1_ = 1;                                // beta1^t
  double power2_ = 1;                                // beta2^t
  std::vector<Chunk> chunks_;
  std::vector<Worker> workers_;
  std::vector<float> losses_;   // of each image
  Floats features_;             // [batch][features]: what the classifier reads
  Floats logits_;               // [batch][classes]; in the backward pass their gradients
  Floats classifier_gradient_;  // [classes][features]
};

}  // namespace edgeopt::inline v0
