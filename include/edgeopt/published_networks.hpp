// SPDX-License-Identifier: MIT
/// @file
/// Networks whose latencies have been published, as their weighted operators: what each multiplies
/// and which parameters it has. Written down from ncnn's benchmark/models/*.param (commit a4d2ea1)
/// and from the reference models of MLPerf Tiny; biases are left out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/operator_class.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// One operator with weights, for one item.
struct WeightedOperator {
  OperatorClass kind = OperatorClass::linear;
  std::int64_t macs = 0;
  std::int64_t parameters = 0;  ///< weights
};

/// A network as its weighted operators.
struct PublishedNetwork {
  std::string name;
  std::vector<WeightedOperator> operators{};

  [[nodiscard]] std::int64_t macs() const {
    std::int64_t sum = 0;
    for (const WeightedOperator& each : operators) sum += each.macs;
    return sum;
  }
  /// Those of one class.
  [[nodiscard]] std::int64_t macs(OperatorClass kind) const {
    std::int64_t sum = 0;
    for (const WeightedOperator& each : operators) sum += each.kind == kind ? each.macs : 0;
    return sum;
  }
  [[nodiscard]] std::int64_t parameters() const {
    std::int64_t sum = 0;
    for (const WeightedOperator& each : operators) sum += each.parameters;
    return sum;
  }
};

namespace detail {

/// A convolution's window; kernel and padding are {vertical, horizontal}.
struct Window {
  std::int64_t kernel_height = 1;
  std::int64_t kernel_width = 1;
  std::int64_t stride = 1;
  std::int64_t padding = 0;
  std::int64_t groups = 1;
};

/// Writes a network down, layer by layer; keeps the extents of the activation.
class NetworkSketch {
 public:
  NetworkSketch(std::string name, std::int64_t image_channels, std::int64_t image_height,
                std::int64_t image_width)
      : channels(image_channels), height(image_height), width(image_width) {
    network_.name = std::move(name);
  }

  std::int64_t channels;
  std::int64_t height;
  std::int64_t width;

  void convolution(std::int64_t outputs, const Window& window) {
    height = (height + 2 * window.padding - window.kernel_height) / window.stride + 1;
    width = (width + 2 * window.padding - window.kernel_width) / window.stride + 1;
    add_convolution(outputs, window);
  }
  void convolution(std::int64_t outputs, std::int64_t kernel, std::int64_t stride = 1) {
    convolution(outputs, {kernel, kernel, stride, kernel / 2, 1});
  }
  /// As much padding as makes the result extent / stride, rounded up.
  void same_convolution(std::int64_t outputs, const Window& window) {
    height = (height + window.stride - 1) / window.stride;
    width = (width + window.stride - 1) / window.stride;
    add_convolution(outputs, window);
  }
  void depthwise(std::int64_t stride = 1) {
    same_convolution(channels, {3, 3, stride, 1, channels});
  }
  /// Windows that stick out count too, as ncnn's pooling does it.
  void pool(std::int64_t kernel, std::int64_t stride, std::int64_t padding = 0) {
    const auto pooled = [&](std::int64_t extent) {
      return (extent + 2 * padding - kernel + stride - 1) / stride + 1;
    };
    height = pooled(height);
    width = pooled(width);
  }
  void linear(std::int64_t outputs) {
    const std::int64_t inputs = channels * height * width;
    network_.operators.push_back({OperatorClass::linear, inputs * outputs, inputs * outputs});
    channels = outputs;
    height = width = 1;
  }
  void global_pool() { height = width = 1; }

  /// Runs a branch on the same input; the caller sets what comes out of all of them.
  template <class Branch>
  void branch(Branch&& make) {
    const std::int64_t before[] = {channels, height, width};
    make();
    channels = before[0];
    height = before[1];
    width = before[2];
  }

  [[nodiscard]] PublishedNetwork network() const { return network_; }

 private:
  void add_convolution(std::int64_t outputs, const Window& window) {
    const std::int64_t filter =
        channels / window.groups * window.kernel_height * window.kernel_width;
    OperatorClass kind = OperatorClass::convolution_other;
    const bool square = window.kernel_height == window.kernel_width;
    if (window.groups > 1 && window.groups == channels)
      kind = OperatorClass::depthwise;
    else if (square && window.kernel_height == 1)
      kind = OperatorClass::pointwise;
    else if (square && window.kernel_height == 3 && window.stride == 1)
      kind = OperatorClass::convolution_3x3;
    network_.operators.push_back({kind, outputs * height * width * filter, outputs * filter});
    channels = outputs;
  }

