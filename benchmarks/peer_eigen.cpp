// SPDX-License-Identifier: MIT
// SmallCNN the way a program with Eigen alone would compute it: images laid out as matrices of
// patches (im2col), one matrix product a layer.
//
//     peer/eigen/fp32/16x32/batch:<images>/threads:<threads>
//
// Compiled for the processor at hand (-O3 -march=native), as Eigen chooses its instructions when
// it is compiled.
#include <Eigen/Core>
#include <algorithm>
#include <cstring>

#include "edgeopt/engines/thread_pool.hpp"
#include "peers.hpp"

namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXf;

Matrix matrix(const std::vector<float>& values, Eigen::Index rows) {
  return Eigen::Map<const Matrix>(values.data(), rows,
                                  static_cast<Eigen::Index>(values.size()) / rows);
}

/// Convolution 3x3, bias, ReLU and 2x2 pooling of one image.
class Block {
 public:
  Block(const std::vector<float>& weight, const std::vector<float>& bias, Eigen::Index size)
      : weight_(matrix(weight, static_cast<Eigen::Index>(bias.size()))),
        bias_(Eigen::Map<const Vector>(bias.data(), static_cast<Eigen::Index>(bias.size()))),
        size_(size),
        patches_(weight_.cols(), size * size),
        sums_(weight_.rows(), size * size) {}

  /// `image  // [channels, size, size]`, `pooled  // [outputs, size / 2, size / 2]`
  void run(const float* image, float* pooled) {
    lay_out(image);
    sums_.noalias() = weight_ * patches_;
    const Eigen::Index half = size_ / 2;
    for (Eigen::Index c = 0; c < sums_.rows(); ++c)
      for (Eigen::Index y = 0; y < half; ++y) {
        const float* const upper = &sums_(c, 2 * y * size_);
        const float* const lower = upper + size_;
        for (Eigen::Index x = 0; x < half; ++x) {
          const float largest = std::max(std::max(upper[2 * x], upper[2 * x + 1]),
                                         std::max(lower[2 * x], lower[2 * x + 1]));
          *pooled++ = std::max(largest + bias_[c], 0.0F);
        }
      }
  }

 private:
  /// Row (channel, ky, kx) holds the image shifted by (ky - 1, kx - 1).
  void lay_out(const float* image) {
    Eigen::Index row = 0;
    for (Eigen::Index c = 0; c < weight_.cols() / 9; ++c, image += size_ * size_)
      for (Eigen::Index ky = -1; ky <= 1; ++ky)
        for (Eigen::Index kx = -1; kx <= 1; ++kx, ++row)
          for (Eigen::Index y = 0; y < size_; ++y) {
            float* const to = &patches_(row, y * size_);
            if (y + ky < 0 || y + ky >= size_) {
              std::fill(to, to + size_, 0.0F);
              continue;
            }
            const float* const from = image + (y + ky) * size_;
            const Eigen::Index begin = std::max<Eigen::Index>(0, -kx);
            const Eigen::Index end = size_ - std::max<Eigen::Index>(0, kx);
            to[0] = to[size_ - 1] = 0;
            std::copy(from + begin + kx, from + end + kx, to + begin);
          }
  }

  Matrix weight_;
  Vector bias_;
  Eigen::Index size_;
  Matrix patches_;
  Matrix sums_;
};

class Network {
 public:
  /// Logits of some images. `features` of all are multiplied by the classifier at once.
  void run(const float* images, std::int64_t count, float* logits) {
    if (features_.rows() != count) features_.resize(count, peers::features);
    for (std::int64_t i = 0; i < count; ++i) {
      block1_.run(images + i * peers::size * peers::size, pooled_.data());
      block2_.run(pooled_.data(), &features_(i, 0));
    }
    Eigen::Map<Matrix> out(logits, count, peers::classes);
    out.noalias() = features_ * weight3_.transpose();
    out.rowwise() += bias3_.transpose();
  }

 private:
  peers::Parameters parameters_;
  Block block1_{parameters_.weight1, parameters_.bias1, peers::size};
  Block block2_{parameters_.weight2, parameters_.bias2, peers::size / 2};
  Matrix weight3_ = matrix(parameters_.weight3, peers::classes);
  Vector bias3_ = Eigen::Map<const Vector>(parameters_.bias3.data(), peers::classes);
  std::vector<float> pooled_ = std::vector<float>(peers::channels1 * 14 * 14);
  Matrix features_;
};

void run(benchmark::State& state, std::int64_t batch, int threads) {
  edgeopt::ThreadPool pool(threads);
  std::vector<Network> networks(static_cast<std::size_t>(threads));
  const std::vector<float> images = peers::random_images(batch);
  std::vector<float> logits(static_cast<std::size_t>(batch * peers::classes));
  const std::int64_t share = (batch + threads - 1) / threads;
  const auto run_part = [&](std::int64_t task, int) {
    const std::int64_t first = task * share;
    networks[static_cast<std::size_t>(task)].run(images.data() + first * peers::size * peers::size,
                                                 std::min(share, batch - first),
                                                 logits.data() + first * peers::classes);
  };
  pool.parallel_for(threads, run_part);  // memory is touched for the first time
  peers::require_same(logits, batch, 1e-4);
  for (auto _ : state) {
    pool.parallel_for(threads, run_part);
    benchmark::DoNotOptimize(logits.data());
    benchmark::ClobberMemory();
  }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("version", std::to_string(EIGEN_WORLD_VERSION) + "." +
                                             std::to_string(EIGEN_MAJOR_VERSION) + "." +
                                             std::to_string(EIGEN_MINOR_VERSION));
  benchmark::AddCustomContext("layout",
                              "NCHW, im2col, matrix products of Eigen, -O3 -march=native");
  peers::add("eigen", "fp32", run);
  benchmark::RunSpecifiedBenchmarks();
}
