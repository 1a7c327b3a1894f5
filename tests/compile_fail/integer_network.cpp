// refused with: floating_point
#include <edgeopt/nn/small_cnn.hpp>

#ifdef MISUSE
using Scalar = int;
#else
using Scalar = float;
#endif

const auto network = edgeopt::initialized_small_cnn<Scalar>({}, 1);