  PublishedNetwork network_;
};

inline PublishedNetwork squeezenet() {
  NetworkSketch net("squeezenet", 3, 227, 227);
  const auto fire = [&](std::int64_t squeeze, std::int64_t expand) {
    net.convolution(squeeze, 1);
    net.branch([&] { net.convolution(expand, 1); });
    net.convolution(expand, 3);
    net.channels = 2 * expand;
  };
  net.convolution(64, {3, 3, 2, 0, 1});
  net.pool(3, 2);
  fire(16, 64);
  fire(16, 64);
  net.pool(3, 2);
  fire(32, 128);
  fire(32, 128);
  net.pool(3, 2);
  fire(48, 192);
  fire(48, 192);
  fire(64, 256);
  fire(64, 256);
  net.convolution(1000, {1, 1, 1, 1, 1});
  return net.network();
}

/// MobileNet v1; MLPerf Tiny's visual wake words has a quarter of the channels.
inline PublishedNetwork mobilenet(std::string name, std::int64_t extent, std::int64_t divisor,
                                  std::int64_t classes) {
  NetworkSketch net(std::move(name), 3, extent, extent);
  net.same_convolution(32 / divisor, {3, 3, 2, 1, 1});
  constexpr std::int64_t blocks[][2] = {{64, 1},  {128, 2},  {128, 1}, {256, 2}, {256, 1},
                                        {512, 2}, {512, 1},  {512, 1}, {512, 1}, {512, 1},
                                        {512, 1}, {1024, 2}, {1024, 1}};
  for (const auto& [outputs, stride] : blocks) {
    net.depthwise(stride);
    net.convolution(outputs / divisor, 1);
  }
  net.global_pool();
  net.linear(classes);
  return net.network();
}

/// As ncnn has it: the first block expands too, and strides come at the end of a stage.
inline PublishedNetwork mobilenet_v2() {
  NetworkSketch net("mobilenet_v2", 3, 224, 224);
  net.same_convolution(32, {3, 3, 2, 1, 1});
  constexpr std::int64_t blocks[][3] = {
      // expansion, outputs, stride
      {32, 16, 1},  {96, 24, 2},   {144, 24, 1},  {144, 32, 2},  {192, 32, 1}, {192, 32, 1},
      {192, 64, 2}, {384, 64, 1},  {384, 64, 1},  {384, 64, 1},  {384, 96, 1}, {576, 96, 1},
      {576, 96, 1}, {576, 160, 2}, {960, 160, 1}, {960, 160, 1}, {960, 320, 1}};
  for (const auto& [expansion, outputs, stride] : blocks) {
    net.convolution(expansion, 1);
    net.depthwise(stride);
    net.convolution(outputs, 1);
  }
  net.convolution(1280, 1);
  net.global_pool();
  net.linear(1000);
  return net.network();
}

inline PublishedNetwork resnet18() {
  NetworkSketch net("resnet18", 3, 224, 224);
  net.convolution(64, 7, 2);
  net.pool(3, 2);
  constexpr std::int64_t stages[][2] = {{64, 1}, {128, 2}, {256, 2}, {512, 2}};
  for (const auto& [outputs, stride] : stages) {
    net.branch([&, channels = outputs, step = stride] { net.convolution(channels, 1, step); });
    net.convolution(outputs, 3, stride);
    for (int i = 0; i < 3; ++i) net.convolution(outputs, 3);
  }
  net.global_pool();
  net.linear(1000);
  return net.network();
}

inline PublishedNetwork resnet50() {
  NetworkSketch net("resnet50", 3, 224, 224);
  net.convolution(64, 7, 2);
  net.pool(3, 2);
  constexpr std::int64_t stages[][3] = {{64, 1, 3}, {128, 2, 4}, {256, 2, 6}, {512, 2, 3}};
  for (const auto& [inner, stride, blocks] : stages) {
    for (std::int64_t block = 0; block < blocks; ++block) {
      const std::int64_t step = block == 0 ? stride : 1;
      if (block == 0) net.branch([&, channels = 4 * inner] { net.convolution(channels, 1, step); });
      net.convolution(inner, 1, step);
      net.convolution(inner, 3);
      net.convolution(4 * inner, 1);
    }
  }
  net.global_pool();
  net.linear(1000);
  return net.network();
}

inline PublishedNetwork vgg16() {
  NetworkSketch net("vgg16", 3, 224, 224);
  constexpr std::int64_t stages[][2] = {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}};
  for (const auto& [outputs, count] : stages) {
    for (std::int64_t i = 0; i < count; ++i) net.convolution(outputs, 3);
    net.pool(2, 2);
  }
  for (const std::int64_t outputs : {4096, 4096, 1000}) net.linear(outputs);
  return net.network();
}

