// SPDX-License-Identifier: MIT
// The transforms of Winograd's F(2x2, 3x3), which gives a window of 2 x 2 outputs from a patch of
// 4 x 4 inputs by 16 products for each pair of channels instead of 36 (A. Lavin, S. Gray, "Fast
// Algorithms for Convolutional Neural Networks", 2015, section 4.1):
//
//     Y = A^T [ sum over channels of (G g G^T) * (B^T d B) ] A      (* element by element)
//
//           | 1  0 -1  0 |        | 1    0    0  |          | 1  1  1  0 |
//     B^T = | 0  1  1  0 |    G = | 1/2  1/2  1/2|    A^T = | 0  1 -1 -1 |
//           | 0 -1  1  0 |        | 1/2 -1/2  1/2|
//           | 0  1  0 -1 |        | 0    0    1  |
//
// The 16 elements are called positions, counted row by row.

inline constexpr std::int64_t positions = 16;

/// This position adds to all four outputs with a plus: the bias starts here.
inline constexpr std::int64_t bias_position = 5;

/// G g G^T of one pair of channels, g(r, c) = weights[3 r + c].
template <class Number>
[[gnu::always_inline]] inline void transform_weights(const Number (&weights)[9],
                                                     Number (&transformed)[positions]) {
  Registers<Number, 4, 3> rows;
#pragma GCC unroll 3
  for (int c = 0; c < 3; ++c) {
    const Number outer = weights[c] + weights[6 + c];
    rows[0][c] = weights[c];
    rows[1][c] = (outer + weights[3 + c]) / 2;
    rows[2][c] = (outer - weights[3 + c]) / 2;
    rows[3][c] = weights[6 + c];
  }
#pragma GCC unroll 4
  for (int r = 0; r < 4; ++r) {
    const Number outer = rows[r][0] + rows[r][2];
    transformed[4 * r] = rows[r][0];
    transformed[4 * r + 1] = (outer + rows[r][1]) / 2;
    transformed[4 * r + 2] = (outer - rows[r][1]) / 2;
    transformed[4 * r + 3] = rows[r][2];
  }
}
