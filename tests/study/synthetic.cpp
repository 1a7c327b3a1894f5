// SPDX-License-Identifier: MIT
#include "edgeopt/study/synthetic_digits.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

#include "catch.hpp"
#include "edgeopt/io/sha256.hpp"

using namespace edgeopt;

TEST_CASE("the bytes of a seed are fixed") {
  const Dataset digits = synthetic_digits(7, SyntheticSplit::training, 500);
  CHECK(io::sha256_of(std::as_bytes(std::span(digits.images))) ==
        "d165ef7979c2fb94e583af2d15490454e0ea746db3ce9e8d8799605e27f59f49");
  CHECK(io::sha256_of(std::as_bytes(std::span(digits.labels))) ==
        "fbd5b1a393a3d5285bda94dceadd97717b2bfaa50204aa82a7df925c25fe5077");
}

TEST_CASE("a data set is a prefix of every longer one") {
  const Dataset few = synthetic_digits(3, SyntheticSplit::validation, 20);
  const Dataset many = synthetic_digits(3, SyntheticSplit::validation, 50);
  CHECK(few.size() == 20);
  CHECK(few.shape == ImageShape{1, 28, 28});
  CHECK(few.classes == 10);
  CHECK(std::equal(few.images.begin(), few.images.end(), many.images.begin()));
  CHECK(std::equal(few.labels.begin(), few.labels.end(), many.labels.begin()));
}

TEST_CASE("splits and seeds share no image") {
  const Dataset training = synthetic_digits(7, SyntheticSplit::training, 200);
  const Dataset validation = synthetic_digits(7, SyntheticSplit::validation, 200);
  const Dataset other = synthetic_digits(8, SyntheticSplit::training, 200);
  for (std::int64_t i = 0; i < 200; ++i)
    for (std::int64_t j = 0; j < 200; ++j) {
      const auto image = training.image(i);
      const auto differs = [&](std::span<const std::uint8_t> from) {
        return !std::equal(image.begin(), image.end(), from.begin());
      };
      REQUIRE(differs(validation.image(j)));
      REQUIRE(differs(other.image(j)));
    }
}

TEST_CASE("digits are ink on paper, all ten about equally often") {
  const Dataset digits = synthetic_digits(1, SyntheticSplit::training, 5000);
  std::array<int, 10> counts{};
  for (std::int64_t i = 0; i < digits.size(); ++i) {
    ++counts[digits.labels[static_cast<std::size_t>(i)]];
    const auto image = digits.image(i);
    const auto ink = std::count_if(image.begin(), image.end(), [](int p) { return p > 100; });
    CHECK(ink >= 15);   // there is a stroke
    CHECK(ink <= 400);  // and more paper than ink
  }
  for (const int count : counts) {
    CHECK(count > 400);  // binomial: 500, standard deviation 21
    CHECK(count < 600);
  }
}

TEST_CASE("every glyph fits the pen's array and ends inside the image") {
  for (const auto& variants : detail::digit_glyphs)
    for (const detail::Glyph glyph : variants) {
      std::size_t in_stroke = 0;
      for (const detail::PenPoint point : glyph) {
        in_stroke = point == detail::lift ? 0 : in_stroke + 1;
        CHECK(in_stroke <= 32);
        if (point == detail::lift) continue;
        CHECK(std::abs(point.x) <= 40);
        CHECK(std::abs(point.y) <= 44);
      }
    }
}

TEST_CASE("a negative number of digits is refused") {
  CHECK_THROWS_AS(synthetic_digits(1, SyntheticSplit::training, -1), DomainError);
  CHECK(synthetic_digits(1, SyntheticSplit::training, 0).size() == 0);
}
