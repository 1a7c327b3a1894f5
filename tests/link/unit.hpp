// What a unit of the link test computes. Plain types only: main.cpp shares no code with the units.
#pragma once

/// Of the whole library: analysis, graphs, engines.
struct Results {
  long long macs = 0;
  double intensity = 0;  // multiply-accumulates per byte
  float fp32[10] = {};   // logits
  float fp16[10] = {};
  float int8[10] = {};
};

/// Of the kernels alone, on raw memory. Without initialisers, which would make a constructor that
/// units of different options share.
struct Sums {
  float outputs[10];
};
