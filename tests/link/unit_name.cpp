// Preprocessed only: the name of the namespace in which a unit of these options has its kernels.
#include "edgeopt/kernels/detail/unit_begin.inl"
EDGEOPT_KERNEL_UNIT
