// SPDX-License-Identifier: MIT
/// @file
/// What the engines of all precisions have in common.
#pragma once

#include <cstdint>
#include <memory>  // std::shared_ptr
#include <span>
#include <string>
#include <utility>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/engines/detail/program.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/engines/workspace.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/image_shape.hpp"

namespace edgeopt::inline v0::detail {

/// An immutable network; copies share it. Safe to use from several threads at once, each with a
/// workspace of its own.
template <class Value>
class CompiledEngine {
 public:
  [[nodiscard]] ImageShape input_shape() const noexcept { return program_->image(); }
  [[nodiscard]] std::int64_t classes() const noexcept { return program_->classes(); }
  /// The instruction set its kernels use.
  [[nodiscard]] InstructionSet instruction_set() const noexcept {
    return program_->instruction_set();
  }
  /// Bytes of the model's parameters as stored in this precision (see `Precision`).
  [[nodiscard]] std::int64_t parameter_bytes() const noexcept { return parameter_bytes_; }
  /// Bytes the engine itself holds: parameters as its kernels want them.
  [[nodiscard]] std::int64_t packed_bytes() const { return program_->packed_bytes(); }

  /// Memory for batches of up to `max_batch` images, which run on the caller's thread.
  /// @throws DomainError when `max_batch` < 1
  [[nodiscard]] Workspace make_workspace(std::int64_t max_batch) const {
    return make_workspace(max_batch, 1, nullptr);
  }
  /// Memory for batches whose images are shared among the threads of `pool`, which has to outlive
  /// the workspace. Results do not depend on their number.
  [[nodiscard]] Workspace make_workspace(std::int64_t max_batch, ThreadPool& pool) const {
    return make_workspace(max_batch, pool.size(), &pool);
  }

  /// images  // [batch, channels, height, width] -> logits  // [batch, classes]
  /// Allocates nothing. The logits of an image do not depend on the others of its batch.
  /// @throws DomainError when sizes do not fit each other, the batch is empty or larger than the
  ///   workspace is for, the workspace is another engine's, or (int8) a number is NaN
  void run(std::span<const float> images, Workspace& workspace, std::span<float> logits) const {
    const std::int64_t batch = checked_batch(images, workspace, logits);
    const std::int64_t elements = input_shape().elements();
    program_->expand(workspace.shared());
    const auto run_image = [&](std::int64_t image, int worker) {
      const kernels::ImageState state =
          program_->run(images.data() + image * elements, workspace.shared(),
                        workspace.of_worker(worker), logits.data() + image * classes());
      if (rejects_nan && state == kernels::ImageState::holds_nan)
        throw DomainError("image " + std::to_string(image), "one with NaN", "made of numbers");
    };
    if (workspace.pool_ != nullptr)
      workspace.pool_->parallel_for(batch, run_image);
    else
      for (std::int64_t image = 0; image < batch; ++image) run_image(image, 0);
  }

 protected:
  CompiledEngine(Program<Value> program, std::int64_t parameter_bytes)
      : program_(std::make_shared<const Program<Value>>(std::move(program))),
        parameter_bytes_(parameter_bytes) {}

 private:
  /// A level cannot stand for NaN; floats carry it on to the logits.
  static constexpr bool rejects_nan = std::is_same_v<Value, std::uint8_t>;

  [[nodiscard]] Workspace make_workspace(std::int64_t max_batch, int workers,
                                         ThreadPool* pool) const {
    if (max_batch < 1) throw DomainError("max_batch", std::to_string(max_batch), "an integer >= 1");
    const std::int64_t bytes = kernels::round_up(program_->worker_bytes(), kernels::alignment);
    (void)checked_sum(checked_product({bytes, workers}, "bytes of a workspace"),
                      program_->expanded_bytes(), "bytes of a workspace");
    Workspace workspace(program_, max_batch, program_->expanded_bytes(), bytes, workers, pool);
    for (int worker = 0; worker < workers; ++worker) program_->prepare(workspace.of_worker(worker));
    return workspace;
  }

  [[nodiscard]] std::int64_t checked_batch(std::span<const float> images,
                                           const Workspace& workspace,
                                           std::span<float> logits) const {
    if (workspace.program_ != program_)
      throw DomainError("workspace", "another engine's", "one that this engine made");
    const auto size = static_cast<std::int64_t>(images.size());
    const std::int64_t elements = input_shape().elements();
    const std::int64_t batch = size / elements;
    if (size % elements != 0 || batch < 1 || batch > workspace.max_batch())
      throw DomainError(
          "size of images", std::to_string(size),
          "1 to " + std::to_string(workspace.max_batch()) + " times " + std::to_string(elements));
    if (static_cast<std::int64_t>(logits.size()) != batch * classes())
      throw DomainError("size of logits", std::to_string(logits.size()),
                        std::to_string(batch * classes()));
    return batch;
  }

  std::shared_ptr<const Program<Value>> program_;
  std::int64_t parameter_bytes_;
};

}  // namespace edgeopt::inline v0::detail
