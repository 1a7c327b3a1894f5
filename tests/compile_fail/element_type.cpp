// refused with: no element type corresponds to this type
#include <edgeopt/array.hpp>

#ifdef MISUSE
using Element = bool;
#else
using Element = float;
#endif

constexpr edgeopt::ElementType type = edgeopt::element_type_of<Element>();
