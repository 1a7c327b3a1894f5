// refused with: no known conversion[^;]*LayerEstimate
#include <edgeopt/rows.hpp>
#include <edgeopt/table.hpp>

#ifdef MISUSE
using Prototype = edgeopt::LayerEstimate;
#else
using Prototype = edgeopt::SweepRow;
#endif

edgeopt::Table empty_sweep() {
  return edgeopt::to_table<edgeopt::SweepRow>(std::span<const edgeopt::SweepRow>{}, Prototype{});
}
