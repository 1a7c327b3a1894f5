// SPDX-License-Identifier: MIT
// Engines against plain loops, and what they promise beside numbers.
#include <cmath>
#include <cstdint>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "allocation_counter.hpp"
#include "catch.hpp"
#include "edgeopt/engines/fp16_engine.hpp"
#include "edgeopt/engines/fp32_engine.hpp"
#include "edgeopt/engines/int8_engine.hpp"
#include "missing_instruction_sets.hpp"
#include "networks.hpp"

using namespace edgeopt;
using networks::NetworkPlan;
using reference::List;

static_assert(Engine<Fp32Engine> && Engine<Fp16Engine> && Engine<Int8Engine>);

namespace {

template <class SomeEngine>
List<float> logits_of(const SomeEngine& engine, const List<float>& images, ThreadPool& pool) {
  const std::int64_t batch =
      static_cast<std::int64_t>(images.size()) / engine.input_shape().elements();
  auto workspace = engine.make_workspace(batch, pool);
  List<float> logits(batch * engine.classes());
  engine.run(images, workspace, logits);
  return logits;
}

template <class SomeEngine>
List<float> logits_of(const SomeEngine& engine, const List<float>& images) {
  ThreadPool pool;
  return logits_of(engine, images, pool);
}

std::span<const float> image_of(const NetworkPlan& plan, const List<float>& images,
                                std::int64_t image) {
  const auto elements = static_cast<std::size_t>(plan.image.elements());
  return std::span<const float>(images).subspan(static_cast<std::size_t>(image) * elements,
                                                elements);
}

template <class SomeEngine>
void check_float_engine(const NetworkPlan& plan, networks::Rounding rounding) {
  report_missing_instruction_sets();
  const networks::FloatNetwork network = networks::random_float_network(plan);
  const List<float> images = networks::random_images(plan, 2, 3);
  for (const InstructionSet set : supported_instruction_sets()) {
    const SomeEngine engine(networks::graph_of(network), EngineOptions{set});
    CHECK(engine.instruction_set() == set);
    const List<float> logits = logits_of(engine, images);
    for (std::int64_t image = 0; image < 2; ++image) {
      const List<networks::Bounded> expected =
          networks::evaluate(network, image_of(plan, images, image), rounding, rounding);
      REQUIRE(static_cast<std::int64_t>(expected.size()) == engine.classes());
      for (std::int64_t i = 0; i < engine.classes(); ++i) {
        const float found = logits[image * engine.classes() + i];
        INFO(to_string(set) << ", logit " << i << ": " << found << ", expected "
                            << expected[i].value << " +- " << expected[i].error);
        CHECK(std::fabs(double{found} - expected[i].value) <= expected[i].error);
      }
    }
  }
}

/// The first network with an engine of each precision.
const NetworkPlan& plan() {
  static const NetworkPlan first = networks::plans().front();
  return first;
}
Fp32Engine fp32_engine() {
  return Fp32Engine(networks::graph_of(networks::random_float_network(plan())));
}
Fp16Engine fp16_engine() {
  return Fp16Engine(networks::graph_of(networks::random_float_network(plan())));
}
Int8Engine int8_engine(QuantizationBackend backend = QuantizationBackend::fbgemm) {
  return Int8Engine(networks::graph_of(networks::random_quantized_network(plan(), backend)),
                    {.backend = backend});
}

template <class Check>
void for_each_engine(Check&& check) {
  check(fp32_engine());
  check(fp16_engine());
  check(int8_engine());
}

std::string refusal(const auto& function) {
  try {
    function();
  } catch (const DomainError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("fp32 logits lie within the error that propagates from layer to layer") {
  for (const NetworkPlan& network : networks::plans())
    check_float_engine<Fp32Engine>(network, networks::of_float);
}

TEST_CASE("fp16 logits lie within the error that propagates from layer to layer") {
  for (const NetworkPlan& network : networks::plans())
    check_float_engine<Fp16Engine>(network, networks::of_half);
}

TEST_CASE("int8 logits are exactly those of the scalar formulas") {
  for (const NetworkPlan& plan_of_network : networks::plans())
    for (const QuantizationBackend backend :
         {QuantizationBackend::fbgemm, QuantizationBackend::qnnpack}) {
      const auto network = networks::random_quantized_network(plan_of_network, backend);
      const List<float> images = networks::random_images(plan_of_network, 2, 4);
      for (const InstructionSet set : supported_instruction_sets()) {
        const Int8Engine engine(networks::graph_of(network), {backend, set});
        const List<float> logits = logits_of(engine, images);
        List<float> expected;
        for (std::int64_t image = 0; image < 2; ++image)
          for (const float logit :
               networks::evaluate(network, image_of(plan_of_network, images, image)))
            expected.push_back(logit);
        INFO(to_string(set) << ", " << to_string(backend));
        CHECK(logits == expected);
      }
    }
}

TEST_CASE("Neither threads nor the rest of a batch nor earlier runs move a bit") {
  for_each_engine([](const auto& engine) {
    const List<float> images = networks::random_images(plan(), 13, 5);
    const List<float> together = logits_of(engine, images);
    for (const int threads : {2, 3}) {
      ThreadPool pool(threads);
      CHECK(logits_of(engine, images, pool) == together);
    }

    auto workspace = engine.make_workspace(20);
    List<float> alone(13 * engine.classes());
    for (std::int64_t image = 12; image >= 0; --image)
      engine.run(image_of(plan(), images, image), workspace,
                 std::span(alone).subspan(static_cast<std::size_t>(image * engine.classes()),
                                          static_cast<std::size_t>(engine.classes())));
    CHECK(alone == together);
  });
}

TEST_CASE("A run allocates nothing") {
  for_each_engine([](const auto& engine) {
    const List<float> images = networks::random_images(plan(), 8, 6);
    List<float> logits(8 * engine.classes());
    ThreadPool pool(2);
    auto inline_workspace = engine.make_workspace(8);
    auto shared_workspace = engine.make_workspace(8, pool);
    const std::int64_t before = allocation_counter::count();
    for (int i = 0; i < 3; ++i) {
      engine.run(images, inline_workspace, logits);
      engine.run(images, shared_workspace, logits);
    }
    CHECK(allocation_counter::count() == before);
  });
  const std::int64_t before = allocation_counter::count();
  ::operator delete(::operator new(1));  // a call, unlike an expression, may not be left out
  CHECK(allocation_counter::count() == before + 1);
}

TEST_CASE("Several threads use one engine at once, each with its own workspace") {
  for_each_engine([](const auto& engine) {
    const List<float> images = networks::random_images(plan(), 6, 7);
    const List<float> expected = logits_of(engine, images);
    ThreadPool pool(2);
    std::vector<List<float>> found(3, List<float>(6 * engine.classes()));
    std::vector<std::thread> threads;
    for (List<float>& logits : found)
      threads.emplace_back([&] {
        auto workspace = engine.make_workspace(6, pool);
        for (int i = 0; i < 10; ++i) engine.run(images, workspace, logits);
      });
    for (std::thread& thread : threads) thread.join();
    for (const List<float>& logits : found) CHECK(logits == expected);
  });
}

TEST_CASE("Engines and workspaces are values") {
  const List<float> images = networks::random_images(plan(), 1, 8);
  Fp32Engine original = fp32_engine();
  const List<float> expected = logits_of(original, images);
  Workspace made = original.make_workspace(1);
  Workspace workspace = std::move(made);
  const Fp32Engine copy = original;
  const Fp32Engine moved = std::move(original);
  List<float> logits(copy.classes());
  copy.run(images, workspace, logits);
  CHECK(logits == expected);
  moved.run(images, workspace, logits);
  CHECK(logits == expected);
}

TEST_CASE("Bytes of parameters are those of the specification, workspaces tell theirs") {
  CHECK(fp32_engine().parameter_bytes() == 81960);
  CHECK(fp16_engine().parameter_bytes() == 40980);
  CHECK(int8_engine().parameter_bytes() == 20936);
  CHECK(int8_engine(QuantizationBackend::qnnpack).parameter_bytes() == 20716);
  for_each_engine([](const auto& engine) {
    CHECK(engine.packed_bytes() >= engine.parameter_bytes() / 2);
    CHECK(engine.precision() <= Precision::int8);
    ThreadPool pool(3);
    CHECK(engine.make_workspace(4).bytes() > 30 * 30);
    // What all threads share is counted once.
    CHECK(engine.make_workspace(4, pool).bytes() > 2 * engine.make_workspace(4).bytes());
    CHECK(engine.make_workspace(4, pool).bytes() <= 3 * engine.make_workspace(4).bytes());
    CHECK(engine.make_workspace(4).max_batch() == 4);
  });
}

TEST_CASE("Sizes that do not fit are refused, and nothing is written") {
  for_each_engine([](const auto& engine) {
    auto workspace = engine.make_workspace(2);
    const List<float> images = networks::random_images(plan(), 3, 9);
    const std::span<const float> all(images);
    List<float> logits(30, -5.0F);
    const auto run = [&](std::size_t pixels, std::size_t classes) {
      return refusal([&] {
        engine.run(all.first(pixels), workspace, std::span<float>(logits).first(classes));
      });
    };
    CHECK_THAT(run(0, 0), Catch::Contains("size of images is 0"));
    CHECK_THAT(run(783, 10), Catch::Contains("size of images is 783"));
    CHECK_THAT(run(3 * 784, 30), Catch::Contains("1 to 2 times 784"));
    CHECK_THAT(run(784, 20), Catch::Contains("size of logits is 20, allowed is 10"));
    auto of_other = fp32_engine().make_workspace(2);
    CHECK_THAT(
        refusal([&] { engine.run(all.first(784), of_other, std::span<float>(logits).first(10)); }),
        Catch::Contains("another engine's"));
    CHECK(logits == List<float>(30, -5.0F));
    CHECK_THAT(refusal([&] { (void)engine.make_workspace(0); }), Catch::Contains("max_batch is 0"));
    CHECK_THAT(refusal([&] { (void)engine.make_workspace(std::int64_t{-3}); }),
               Catch::Contains("max_batch is -3"));
  });
}

TEST_CASE("An infinite activation that ReLU takes away leaves no trace, whatever the channels") {
  // Weights of the convolution are -1: where the pixel is infinite, or becomes so as a half, its
  // neighbours are minus infinity, then 0; so are all others.
  const auto logits = [](const auto& engine, float pixel) {
    return logits_of(engine, List<float>{pixel, 1, 1, 1});
  };
  for (const std::int64_t channels : {1, 3, 8, 11, 16}) {
    GraphBuilder net("overflow");
    const auto constant = [&](const char* name, const Shape& shape, float value) {
      const std::vector<float> values(static_cast<std::size_t>(element_count(shape)), value);
      return net.constant(name, shape, std::span(values));
    };
    TensorId x =
        net.convolution("conv", net.input("images", {1, 1, 2, 2}),
                        constant("w", {channels, 1, 3, 3}, -1), no_tensor, {.padding = {1, 1}});
    x = net.linear("linear", net.flatten("flatten", net.relu("relu", x)),
                   constant("v", {2, 4 * channels}, 1), constant("b", {2}, 0.5F));
    const Graph graph = net.build({x});
    for (const InstructionSet set : supported_instruction_sets()) {
      INFO(to_string(set) << ", " << channels << " channels");
      CHECK(logits(Fp32Engine(graph, {set}), std::numeric_limits<float>::infinity()) ==
            List<float>{0.5F, 0.5F});
      CHECK(logits(Fp16Engine(graph, {set}), 70000) == List<float>{0.5F, 0.5F});
      CHECK(
          std::isnan(logits(Fp32Engine(graph, {set}), std::numeric_limits<float>::quiet_NaN())[1]));
    }
  }
}

TEST_CASE("NaN is refused where a level cannot stand for it, and carried on where it can") {
  List<float> images = networks::random_images(plan(), 4, 10);
  images[2 * 784 + 300] = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(logits_of(fp32_engine(), images)[20]));
  CHECK(!std::isnan(logits_of(fp32_engine(), images)[10]));
  ThreadPool pool(2);
  CHECK_THAT(refusal([&] { (void)logits_of(int8_engine(), images, pool); }),
             Catch::Contains("image 2"));
}
