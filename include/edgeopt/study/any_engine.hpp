// SPDX-License-Identifier: MIT
/// @file
/// An engine of any type as a value, for where the type is chosen while the program runs: the
/// candidates of a sweep are fp32, fp16 and int8 engines in turn.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

#include "edgeopt/engine.hpp"
#include "edgeopt/engines/pooled_engine.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"

namespace edgeopt::inline v0 {

/// Holds an engine and is one. Copies share the engine, which is immutable. It takes a thread pool
/// whatever it holds; an engine that is no `PooledEngine` runs without it.
class AnyEngine {
  struct Scratch {
    virtual ~Scratch() = default;
  };

  struct Interface {
    virtual ~Interface() = default;
    virtual ImageShape input_shape() const = 0;
    virtual std::int64_t classes() const = 0;
    virtual Precision precision() const = 0;
    virtual std::int64_t parameter_bytes() const = 0;
    virtual std::unique_ptr<Scratch> make_workspace(std::int64_t max_batch) const = 0;
    virtual std::unique_ptr<Scratch> make_workspace(std::int64_t max_batch,
                                                    ThreadPool& pool) const = 0;
    virtual void run(std::span<const float> images, Scratch* scratch,
                     std::span<float> logits) const = 0;
  };

  template <class E>
  struct Holder final : Interface {
    using Workspace = decltype(std::declval<const E&>().make_workspace(std::int64_t{}));

    struct TypedScratch final : Scratch {
      explicit TypedScratch(Workspace made) : workspace(std::move(made)) {}
      Workspace workspace;
    };

    explicit Holder(E held) : engine(std::move(held)) {}

    ImageShape input_shape() const override { return engine.input_shape(); }
    std::int64_t classes() const override { return engine.classes(); }
    Precision precision() const override { return engine.precision(); }
    std::int64_t parameter_bytes() const override { return engine.parameter_bytes(); }
    std::unique_ptr<Scratch> make_workspace(std::int64_t max_batch) const override {
      return std::make_unique<TypedScratch>(engine.make_workspace(max_batch));
    }
    std::unique_ptr<Scratch> make_workspace(std::int64_t max_batch,
                                            ThreadPool& pool) const override {
      return std::make_unique<TypedScratch>(v0::make_workspace(engine, max_batch, pool));
    }
    void run(std::span<const float> images, Scratch* scratch,
             std::span<float> logits) const override {
      auto* typed = dynamic_cast<TypedScratch*>(scratch);  // null: it was moved from
      if (typed == nullptr)
        throw DomainError("workspace", "another engine's", "one that this engine made");
      engine.run(images, typed->workspace, logits);
    }

    E engine;
  };

 public:
  /// Scratch memory of the engine that made it.
  class Workspace {
    friend AnyEngine;
    explicit Workspace(std::unique_ptr<Scratch> scratch) : scratch_(std::move(scratch)) {}
    std::unique_ptr<Scratch> scratch_;
  };

  template <class E>
  requires(!std::same_as<E, AnyEngine> && Engine<E> && std::is_move_constructible_v<E>)
      AnyEngine(E engine)
      : engine_(std::make_shared<const Holder<E>>(std::move(engine))) {}

  [[nodiscard]] ImageShape input_shape() const { return engine_->input_shape(); }
  [[nodiscard]] std::int64_t classes() const { return engine_->classes(); }
  [[nodiscard]] Precision precision() const { return engine_->precision(); }
  [[nodiscard]] std::int64_t parameter_bytes() const { return engine_->parameter_bytes(); }
  [[nodiscard]] Workspace make_workspace(std::int64_t max_batch) const {
    return Workspace(engine_->make_workspace(max_batch));
  }
  [[nodiscard]] Workspace make_workspace(std::int64_t max_batch, ThreadPool& pool) const {
    return Workspace(engine_->make_workspace(max_batch, pool));
  }
  /// @throws DomainError for the workspace of an engine of another type and for one that was moved
  ///   from, and what the engine throws
  void run(std::span<const float> images, Workspace& workspace, std::span<float> logits) const {
    engine_->run(images, workspace.scratch_.get(), logits);
  }

 private:
  std::shared_ptr<const Interface> engine_;
};

static_assert(PooledEngine<AnyEngine>);

}  // namespace edgeopt::inline v0
