// exchange <model> <channels> <height> <width> <images.npy> <folder>: reads a model that PyTorch
// saved, writes its logits, and saves it as safetensors and .npz. Used by exchange.py.
#include <cstdio>
#include <exception>
#include <string>

#include "edgeopt/io/file.hpp"
#include "edgeopt/io/npy.hpp"
#include "edgeopt/nn/forward.hpp"
#include "edgeopt/study/model_file.hpp"

int main(int argc, char** argv) {
  using namespace edgeopt;
  if (argc != 7) return 2;
  try {
    const ImageShape input{std::stoll(argv[2]), std::stoll(argv[3]), std::stoll(argv[4])};
    const SmallCNN<float> model = load_model(argv[1], input);
    const auto images = io::read_npy(argv[5]).values<float>();
    const auto logits = forward(model, images);
    const std::filesystem::path folder = argv[6];
    io::write_file(folder / "logits.npy", io::to_npy(Array::of(shape_of(logits), span_of(logits))));
    save_model(folder / "ours.safetensors", model);
    save_model(folder / "ours.npz", model);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
