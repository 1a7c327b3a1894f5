// SmallCNN in other forms: halves, named arrays, graphs.
#include "catch.hpp"
#include "edgeopt/nn/forward.hpp"
#include "edgeopt/nn/fp16.hpp"
#include "edgeopt/nn/model_graph.hpp"
#include "edgeopt/nn/state.hpp"
#include "random_images.hpp"

namespace {

using namespace edgeopt;

constexpr SmallCNNSpec spec{{2, 9, 8}, 3, 4, 5};

TEST_CASE("a network in halves holds every parameter's nearest half") {
  auto model = initialized_small_cnn<float>(spec, 1);
  model.conv1_bias(0) = 1e6F;
  const HalfSmallCNN half = to_fp16(model);
  CHECK(half.spec() == spec);
  CHECK(half.conv2_weight(3, 2, 1, 0) == half_from_float(model.conv2_weight(3, 2, 1, 0)));
  CHECK(half.conv1_bias(0) == 0x7c00);
  CHECK(to_fp32(half).classifier_weight(2, 1) ==
        float_from_half(half_from_float(model.classifier_weight(2, 1))));
  CHECK(to_fp16(to_fp32(half)) == half);
}

TEST_CASE("storage-half inference stores halves only, near to the float network") {
  const auto model = initialized_small_cnn<float>(spec, 1);
  const HalfSmallCNN half = to_fp16(model);
  auto images = random_images<float>(spec.input, 11);
  for (float& value : images) value += 1e-5F;  // no halves: they are rounded first
  Activations<float> a;
  forward(half, images, a);
  const auto check_halves = [](const auto& tensor) {
    for (const float value : tensor) CHECK(float_from_half(half_from_float(value)) == value);
  };
  check_halves(a.conv1);
  check_halves(a.pool1);
  check_halves(a.conv2);
  check_halves(a.pool2);
  check_halves(a.logits);
  const auto logits = forward(half, images);
  const auto wide = forward(model, images);
  REQUIRE(logits.size() == a.logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) {
    CHECK(std::abs(logits.data()[i] - wide.data()[i]) < 0.01F);
    // Groups of another size may sum in another order: two units in the last place below 1.
    CHECK(std::abs(logits.data()[i] - a.logits.data()[i]) <= 2 * 0x1p-11F);
  }
}

TEMPLATE_TEST_CASE("a state holds a whole network", "", float, double) {
  const auto model = initialized_small_cnn<TestType>(spec, 1);
  const std::vector<NamedArray> state = state_of(model);
  REQUIRE(state.size() == 6);
  CHECK(state[0].name == "conv1.weight");
  CHECK(state[0].array.shape == Shape{3, 2, 3, 3});
  CHECK(state[5].name == "classifier.bias");
  CHECK(load_state<TestType>(state, spec.input) == model);
  const std::vector<NamedArray> reversed(state.rbegin(), state.rend());
  CHECK(load_state<TestType>(reversed, spec.input) == model);
}

TEST_CASE("a state may hold halves") {
  const HalfSmallCNN model = to_fp16(initialized_small_cnn<float>(spec, 1));
  const std::vector<NamedArray> state = state_of(model);
  CHECK(state[1].array.type == ElementType::f16);
  CHECK(load_state<std::uint16_t>(state, spec.input) == model);
}

TEST_CASE("a state that is no network's is refused, with its file and array") {
  const std::vector<NamedArray> good = state_of(initialized_small_cnn<float>(spec, 1));
  std::vector<NamedArray> bad = good;
  const auto refused_with = [&](const std::string& part) {
    CHECK_THROWS_AS(load_state<float>(bad, spec.input, "model.npz"), InputError);
    CHECK_THROWS_WITH(load_state<float>(bad, spec.input, "model.npz"),
                      Catch::Contains("model.npz") && Catch::Contains(part));
  };
  SECTION("nothing") {
    bad.clear();
    refused_with("no array 'classifier.bias'");
  }
  SECTION("missing") {
    bad.erase(bad.begin() + 2);
    refused_with("no array 'conv2.weight'");
  }
  SECTION("unknown") {
    bad.push_back({"conv1.wieght", bad[0].array});
    refused_with("did you mean 'conv1.weight'?");
  }
  SECTION("twice") {
    bad.push_back(bad[3]);
    refused_with("a second array 'conv2.bias'");
  }
  SECTION("another type") {
    bad[4].array.type = ElementType::s32;
    refused_with("array 'classifier.weight': found s32, expected f32");
  }
  SECTION("another rank") {
    bad[0].array.shape = {3, 18};
    refused_with("found shape [3, 18], expected 4 extents");
  }
  SECTION("another shape") {
    bad[0].array.shape = {3, 2, 9, 1};
    refused_with("array 'conv1.weight': found shape [3, 2, 9, 1], expected [3, 2, 3, 3]");
  }
  SECTION("of networks with other channels") {
    bad[2] = state_of(initialized_small_cnn<float>({spec.input, 8, 4, 5}, 1))[2];
    refused_with("array 'conv2.weight': found shape [4, 8, 3, 3], expected [4, 3, 3, 3]");
  }
  SECTION("fewer bytes than the shape says") {
    bad[1].array.data.pop_back();
    refused_with("11 bytes for shape [3]");
  }
  SECTION("extents whose product wraps") {
    bad[0].array.shape = {std::int64_t{1} << 62, 2, 3, 3};
    refused_with("array 'conv1.weight'");
  }
  SECTION("no extent") {
    bad[1] = {"conv1.bias", {ElementType::f32, {0}, {}}};
    refused_with("array 'conv1.bias'");
  }
  SECTION("a value that is not finite") {
    const std::vector<float> values{1, std::numeric_limits<float>::infinity(), 0};
    bad[1].array = Array::of(Shape{3}, std::span(values));
    refused_with("array 'conv1.bias': found NaN or infinity at element 1");
  }
  SECTION("several problems at once") {
    bad[1].array.type = ElementType::f64;
    bad[3].array.type = ElementType::u8;
    try {
      (void)load_state<float>(bad, spec.input);
      FAIL("accepted");
    } catch (const InputError& error) {
      CHECK(error.problems().size() == 2);
    }
  }
}

TEST_CASE("a state of images of another size is refused") {
  const std::vector<NamedArray> state = state_of(SmallCNN<float>(spec));
  CHECK_THROWS_WITH(load_state<float>(state, ImageShape{2, 28, 28}),
                    Catch::Contains("classifier.weight"));
  CHECK_THROWS_WITH(load_state<float>(state, ImageShape{3, 9, 8}), Catch::Contains("conv1.weight"));
  CHECK_THROWS_AS(load_state<float>(state, ImageShape{2, 2, 8}), DomainError);
}

TEST_CASE("a graph holds the network's parameters") {
  const auto model = initialized_small_cnn<float>(spec, 1);
  const auto check = [](const Graph& graph, const std::vector<NamedArray>& state) {
    CHECK(graph.tensor(graph.inputs.at(0)).shape == Shape{6, 2, 9, 8});
    CHECK(graph.tensor(graph.outputs.at(0)).shape == Shape{6, 5});
    std::size_t found = 0;
    for (const Tensor& tensor : graph.tensors)
      for (const NamedArray& parameter : state)
        if (tensor.constant && tensor.name == parameter.name) {
          ++found;
          CHECK(Array{tensor.type, tensor.shape, tensor.data} == parameter.array);
        }
    CHECK(found == state.size());
  };
  check(to_graph(model, 6), state_of(model));
  check(to_graph(to_fp16(model), 6), state_of(to_fp16(model)));
  CHECK_THROWS_AS(to_graph(model, 0), DomainError);
}

}  // namespace
