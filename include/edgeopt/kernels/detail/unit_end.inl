// SPDX-License-Identifier: MIT
// Takes back what unit_begin.inl has defined.

#undef EDGEOPT_UNIT_VECTORS
#undef EDGEOPT_UNIT_FMA
#undef EDGEOPT_UNIT_HALF
#undef EDGEOPT_UNIT_BITS
#undef EDGEOPT_UNIT_DOT
#undef EDGEOPT_UNIT_SPEED
#undef EDGEOPT_UNIT_JOIN_NOW
#undef EDGEOPT_UNIT_JOIN
#undef EDGEOPT_KERNEL_UNIT
