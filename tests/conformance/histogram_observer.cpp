// Observers against PyTorch's: every histogram, range, scale and zero point, exactly.
#include <array>
#include <span>

#include "catch.hpp"
#include "comparison.hpp"
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

// A row of a table of numbers.
std::span<const float> row_of(const xt::xarray<float>& table, std::size_t row) {
  const std::size_t columns = table.shape(1);
  return {table.data() + row * columns, columns};
}

// The batches of a sequence are numbered from 0 on without a gap.
std::size_t stored_batches(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    count += entry.path().filename().string().starts_with("batch");
  return count;
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
    const auto batches = static_cast<std::size_t>(row.batches);
    REQUIRE(histograms.shape(0) == batches);
    REQUIRE(ranges.shape(0) == batches);
    REQUIRE(stored_batches(folder / row.name) == batches);

    oracles::Comparison comparison("histogram_observer/" + row.name,
                                   std::to_string(batches) + " updates and the search");
    HistogramObserver histogram;
    MinMaxObserver min_max;
    for (std::size_t k = 0; k < batches; ++k) {
      const auto batch =
          oracles::load<float>(folder / row.name / ("batch" + std::to_string(k) + ".npy"));
      histogram.update(std::span(batch.data(), batch.size()));
      min_max.update(std::span(batch.data(), batch.size()));
      const ValueRange found = histogram.observed_range();
      CHECK(comparison.exact(histogram.histogram(), row_of(histograms, k)));
      CHECK(comparison.exact(std::array{found.min, found.max}, row_of(ranges, k)));
      CHECK(min_max.observed_range() == found);
    }

    const ValueRange range = histogram.quantized_range();
    const auto check = [&](const char* name, const auto& found, const auto& from) {
      INFO(name);
      CHECK(comparison.exact(found, from));
    };
    check("new_min", double{range.min}, row.new_min);
    check("new_max", double{range.max}, row.new_max);
    const auto seven = quantization_parameters(range, ActivationLevels::seven_bits);
    check("scale_7bit", double{seven.scale}, row.scale_7bit);
    check("zero_point_7bit", std::int64_t{seven.zero_point}, row.zero_point_7bit);
    const auto eight = quantization_parameters(range, ActivationLevels::eight_bits);
    check("scale_8bit", double{eight.scale}, row.scale_8bit);
    check("zero_point_8bit", std::int64_t{eight.zero_point}, row.zero_point_8bit);
    if (!row.minmax_scale_7bit) continue;
    const auto plain =
        quantization_parameters(min_max.quantized_range(), ActivationLevels::seven_bits);
    check("minmax_scale_7bit", double{plain.scale}, *row.minmax_scale_7bit);
    check("minmax_zero_point_7bit", std::int64_t{plain.zero_point}, *row.minmax_zero_point_7bit);
  }
}
