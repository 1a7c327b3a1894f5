#include "edgeopt/nn/observer.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "catch.hpp"
#include "edgeopt/nn/histogram_observer.hpp"
#include "edgeopt/random.hpp"

using namespace edgeopt;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

// Sums of twelve uniform numbers: close to normal, mean 0, deviation 1.
std::vector<float> bell(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += random.uniform();
    value = static_cast<float>(sum);
  }
  return values;
}

// As a user might write one.
class FixedRange {
 public:
  void update(std::span<const float>) {}
  [[nodiscard]] ValueRange observed_range() const { return {-1, 1}; }
  [[nodiscard]] ValueRange quantized_range() const { return {-1, 1}; }
};
static_assert(Observer<FixedRange>);
static_assert(!Observer<int>);

// What quantising over a range costs.
double squared_error(const std::vector<float>& values, ValueRange range) {
  const auto parameters = quantization_parameters(range, ActivationLevels::eight_bits);
  double sum = 0;
  for (const float value : values) {
    const double off =
        double{dequantize(quantize_u8(value, parameters), parameters)} - double{value};
    sum += off * off;
  }
  return sum;
}

double total(const HistogramObserver& observer) {
  const auto counts = observer.histogram();
  return std::accumulate(counts.begin(), counts.end(), 0.0);
}

}  // namespace

TEMPLATE_TEST_CASE("observers see the finite extremes", "", MinMaxObserver, HistogramObserver) {
  TestType observer;
  observer.update(std::vector<float>{0.5F, -1, infinity, 2, -infinity});
  CHECK(observer.observed_range() == ValueRange{-1, 2});
  observer.update(std::vector<float>{0});
  CHECK(observer.observed_range() == ValueRange{-1, 2});
  observer.update(std::vector<float>{3});
  CHECK(observer.observed_range() == ValueRange{-1, 3});
}

TEMPLATE_TEST_CASE("observers refuse what has no range, and keep what they had", "", MinMaxObserver,
                   HistogramObserver) {
  TestType observer;
  CHECK_THROWS_AS(observer.observed_range(), DomainError);
  CHECK_THROWS_AS(observer.quantized_range(), DomainError);
  observer.update(std::vector<float>{1, 2});
  CHECK_THROWS_AS(observer.update(std::vector<float>{}), DomainError);
  CHECK_THROWS_AS(observer.update(std::vector<float>{infinity, infinity}), DomainError);
  CHECK_THROWS_AS(observer.update(std::vector<float>{5, not_a_number}), DomainError);
  CHECK(observer.observed_range() == ValueRange{1, 2});
}

TEST_CASE("a range whose width is no float is refused") {
  constexpr float largest = std::numeric_limits<float>::max();
  HistogramObserver observer;
  observer.update(std::vector<float>{largest});
  CHECK_THROWS_AS(observer.update(std::vector<float>{-largest}), DomainError);
  CHECK(observer.quantized_range() == ValueRange{largest, largest});
}

TEST_CASE("the histogram counts each finite value once") {
  HistogramObserver observer;
  observer.update(std::vector<float>{0, 0, 1, 2, infinity});
  CHECK(total(observer) == 4);
  CHECK(observer.histogram()[0] == 2);
  CHECK(observer.histogram()[1024] == 1);
  CHECK(observer.histogram()[2047] == 1);  // the maximum belongs to the last bin
}

TEST_CASE("widening the range keeps the count") {
  HistogramObserver observer;
  double expected = 0;
  for (int k = 0; k < 6; ++k) {
    std::vector<float> values = bell(5000, static_cast<std::uint64_t>(k));
    for (float& value : values) value *= std::exp2(static_cast<float>(k)) + 0.3F;
    observer.update(values);
    expected += 5000;
    // Parts are sixteenths of a count; adding them in float costs little.
    CHECK(total(observer) == Approx(expected).epsilon(1e-5));
  }
}

TEST_CASE("a constant that grows into a range keeps its count where it was") {
  HistogramObserver observer;
  observer.update(std::vector<float>(100, 0.5F));
  CHECK(observer.quantized_range() == ValueRange{0.5F, 0.5F});
  observer.update(std::vector<float>{0, 1});
  CHECK(observer.histogram()[1024] == 100);
}

TEST_CASE("long tails are cut where that lowers the error") {
  std::vector<float> values = bell(100000, 7);
  for (float& value : values) value *= value * value;
  HistogramObserver observer;
  observer.update(values);
  const ValueRange range = observer.quantized_range();
  const ValueRange all = observer.observed_range();
  CHECK(range.min >= all.min);
  CHECK(range.max < all.max);
  CHECK(squared_error(values, range) < squared_error(values, all));
}

TEST_CASE("copies are independent") {
  HistogramObserver observer;
  observer.update(std::vector<float>{0, 1});
  HistogramObserver copy = observer;
  copy.update(std::vector<float>{5});
  CHECK(observer.observed_range() == ValueRange{0, 1});
  CHECK(copy.observed_range() == ValueRange{0, 5});
}
