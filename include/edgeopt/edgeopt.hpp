// SPDX-License-Identifier: MIT
/// @file
/// Everything that the linked components allow. CMake's targets say which these are, by defining
/// EDGEOPT_HAS_<COMPONENT>; without them this is the root layer and what of io needs no library.
/// Including single headers compiles faster.
#pragma once

#include "edgeopt/activation_liveness.hpp"
#include "edgeopt/adam_options.hpp"
#include "edgeopt/arena.hpp"
#include "edgeopt/array.hpp"
#include "edgeopt/bandwidth_comparison.hpp"
#include "edgeopt/batch_fit.hpp"
#include "edgeopt/batch_memory.hpp"
#include "edgeopt/checked_count.hpp"
#include "edgeopt/columns.hpp"
#include "edgeopt/cost_conventions.hpp"
#include "edgeopt/cross_entropy.hpp"
#include "edgeopt/dataflow.hpp"
#include "edgeopt/device.hpp"
#include "edgeopt/device_comparison.hpp"
#include "edgeopt/devices.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/energy.hpp"
#include "edgeopt/engine.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/execution_order.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/graph_builder.hpp"
#include "edgeopt/graph_costs.hpp"
#include "edgeopt/graph_estimates.hpp"
#include "edgeopt/half.hpp"
#include "edgeopt/hardware.hpp"
#include "edgeopt/hardware_summary.hpp"
#include "edgeopt/hypervolume.hpp"
#include "edgeopt/image_shape.hpp"
#include "edgeopt/io/arena_chart.hpp"
#include "edgeopt/io/cache_levels.hpp"
#include "edgeopt/io/charts.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/html.hpp"
#include "edgeopt/io/label_placement.hpp"
#include "edgeopt/io/mapped_file.hpp"
#include "edgeopt/io/markdown.hpp"
#include "edgeopt/io/named_arrays.hpp"
#include "edgeopt/io/new_folders.hpp"
#include "edgeopt/io/npy.hpp"
#include "edgeopt/io/output_folder.hpp"
#include "edgeopt/io/powercap.hpp"
#include "edgeopt/io/program.hpp"
#include "edgeopt/io/readable.hpp"
#include "edgeopt/io/text_table.hpp"
#include "edgeopt/io/utf8.hpp"
#include "edgeopt/latency_bounds.hpp"
#include "edgeopt/latency_calibration.hpp"
#include "edgeopt/layer_estimates.hpp"
#include "edgeopt/layer_operators.hpp"
#include "edgeopt/memory_fit.hpp"
#include "edgeopt/memory_plan.hpp"
#include "edgeopt/memory_sharing.hpp"
#include "edgeopt/model_memory.hpp"
#include "edgeopt/network_demand.hpp"
#include "edgeopt/node_operators.hpp"
#include "edgeopt/objectives.hpp"
#include "edgeopt/operator_class.hpp"
#include "edgeopt/operator_profile.hpp"
#include "edgeopt/pareto.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/precision_tradeoffs.hpp"
#include "edgeopt/pruning_counts.hpp"
#include "edgeopt/published_latencies.hpp"
#include "edgeopt/published_networks.hpp"
#include "edgeopt/quantization.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/roofline.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/shape_inference.hpp"
#include "edgeopt/small_cnn_graph.hpp"
#include "edgeopt/small_cnn_spec.hpp"
#include "edgeopt/statistics.hpp"
#include "edgeopt/stored_precision.hpp"
#include "edgeopt/stored_tensor.hpp"
#include "edgeopt/table.hpp"
#include "edgeopt/tensor_storage.hpp"
#include "edgeopt/text.hpp"
#include "edgeopt/top_rows.hpp"
#include "edgeopt/version.hpp"
#include "edgeopt/weighted_operators.hpp"
#include "edgeopt/winograd.hpp"

#ifdef EDGEOPT_HAS_ENGINES
#include "edgeopt/engines/engine_options.hpp"
#include "edgeopt/engines/fp16_engine.hpp"
#include "edgeopt/engines/fp32_engine.hpp"
#include "edgeopt/engines/int8_engine.hpp"
#include "edgeopt/engines/pooled_engine.hpp"
#include "edgeopt/engines/small_cnn_trainer.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/engines/workspace.hpp"
#endif

