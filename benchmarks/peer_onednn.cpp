// SPDX-License-Identifier: MIT
// SmallCNN in oneDNN at its fastest documented setting: every layout chosen by the library
// (format_tag::any), weights reordered before, ReLU as a post-operation of the convolution, pooling
// as a primitive.
//
//     peer/onednn/<fp32|int8>/16x32/batch:<images>/threads:<threads>
//
// fp32: the input is in the library's layout already. int8: the input is quantised from floats in
// the timed part, as our engine does; s8 images, u8 activations, s8 weights with one scale for all.
#include <omp.h>

#include <dnnl.hpp>
#include <unordered_map>

#include "peers.hpp"

namespace {

using dnnl::memory;
using tag = memory::format_tag;
using type = memory::data_type;

/// A chain of primitives with their arguments.
class Network {
 public:
  Network(std::int64_t batch, bool quantized) : batch_(batch), quantized_(quantized) {
    const type stored = quantized ? type::u8 : type::f32;
    const peers::Parameters p;
    images_ = memory({{batch, 1, peers::size, peers::size}, type::f32, tag::nchw}, engine_);
    fill(images_, peers::random_images(batch));
    memory x = convolution(images_, quantized ? type::s8 : type::f32, image_scale, stored,
                           peers::channels1, p.weight1, p.bias1);
    x = pooling(x);
    x = convolution(x, stored, activation_scale, stored, peers::channels2, p.weight2, p.bias2);
    x = pooling(x);
    classifier(x, p.weight3, p.bias3);
  }

  void run() {
    for (Step& step : steps_) step.primitive.execute(stream_, step.arguments);
    stream_.wait();
  }

  [[nodiscard]] std::span<const float> logits() const {
    return {static_cast<const float*>(logits_.get_data_handle()),
            static_cast<std::size_t>(batch_ * peers::classes)};
  }

 private:
  struct Step {
    dnnl::primitive primitive;
    std::unordered_map<int, memory> arguments;
  };

  static constexpr float image_scale = 1.0F / 127;  ///< of a level
  static constexpr float activation_scale = 0.02F;
  static constexpr float weight_scale = 0.3F / 127;

  static void fill(const memory& to, const std::vector<float>& values) {
    std::copy(values.begin(), values.end(), static_cast<float*>(to.get_data_handle()));
  }

  /// Values in a wanted layout and type, made now.
  memory stored(const std::vector<float>& values, const memory::dims& dims, tag layout,
                const memory::desc& wanted, float scale) {
    const memory plain({dims, type::f32, layout}, engine_);
    fill(plain, values);
    memory result(wanted, engine_);
    dnnl::primitive_attr attributes;
    attributes.set_output_scales(0, {scale});
    dnnl::reorder(dnnl::reorder::primitive_desc(plain, result, attributes))
        .execute(stream_, const_cast<memory&>(plain), result);
    stream_.wait();
    return result;
  }

  /// The input in the layout and type that a primitive wants: in fp32 once and for all, in int8 at
  /// every run.
  memory input_for(const memory& input, const memory::desc& wanted) {
    if (input.get_desc() == wanted) return input;
    memory result(wanted, engine_);
    dnnl::primitive_attr attributes;
    if (quantized_ && input.get_desc().data_type() == type::f32)
      attributes.set_output_scales(0, {1 / image_scale});
    const dnnl::reorder reorder(dnnl::reorder::primitive_desc(input, result, attributes));
    if (quantized_) steps_.push_back({reorder, {{DNNL_ARG_FROM, input}, {DNNL_ARG_TO, result}}});
    if (!quantized_) dnnl::reorder(reorder).execute(stream_, const_cast<memory&>(input), result);
    stream_.wait();
    return result;
  }

