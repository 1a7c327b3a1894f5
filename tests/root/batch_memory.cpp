#include "edgeopt/batch_memory.hpp"

#include <cstdint>
#include <vector>

#include "catch.hpp"

using namespace edgeopt;

TEST_CASE("memory by batch: parameters stay, activations grow in proportion") {
  const std::vector<std::int64_t> batches{1, 2, 32};
  const std::vector<BatchMemory> rows = memory_by_batch({}, batches, Precision::fp32);
  REQUIRE(rows.size() == batches.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto batch = static_cast<double>(batches[i]);
    CHECK(rows[i].batch == batches[i]);
    CHECK(rows[i].memory_mb == 81960 / 1048576.0);
    CHECK(rows[i].activation_sum_mb == batch * (12544 + 6272 + 10) * 4 / 1048576);
    CHECK(rows[i].peak_activation_mb == batch * 100352 / 1048576);
    CHECK(rows[i].estimated_runtime_memory_mb == rows[i].memory_mb + rows[i].peak_activation_mb);
  }
}

TEST_CASE("memory by batch follows the precision and its backend") {
  const std::vector<std::int64_t> one{1};
  CHECK(memory_by_batch({}, one, Precision::fp16)[0].memory_mb == 40980 / 1048576.0);
  CHECK(memory_by_batch({}, one, Precision::int8)[0].memory_mb == 20936 / 1048576.0);
  CHECK(memory_by_batch({}, one, Precision::int8, QuantizationBackend::qnnpack)[0].memory_mb ==
        20716 / 1048576.0);
}

TEST_CASE("memory by batch refuses what cannot be") {
  CHECK_THROWS_AS(memory_by_batch({}, std::vector<std::int64_t>{0}, Precision::fp32), DomainError);
  CHECK_THROWS_AS(memory_by_batch({}, std::vector<std::int64_t>{INT64_MAX}, Precision::fp32),
                  DomainError);
  CHECK(memory_by_batch({}, std::vector<std::int64_t>{}, Precision::fp32).empty());
}
