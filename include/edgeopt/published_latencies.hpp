// SPDX-License-Identifier: MIT
/// @file
/// Latencies that others measured and published, and our lower bounds for the same runs.
///
/// MLPerf Tiny, closed division: github.com/mlcommons/tiny_results_v1.0 (commit c7761cf), _v1.1
/// (c32ef94) and _v1.2 (cadb362): the median throughput of each performance log. ncnn:
/// github.com/Tencent/ncnn, benchmark/README.md (commit a4d2ea1): the shortest run of each table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/columns.hpp"
#include "edgeopt/device.hpp"
#include "edgeopt/latency_bounds.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/published_networks.hpp"
#include "edgeopt/roofline.hpp"
#include "edgeopt/winograd.hpp"

namespace edgeopt::inline v0 {

/// Where a published latency stands.
enum class ResultRepository : std::uint8_t {
  mlperf_tiny_v1_0,
  mlperf_tiny_v1_1,
  mlperf_tiny_v1_2,
  ncnn
};

[[nodiscard]] constexpr std::string_view to_string(ResultRepository repository) noexcept {
  switch (repository) {
    case ResultRepository::mlperf_tiny_v1_0: return "mlcommons/tiny_results_v1.0 c7761cf";
    case ResultRepository::mlperf_tiny_v1_1: return "mlcommons/tiny_results_v1.1 c32ef94";
    case ResultRepository::mlperf_tiny_v1_2: return "mlcommons/tiny_results_v1.2 cadb362";
    case ResultRepository::ncnn: return "Tencent/ncnn a4d2ea1";
  }
  return "";
}

/// One published run of one item.
struct PublishedLatency {
  std::string_view network;  ///< as `published_network` knows it
  std::string_view device;   ///< as `find_device` knows it
  std::string_view engine;
  Precision precision = Precision::fp32;  ///< what the engine computes in
  std::int64_t threads = 1;
  double latency_ms = 0;
  ResultRepository repository = ResultRepository::ncnn;
  std::string_view run;  ///< submitter, system and task of MLPerf Tiny; empty for ncnn
};

/// File and place of a published latency in its repository.
[[nodiscard]] inline std::string source_of(const PublishedLatency& latency) {
  const std::string repository(to_string(latency.repository));
  if (latency.repository == ResultRepository::ncnn)
    return repository + ", benchmark/README.md, table of this device and number of threads";
  const std::size_t slash = latency.run.find('/');
  return repository + ", closed/" + std::string(latency.run.substr(0, slash)) + "/results" +
         std::string(latency.run.substr(slash)) + "/performance/results.txt";
}

namespace detail {

using Repository = ResultRepository;

/// ncnn computes in halves where the processor can (ARMv8.2: Raspberry Pi 5), else in fp32.
inline constexpr PublishedLatency published_latency_rows[] = {
    {"autoencoder", "nRF5340 DK", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 159.579,
     Repository::mlperf_tiny_v1_0, "OctoML/microtvm_cmsis_nn/NRF5340-DK/ad"},
    {"resnet8", "nRF5340 DK", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 3.163,
     Repository::mlperf_tiny_v1_0, "OctoML/microtvm_cmsis_nn/NRF5340-DK/ic"},
    {"dscnn", "nRF5340 DK", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 13.143,
     Repository::mlperf_tiny_v1_0, "OctoML/microtvm_cmsis_nn/NRF5340-DK/kws"},
    {"mobilenet_v1_025", "nRF5340 DK", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 4.310,
     Repository::mlperf_tiny_v1_0, "OctoML/microtvm_cmsis_nn/NRF5340-DK/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 116.212,
     Repository::mlperf_tiny_v1_0, "OctoML/microtvm_cmsis_nn/NUCLEO_L4R5ZI/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 2.567,
     Repository::mlperf_tiny_v1_0, "OctoML/microtvm_cmsis_nn/NUCLEO_L4R5ZI/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 10.019,
     Repository::mlperf_tiny_v1_0, "OctoML/microtvm_cmsis_nn/NUCLEO_L4R5ZI/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 3.320,
     Repository::mlperf_tiny_v1_0, "OctoML/microtvm_cmsis_nn/NUCLEO_L4R5ZI/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "microTVM", Precision::int8, 1, 1000 / 85.339,
     Repository::mlperf_tiny_v1_0, "OctoML/microtvm_native/NUCLEO_L4R5ZI/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "microTVM", Precision::int8, 1, 1000 / 2.569,
     Repository::mlperf_tiny_v1_0, "OctoML/microtvm_native/NUCLEO_L4R5ZI/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "microTVM", Precision::int8, 1, 1000 / 6.943,
     Repository::mlperf_tiny_v1_0, "OctoML/microtvm_native/NUCLEO_L4R5ZI/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "microTVM", Precision::int8, 1, 1000 / 2.971,
     Repository::mlperf_tiny_v1_0, "OctoML/microtvm_native/NUCLEO_L4R5ZI/vww"},
    {"autoencoder", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 547.705,
     Repository::mlperf_tiny_v1_0, "STMicroelectronics/NUCLEO-H7A3ZI-Q/ad"},
    {"resnet8", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 18.401,
     Repository::mlperf_tiny_v1_0, "STMicroelectronics/NUCLEO-H7A3ZI-Q/ic"},
    {"dscnn", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 59.667,
     Repository::mlperf_tiny_v1_0, "STMicroelectronics/NUCLEO-H7A3ZI-Q/kws"},
    {"mobilenet_v1_025", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 19.722,
     Repository::mlperf_tiny_v1_0, "STMicroelectronics/NUCLEO-H7A3ZI-Q/vww"},
    {"autoencoder", "NUCLEO-U575ZI-Q", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 206.211,
     Repository::mlperf_tiny_v1_0, "STMicroelectronics/NUCLEO-U575ZI-Q/ad"},
    {"resnet8", "NUCLEO-U575ZI-Q", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 7.158,
     Repository::mlperf_tiny_v1_0, "STMicroelectronics/NUCLEO-U575ZI-Q/ic"},
    {"dscnn", "NUCLEO-U575ZI-Q", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 22.608,
     Repository::mlperf_tiny_v1_0, "STMicroelectronics/NUCLEO-U575ZI-Q/kws"},
    {"mobilenet_v1_025", "NUCLEO-U575ZI-Q", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 7.496,
     Repository::mlperf_tiny_v1_0, "STMicroelectronics/NUCLEO-U575ZI-Q/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 131.950,
     Repository::mlperf_tiny_v1_0, "STMicroelectronics/NUCLEO_L4R5ZI/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 4.407,
     Repository::mlperf_tiny_v1_0, "STMicroelectronics/NUCLEO_L4R5ZI/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 13.323,
     Repository::mlperf_tiny_v1_0, "STMicroelectronics/NUCLEO_L4R5ZI/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 4.339,
     Repository::mlperf_tiny_v1_0, "STMicroelectronics/NUCLEO_L4R5ZI/vww"},
    {"autoencoder", "STM32F746G-DISCO", "Plumerai", Precision::int8, 1, 1000 / 435.741,
     Repository::mlperf_tiny_v1_0, "plumerai/DISCO_F746NG/ad"},
    {"resnet8", "STM32F746G-DISCO", "Plumerai", Precision::int8, 1, 1000 / 15.440,
     Repository::mlperf_tiny_v1_0, "plumerai/DISCO_F746NG/ic"},
    {"dscnn", "STM32F746G-DISCO", "Plumerai", Precision::int8, 1, 1000 / 52.288,
     Repository::mlperf_tiny_v1_0, "plumerai/DISCO_F746NG/kws"},
    {"mobilenet_v1_025", "STM32F746G-DISCO", "Plumerai", Precision::int8, 1, 1000 / 17.535,
     Repository::mlperf_tiny_v1_0, "plumerai/DISCO_F746NG/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "Plumerai", Precision::int8, 1, 1000 / 179.448,
     Repository::mlperf_tiny_v1_0, "plumerai/NUCLEO_L4R5ZI/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "Plumerai", Precision::int8, 1, 1000 / 5.775,
     Repository::mlperf_tiny_v1_0, "plumerai/NUCLEO_L4R5ZI/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "Plumerai", Precision::int8, 1, 1000 / 13.955,
     Repository::mlperf_tiny_v1_0, "plumerai/NUCLEO_L4R5ZI/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "Plumerai", Precision::int8, 1, 1000 / 4.795,
     Repository::mlperf_tiny_v1_0, "plumerai/NUCLEO_L4R5ZI/vww"},
    {"autoencoder", "CY8CPROTO-062-4343W", "Plumerai", Precision::int8, 1, 1000 / 150.120,
     Repository::mlperf_tiny_v1_0, "plumerai/cy8cproto_062_4343w/ad"},
    {"resnet8", "CY8CPROTO-062-4343W", "Plumerai", Precision::int8, 1, 1000 / 5.178,
     Repository::mlperf_tiny_v1_0, "plumerai/cy8cproto_062_4343w/ic"},
    {"dscnn", "CY8CPROTO-062-4343W", "Plumerai", Precision::int8, 1, 1000 / 16.287,
     Repository::mlperf_tiny_v1_0, "plumerai/cy8cproto_062_4343w/kws"},
    {"mobilenet_v1_025", "CY8CPROTO-062-4343W", "Plumerai", Precision::int8, 1, 1000 / 5.196,
     Repository::mlperf_tiny_v1_0, "plumerai/cy8cproto_062_4343w/vww"},
    {"autoencoder", "nRF5340 DK", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 159.020,
     Repository::mlperf_tiny_v1_1, "Krai/NRF5340-DK_MICROTVM-CMSIS-NN/ad"},
    {"resnet8", "nRF5340 DK", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 3.146,
     Repository::mlperf_tiny_v1_1, "Krai/NRF5340-DK_MICROTVM-CMSIS-NN/ic"},
    {"dscnn", "nRF5340 DK", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 13.074,
     Repository::mlperf_tiny_v1_1, "Krai/NRF5340-DK_MICROTVM-CMSIS-NN/kws"},
    {"mobilenet_v1_025", "nRF5340 DK", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 4.286,
     Repository::mlperf_tiny_v1_1, "Krai/NRF5340-DK_MICROTVM-CMSIS-NN/vww"},
    {"autoencoder", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 547.000,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-H7A3ZI-Q_X-CUBE-AI-7.3/ad"},
    {"resnet8", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 18.574,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-H7A3ZI-Q_X-CUBE-AI-7.3/ic"},
    {"dscnn", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 59.788,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-H7A3ZI-Q_X-CUBE-AI-7.3/kws"},
    {"mobilenet_v1_025", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 19.838,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-H7A3ZI-Q_X-CUBE-AI-7.3/vww"},
    {"autoencoder", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 8.0", Precision::int8, 1, 1000 / 547.234,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-H7A3ZI-Q_X-CUBE-AI-8.0/ad"},
    {"resnet8", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 8.0", Precision::int8, 1, 1000 / 18.215,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-H7A3ZI-Q_X-CUBE-AI-8.0/ic"},
    {"dscnn", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 8.0", Precision::int8, 1, 1000 / 60.988,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-H7A3ZI-Q_X-CUBE-AI-8.0/kws"},
    {"mobilenet_v1_025", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 8.0", Precision::int8, 1, 1000 / 19.867,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-H7A3ZI-Q_X-CUBE-AI-8.0/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 116.212,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_MICROTVM-CMSIS-NN/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 2.567,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_MICROTVM-CMSIS-NN/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 10.019,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_MICROTVM-CMSIS-NN/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "microTVM CMSIS-NN", Precision::int8, 1, 1000 / 3.324,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_MICROTVM-CMSIS-NN/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "microTVM", Precision::int8, 1, 1000 / 85.339,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_MICROTVM-NATIVE/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "microTVM", Precision::int8, 1, 1000 / 2.570,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_MICROTVM-NATIVE/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "microTVM", Precision::int8, 1, 1000 / 6.943,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_MICROTVM-NATIVE/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "microTVM", Precision::int8, 1, 1000 / 2.951,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_MICROTVM-NATIVE/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 131.949,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_X-CUBE-AI-7.3/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 4.407,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_X-CUBE-AI-7.3/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 13.381,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_X-CUBE-AI-7.3/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "X-CUBE-AI 7.3", Precision::int8, 1, 1000 / 4.446,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_X-CUBE-AI-7.3/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "X-CUBE-AI 8.0", Precision::int8, 1, 1000 / 131.950,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_X-CUBE-AI-8.0/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "X-CUBE-AI 8.0", Precision::int8, 1, 1000 / 4.505,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_X-CUBE-AI-8.0/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "X-CUBE-AI 8.0", Precision::int8, 1, 1000 / 13.759,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_X-CUBE-AI-8.0/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "X-CUBE-AI 8.0", Precision::int8, 1, 1000 / 4.522,
     Repository::mlperf_tiny_v1_1, "Krai/NUCLEO-L4R5ZI_X-CUBE-AI-8.0/vww"},
    {"autoencoder", "NuMaker-M467HJ", "ONNC", Precision::int8, 1, 1000 / 204.635,
     Repository::mlperf_tiny_v1_1, "Nuvoton/NUMAKER_M467HJ-zephyr/ad"},
    {"resnet8", "NuMaker-M467HJ", "ONNC", Precision::int8, 1, 1000 / 5.833,
     Repository::mlperf_tiny_v1_1, "Nuvoton/NUMAKER_M467HJ-zephyr/ic"},
    {"dscnn", "NuMaker-M467HJ", "ONNC", Precision::int8, 1, 1000 / 21.652,
     Repository::mlperf_tiny_v1_1, "Nuvoton/NUMAKER_M467HJ-zephyr/kws"},
    {"mobilenet_v1_025", "NuMaker-M467HJ", "ONNC", Precision::int8, 1, 1000 / 10.129,
     Repository::mlperf_tiny_v1_1, "Nuvoton/NUMAKER_M467HJ-zephyr/vww"},
    {"autoencoder", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 8.1", Precision::int8, 1, 1000 / 549.973,
     Repository::mlperf_tiny_v1_1, "STMicroelectronics/NUCLEO_H7A3ZI_Q/ad"},
    {"resnet8", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 8.1", Precision::int8, 1, 1000 / 19.250,
     Repository::mlperf_tiny_v1_1, "STMicroelectronics/NUCLEO_H7A3ZI_Q/ic"},
    {"dscnn", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 8.1", Precision::int8, 1, 1000 / 65.133,
     Repository::mlperf_tiny_v1_1, "STMicroelectronics/NUCLEO_H7A3ZI_Q/kws"},
    {"mobilenet_v1_025", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 8.1", Precision::int8, 1, 1000 / 33.751,
     Repository::mlperf_tiny_v1_1, "STMicroelectronics/NUCLEO_H7A3ZI_Q/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "X-CUBE-AI 8.1", Precision::int8, 1, 1000 / 145.829,
     Repository::mlperf_tiny_v1_1, "STMicroelectronics/NUCLEO_L4R5ZI/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "X-CUBE-AI 8.1", Precision::int8, 1, 1000 / 4.673,
     Repository::mlperf_tiny_v1_1, "STMicroelectronics/NUCLEO_L4R5ZI/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "X-CUBE-AI 8.1", Precision::int8, 1, 1000 / 15.905,
     Repository::mlperf_tiny_v1_1, "STMicroelectronics/NUCLEO_L4R5ZI/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "X-CUBE-AI 8.1", Precision::int8, 1, 1000 / 8.425,
     Repository::mlperf_tiny_v1_1, "STMicroelectronics/NUCLEO_L4R5ZI/vww"},
    {"autoencoder", "NUCLEO-U575ZI-Q", "X-CUBE-AI 8.1", Precision::int8, 1, 1000 / 206.191,
     Repository::mlperf_tiny_v1_1, "STMicroelectronics/NUCLEO_U575ZI_Q/ad"},
    {"resnet8", "NUCLEO-U575ZI-Q", "X-CUBE-AI 8.1", Precision::int8, 1, 1000 / 7.800,
     Repository::mlperf_tiny_v1_1, "STMicroelectronics/NUCLEO_U575ZI_Q/ic"},
    {"dscnn", "NUCLEO-U575ZI-Q", "X-CUBE-AI 8.1", Precision::int8, 1, 1000 / 25.920,
     Repository::mlperf_tiny_v1_1, "STMicroelectronics/NUCLEO_U575ZI_Q/kws"},
    {"mobilenet_v1_025", "NUCLEO-U575ZI-Q", "X-CUBE-AI 8.1", Precision::int8, 1, 1000 / 13.974,
     Repository::mlperf_tiny_v1_1, "STMicroelectronics/NUCLEO_U575ZI_Q/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "ONNC", Precision::int8, 1, 1000 / 123.875,
     Repository::mlperf_tiny_v1_1, "Skymizer/NUCLEO_L4R5ZI-mbed_os/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "ONNC", Precision::int8, 1, 1000 / 3.348,
     Repository::mlperf_tiny_v1_1, "Skymizer/NUCLEO_L4R5ZI-mbed_os/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "ONNC", Precision::int8, 1, 1000 / 12.195,
     Repository::mlperf_tiny_v1_1, "Skymizer/NUCLEO_L4R5ZI-mbed_os/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "ONNC", Precision::int8, 1, 1000 / 5.808,
     Repository::mlperf_tiny_v1_1, "Skymizer/NUCLEO_L4R5ZI-mbed_os/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "ONNC", Precision::int8, 1, 1000 / 124.906,
     Repository::mlperf_tiny_v1_1, "Skymizer/NUCLEO_L4R5ZI-zephyr/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "ONNC", Precision::int8, 1, 1000 / 3.372,
     Repository::mlperf_tiny_v1_1, "Skymizer/NUCLEO_L4R5ZI-zephyr/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "ONNC", Precision::int8, 1, 1000 / 10.679,
     Repository::mlperf_tiny_v1_1, "Skymizer/NUCLEO_L4R5ZI-zephyr/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "ONNC", Precision::int8, 1, 1000 / 5.056,
     Repository::mlperf_tiny_v1_1, "Skymizer/NUCLEO_L4R5ZI-zephyr/vww"},
    {"autoencoder", "STM32F746G-DISCO", "HALE", Precision::int8, 1, 1000 / 587.335,
     Repository::mlperf_tiny_v1_1, "bosch/DISCO_F746NG/ad"},
    {"resnet8", "STM32F746G-DISCO", "HALE", Precision::int8, 1, 1000 / 16.242,
     Repository::mlperf_tiny_v1_1, "bosch/DISCO_F746NG/ic"},
    {"dscnn", "STM32F746G-DISCO", "HALE", Precision::int8, 1, 1000 / 54.293,
     Repository::mlperf_tiny_v1_1, "bosch/DISCO_F746NG/kws"},
    {"mobilenet_v1_025", "STM32F746G-DISCO", "HALE", Precision::int8, 1, 1000 / 17.490,
     Repository::mlperf_tiny_v1_1, "bosch/DISCO_F746NG/vww"},
    {"autoencoder", "NUCLEO-G0B1RE", "HALE", Precision::int8, 1, 1000 / 21.484,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_G0B1RE/ad"},
    {"resnet8", "NUCLEO-G0B1RE", "HALE", Precision::int8, 1, 1000 / 0.599,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_G0B1RE/ic"},
    {"dscnn", "NUCLEO-G0B1RE", "HALE", Precision::int8, 1, 1000 / 1.472,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_G0B1RE/kws"},
    {"mobilenet_v1_025", "NUCLEO-G0B1RE", "HALE", Precision::int8, 1, 1000 / 0.535,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_G0B1RE/vww"},
    {"autoencoder", "NUCLEO-H7A3ZI-Q", "HALE", Precision::int8, 1, 1000 / 737.281,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_H7A3ZI/ad"},
    {"resnet8", "NUCLEO-H7A3ZI-Q", "HALE", Precision::int8, 1, 1000 / 21.353,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_H7A3ZI/ic"},
    {"dscnn", "NUCLEO-H7A3ZI-Q", "HALE", Precision::int8, 1, 1000 / 67.956,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_H7A3ZI/kws"},
    {"mobilenet_v1_025", "NUCLEO-H7A3ZI-Q", "HALE", Precision::int8, 1, 1000 / 22.906,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_H7A3ZI/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "HALE", Precision::int8, 1, 1000 / 176.699,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_L4R5ZI/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "HALE", Precision::int8, 1, 1000 / 5.586,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_L4R5ZI/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "HALE", Precision::int8, 1, 1000 / 15.954,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_L4R5ZI/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "HALE", Precision::int8, 1, 1000 / 5.533,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_L4R5ZI/vww"},
    {"autoencoder", "NUCLEO-U575ZI-Q", "HALE", Precision::int8, 1, 1000 / 262.993,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_U575ZI/ad"},
    {"resnet8", "NUCLEO-U575ZI-Q", "HALE", Precision::int8, 1, 1000 / 8.493,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_U575ZI/ic"},
    {"dscnn", "NUCLEO-U575ZI-Q", "HALE", Precision::int8, 1, 1000 / 25.166,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_U575ZI/kws"},
    {"mobilenet_v1_025", "NUCLEO-U575ZI-Q", "HALE", Precision::int8, 1, 1000 / 8.715,
     Repository::mlperf_tiny_v1_1, "bosch/NUCLEO_U575ZI/vww"},
    {"autoencoder", "CY8CPROTO-062-4343W", "Plumerai", Precision::int8, 1, 1000 / 224.456,
     Repository::mlperf_tiny_v1_1, "plumerai/CY8CPROTO-062-4343W/ad"},
    {"resnet8", "CY8CPROTO-062-4343W", "Plumerai", Precision::int8, 1, 1000 / 5.292,
     Repository::mlperf_tiny_v1_1, "plumerai/CY8CPROTO-062-4343W/ic"},
    {"dscnn", "CY8CPROTO-062-4343W", "Plumerai", Precision::int8, 1, 1000 / 18.497,
     Repository::mlperf_tiny_v1_1, "plumerai/CY8CPROTO-062-4343W/kws"},
    {"mobilenet_v1_025", "CY8CPROTO-062-4343W", "Plumerai", Precision::int8, 1, 1000 / 9.234,
     Repository::mlperf_tiny_v1_1, "plumerai/CY8CPROTO-062-4343W/vww"},
    {"autoencoder", "STM32F746G-DISCO", "Plumerai", Precision::int8, 1, 1000 / 585.204,
     Repository::mlperf_tiny_v1_1, "plumerai/DISCO-F746NG/ad"},
    {"resnet8", "STM32F746G-DISCO", "Plumerai", Precision::int8, 1, 1000 / 15.904,
     Repository::mlperf_tiny_v1_1, "plumerai/DISCO-F746NG/ic"},
    {"dscnn", "STM32F746G-DISCO", "Plumerai", Precision::int8, 1, 1000 / 56.341,
     Repository::mlperf_tiny_v1_1, "plumerai/DISCO-F746NG/kws"},
    {"mobilenet_v1_025", "STM32F746G-DISCO", "Plumerai", Precision::int8, 1, 1000 / 29.343,
     Repository::mlperf_tiny_v1_1, "plumerai/DISCO-F746NG/vww"},
    {"autoencoder", "NUCLEO-H7A3ZI-Q", "Plumerai", Precision::int8, 1, 1000 / 742.001,
     Repository::mlperf_tiny_v1_1, "plumerai/NUCLEO-H7A3ZI-Q/ad"},
    {"resnet8", "NUCLEO-H7A3ZI-Q", "Plumerai", Precision::int8, 1, 1000 / 19.636,
     Repository::mlperf_tiny_v1_1, "plumerai/NUCLEO-H7A3ZI-Q/ic"},
    {"dscnn", "NUCLEO-H7A3ZI-Q", "Plumerai", Precision::int8, 1, 1000 / 72.141,
     Repository::mlperf_tiny_v1_1, "plumerai/NUCLEO-H7A3ZI-Q/kws"},
    {"mobilenet_v1_025", "NUCLEO-H7A3ZI-Q", "Plumerai", Precision::int8, 1, 1000 / 37.290,
     Repository::mlperf_tiny_v1_1, "plumerai/NUCLEO-H7A3ZI-Q/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "Plumerai", Precision::int8, 1, 1000 / 246.814,
     Repository::mlperf_tiny_v1_1, "plumerai/NUCLEO-L4R5ZI/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "Plumerai", Precision::int8, 1, 1000 / 5.961,
     Repository::mlperf_tiny_v1_1, "plumerai/NUCLEO-L4R5ZI/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "Plumerai", Precision::int8, 1, 1000 / 20.929,
     Repository::mlperf_tiny_v1_1, "plumerai/NUCLEO-L4R5ZI/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "Plumerai", Precision::int8, 1, 1000 / 10.126,
     Repository::mlperf_tiny_v1_1, "plumerai/NUCLEO-L4R5ZI/vww"},
    {"autoencoder", "NUCLEO-U575ZI-Q", "Plumerai", Precision::int8, 1, 1000 / 272.337,
     Repository::mlperf_tiny_v1_1, "plumerai/NUCLEO-U575ZI-Q/ad"},
    {"resnet8", "NUCLEO-U575ZI-Q", "Plumerai", Precision::int8, 1, 1000 / 9.589,
     Repository::mlperf_tiny_v1_1, "plumerai/NUCLEO-U575ZI-Q/ic"},
    {"dscnn", "NUCLEO-U575ZI-Q", "Plumerai", Precision::int8, 1, 1000 / 33.286,
     Repository::mlperf_tiny_v1_1, "plumerai/NUCLEO-U575ZI-Q/kws"},
    {"mobilenet_v1_025", "NUCLEO-U575ZI-Q", "Plumerai", Precision::int8, 1, 1000 / 16.809,
     Repository::mlperf_tiny_v1_1, "plumerai/NUCLEO-U575ZI-Q/vww"},
    {"autoencoder", "EK-RA8D1", "TFLM", Precision::int8, 1, 1000 / 1884.138,
     Repository::mlperf_tiny_v1_2, "Renesas/EK-RA8D1/ad"},
    {"resnet8", "EK-RA8D1", "TFLM", Precision::int8, 1, 1000 / 117.948,
     Repository::mlperf_tiny_v1_2, "Renesas/EK-RA8D1/ic"},
    {"dscnn", "EK-RA8D1", "TFLM", Precision::int8, 1, 1000 / 288.611, Repository::mlperf_tiny_v1_2,
     "Renesas/EK-RA8D1/kws"},
    {"mobilenet_v1_025", "EK-RA8D1", "TFLM", Precision::int8, 1, 1000 / 74.665,
     Repository::mlperf_tiny_v1_2, "Renesas/EK-RA8D1/vww"},
    {"autoencoder", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 9.0", Precision::int8, 1, 1000 / 816.004,
     Repository::mlperf_tiny_v1_2, "STMicroelectronics/NUCLEO_H7A3ZI_Q/ad"},
    {"resnet8", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 9.0", Precision::int8, 1, 1000 / 24.483,
     Repository::mlperf_tiny_v1_2, "STMicroelectronics/NUCLEO_H7A3ZI_Q/ic"},
    {"dscnn", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 9.0", Precision::int8, 1, 1000 / 88.356,
     Repository::mlperf_tiny_v1_2, "STMicroelectronics/NUCLEO_H7A3ZI_Q/kws"},
    {"mobilenet_v1_025", "NUCLEO-H7A3ZI-Q", "X-CUBE-AI 9.0", Precision::int8, 1, 1000 / 42.009,
     Repository::mlperf_tiny_v1_2, "STMicroelectronics/NUCLEO_H7A3ZI_Q/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "X-CUBE-AI 9.0", Precision::int8, 1, 1000 / 190.086,
     Repository::mlperf_tiny_v1_2, "STMicroelectronics/NUCLEO_L4R5ZI/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "X-CUBE-AI 9.0", Precision::int8, 1, 1000 / 6.056,
     Repository::mlperf_tiny_v1_2, "STMicroelectronics/NUCLEO_L4R5ZI/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "X-CUBE-AI 9.0", Precision::int8, 1, 1000 / 23.155,
     Repository::mlperf_tiny_v1_2, "STMicroelectronics/NUCLEO_L4R5ZI/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "X-CUBE-AI 9.0", Precision::int8, 1, 1000 / 11.245,
     Repository::mlperf_tiny_v1_2, "STMicroelectronics/NUCLEO_L4R5ZI/vww"},
    {"autoencoder", "NUCLEO-U575ZI-Q", "X-CUBE-AI 9.0", Precision::int8, 1, 1000 / 291.589,
     Repository::mlperf_tiny_v1_2, "STMicroelectronics/NUCLEO_U575ZI_Q/ad"},
    {"resnet8", "NUCLEO-U575ZI-Q", "X-CUBE-AI 9.0", Precision::int8, 1, 1000 / 9.003,
     Repository::mlperf_tiny_v1_2, "STMicroelectronics/NUCLEO_U575ZI_Q/ic"},
    {"dscnn", "NUCLEO-U575ZI-Q", "X-CUBE-AI 9.0", Precision::int8, 1, 1000 / 34.416,
     Repository::mlperf_tiny_v1_2, "STMicroelectronics/NUCLEO_U575ZI_Q/kws"},
    {"mobilenet_v1_025", "NUCLEO-U575ZI-Q", "X-CUBE-AI 9.0", Precision::int8, 1, 1000 / 16.870,
     Repository::mlperf_tiny_v1_2, "STMicroelectronics/NUCLEO_U575ZI_Q/vww"},
    {"autoencoder", "CY8CPROTO-062-4343W", "HALE", Precision::fp32, 1, 1000 / 59.611,
     Repository::mlperf_tiny_v1_2, "bosch/CY8CPROTO_062_4343W_float/ad"},
    {"resnet8", "CY8CPROTO-062-4343W", "HALE", Precision::fp32, 1, 1000 / 2.084,
     Repository::mlperf_tiny_v1_2, "bosch/CY8CPROTO_062_4343W_float/ic"},
    {"mobilenet_v1_025", "CY8CPROTO-062-4343W", "HALE", Precision::fp32, 1, 1000 / 2.773,
     Repository::mlperf_tiny_v1_2, "bosch/CY8CPROTO_062_4343W_float/vww"},
    {"autoencoder", "CY8CPROTO-062-4343W", "HALE", Precision::int8, 1, 1000 / 167.543,
     Repository::mlperf_tiny_v1_2, "bosch/CY8CPROTO_062_4343W_int8/ad"},
    {"resnet8", "CY8CPROTO-062-4343W", "HALE", Precision::int8, 1, 1000 / 6.165,
     Repository::mlperf_tiny_v1_2, "bosch/CY8CPROTO_062_4343W_int8/ic"},
    {"dscnn", "CY8CPROTO-062-4343W", "HALE", Precision::int8, 1, 1000 / 18.466,
     Repository::mlperf_tiny_v1_2, "bosch/CY8CPROTO_062_4343W_int8/kws"},
    {"mobilenet_v1_025", "CY8CPROTO-062-4343W", "HALE", Precision::int8, 1, 1000 / 6.465,
     Repository::mlperf_tiny_v1_2, "bosch/CY8CPROTO_062_4343W_int8/vww"},
    {"autoencoder", "CY8CPROTO-062-4343W", "HALE, most speed", Precision::int8, 1, 1000 / 202.830,
     Repository::mlperf_tiny_v1_2, "bosch/CY8CPROTO_062_4343W_int8_max_performance/ad"},
    {"autoencoder", "STM32F746G-DISCO", "HALE", Precision::int8, 1, 1000 / 584.380,
     Repository::mlperf_tiny_v1_2, "bosch/DISCO_F746NG_int8/ad"},
    {"resnet8", "STM32F746G-DISCO", "HALE", Precision::int8, 1, 1000 / 15.986,
     Repository::mlperf_tiny_v1_2, "bosch/DISCO_F746NG_int8/ic"},
    {"dscnn", "STM32F746G-DISCO", "HALE", Precision::int8, 1, 1000 / 52.746,
     Repository::mlperf_tiny_v1_2, "bosch/DISCO_F746NG_int8/kws"},
    {"mobilenet_v1_025", "STM32F746G-DISCO", "HALE", Precision::int8, 1, 1000 / 17.468,
     Repository::mlperf_tiny_v1_2, "bosch/DISCO_F746NG_int8/vww"},
    {"autoencoder", "STM32F746G-DISCO", "HALE, most speed", Precision::int8, 1, 1000 / 701.809,
     Repository::mlperf_tiny_v1_2, "bosch/DISCO_F746NG_int8_max_performance/ad"},
    {"autoencoder", "NUCLEO-G0B1RE", "HALE", Precision::int8, 1, 1000 / 24.454,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_G0B1RE_int8/ad"},
    {"resnet8", "NUCLEO-G0B1RE", "HALE", Precision::int8, 1, 1000 / 0.657,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_G0B1RE_int8/ic"},
    {"dscnn", "NUCLEO-G0B1RE", "HALE", Precision::int8, 1, 1000 / 2.107,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_G0B1RE_int8/kws"},
    {"mobilenet_v1_025", "NUCLEO-G0B1RE", "HALE", Precision::int8, 1, 1000 / 0.707,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_G0B1RE_int8/vww"},
    {"autoencoder", "NUCLEO-H7A3ZI-Q", "HALE", Precision::fp32, 1, 1000 / 191.208,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_H7A3ZI_float/ad"},
    {"resnet8", "NUCLEO-H7A3ZI-Q", "HALE", Precision::fp32, 1, 1000 / 8.050,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_H7A3ZI_float/ic"},
    {"mobilenet_v1_025", "NUCLEO-H7A3ZI-Q", "HALE", Precision::fp32, 1, 1000 / 12.282,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_H7A3ZI_float/vww"},
    {"autoencoder", "NUCLEO-H7A3ZI-Q", "HALE", Precision::int8, 1, 1000 / 735.615,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_H7A3ZI_int8/ad"},
    {"resnet8", "NUCLEO-H7A3ZI-Q", "HALE", Precision::int8, 1, 1000 / 21.811,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_H7A3ZI_int8/ic"},
    {"dscnn", "NUCLEO-H7A3ZI-Q", "HALE", Precision::int8, 1, 1000 / 68.083,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_H7A3ZI_int8/kws"},
    {"mobilenet_v1_025", "NUCLEO-H7A3ZI-Q", "HALE", Precision::int8, 1, 1000 / 22.850,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_H7A3ZI_int8/vww"},
    {"autoencoder", "NUCLEO-H7A3ZI-Q", "HALE, most speed", Precision::int8, 1, 1000 / 923.173,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_H7A3ZI_int8_max_performance/ad"},
    {"resnet8", "NUCLEO-H7A3ZI-Q", "HALE, least RAM", Precision::int8, 1, 1000 / 11.833,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_H7A3ZI_int8_min_ram/ic"},
    {"autoencoder", "NUCLEO-L4R5ZI", "HALE", Precision::int8, 1, 1000 / 171.375,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_L4R5ZI_int8/ad"},
    {"resnet8", "NUCLEO-L4R5ZI", "HALE", Precision::int8, 1, 1000 / 5.539,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_L4R5ZI_int8/ic"},
    {"dscnn", "NUCLEO-L4R5ZI", "HALE", Precision::int8, 1, 1000 / 16.623,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_L4R5ZI_int8/kws"},
    {"mobilenet_v1_025", "NUCLEO-L4R5ZI", "HALE", Precision::int8, 1, 1000 / 5.540,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_L4R5ZI_int8/vww"},
    {"autoencoder", "NUCLEO-L4R5ZI", "HALE, most speed", Precision::int8, 1, 1000 / 211.492,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_L4R5ZI_int8_max_performance/ad"},
    {"autoencoder", "NUCLEO-U575ZI-Q", "HALE", Precision::int8, 1, 1000 / 262.860,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_U575ZI_int8/ad"},
    {"resnet8", "NUCLEO-U575ZI-Q", "HALE", Precision::int8, 1, 1000 / 8.296,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_U575ZI_int8/ic"},
    {"dscnn", "NUCLEO-U575ZI-Q", "HALE", Precision::int8, 1, 1000 / 25.918,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_U575ZI_int8/kws"},
    {"mobilenet_v1_025", "NUCLEO-U575ZI-Q", "HALE", Precision::int8, 1, 1000 / 8.345,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_U575ZI_int8/vww"},
    {"autoencoder", "NUCLEO-U575ZI-Q", "HALE, most speed", Precision::int8, 1, 1000 / 323.527,
     Repository::mlperf_tiny_v1_2, "bosch/NUCLEO_U575ZI_int8_max_performance/ad"},
    {"squeezenet", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 4, 84.74, Repository::ncnn, ""},
    {"squeezenet", "Raspberry Pi 3 B+", "ncnn", Precision::int8, 4, 74.48, Repository::ncnn, ""},
    {"mobilenet", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 4, 107.84, Repository::ncnn, ""},
    {"mobilenet", "Raspberry Pi 3 B+", "ncnn", Precision::int8, 4, 66.91, Repository::ncnn, ""},
    {"mobilenet_v2", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 4, 110.64, Repository::ncnn, ""},
    {"googlenet", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 4, 223.78, Repository::ncnn, ""},
    {"googlenet", "Raspberry Pi 3 B+", "ncnn", Precision::int8, 4, 188.23, Repository::ncnn, ""},
    {"resnet18", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 4, 270.86, Repository::ncnn, ""},
    {"resnet18", "Raspberry Pi 3 B+", "ncnn", Precision::int8, 4, 159.57, Repository::ncnn, ""},
    {"alexnet", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 4, 157.79, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 4, 583.57, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi 3 B+", "ncnn", Precision::int8, 4, 383.96, Repository::ncnn, ""},
    {"squeezenet", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 1, 125.34, Repository::ncnn, ""},
    {"squeezenet", "Raspberry Pi 3 B+", "ncnn", Precision::int8, 1, 135.56, Repository::ncnn, ""},
    {"mobilenet", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 1, 204.62, Repository::ncnn, ""},
    {"mobilenet", "Raspberry Pi 3 B+", "ncnn", Precision::int8, 1, 181.34, Repository::ncnn, ""},
    {"mobilenet_v2", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 1, 158.69, Repository::ncnn, ""},
    {"googlenet", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 1, 450.64, Repository::ncnn, ""},
    {"googlenet", "Raspberry Pi 3 B+", "ncnn", Precision::int8, 1, 424.66, Repository::ncnn, ""},
    {"resnet18", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 1, 379.21, Repository::ncnn, ""},
    {"resnet18", "Raspberry Pi 3 B+", "ncnn", Precision::int8, 1, 312.23, Repository::ncnn, ""},
    {"alexnet", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 1, 270.13, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi 3 B+", "ncnn", Precision::fp32, 1, 977.51, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi 3 B+", "ncnn", Precision::int8, 1, 890.77, Repository::ncnn, ""},
    {"squeezenet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 4, 46.28, Repository::ncnn,
     ""},
    {"squeezenet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::int8, 4, 42.18, Repository::ncnn,
     ""},
    {"mobilenet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 4, 60.74, Repository::ncnn, ""},
    {"mobilenet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::int8, 4, 34.19, Repository::ncnn, ""},
    {"mobilenet_v2", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 4, 61.63, Repository::ncnn,
     ""},
    {"googlenet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 4, 113.74, Repository::ncnn,
     ""},
    {"googlenet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::int8, 4, 100.87, Repository::ncnn,
     ""},
    {"resnet18", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 4, 122.27, Repository::ncnn, ""},
    {"resnet18", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::int8, 4, 82.19, Repository::ncnn, ""},
    {"alexnet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 4, 75.75, Repository::ncnn, ""},
    {"vgg16", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 4, 541.66, Repository::ncnn, ""},
    {"vgg16", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::int8, 4, 391.44, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 4, 261.9, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::int8, 4, 195.6, Repository::ncnn, ""},
    {"squeezenet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 1, 73.35, Repository::ncnn,
     ""},
    {"squeezenet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::int8, 1, 69.17, Repository::ncnn,
     ""},
    {"mobilenet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 1, 123.76, Repository::ncnn,
     ""},
    {"mobilenet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::int8, 1, 84.66, Repository::ncnn, ""},
    {"mobilenet_v2", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 1, 92.98, Repository::ncnn,
     ""},
    {"googlenet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 1, 235.38, Repository::ncnn,
     ""},
    {"googlenet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::int8, 1, 209.63, Repository::ncnn,
     ""},
    {"resnet18", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 1, 190.8, Repository::ncnn, ""},
    {"resnet18", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::int8, 1, 157.92, Repository::ncnn, ""},
    {"alexnet", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 1, 139.34, Repository::ncnn, ""},
    {"vgg16", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 1, 1066.58, Repository::ncnn, ""},
    {"vgg16", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::int8, 1, 866.15, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 1, 533.15, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::int8, 1, 423.72, Repository::ncnn, ""},
    {"squeezenet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 4, 6.74, Repository::ncnn, ""},
    {"squeezenet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::int8, 4, 6.97, Repository::ncnn, ""},
    {"mobilenet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 4, 9.0, Repository::ncnn, ""},
    {"mobilenet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::int8, 4, 8.68, Repository::ncnn, ""},
    {"mobilenet_v2", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 4, 10.46, Repository::ncnn,
     ""},
    {"googlenet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 4, 25.13, Repository::ncnn, ""},
    {"googlenet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::int8, 4, 24.0, Repository::ncnn, ""},
    {"resnet18", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 4, 19.84, Repository::ncnn, ""},
    {"resnet18", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::int8, 4, 16.68, Repository::ncnn, ""},
    {"alexnet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 4, 21.21, Repository::ncnn, ""},
    {"vgg16", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 4, 127.75, Repository::ncnn, ""},
    {"vgg16", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::int8, 4, 106.39, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 4, 45.94, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::int8, 4, 40.16, Repository::ncnn, ""},
    {"squeezenet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 1, 11.77, Repository::ncnn,
     ""},
    {"squeezenet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::int8, 1, 11.67, Repository::ncnn,
     ""},
    {"mobilenet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 1, 20.24, Repository::ncnn, ""},
    {"mobilenet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::int8, 1, 14.38, Repository::ncnn, ""},
    {"mobilenet_v2", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 1, 16.21, Repository::ncnn,
     ""},
    {"googlenet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 1, 48.62, Repository::ncnn, ""},
    {"googlenet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::int8, 1, 49.07, Repository::ncnn, ""},
    {"resnet18", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 1, 29.54, Repository::ncnn, ""},
    {"resnet18", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::int8, 1, 36.3, Repository::ncnn, ""},
    {"alexnet", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 1, 35.24, Repository::ncnn, ""},
    {"vgg16", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 1, 188.84, Repository::ncnn, ""},
    {"vgg16", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::int8, 1, 272.27, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::fp16, 1, 89.04, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi 5 (8 GB)", "ncnn", Precision::int8, 1, 80.0, Repository::ncnn, ""},
    {"squeezenet", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 4, 119.52, Repository::ncnn,
     ""},
    {"squeezenet", "Raspberry Pi Zero 2 W", "ncnn", Precision::int8, 4, 96.32, Repository::ncnn,
     ""},
    {"mobilenet", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 4, 162.6, Repository::ncnn, ""},
    {"mobilenet", "Raspberry Pi Zero 2 W", "ncnn", Precision::int8, 4, 90.78, Repository::ncnn, ""},
    {"mobilenet_v2", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 4, 145.71, Repository::ncnn,
     ""},
    {"googlenet", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 4, 323.74, Repository::ncnn,
     ""},
    {"googlenet", "Raspberry Pi Zero 2 W", "ncnn", Precision::int8, 4, 250.86, Repository::ncnn,
     ""},
    {"resnet18", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 4, 351.37, Repository::ncnn, ""},
    {"resnet18", "Raspberry Pi Zero 2 W", "ncnn", Precision::int8, 4, 194.83, Repository::ncnn, ""},
    {"alexnet", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 4, 271.18, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 4, 777.44, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi Zero 2 W", "ncnn", Precision::int8, 4, 496.78, Repository::ncnn, ""},
    {"squeezenet", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 1, 240.53, Repository::ncnn,
     ""},
    {"squeezenet", "Raspberry Pi Zero 2 W", "ncnn", Precision::int8, 1, 212.63, Repository::ncnn,
     ""},
    {"mobilenet", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 1, 393.79, Repository::ncnn,
     ""},
    {"mobilenet", "Raspberry Pi Zero 2 W", "ncnn", Precision::int8, 1, 286.58, Repository::ncnn,
     ""},
    {"mobilenet_v2", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 1, 273.97, Repository::ncnn,
     ""},
    {"googlenet", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 1, 780.05, Repository::ncnn,
     ""},
    {"googlenet", "Raspberry Pi Zero 2 W", "ncnn", Precision::int8, 1, 663.83, Repository::ncnn,
     ""},
    {"resnet18", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 1, 653.62, Repository::ncnn, ""},
    {"resnet18", "Raspberry Pi Zero 2 W", "ncnn", Precision::int8, 1, 479.03, Repository::ncnn, ""},
    {"alexnet", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 1, 687.99, Repository::ncnn, ""},
    {"resnet50", "Raspberry Pi Zero 2 W", "ncnn", Precision::fp32, 1, 1800.97, Repository::ncnn,
     ""},
    {"resnet50", "Raspberry Pi Zero 2 W", "ncnn", Precision::int8, 1, 1311.68, Repository::ncnn,
     ""},
};

/// The largest tile of Winograd's convolution that an engine may use: what the device's kind is
/// granted for ncnn and for engines whose source is not public; the others have none.
inline std::int64_t winograd_tile_of(const PublishedLatency& latency) {
  if (latency.engine == "ncnn")
    return granted_winograd_tile(DeviceKind::single_board_computer, latency.precision);
  for (const std::string_view closed : {"X-CUBE-AI", "Plumerai", "HALE"})
    if (latency.engine.substr(0, closed.size()) == closed)
      return granted_winograd_tile(DeviceKind::microcontroller, latency.precision);
  return 1;
}

/// Bytes of a stored weight: ncnn stores floats as halves.
inline std::int64_t weight_bytes_of(const PublishedLatency& latency) {
  if (latency.precision == Precision::int8) return 1;
  return latency.engine == "ncnn" ? 2 : bytes_per_value(latency.precision);
}

/// The ceilings of a device when some of its cores work.
inline Roofline roofline_of_cores(const Device& device, std::int64_t threads) {
  Roofline roofline = device_roofline(device);
  if (!device.cores.value || threads >= *device.cores.value) return roofline;
  for (ComputeCeiling& ceiling : roofline.compute)
    ceiling.gmacs *= static_cast<double>(threads) / static_cast<double>(*device.cores.value);
  return roofline;
}

}  // namespace detail

/// All published latencies that the library knows.
[[nodiscard]] inline std::span<const PublishedLatency> published_latencies() {
  return detail::published_latency_rows;
}

/// A published latency beside our bound for it.
struct BoundedLatency {
  std::string network;
  std::string device;
  std::string engine;
  Precision precision = Precision::fp32;
  std::int64_t threads = 1;
  double published_ms = 0;
  std::optional<double> time_lower_bound_ms{};
  std::optional<double> bound_share{};  ///< bound / published: above 1 would disprove the bound
  std::optional<std::string> limiter{};
  std::int64_t winograd_tile = 1;  ///< m of F(m x m, 3 x 3) that was granted
  std::string source;

  friend bool operator==(const BoundedLatency&, const BoundedLatency&) = default;
};

template <class Visit>
constexpr void visit_columns(const BoundedLatency*, Visit&& visit) {
  visit("network", &BoundedLatency::network);
  visit("device", &BoundedLatency::device);
  visit("engine", &BoundedLatency::engine);
  visit("precision", &BoundedLatency::precision);
  visit("threads", &BoundedLatency::threads);
  visit("published_ms", &BoundedLatency::published_ms);
  visit("time_lower_bound_ms", &BoundedLatency::time_lower_bound_ms);
  visit("bound_share", &BoundedLatency::bound_share);
  visit("limiter", &BoundedLatency::limiter);
  visit("winograd_tile", &BoundedLatency::winograd_tile);
  visit("source", &BoundedLatency::source);
}

/// What a published run asked of its device: weights alone of the parameters, no activations.
[[nodiscard]] inline NetworkDemand demand_of(const PublishedLatency& latency,
                                             const PublishedNetwork& network) {
  NetworkDemand demand;
  demand.name = network.name;
  demand.precision = latency.precision;
  demand.macs = network.macs();
  demand.executed_macs = demand.macs;
  demand.winograd_macs = network.macs(OperatorClass::convolution_3x3);
  demand.parameter_bytes = network.parameters() * detail::weight_bytes_of(latency);
  demand.parameter_bytes_read = demand.parameter_bytes;
  return demand;
}

/// Our bound for a published run, with the device's ceilings scaled to the threads that ran and the
/// multiplications taken off that the engine's Winograd convolutions may save.
[[nodiscard]] inline BoundedLatency bound_published(const PublishedLatency& latency,
                                                    const PublishedNetwork& network,
                                                    const Device& device) {
  const LatencyBound bound =
      latency_bound(demand_of(latency, network), detail::roofline_of_cores(device, latency.threads),
                    detail::winograd_tile_of(latency));
  BoundedLatency row;
  row.network = latency.network;
  row.device = latency.device;
  row.engine = latency.engine;
  row.precision = latency.precision;
  row.threads = latency.threads;
  row.published_ms = latency.latency_ms;
  row.time_lower_bound_ms = bound.ms;
  if (bound.ms) row.bound_share = *bound.ms / latency.latency_ms;
  row.limiter = bound.limiter;
  row.winograd_tile = detail::winograd_tile_of(latency);
  row.source = source_of(latency);
  return row;
}

}  // namespace edgeopt::inline v0