inline PublishedNetwork alexnet() {
  NetworkSketch net("alexnet", 3, 227, 227);
  net.convolution(96, {11, 11, 4, 0, 1});
  net.pool(3, 2);
  net.convolution(256, {5, 5, 1, 2, 2});
  net.pool(3, 2);
  net.convolution(384, 3);
  net.convolution(384, {3, 3, 1, 1, 2});
  net.convolution(256, {3, 3, 1, 1, 2});
  net.pool(3, 2);
  for (const std::int64_t outputs : {4096, 4096, 1000}) net.linear(outputs);
  return net.network();
}

inline PublishedNetwork googlenet() {
  NetworkSketch net("googlenet", 3, 224, 224);
  const auto inception = [&](const std::array<std::int64_t, 6>& outputs) {
    net.branch([&] { net.convolution(outputs[0], 1); });
    net.branch([&] { net.convolution(outputs[1], 1), net.convolution(outputs[2], 3); });
    net.branch([&] { net.convolution(outputs[3], 1), net.convolution(outputs[4], 5); });
    net.branch([&] { net.convolution(outputs[5], 1); });
    net.channels = outputs[0] + outputs[2] + outputs[4] + outputs[5];
  };
  net.convolution(64, 7, 2);
  net.pool(3, 2);
  net.convolution(64, 1);
  net.convolution(192, 3);
  net.pool(3, 2);
  inception({64, 96, 128, 16, 32, 32});
  inception({128, 128, 192, 32, 96, 64});
  net.pool(3, 2);
  inception({192, 96, 208, 16, 48, 64});
  inception({160, 112, 224, 24, 64, 64});
  inception({128, 128, 256, 24, 64, 64});
  inception({112, 144, 288, 32, 64, 64});
  inception({256, 160, 320, 32, 128, 128});
  net.pool(3, 2);
  inception({256, 160, 320, 32, 128, 128});
  inception({384, 192, 384, 48, 128, 128});
  net.global_pool();
  net.linear(1000);
  return net.network();
}

/// Image classification of MLPerf Tiny.
inline PublishedNetwork resnet8() {
  NetworkSketch net("resnet8", 3, 32, 32);
  net.convolution(16, 3);
  constexpr std::int64_t stages[][2] = {{16, 1}, {32, 2}, {64, 2}};
  for (const auto& [outputs, stride] : stages) {
    if (stride == 2)
      net.branch([&, channels = outputs] { net.same_convolution(channels, {1, 1, 2, 0, 1}); });
    net.same_convolution(outputs, {3, 3, stride, 1, 1});
    net.convolution(outputs, 3);
  }
  net.global_pool();
  net.linear(10);
  return net.network();
}

/// Keyword spotting of MLPerf Tiny.
inline PublishedNetwork dscnn() {
  NetworkSketch net("dscnn", 1, 49, 10);
  net.same_convolution(64, {10, 4, 2, 0, 1});
  for (int block = 0; block < 4; ++block) {
    net.depthwise();
    net.convolution(64, 1);
  }
  net.global_pool();
  net.linear(12);
  return net.network();
}

/// Anomaly detection of MLPerf Tiny.
inline PublishedNetwork autoencoder() {
  NetworkSketch net("autoencoder", 640, 1, 1);
  for (const std::int64_t outputs : {128, 128, 128, 128, 8, 128, 128, 128, 128, 640})
    net.linear(outputs);
  return net.network();
}

}  // namespace detail

/// All of them: MLPerf Tiny's four, then those of ncnn's benchmark that are used here.
[[nodiscard]] inline std::vector<PublishedNetwork> published_networks() {
  return {
      detail::autoencoder(),  detail::dscnn(),      detail::mobilenet("mobilenet_v1_025", 96, 4, 2),
      detail::resnet8(),      detail::squeezenet(), detail::mobilenet("mobilenet", 224, 1, 1000),
      detail::mobilenet_v2(), detail::googlenet(),  detail::resnet18(),
      detail::alexnet(),      detail::resnet50(),   detail::vgg16()};
}

/// @throws DomainError when there is none of that name
[[nodiscard]] inline PublishedNetwork published_network(std::string_view name) {
  std::vector<std::string> names;
  for (PublishedNetwork& network : published_networks()) {
    if (network.name == name) return network;
    names.push_back(network.name);
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  throw DomainError("network", "'" + std::string(name) + "'", one_of(views, name));
}

}  // namespace edgeopt::inline v0
