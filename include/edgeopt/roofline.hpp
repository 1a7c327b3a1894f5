// SPDX-License-Identifier: MIT
/// @file
/// Operators under the ceilings of a machine: what rate each can attain, which ceiling is in the
/// way, and the time it takes at least.
///
/// Roofline: S. Williams, A. Waterman, D. Patterson, "Roofline: an insightful visual performance
/// model for multicore architectures", CACM 52(4), 2009; with one ceiling for each memory level:
/// A. Ilic, F. Pratas, L. Sousa, "Cache-aware roofline model", IEEE CAL 13(1), 2014.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/checked_count.hpp"
#include "edgeopt/columns.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// A rate at which a class of instructions multiplies and accumulates numbers of one type.
struct ComputeCeiling {
  std::string name;  ///< "fp32, avx2, 2 threads"
  ElementType type = ElementType::f32;
  double gmacs = 0;  ///< 10^9 multiply-accumulates/s

  friend bool operator==(const ComputeCeiling&, const ComputeCeiling&) = default;
};

/// A rate at which a memory level delivers and takes bytes.
struct MemoryCeiling {
  std::string name;  ///< "DRAM"
  double bandwidth_gbps = 0;
  /// What faster levels can hold, and so need not come from this one: 0 for the level next to the
  /// processor. Bytes beyond it have to cross this level. Nothing where it is not known: the level
  /// is then shown, but bounds no time.
  std::optional<std::int64_t> cached_bytes = 0;

  friend bool operator==(const MemoryCeiling&, const MemoryCeiling&) = default;
};

/// A machine as its ceilings, any number of each kind.
struct Roofline {
  std::string name;
  std::vector<ComputeCeiling> compute;
  std::vector<MemoryCeiling> memory;
};

/// What a roofline has to know of an operator. u8 and s8 count as the same type.
struct RooflineOperator {
  std::string name;
  ElementType type = ElementType::f32;  ///< of the operands that are multiplied
  std::int64_t macs = 0;
  std::int64_t bytes_read = 0;
  std::int64_t bytes_written = 0;
};

/// An operator in its place. Rates and times are bounds: no run on these ceilings is faster.
struct RooflinePoint {
  std::string name;
  ElementType type = ElementType::f32;
  std::int64_t macs = 0;
  std::int64_t bytes = 0;  ///< read and written, each once
  double arithmetic_intensity_macs_per_byte = 0;
  std::optional<std::string> compute_ceiling{};  ///< the highest of its type, where there is one
  std::optional<std::string> bound_by{};         ///< the ceiling that takes longest
  std::optional<double> attainable_gmacs{};      ///< macs / time_lower_bound
  std::optional<double> time_lower_bound_ms{};
  std::optional<double> measured_ms{};     ///< where it was measured
  std::optional<double> achieved_gmacs{};  ///< macs / measured

  friend bool operator==(const RooflinePoint&, const RooflinePoint&) = default;
};

template <class Visit>
constexpr void visit_columns(const RooflinePoint*, Visit&& visit) {
  using Point = RooflinePoint;
  visit("name", &Point::name);
  visit("type", &Point::type);
  visit("macs", &Point::macs);
  visit("bytes", &Point::bytes);
  visit("arithmetic_intensity_macs_per_byte", &Point::arithmetic_intensity_macs_per_byte);
  visit("compute_ceiling", &Point::compute_ceiling);
  visit("bound_by", &Point::bound_by);
  visit("attainable_gmacs", &Point::attainable_gmacs);
  visit("time_lower_bound_ms", &Point::time_lower_bound_ms);
  visit("measured_ms", &Point::measured_ms);
  visit("achieved_gmacs", &Point::achieved_gmacs);
}

/// A ceiling as a row: `gmacs` for compute, `bandwidth_gbps` for memory.
struct RooflineCeiling {
  std::string name;
  std::string kind;  ///< "compute" or "memory"
  std::optional<std::string> type{};
  std::optional<double> gmacs{};
  std::optional<double> bandwidth_gbps{};
  std::optional<std::int64_t> cached_bytes{};

  friend bool operator==(const RooflineCeiling&, const RooflineCeiling&) = default;
};

template <class Visit>
constexpr void visit_columns(const RooflineCeiling*, Visit&& visit) {
  visit("name", &RooflineCeiling::name);
  visit("kind", &RooflineCeiling::kind);
  visit("type", &RooflineCeiling::type);
  visit("gmacs", &RooflineCeiling::gmacs);
  visit("bandwidth_gbps", &RooflineCeiling::bandwidth_gbps);
  visit("cached_bytes", &RooflineCeiling::cached_bytes);
}

/// The ceilings as rows, compute first.
[[nodiscard]] inline std::vector<RooflineCeiling> ceiling_rows(const Roofline& roofline) {
  std::vector<RooflineCeiling> rows;
  for (const ComputeCeiling& ceiling : roofline.compute)
    rows.push_back({ceiling.name, "compute", std::string(to_string(ceiling.type)), ceiling.gmacs,
                    std::nullopt, std::nullopt});
  for (const MemoryCeiling& ceiling : roofline.memory)
    rows.push_back({ceiling.name, "memory", std::nullopt, std::nullopt, ceiling.bandwidth_gbps,
                    ceiling.cached_bytes});
  return rows;
}

