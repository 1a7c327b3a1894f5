// A model from PyTorch: the files that it saved here once, read, run and saved again.
#include <fstream>

#include "catch.hpp"
#include "comparison.hpp"
#include "edgeopt/io/npy.hpp"
#include "edgeopt/nn/forward.hpp"
#include "edgeopt/nn/fp16.hpp"
#include "edgeopt/study/model_file.hpp"
#include "rounding.hpp"
#include "temporary_folder.hpp"

namespace {

using namespace edgeopt;
namespace fs = std::filesystem;

const fs::path folder = EDGEOPT_PYTORCH_MODEL;
constexpr ImageShape input{1, 8, 8};

std::vector<float> numbers(const char* file) {
  return io::read_npy(folder / file).values<float>();
}

SmallCNN<float> stored_model() {
  return load_model(folder / "f32.safetensors", input);
}

}  // namespace

TEST_CASE("safetensors and npz of PyTorch hold the same network") {
  const SmallCNN<float> model = stored_model();
  CHECK(model.spec() == SmallCNNSpec{input, 2, 3, 4});
  CHECK(load_model(folder / "f32.npz", input) == model);
  CHECK(load_model(folder / "f32_compressed.npz", input) == model);
  // The first weights as PyTorch prints them.
  CHECK(model.conv1_weight(0, 0, 0, 0) == 0.0409890413F);
  CHECK(model.classifier_bias(3) == -0.219979152F);
}

TEST_CASE("its logits are PyTorch's, within the bounds of their roundings") {
  const SmallCNN<float> model = stored_model();
  const auto wide =
      load_state<double>(io::read_safetensors(folder / "f64.safetensors"), input, "f64");
  const std::vector<float> images = numbers("images.npy");
  const std::vector<double> wide_images(images.begin(), images.end());
  const std::vector<std::int64_t> labels(images.size() / 64);
  const rounding::Network bounds = rounding::bounded_network(wide, wide_images, labels);
  oracles::Comparison comparison("pytorch_model", "logits");
  CHECK(comparison.bounded(forward(model, images), numbers("logits.npy"),
                           rounding::scaled(2, bounds.logits.error)));
}

TEST_CASE("a state in another precision is that network, as far as it can be") {
  const SmallCNN<float> model = stored_model();
  const auto wide =
      load_state<double>(io::read_safetensors(folder / "f64.safetensors"), input, "f64");
  const auto half =
      load_state<std::uint16_t>(io::read_safetensors(folder / "f16.safetensors"), input, "f16");
  CHECK(half == to_fp16(model));
  visit_parameters([](const char*, const auto& a, const auto& b) { CHECK(a == b); }, model, wide);
}

TEST_CASE("what we save is read back unchanged") {
  const TemporaryFolder temporary;
  const SmallCNN<float> model = stored_model();
  for (const char* name : {"again.safetensors", "again.npz"}) {
    save_model(temporary.path() / name, model);
    CHECK(load_model(temporary.path() / name, input) == model);
  }
}
