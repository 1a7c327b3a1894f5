// SPDX-License-Identifier: MIT
/// @file
/// Everything an embedder needs: what each layer costs, what the model stores, what a latency means
/// on given hardware, and what each precision gives. Cheap to include.
///
///     const auto layers = edgeopt::estimate_layerwise_stats({}, 32);
///     const auto summary = edgeopt::summarize_hardware(layers, 4.2, 12.8);
///     std::puts(edgeopt::read_summary(summary).text().c_str());
#pragma once

#include "edgeopt/hardware_summary.hpp"
#include "edgeopt/layer_estimates.hpp"
#include "edgeopt/model_memory.hpp"
#include "edgeopt/precision_tradeoffs.hpp"
#include "edgeopt/version.hpp"