#ifdef EDGEOPT_HAS_NN
#include "edgeopt/nn/adam.hpp"
#include "edgeopt/nn/backward.hpp"
#include "edgeopt/nn/calibration.hpp"
#include "edgeopt/nn/forward.hpp"
#include "edgeopt/nn/fp16.hpp"
#include "edgeopt/nn/histogram_observer.hpp"
#include "edgeopt/nn/layers.hpp"
#include "edgeopt/nn/loss.hpp"
#include "edgeopt/nn/model_graph.hpp"
#include "edgeopt/nn/observer.hpp"
#include "edgeopt/nn/parameter_spans.hpp"
#include "edgeopt/nn/pruning.hpp"
#include "edgeopt/nn/quantization_metadata.hpp"
#include "edgeopt/nn/quantized_forward.hpp"
#include "edgeopt/nn/quantized_graph.hpp"
#include "edgeopt/nn/quantized_small_cnn.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/state.hpp"
#include "edgeopt/nn/tensor.hpp"
#include "edgeopt/nn/training_step.hpp"
#endif

#ifdef EDGEOPT_HAS_IO_CSV
#include "edgeopt/io/csv.hpp"
#endif

#ifdef EDGEOPT_HAS_IO_DOWNLOAD
#include "edgeopt/io/download.hpp"
#endif

#ifdef EDGEOPT_HAS_IO_IDX
#include "edgeopt/io/gzip.hpp"
#include "edgeopt/io/idx.hpp"
#endif

#ifdef EDGEOPT_HAS_IO_JSON
#include "edgeopt/io/json.hpp"
#include "edgeopt/io/safetensors.hpp"
#endif

#ifdef EDGEOPT_HAS_IO_NPZ
#include "edgeopt/io/npz.hpp"
#endif

#ifdef EDGEOPT_HAS_IO_ONNX
#include "edgeopt/io/onnx.hpp"
#endif

#ifdef EDGEOPT_HAS_IO_PLOT
#include "edgeopt/io/plot.hpp"
#include "edgeopt/io/png_resolution.hpp"
#endif

#ifdef EDGEOPT_HAS_IO_SHA256
#include "edgeopt/io/base64.hpp"
#include "edgeopt/io/sha256.hpp"
#endif

#ifdef EDGEOPT_HAS_IO_YAML
#include "edgeopt/io/yaml.hpp"
#endif

#ifdef EDGEOPT_HAS_STUDY
#include "edgeopt/study/accuracy.hpp"
#include "edgeopt/study/any_engine.hpp"
#include "edgeopt/study/artifact_writer.hpp"
#include "edgeopt/study/charts.hpp"
#include "edgeopt/study/checkpoint.hpp"
#include "edgeopt/study/clock.hpp"
#include "edgeopt/study/config.hpp"
#include "edgeopt/study/config_keys.hpp"
#include "edgeopt/study/dataset.hpp"
#include "edgeopt/study/deployment.hpp"
#include "edgeopt/study/hardware_artifacts.hpp"
#include "edgeopt/study/hardware_profile_artifacts.hpp"
#include "edgeopt/study/latency.hpp"
#include "edgeopt/study/load_config.hpp"
#include "edgeopt/study/load_dataset.hpp"
#include "edgeopt/study/loader.hpp"
#include "edgeopt/study/machine_ceilings.hpp"
#include "edgeopt/study/manifest.hpp"
#include "edgeopt/study/measure_energy.hpp"
#include "edgeopt/study/measure_layers.hpp"
#include "edgeopt/study/measure_network.hpp"
#include "edgeopt/study/memory_artifacts.hpp"
#include "edgeopt/study/metrics.hpp"
#include "edgeopt/study/model_file.hpp"
#include "edgeopt/study/ordered_prefetch.hpp"
#include "edgeopt/study/outputs.hpp"
#include "edgeopt/study/pipeline.hpp"
#include "edgeopt/study/precision_variant.hpp"
#include "edgeopt/study/published_datasets.hpp"
#include "edgeopt/study/quantization_report.hpp"
#include "edgeopt/study/report.hpp"
#include "edgeopt/study/roofline_artifacts.hpp"
#include "edgeopt/study/study_report.hpp"
#include "edgeopt/study/study_result.hpp"
#include "edgeopt/study/summary.hpp"
#include "edgeopt/study/sweep.hpp"
#include "edgeopt/study/synthetic_digits.hpp"
#include "edgeopt/study/training.hpp"
#endif

#if defined(EDGEOPT_HAS_STUDY) && defined(EDGEOPT_HAS_IO_DOWNLOAD)
#include "edgeopt/study/fetch_dataset.hpp"
#endif