  memory convolution(const memory& input, type input_type, float input_scale, type stored_type,
                     std::int64_t outputs, const std::vector<float>& weight,
                     const std::vector<float>& bias) {
    const memory::dims in = input.get_desc().dims();
    const memory::dims weight_dims = {outputs, in[1], 3, 3};
    const type weight_type = quantized_ ? type::s8 : type::f32;
    const type bias_type = quantized_ ? type::s32 : type::f32;
    const dnnl::convolution_forward::desc description(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_auto,
        {in, input_type, tag::any}, {weight_dims, weight_type, tag::any},
        {{outputs}, bias_type, tag::x}, {{in[0], outputs, in[2], in[3]}, stored_type, tag::any},
        {1, 1}, {1, 1}, {1, 1});
    dnnl::post_ops relu;
    relu.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(relu);
    if (quantized_)
      attributes.set_output_scales(0, {weight_scale * input_scale / activation_scale});
    const dnnl::convolution_forward::primitive_desc chosen(description, attributes, engine_);
    const memory source = input_for(input, chosen.src_desc());
    const memory result(chosen.dst_desc(), engine_);
    steps_.push_back(
        {dnnl::convolution_forward(chosen),
         {{DNNL_ARG_SRC, source},
          {DNNL_ARG_WEIGHTS, stored(weight, weight_dims, tag::oihw, chosen.weights_desc(),
                                    quantized_ ? 1 / weight_scale : 1)},
          {DNNL_ARG_BIAS, stored(bias, {outputs}, tag::x, chosen.bias_desc(),
                                 quantized_ ? 1 / (weight_scale * input_scale) : 1)},
          {DNNL_ARG_DST, result}}});
    return result;
  }

  memory pooling(const memory& input) {
    memory::dims out = input.get_desc().dims();
    out[2] /= 2;
    out[3] /= 2;
    const dnnl::pooling_forward::desc description(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::pooling_max, input.get_desc(),
        {out, input.get_desc().data_type(), tag::any}, {2, 2}, {2, 2}, {0, 0}, {0, 0});
    const dnnl::pooling_forward::primitive_desc chosen(description, engine_);
    const memory result(chosen.dst_desc(), engine_);
    steps_.push_back(
        {dnnl::pooling_forward(chosen), {{DNNL_ARG_SRC, input}, {DNNL_ARG_DST, result}}});
    return result;
  }

  void classifier(const memory& input, const std::vector<float>& weight,
                  const std::vector<float>& bias) {
    const memory::dims in = input.get_desc().dims();
    const memory::dims weight_dims = {peers::classes, in[1], in[2], in[3]};
    const dnnl::inner_product_forward::desc description(
        dnnl::prop_kind::forward_inference, input.get_desc(),
        {weight_dims, quantized_ ? type::s8 : type::f32, tag::any},
        {{peers::classes}, type::f32, tag::x}, {{batch_, peers::classes}, type::f32, tag::nc});
    dnnl::primitive_attr attributes;
    if (quantized_) attributes.set_output_scales(0, {weight_scale * activation_scale});
    const dnnl::inner_product_forward::primitive_desc chosen(description, attributes, engine_);
    steps_.push_back(
        {dnnl::inner_product_forward(chosen),
         {{DNNL_ARG_SRC, input},
          {DNNL_ARG_WEIGHTS, stored(weight, weight_dims, tag::oihw, chosen.weights_desc(),
                                    quantized_ ? 1 / weight_scale : 1)},
          {DNNL_ARG_BIAS, stored(bias, {peers::classes}, tag::x, chosen.bias_desc(),
                                 quantized_ ? 1 / (weight_scale * activation_scale) : 1)},
          {DNNL_ARG_DST, logits_ = memory(chosen.dst_desc(), engine_)}}});
  }

  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  std::int64_t batch_;
  bool quantized_;
  memory images_;
  memory logits_;
  std::vector<Step> steps_;
};

void run(benchmark::State& state, std::int64_t batch, int threads, bool quantized) {
  omp_set_num_threads(threads);
  Network network(batch, quantized);
  network.run();  // memory is touched for the first time
  peers::require_same(network.logits(), batch, quantized ? 0.2 : 1e-4);
  for (auto _ : state) network.run();
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const dnnl_version_t& version = *dnnl_version();
  benchmark::AddCustomContext("version", std::to_string(version.major) + "." +
                                             std::to_string(version.minor) + "." +
                                             std::to_string(version.patch));
  benchmark::AddCustomContext("layout", "chosen by the library (format_tag::any), ReLU fused");
  for (const bool quantized : {false, true})
    peers::add("onednn", quantized ? "int8" : "fp32",
               [=](benchmark::State& state, std::int64_t batch, int threads) {
                 run(state, batch, threads, quantized);
               });
  benchmark::RunSpecifiedBenchmarks();
}
