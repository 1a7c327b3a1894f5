// What the compiler can decide about the vocabulary of the library.
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "columns.hpp"
#include "edgeopt/columns.hpp"
#include "edgeopt/engine.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/small_cnn_spec.hpp"
#include "edgeopt/version.hpp"

using namespace edgeopt;

// The check of columns itself: it counts fields of every kind, and sees one that was forgotten.
namespace {

struct Complete {
  std::string text;
  std::optional<double> maybe;
  std::vector<int> list;
  LayerEstimate nested;
};
template <class Visit>
constexpr void visit_columns(const Complete*, Visit&& visit) {
  visit("text", &Complete::text);
  visit("maybe", &Complete::maybe);
  visit(spliced, &Complete::list);
  visit(spliced, &Complete::nested);
}

struct Forgetful {
  int named = 0;
  std::optional<int> forgotten{};
};
template <class Visit>
constexpr void visit_columns(const Forgetful*, Visit&& visit) {
  visit("named", &Forgetful::named);
}

}  // namespace

static_assert(columns::fields<Complete>() == 4 && columns::visits<Complete>() == 4);
static_assert(columns::fields<Forgetful>() == 2 && columns::visits<Forgetful>() == 1);

// Rows.
static_assert(Row<LayerEstimate> && Row<PerfMetrics> && Row<SweepRow>);
static_assert(!Row<int> && !Row<MemoryViolation> && !Row<SmallCNNSpec>);

// Precisions: sizes, and names that read back.
static_assert(bytes_per_value(Precision::fp32) == 4 && bytes_per_bias(Precision::fp32) == 4);
static_assert(bytes_per_value(Precision::fp16) == 2 && bytes_per_bias(Precision::fp16) == 2);
static_assert(bytes_per_value(Precision::int8) == 1 && bytes_per_bias(Precision::int8) == 4);
template <class Name>
constexpr bool reads_back(Name name) {
  Name read{};
  return from_string(to_string(name), read) && read == name && !from_string("", read);
}
static_assert(reads_back(Precision::fp32) && reads_back(Precision::fp16) &&
              reads_back(Precision::int8));
static_assert(reads_back(QuantizationBackend::fbgemm) && reads_back(QuantizationBackend::qnnpack));

// SmallCNN's extents: each halving floors.
static_assert(SmallCNNSpec{}.pooled2() == ImageShape{32, 7, 7});
static_assert(SmallCNNSpec{{3, 31, 29}, 4, 6, 2}.pooled2() == ImageShape{6, 7, 7});

// The generator runs at compile time, with the same numbers.
constexpr std::uint64_t first_draw() {
  return Random(0).next();
}
static_assert(first_draw() == 0x99ec5f36cb75f2b4);

// Values move without throwing, so vectors of them grow by moving.
static_assert(std::is_nothrow_move_constructible_v<SweepRow>);
static_assert(std::is_nothrow_move_constructible_v<Tensor>);
static_assert(std::is_nothrow_move_constructible_v<Graph>);

// The engine concept wants all of its parts.
struct CompleteEngine {
  struct Workspace {};
  ImageShape input_shape() const;
  std::int64_t classes() const;
  Precision precision() const;
  std::int64_t parameter_bytes() const;
  Workspace make_workspace(std::int64_t) const;
  void run(std::span<const float>, Workspace&, std::span<float>) const;
};
struct EngineThatCannotRunConst : CompleteEngine {
  void run(std::span<const float>, Workspace&, std::span<float>);
};
static_assert(Engine<CompleteEngine>);
static_assert(!Engine<EngineThatCannotRunConst>);
static_assert(!Engine<int>);

int main() {}
