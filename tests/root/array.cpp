#include "edgeopt/array.hpp"

#include <vector>

#include "catch.hpp"
#include "edgeopt/checked_count.hpp"
#include "edgeopt/graph.hpp"

using namespace edgeopt;

TEST_CASE("an array gives back the values it was made of") {
  const std::vector<float> values = {1, -2, 3.5f, 0, 5, 6};
  const Array array = Array::of<float>({2, 3}, values);
  CHECK(array.type == ElementType::f32);
  CHECK(array.data.size() == 24);
  CHECK(array.values<float>() == values);
  CHECK_THROWS_AS(array.values<double>(), DomainError);
  CHECK(Array::of<std::int8_t>({0}, {}).values<std::int8_t>().empty());
}

TEST_CASE("element types know their size and name") {
  CHECK(bytes_of(element_type_of<std::uint16_t>()) == 2);
  CHECK(bytes_of(element_type_of<std::int64_t>()) == 8);
  CHECK(to_string(element_type_of<std::uint8_t>()) == "u8");
  CHECK(to_string(Shape{1, 28}) == "[1, 28]");
  CHECK(to_string(Shape{}) == "[]");
}

TEST_CASE("set_values accepts only what fits the constant") {
  Tensor constant{"w", ElementType::f32, {2}, true, {}};
  CHECK_THROWS_AS(constant.values<float>(), DomainError);
  set_values(constant, Array::of<float>({2}, std::vector<float>{1, 2}));
  CHECK(constant.values<float>() == std::vector<float>{1, 2});
  CHECK_THROWS_AS(set_values(constant, Array::of<float>({1, 2}, std::vector<float>{1, 2})),
                  DomainError);
  CHECK_THROWS_AS(set_values(constant, Array::of<double>({2}, std::vector<double>{1, 2})),
                  DomainError);
  CHECK_THROWS_AS(set_values(constant, Array{ElementType::f32, {2}, std::vector<std::byte>(7)}),
                  DomainError);
  Tensor activation{"x", ElementType::f32, {2}, false, {}};
  CHECK_THROWS_AS(set_values(activation, Array::of<float>({2}, std::vector<float>{1, 2})),
                  DomainError);
}

TEST_CASE("counts never wrap") {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(checked_product({most, 1}, "n") == most);
  CHECK(checked_product(std::vector<std::int64_t>{}, "n") == 1);
  CHECK(checked_product({most, most, 0}, "n") == 0);
  CHECK_THROWS_AS(checked_product({most / 2 + 1, 2}, "n"), DomainError);
  CHECK_THROWS_AS(checked_product({-1, 2}, "n"), DomainError);
  CHECK(checked_sum(most - 1, 1, "n") == most);
  CHECK_THROWS_AS(checked_sum(most, 1, "n"), DomainError);
  CHECK_THROWS_WITH(checked_sum(3, -5, "bytes"),
                    "bytes is a sum with -5, allowed is a sum of counts >= 0");
  CHECK_THROWS_WITH(checked_product({-1, 2}, "bytes"),
                    "bytes is a product with -1, allowed is a product of counts >= 0");
}
