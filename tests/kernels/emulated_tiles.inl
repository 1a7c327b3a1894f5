// SPDX-License-Identifier: MIT
// The tile instructions of AMX as plain loops, with the conditions under which the real ones fault
// (Intel, "Architecture Instruction Set Extensions Programming Reference", chapter 3).

struct EmulatedTile {
  int rows = 0;
  int row_bytes = 0;
  unsigned char bytes[16][64] = {};
};
inline thread_local EmulatedTile emulated_tiles[8];
inline thread_local bool tiles_configured = false;

inline void require_of_tiles(bool kept, const char* rule) {
  if (!kept) throw edgeopt::Error(std::string("a tile instruction would fault: ") + rule);
}

template <class Configuration>
void configure_tiles(const Configuration& configuration) {
  unsigned char raw[64];
  std::memcpy(raw, &configuration, sizeof raw);
  require_of_tiles(raw[0] == 1 && raw[1] == 0, "palette 1 from row 0");
  for (int i = 2; i < 16; ++i) require_of_tiles(raw[i] == 0, "reserved bytes are 0");
  for (int i = 0; i < 16; ++i) {
    const int row_bytes = raw[16 + 2 * i] + 256 * raw[17 + 2 * i];
    const int rows = raw[48 + i];
    require_of_tiles(i < 8 || (row_bytes == 0 && rows == 0), "palette 1 has 8 tiles");
    require_of_tiles(row_bytes <= 64 && rows <= 16, "at most 16 rows of 64 bytes");
    require_of_tiles((row_bytes == 0) == (rows == 0), "rows and their bytes, or neither");
    if (i < 8) emulated_tiles[i] = {rows, row_bytes, {}};
  }
  tiles_configured = true;
}
inline void release_tiles() {
  require_of_tiles(tiles_configured, "configured before");
  tiles_configured = false;
}

inline EmulatedTile& configured_tile(int index) {
  EmulatedTile& tile = emulated_tiles[index];
  require_of_tiles(tiles_configured && tile.rows > 0, "configured before");
  return tile;
}
template <int Tile>
void zero_tile() {
  std::memset(configured_tile(Tile).bytes, 0, sizeof(EmulatedTile::bytes));
}
template <int Tile>
void load_tile(const void* from, std::int64_t stride) {
  EmulatedTile& tile = configured_tile(Tile);
  zero_tile<Tile>();
  for (int row = 0; row < tile.rows; ++row)
    std::memcpy(tile.bytes[row], static_cast<const std::byte*>(from) + row * stride,
                static_cast<std::size_t>(tile.row_bytes));
}
template <int Tile>
void store_tile(void* to, std::int64_t stride) {
  const EmulatedTile& tile = configured_tile(Tile);
  for (int row = 0; row < tile.rows; ++row)
    std::memcpy(static_cast<std::byte*>(to) + row * stride, tile.bytes[row],
                static_cast<std::size_t>(tile.row_bytes));
}
template <int Sums, int Operands, int Weights>
void add_tile_products() {
  static_assert(Sums != Operands && Sums != Weights && Operands != Weights);
  EmulatedTile& c = configured_tile(Sums);
  const EmulatedTile& a = configured_tile(Operands);
  const EmulatedTile& b = configured_tile(Weights);
  require_of_tiles(c.row_bytes % 4 == 0 && a.row_bytes % 4 == 0 && b.row_bytes % 4 == 0,
                   "rows of whole groups");
  require_of_tiles(c.rows == a.rows && c.row_bytes == b.row_bytes && a.row_bytes / 4 == b.rows,
                   "rows and columns fit each other");
  for (int m = 0; m < c.rows; ++m)
    for (int n = 0; n < c.row_bytes / 4; ++n) {
      std::int32_t sum;
      std::memcpy(&sum, c.bytes[m] + 4 * n, sizeof sum);
      for (int k = 0; k < a.row_bytes; ++k)
        sum += a.bytes[m][k] * static_cast<std::int8_t>(b.bytes[k / 4][4 * n + k % 4]);
      std::memcpy(c.bytes[m] + 4 * n, &sum, sizeof sum);
    }
}
