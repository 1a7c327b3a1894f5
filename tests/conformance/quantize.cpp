// One quantisation and one requantisation against PyTorch's kernels, inputs on and beside the ties.
#include <string>
#include <vector>

#include "catch.hpp"
#include "comparison.hpp"
#include "edgeopt/io/csv.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/quantization.hpp"
#include "edgeopt/table.hpp"
#include "oracles.hpp"

using namespace edgeopt;

namespace {

struct ActivationCase {
  std::string name;
  float scale = 0;
  std::int32_t zero_point = 0;
};

template <class Visit>
constexpr void visit_columns(const ActivationCase*, Visit&& visit) {
  visit("name", &ActivationCase::name);
  visit("scale", &ActivationCase::scale);
  visit("zero_point", &ActivationCase::zero_point);
}

struct RequantizeCase {
  std::string name;
  QuantizationBackend engine{};
  float input_scale = 0, weight_scale = 0, output_scale = 0;
  std::int32_t output_zero_point = 0;
  bool relu = false;
};

template <class Visit>
constexpr void visit_columns(const RequantizeCase*, Visit&& visit) {
  visit("name", &RequantizeCase::name);
  visit("engine", &RequantizeCase::engine);
  visit("input_scale", &RequantizeCase::input_scale);
  visit("weight_scale", &RequantizeCase::weight_scale);
  visit("output_scale", &RequantizeCase::output_scale);
  visit("output_zero_point", &RequantizeCase::output_zero_point);
  visit("relu", &RequantizeCase::relu);
}

template <class RowType>
std::vector<RowType> rows(const std::string& file) {
  auto found = from_table<RowType>(edgeopt::io::read_csv(oracles::folder() / "quantize" / file));
  REQUIRE_FALSE(found.empty());
  return found;
}

template <class T>
xt::xarray<T> load(const std::string& name) {
  return oracles::load<T>(oracles::folder() / "quantize" / (name + ".npy"));
}

}  // namespace

TEST_CASE("activations are quantised and dequantised as PyTorch does it") {
  for (const ActivationCase& row : rows<ActivationCase>("activation.csv")) {
    CAPTURE(row.name);
    const QuantizationParameters parameters{row.scale, row.zero_point};
    const auto x = load<float>(row.name + "_x");
    const auto q = load<std::uint8_t>(row.name + "_q");
    const auto dequantized = load<float>(row.name + "_dequantized");
    REQUIRE(x.size() > 0);
    REQUIRE(q.size() == x.size());
    REQUIRE(dequantized.size() == x.size());
    std::vector<std::uint8_t> levels;
    std::vector<float> values;
    for (std::size_t i = 0; i < x.size(); ++i) {
      levels.push_back(quantize_u8(x.flat(i), parameters));
      values.push_back(dequantize(q.flat(i), parameters));
    }
    oracles::Comparison quantized("quantize/" + row.name, "levels");
    oracles::Comparison back("quantize/" + row.name, "values of levels");
    CHECK(quantized.exact(levels, q));
    CHECK(back.exact(values, dequantized));
  }
}

TEST_CASE("sums are requantised as FBGEMM and QNNPACK do it") {
  for (const RequantizeCase& row : rows<RequantizeCase>("requantize.csv")) {
    CAPTURE(row.name);
    const auto sums = load<std::int32_t>(row.name + "_accumulator");
    const auto bias = load<float>(row.name + "_bias");
    const auto q = load<std::uint8_t>(row.name + "_q");
    REQUIRE(sums.size() > 0);
    REQUIRE(q.shape() == sums.shape());
    REQUIRE(bias.size() == sums.shape(1));
    const auto activation = row.relu ? OutputActivation::relu : OutputActivation::none;
    oracles::Comparison comparison("quantize/" + row.name, "levels of sums");
    for (std::size_t channel = 0; channel < bias.size(); ++channel) {
      const auto constants = channel_requantization(row.engine, row.input_scale, row.weight_scale,
                                                    row.output_scale, bias(channel));
      std::vector<std::uint8_t> found, expected;
      for (std::size_t i = 0; i < sums.shape(0); ++i) {
        found.push_back(requantize(sums(i, channel), constants, row.output_zero_point, activation));
        expected.push_back(q(i, channel));
      }
      CHECK(comparison.exact(found, expected));
    }
  }
}
