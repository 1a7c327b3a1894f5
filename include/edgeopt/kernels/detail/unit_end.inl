// SPDX-License-Identifier: MIT
// Takes back what unit_begin.inl has defined.

#undef EDGEOPT_UNIT_VECTORS
#undef EDGEOPT_UNIT_WIDTH
#undef EDGEOPT_UNIT_IS_1
#undef EDGEOPT_UNIT_SECOND
#undef EDGEOPT_UNIT_PICK
#undef EDGEOPT_UNIT_PART_NOW
#undef EDGEOPT_UNIT_PART
#undef EDGEOPT_UNIT_JOIN_NOW
#undef EDGEOPT_UNIT_JOIN
#undef EDGEOPT_KERNEL_UNIT
