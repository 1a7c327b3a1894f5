// Observers against PyTorch's: every histogram, range, scale and zero point, exactly.
#include <cstdio>
#include <functional>
#include <numeric>
#include <span>

#include "catch.hpp"
#include "edgeopt/io/csv.hpp"
#include "edgeopt/nn/histogram_observer.hpp"
#include "edgeopt/nn/observer.hpp"
#include "edgeopt/table.hpp"
#include "oracles.hpp"

using namespace edgeopt;

namespace {

struct Found {
  std::string name;
  std::int64_t batches = 0;
  double new_min = 0, new_max = 0;
  double scale_7bit = 0, scale_8bit = 0;
  std::int64_t zero_point_7bit = 0, zero_point_8bit = 0;
  std::optional<double> minmax_scale_7bit;  // empty where PyTorch's is infinite
  std::optional<std::int64_t> minmax_zero_point_7bit;
};

template <class Visit>
constexpr void visit_columns(const Found*, Visit&& visit) {
  visit("name", &Found::name);
  visit("batches", &Found::batches);
  visit("new_min", &Found::new_min);
  visit("new_max", &Found::new_max);
  visit("scale_7bit", &Found::scale_7bit);
  visit("zero_point_7bit", &Found::zero_point_7bit);
  visit("scale_8bit", &Found::scale_8bit);
  visit("zero_point_8bit", &Found::zero_point_8bit);
  visit("minmax_scale_7bit", &Found::minmax_scale_7bit);
  visit("minmax_zero_point_7bit", &Found::minmax_zero_point_7bit);
}

// Elements of a row of `expected` that differ.
std::ptrdiff_t differences(std::span<const float> found, const xt::xarray<float>& expected,
                           std::size_t row) {
  const std::size_t n = expected.shape(1);
  REQUIRE(found.size() == n);
  const float* first = expected.data() + row * n;
  return std::inner_product(found.begin(), found.end(), first, std::ptrdiff_t{0}, std::plus<>{},
                            std::not_equal_to<>{});
}

}  // namespace

TEST_CASE("histograms, ranges and quantisation parameters equal PyTorch's") {
  const std::filesystem::path folder = oracles::folder() / "histogram_observer";
  const auto expected = from_table<Found>(edgeopt::io::read_csv(folder / "qparams.csv"));
  REQUIRE(expected.size() == oracles::cases("histogram_observer").size());

  for (const Found& row : expected) {
    CAPTURE(row.name);
    const auto histograms = oracles::load<float>(folder / row.name / "histogram.npy");
    const auto ranges = oracles::load<float>(folder / row.name / "min_max.npy");
    REQUIRE(histograms.shape(0) == static_cast<std::size_t>(row.batches));

    HistogramObserver histogram;
    MinMaxObserver min_max;
    std::ptrdiff_t different = 0;
    for (std::size_t k = 0; k < static_cast<std::size_t>(row.batches); ++k) {
      const auto batch =
          oracles::load<float>(folder / row.name / ("batch" + std::to_string(k) + ".npy"));
      histogram.update(std::span(batch.data(), batch.size()));
      min_max.update(std::span(batch.data(), batch.size()));
      different += differences(histogram.histogram(), histograms, k);
      CHECK(histogram.observed_range() == ValueRange{ranges(k, 0), ranges(k, 1)});
      CHECK(min_max.observed_range() == histogram.observed_range());
    }
    CHECK(different == 0);

    const ValueRange range = histogram.quantized_range();
    CHECK(double{range.min} == row.new_min);
    CHECK(double{range.max} == row.new_max);
    const auto seven = quantization_parameters(range, ActivationLevels::seven_bits);
    CHECK(double{seven.scale} == row.scale_7bit);
    CHECK(seven.zero_point == row.zero_point_7bit);
    const auto eight = quantization_parameters(range, ActivationLevels::eight_bits);
    CHECK(double{eight.scale} == row.scale_8bit);
    CHECK(eight.zero_point == row.zero_point_8bit);
    if (row.minmax_scale_7bit) {
      const auto plain =
          quantization_parameters(min_max.quantized_range(), ActivationLevels::seven_bits);
      CHECK(double{plain.scale} == *row.minmax_scale_7bit);
      CHECK(plain.zero_point == *row.minmax_zero_point_7bit);
    }
    std::printf("%-22s %lld updates, %td bins differ, range [%g, %g]\n", row.name.c_str(),
                static_cast<long long>(row.batches), different, double{range.min},
                double{range.max});
  }
}
