// SPDX-License-Identifier: MIT
// Nothing is read or written beyond the memory that a kernel was given: every buffer ends, and in a
// second run begins, at a page that cannot be touched. Unlike the address sanitizer this also sees
// what instructions in assembly do.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "all_kernels.hpp"
#include "catch.hpp"
#include "reference.hpp"

using namespace edgeopt::kernels;
using edgeopt::ChannelRequantization;
using edgeopt::Random;
using reference::List;

namespace {

enum class Side : std::uint8_t { end, begin };

/// Memory beside a page that cannot be touched. At its end when `side` is `end`: then it starts at
/// a multiple of `boundary` and up to boundary - 1 bytes lie between it and the page.
class GuardedBuffer {
 public:
  GuardedBuffer(std::int64_t bytes, Side side, std::int64_t boundary)
      : page_(sysconf(_SC_PAGESIZE)), bytes_(round_up(bytes, page_) + 2 * page_) {
    void* const all = mmap(nullptr, static_cast<std::size_t>(bytes_), PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(all != MAP_FAILED);
    memory_ = static_cast<std::byte*>(all);
    protect(memory_);
    protect(memory_ + bytes_ - page_);
    const std::int64_t end = bytes_ - page_ - bytes;
    data_ = memory_ + (side == Side::begin ? page_ : end / boundary * boundary);
  }
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;
  ~GuardedBuffer() { munmap(memory_, static_cast<std::size_t>(bytes_)); }

  template <class T = std::byte>
  [[nodiscard]] T* data() const {
    return reinterpret_cast<T*>(data_);
  }

 private:
  void protect(std::byte* page) const {
    REQUIRE(mprotect(page, static_cast<std::size_t>(page_), PROT_NONE) == 0);
  }

  std::int64_t page_;
  std::int64_t bytes_;
  std::byte* memory_;
  std::byte* data_;
};

template <class T>
constexpr auto size = static_cast<std::int64_t>(sizeof(T));

/// What kernels may read beyond an input.
template <class Value>
constexpr std::int64_t beyond = std::is_same_v<Value, std::uint8_t> ? overread : 0;

/// Parameters of a layer in buffers of their own.
template <class Value>
struct Parameters {
  using Weight = std::conditional_t<std::is_same_v<Value, std::uint8_t>, std::int8_t, float>;
  using Channel =
      std::conditional_t<std::is_same_v<Value, std::uint8_t>, ChannelRequantization, float>;

  GuardedBuffer weights;
  GuardedBuffer channels;

  Parameters(std::int64_t weight_count, std::int64_t outputs, Side side)
      : weights(weight_count * size<Weight>, side, size<Weight>),
        channels(outputs * size<Channel>, side, size<Channel>) {}

  [[nodiscard]] Weights<Value> get() const {
    if constexpr (std::is_same_v<Value, std::uint8_t>)
      return {weights.data<Weight>(), channels.data<Channel>(), 3};
    else
      return {weights.data<Weight>(), channels.data<Channel>()};
  }
};

template <class Value>
OutputRange<Value> any_range() {
  if constexpr (std::is_same_v<Value, std::uint8_t>)
    return {0, 3};
  else
    return {0};
}

template <class Value>
void run_convolution(const Kernels<Value>& kernels, const ConvolutionShape& shape, Side side) {
  const Parameters<Value> from(shape.out_channels * shape.in_channels * 9, shape.out_channels,
                               side);
  const GuardedBuffer parameters(kernels.convolution_parameter_bytes(shape), side, alignment);
  kernels.pack_convolution(shape, from.get(), parameters.data());
  const GuardedBuffer scratch(kernels.convolution_scratch_bytes(shape), side, alignment);
  const GuardedBuffer input(shape.in_values() * size<Value> + beyond<Value>, side, size<Value>);
  const std::int64_t pixel = round_up(shape.out_channels, kernels.channel_multiple);
  const std::int64_t row = shape.out_width() * pixel;
  const GuardedBuffer output(shape.out_height() * row * size<Value>, side, size<Value>);
  const Convolution<Value> layer = {shape, pixel, row, any_range<Value>(), parameters.data()};
  const std::int64_t expanded_bytes = kernels.expanded_convolution_bytes(shape);
  const GuardedBuffer expanded(expanded_bytes, side, alignment);
  kernels.expand_convolution(shape, parameters.data(), expanded.data());
  kernels.convolution(layer, expanded_bytes == 0 ? nullptr : expanded.data(), input.data<Value>(),
                      output.data<Value>(), scratch.data());
}

template <class Value>
void run_linear(const Kernels<Value>& kernels, const LinearShape& shape, Side side) {
  const Parameters<Value> from(shape.out_features * shape.in_features, shape.out_features, side);
  const GuardedBuffer parameters(kernels.linear_parameter_bytes(shape), side, alignment);
  kernels.pack_linear(shape, from.get(), parameters.data());
  const GuardedBuffer scratch(kernels.linear_scratch_bytes(shape), side, alignment);
  const GuardedBuffer input(shape.in_features * size<Value> + beyond<Value>, side, size<Value>);
  const GuardedBuffer output(round_up(shape.out_features, kernels.channel_multiple) * size<Value>,
                             side, size<Value>);
  const Linear<Value> layer = {shape, any_range<Value>(), parameters.data()};
  kernels.linear(layer, input.data<Value>(), output.data<Value>(), scratch.data());
}

template <class Value>
void load_and_rescale(const Kernels<Value>& kernels, const ImageLayout& layout, Side side) {
  const GuardedBuffer image(layout.channels * layout.height * layout.width * size<float>, side,
                            size<float>);
  const std::int64_t values = layout.height * layout.row;
  const GuardedBuffer pixels(values * size<Value>, side, size<Value>);
  kernels.load_image(layout, image.data<float>(), pixels.data<Value>());
  const GuardedBuffer levels(256, side, 1);
  kernels.rescale({{1, 0}, 0, 1, levels.data<std::uint8_t>()}, pixels.data<Value>(), values);
}

template <class Value>
void run_everything() {
  for (const auto& [name, kernels] : support::all_kernels<Value>())
    for (const Side side : {Side::end, Side::begin}) {
      for (std::uint64_t seed = 1000; seed < 1040; ++seed) {
        Random random(seed);
        run_convolution(*kernels, reference::random_shape(random), side);
      }
      for (const std::int64_t in : {1, 2, 3, 7, 16, 31, 64, 245})
        for (const std::int64_t out : {1, 3, 10, 16, 17, 33}) run_linear(*kernels, {in, out}, side);
      for (const std::int64_t width : {1, 3, 4, 7, 8, 15, 16, 17, 28, 33})
        for (const std::int64_t channels : {1, 3})
          load_and_rescale(*kernels, {channels, 3, width, channels, channels * width}, side);
      SUCCEED(name << " stays within its memory");
    }
}

}  // namespace

TEST_CASE("Kernels stay within the memory they are given") {
  run_everything<float>();
  run_everything<Half>();
  run_everything<std::uint8_t>();
}