namespace detail {

/// One type for the signed and the unsigned byte.
constexpr ElementType multiplied_type(ElementType type) noexcept {
  return type == ElementType::u8 ? ElementType::s8 : type;
}

inline void require_ceiling(const std::string& name, double rate) {
  if (!(rate > 0) || rate > std::numeric_limits<double>::max())
    throw DomainError("ceiling '" + name + "'", format_real(rate), "a finite rate above 0");
}

inline void require_valid(const Roofline& roofline) {
  for (const ComputeCeiling& ceiling : roofline.compute)
    require_ceiling(ceiling.name, ceiling.gmacs);
  for (const MemoryCeiling& ceiling : roofline.memory) {
    require_ceiling(ceiling.name, ceiling.bandwidth_gbps);
    if (ceiling.cached_bytes.value_or(0) < 0)
      throw DomainError("cached bytes of ceiling '" + ceiling.name + "'",
                        std::to_string(*ceiling.cached_bytes), "a count >= 0");
  }
}

/// The highest of the ceilings for that type, or nothing.
inline const ComputeCeiling* highest_ceiling(const Roofline& roofline, ElementType type) {
  const ComputeCeiling* highest = nullptr;
  for (const ComputeCeiling& ceiling : roofline.compute)
    if (multiplied_type(ceiling.type) == multiplied_type(type) &&
        (highest == nullptr || ceiling.gmacs > highest->gmacs))
      highest = &ceiling;
  return highest;
}

/// The longest of several times that run beside each other.
class LongestTime {
 public:
  void add(const std::string& ceiling, double ms) {
    if (ms_ && ms <= *ms_) return;
    ms_ = ms;
    ceiling_ = ceiling;
  }
  [[nodiscard]] const std::optional<double>& ms() const noexcept { return ms_; }
  [[nodiscard]] std::optional<std::string> ceiling() const {
    return ms_ ? std::optional(ceiling_) : std::nullopt;
  }

 private:
  std::optional<double> ms_;
  std::string ceiling_;
};

/// 10^6 counts at 10^9 a second take 1 ms.
constexpr double milliseconds(double count, double giga_per_second) {
  return count / giga_per_second * 1e-6;
}

/// What counts take under each ceiling. An operator that multiplies with a type for which there is
/// no compute ceiling is bounded by the memory alone.
inline LongestTime bounding_time(const Roofline& roofline, ElementType type, std::int64_t macs,
                                 std::int64_t bytes) {
  LongestTime longest;
  if (const ComputeCeiling* compute = highest_ceiling(roofline, type); compute && macs > 0)
    longest.add(compute->name, milliseconds(static_cast<double>(macs), compute->gmacs));
  for (const MemoryCeiling& memory : roofline.memory) {
    if (!memory.cached_bytes || bytes <= *memory.cached_bytes) continue;
    longest.add(memory.name, milliseconds(static_cast<double>(bytes - *memory.cached_bytes),
                                          memory.bandwidth_gbps));
  }
  return longest;
}

}  // namespace detail

/// Places operators under the ceilings.
///
/// time >= macs / rate of the highest compute ceiling of the operator's type, and for each memory
/// level time >= (bytes - cached_bytes) / bandwidth; the largest of them is the bound, its ceiling
/// `bound_by`. Where no ceiling applies, bound and rate are empty: unknown, not 0.
/// @throws DomainError for a ceiling that is not a finite rate above 0, and for negative counts
[[nodiscard]] inline std::vector<RooflinePoint> place(const Roofline& roofline,
                                                      std::span<const RooflineOperator> operators) {
  detail::require_valid(roofline);
  std::vector<RooflinePoint> points;
  for (const RooflineOperator& each : operators) {
    if (each.macs < 0 || each.bytes_read < 0 || each.bytes_written < 0)
      throw DomainError("counts of operator '" + each.name + "'", "negative", "counts >= 0");
    RooflinePoint point{.name = each.name, .type = each.type, .macs = each.macs};
    point.bytes =
        checked_sum(each.bytes_read, each.bytes_written, "bytes of operator '" + each.name + "'");
    if (point.bytes > 0)
      point.arithmetic_intensity_macs_per_byte =
          static_cast<double>(each.macs) / static_cast<double>(point.bytes);
    if (const ComputeCeiling* compute = detail::highest_ceiling(roofline, each.type))
      point.compute_ceiling = compute->name;
    const detail::LongestTime longest =
        detail::bounding_time(roofline, each.type, point.macs, point.bytes);
    point.bound_by = longest.ceiling();
    point.time_lower_bound_ms = longest.ms();
    if (longest.ms() && *longest.ms() > 0)
      point.attainable_gmacs = static_cast<double>(each.macs) / *longest.ms() * 1e-6;
    points.push_back(point);
  }
  return points;
}

/// Enters what was measured of a point. @throws DomainError unless `ms` is finite and above 0
inline void set_measured(RooflinePoint& point, double ms) {
  if (!(ms > 0) || ms > std::numeric_limits<double>::max())
    throw DomainError("measured time of '" + point.name + "'", format_real(ms),
                      "a finite time above 0");
  point.measured_ms = ms;
  point.achieved_gmacs = static_cast<double>(point.macs) / ms * 1e-6;
}

}  // namespace edgeopt::inline v0
