// SPDX-License-Identifier: MIT
/// @file
/// Boards and chips that networks are put on. Every value names the document it was read in, the
/// formula it follows from, or the measurement: `compare_devices --list` shows them.
/// docs/devices.md says what the values are and how the processors' rates are derived.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "edgeopt/device.hpp"

namespace edgeopt::inline v0 {

namespace detail::device_table {

template <class Number>
using Value = SourcedValue<Number, std::string_view>;

template <class Number>
constexpr Value<Number> datasheet(Number value, std::string_view source) {
  return {value, ValueOrigin::datasheet, source};
}
template <class Number>
constexpr Value<Number> stated(Number value, std::string_view source) {
  return {value, ValueOrigin::stated, source};
}
template <class Number>
constexpr Value<Number> derived(Number value, std::string_view source) {
  return {value, ValueOrigin::derived, source};
}
template <class Number>
constexpr Value<Number> measured(Number value, std::string_view source) {
  return {value, ValueOrigin::measured, source};
}

constexpr std::int64_t count(std::int64_t n) {
  return n;
}
constexpr std::int64_t kib(std::int64_t n) {
  return n * 1024;
}
constexpr std::int64_t mib(std::int64_t n) {
  return kib(n) * 1024;
}
constexpr std::int64_t gib(std::int64_t n) {
  return mib(n) * 1024;
}

// Rates of processors, for one core and cycle.
inline constexpr std::string_view m0_int8 =
    "Cortex-M0+: MULS and ADDS, one product each: 0.5 a cycle x clock";
inline constexpr std::string_view m4_int8 =
    "Cortex-M4: SMLAD, one a cycle (LLVM 14 scheduling model), 2 products of 16 bits x clock";
inline constexpr std::string_view m4_fp32 =
    "Cortex-M4: VMUL and VADD of one cycle each (Technical Reference Manual, FPU instruction set; "
    "VFMA takes 3): 0.5 a cycle x clock";
inline constexpr std::string_view m33_int8 =
    "Cortex-M33: SMLAD, one a cycle (LLVM 14 scheduling model), 2 products of 16 bits x clock";
inline constexpr std::string_view m33_fp32 =
    "Cortex-M33: at most one floating-point instruction a cycle: 1 x clock";
inline constexpr std::string_view m7_int8 =
    "Cortex-M7: SMLAD on the one MAC unit (LLVM, ARMScheduleM7.td), 2 products of 16 bits x clock";
inline constexpr std::string_view m7_fp32 =
    "Cortex-M7: VFMA on the one VFP unit (LLVM, ARMScheduleM7.td): 1 a cycle x clock";
inline constexpr std::string_view mve_int8 =
    "Helium, two beats of 32 bits a cycle: 8 products of 8 bits x clock";
inline constexpr std::string_view mve_fp16 =
    "Helium, two beats of 32 bits a cycle: 4 products of 16 bits x clock";
inline constexpr std::string_view mve_fp32 =
    "Helium, two beats of 32 bits a cycle: 2 products of 32 bits x clock";
inline constexpr std::string_view word_a_cycle =
    "one load or store of 32 bits a cycle: 4 bytes x clock";
inline constexpr std::string_view two_words_a_cycle =
    "two loads of 32 bits a cycle (LLVM, ARMScheduleM7.td): 8 bytes x clock";
inline constexpr std::string_view mve_load =
    "Helium, two beats of 32 bits a cycle: 8 bytes x clock";
inline constexpr std::string_view neon_fp32 =
    "FMLA of 4 fp32, one a cycle (LLVM 14 scheduling model; vfpbench measures 15.9 GFLOP/s on one "
    "Cortex-A72 of 2 GHz): 4 x cores x clock";
inline constexpr std::string_view neon_int8 =
    "SMLAL of 8 products, one a cycle (LLVM 14 scheduling model): 8 x cores x clock";
inline constexpr std::string_view a76_fp32 =
    "two FMLA of 4 fp32 a cycle (Arm Cortex-A76 Software Optimization Guide, ASIMD floating-point "
    "instructions): 8 x cores x clock";
inline constexpr std::string_view a76_fp16 =
    "two FMLA of 8 fp16 a cycle (Arm Cortex-A76 Software Optimization Guide, ASIMD floating-point "
    "instructions): 16 x cores x clock";
inline constexpr std::string_view a76_int8 =
    "two SDOT of 16 products a cycle (two ASIMD pipelines of 128 bits): 32 x cores x clock";

// Where several values come from.
inline constexpr std::string_view st_h7a3 =
    "MLPerf Tiny v1.2 closed, STMicroelectronics/systems/NUCLEO_H7A3ZI_Q.json";
inline constexpr std::string_view st_l4r5 =
    "MLPerf Tiny v1.2 closed, STMicroelectronics/systems/NUCLEO_L4R5ZI.json";
inline constexpr std::string_view st_u575 =
    "MLPerf Tiny v1.2 closed, STMicroelectronics/systems/NUCLEO_U575ZI_Q.json";
inline constexpr std::string_view bosch_f746 =
    "MLPerf Tiny v1.2 closed, bosch/systems/DISCO_F746NG_int8.json";
inline constexpr std::string_view bosch_g0b1 =
    "MLPerf Tiny v1.2 closed, bosch/systems/NUCLEO_G0B1RE_int8.json";
inline constexpr std::string_view bosch_psoc =
    "MLPerf Tiny v1.2 closed, bosch/systems/CY8CPROTO_062_4343W_int8.json";
inline constexpr std::string_view octoml_nrf5340 =
    "MLPerf Tiny v1.0 closed, OctoML/systems/system_description_NRF5340DK_microtvm_cmsis_nn.json";
inline constexpr std::string_view nuvoton_m467 =
    "MLPerf Tiny v1.1 closed, Nuvoton/systems/NUMAKER_M467HJ-zephyr.json";
inline constexpr std::string_view renesas_ra8d1 =
    "MLPerf Tiny v1.2 closed, Renesas/systems/EK-RA8D1.json";
inline constexpr std::string_view silabs_xg24 =
    "MLPerf Tiny v1.0 closed, silicon_labs/systems/silicon_labs_xG24_DK2601B.json";
inline constexpr std::string_view greenwaves_gap9 =
    "MLPerf Tiny v1.0 closed, greenwaves-technologies/systems/gap9_800_370.json";
inline constexpr std::string_view syntiant_ndp120 =
    "MLPerf Tiny v1.0 closed, syntiant/systems/syntiant_9120_1v1_98mhz.json";
inline constexpr std::string_view zephyr_h743 = "Zephyr, boards/st/nucleo_h743zi/doc/index.rst";
inline constexpr std::string_view zephyr_n657 = "Zephyr, boards/st/stm32n6570_dk/doc/index.rst";
inline constexpr std::string_view zephyr_rt1060 = "Zephyr, boards/nxp/mimxrt1060_evk/doc/index.rst";
inline constexpr std::string_view zephyr_rt1170 = "Zephyr, boards/nxp/mimxrt1170_evk/doc/index.rst";
inline constexpr std::string_view zephyr_apollo3 = "Zephyr, boards/ambiq/apollo3_evb/doc/index.rst";
inline constexpr std::string_view zephyr_apollo4 =
    "Zephyr, boards/ambiq/apollo4p_evb/doc/index.rst";
inline constexpr std::string_view zephyr_max78000 = "Zephyr, boards/adi/max78000fthr/doc/index.rst";
inline constexpr std::string_view nrf52840_ps = "nRF52840 Product Specification v1.11, 4.2 Memory";
inline constexpr std::string_view rp2040_datasheet =
    "RP2040 Datasheet, chapter 1 Introduction, key features";
inline constexpr std::string_view rp2350_boards =
    "RIOT, boards/rpi-pico-2/doc.md; Raspberry Pi Pico 2 product page";
inline constexpr std::string_view esp32_boards =
    "ESP32 Series Datasheet, features, as board descriptions quote it";
inline constexpr std::string_view esp32s3_boards =
    "Zephyr, boards/m5stack/m5stack_atoms3_lite/doc/index.rst (ESP32-S3FN8)";
inline constexpr std::string_view pi_clocks =
    "Raspberry Pi documentation, config.txt, Overclocking options, table of defaults";
inline constexpr std::string_view pi_power =
    "Raspberry Pi documentation, Power supply: typical bare-board active current x 5.1 V";
inline constexpr std::string_view pi_cache =
    "Raspberry Pi documentation, Processors, BCM2837: 32 kB level 1 and 512 kB level 2";
inline constexpr std::string_view jetson_modules =
    "NVIDIA, Jetson modules, table of technical specifications";
inline constexpr std::string_view coral_datasheet =
    "Coral USB Accelerator datasheet, version 1.4, Features and Description";
inline constexpr std::string_view rk3588_brief = "Rockchip RK3588 Brief Datasheet, 2022";
inline constexpr std::string_view myriad_x =
    "Intel, Optimize Networks for the Intel Neural Compute Stick 2, ID 672695, 11/14/2018";
inline constexpr std::string_view beagle =
    "BeagleBoard.org, BeagleBone Black: AM335x 1GHz ARM Cortex-A8, 512MB DDR3 RAM";

// Energy runs of MLPerf Tiny, repositories tiny_results_v1.0 to v1.2: supply of the chip alone.
inline constexpr std::string_view energy_runs =
    "MLPerf Tiny v1.0 to v1.2 closed, */results/*/energy/results.txt: power of the chip's supply, "
    "lowest and highest of all runs on this board";

}  // namespace detail::device_table

/// The devices the library knows, microcontrollers first.
inline constexpr std::array known_devices = [] {
  using namespace detail::device_table;
  using enum DeviceKind;
  return std::to_array<DeviceData>({
      {
          .name = "NUCLEO-G0B1RE",
          .kind = microcontroller,
          .processor = "STM32G0B1RE, Cortex-M0+",
          .cores = stated(count(1), bosch_g0b1),
          .clock_mhz = stated(64.0, bosch_g0b1),
          .sram_bytes = stated(kib(144), bosch_g0b1),
          .flash_bytes = stated(kib(512), bosch_g0b1),
          .sram_bandwidth_gbps = derived(0.256, word_a_cycle),
          .peak_int8_gmacs = derived(0.032, m0_int8),
      },
      {
          .name = "NUCLEO-L4R5ZI",
          .kind = microcontroller,
          .processor = "STM32L4R5ZI, Cortex-M4F",
          .cores = stated(count(1), st_l4r5),
          .clock_mhz = stated(120.0, st_l4r5),
          .sram_bytes = stated(kib(640), st_l4r5),
          .flash_bytes = stated(mib(2), st_l4r5),
          .sram_bandwidth_gbps = derived(0.48, word_a_cycle),
          .peak_fp32_gmacs = derived(0.06, m4_fp32),
          .peak_int8_gmacs = derived(0.24, m4_int8),
          .power_low_w = measured(0.035, energy_runs),
          .power_high_w = measured(0.0782, energy_runs),
      },
      {
          .name = "NUCLEO-U575ZI-Q",
          .kind = microcontroller,
          .processor = "STM32U575ZI, Cortex-M33",
          .cores = stated(count(1), st_u575),
          .clock_mhz = stated(160.0, st_u575),
          .sram_bytes = stated(kib(768), st_u575),
          .flash_bytes = stated(mib(2), st_u575),
          .sram_bandwidth_gbps = derived(0.64, word_a_cycle),
          .peak_fp32_gmacs = derived(0.16, m33_fp32),
          .peak_int8_gmacs = derived(0.32, m33_int8),
          .power_low_w = measured(0.0227, energy_runs),
          .power_high_w = measured(0.027, energy_runs),
      },
      {
          .name = "STM32F746G-DISCO",
          .kind = microcontroller,
          .processor = "STM32F746NG, Cortex-M7",
          .cores = stated(count(1), bosch_f746),
          .clock_mhz = stated(216.0, bosch_f746),
          .sram_bytes = stated(kib(320), bosch_f746),
          .flash_bytes = stated(mib(1), bosch_f746),
          .sram_bandwidth_gbps = derived(1.728, two_words_a_cycle),
          .peak_fp32_gmacs = derived(0.216, m7_fp32),
          .peak_int8_gmacs = derived(0.432, m7_int8),
      },
      {
          .name = "NUCLEO-H7A3ZI-Q",
          .kind = microcontroller,
          .processor = "STM32H7A3ZI, Cortex-M7",
          .cores = stated(count(1), st_h7a3),
          .clock_mhz = stated(280.0, st_h7a3),
          .sram_bytes = stated(kib(1184),
                               "Zephyr, boards/st/nucleo_h7a3zi_q/doc/index.rst, about "
                               "1.4 MB in all; 1.19 MB of it for data in "
                               "MLPerf Tiny v1.2 closed, NUCLEO_H7A3ZI_Q.json"),
          .flash_bytes = stated(mib(2), st_h7a3),
          .sram_bandwidth_gbps = derived(2.24, two_words_a_cycle),
          .peak_fp32_gmacs = derived(0.28, m7_fp32),
          .peak_int8_gmacs = derived(0.56, m7_int8),
          .power_low_w = measured(0.1217, energy_runs),
          .power_high_w = measured(0.1628, energy_runs),
      },
      {
          .name = "NUCLEO-H743ZI",
          .kind = microcontroller,
          .processor = "STM32H743ZI, Cortex-M7",
          .cores = stated(count(1), zephyr_h743),
          .clock_mhz = stated(480.0, zephyr_h743),
          .sram_bytes = stated(mib(1), zephyr_h743),
          .flash_bytes = stated(mib(2), zephyr_h743),
          .sram_bandwidth_gbps = derived(3.84, two_words_a_cycle),
          .peak_fp32_gmacs = derived(0.48, m7_fp32),
          .peak_int8_gmacs = derived(0.96, m7_int8),
      },
      {
          .name = "STM32N6570-DK",
          .kind = microcontroller,
          .processor = "STM32N657X0, Neural-ART accelerator (int8), Cortex-M55 (fp32, fp16)",
          .cores = stated(count(1), zephyr_n657),
          .clock_mhz = stated(800.0, "ST, STM32N6 series: Cortex-M55 at 800 MHz"),
          .sram_bytes = stated(count(4'200'000), zephyr_n657),
          .flash_bytes = stated(mib(128),
                                "Zephyr, boards/st/stm32n6570_dk/doc/index.rst: 1 Gbit "
                                "Octo-SPI flash"),
          .dram_bytes = stated(mib(32),
                               "Zephyr, boards/st/stm32n6570_dk/doc/index.rst: 256 Mbit "
                               "Hexadeca-SPI PSRAM"),
          .peak_fp32_gmacs = derived(1.6, mve_fp32),
          .peak_fp16_gmacs = derived(3.2, mve_fp16),
          .peak_int8_gmacs = derived(300.0,
                                     "ST, STM32N6 series: 600 GOPS, two operations a "
                                     "multiply-accumulate"),
      },
      {
          .name = "nRF52840 DK",
          .kind = microcontroller,
          .processor = "nRF52840, Cortex-M4F",
          .cores = datasheet(count(1), "nRF52840 Product Specification v1.11, Key features"),
          .clock_mhz = datasheet(64.0, "nRF52840 Product Specification v1.11, Key features"),
          .sram_bytes = datasheet(kib(256), nrf52840_ps),
          .flash_bytes = datasheet(kib(1024), nrf52840_ps),
          .sram_bandwidth_gbps = derived(0.256, word_a_cycle),
          .peak_fp32_gmacs = derived(0.032, m4_fp32),
          .peak_int8_gmacs = derived(0.128, m4_int8),
      },
      {
          .name = "nRF5340 DK",
          .kind = microcontroller,
          .processor = "nRF5340, application core, Cortex-M33",
          .cores = stated(count(1), octoml_nrf5340),
          .clock_mhz = stated(128.0, octoml_nrf5340),
          .sram_bytes = stated(kib(512), octoml_nrf5340),
          .flash_bytes = stated(mib(1), octoml_nrf5340),
          .sram_bandwidth_gbps = derived(0.512, word_a_cycle),
          .peak_fp32_gmacs = derived(0.128, m33_fp32),
          .peak_int8_gmacs = derived(0.256, m33_int8),
      },
      {
          .name = "xG24-DK2601B",
          .kind = microcontroller,
          .processor = "EFR32MG24, Cortex-M33 (its MVP accelerator is not counted)",
          .cores = stated(count(1), silabs_xg24),
          .clock_mhz = stated(78.0, silabs_xg24),
          .sram_bytes = stated(kib(256), silabs_xg24),
          .flash_bytes = stated(kib(1536), silabs_xg24),
          .sram_bandwidth_gbps = derived(0.312, word_a_cycle),
          .peak_fp32_gmacs = derived(0.078, m33_fp32),
          .peak_int8_gmacs = derived(0.156, m33_int8),
      },
      {
          .name = "CY8CPROTO-062-4343W",
          .kind = microcontroller,
          .processor = "PSoC 62, Cortex-M4F",
          .cores = stated(count(1), bosch_psoc),
          .clock_mhz = stated(150.0, bosch_psoc),
          .sram_bytes = stated(kib(1024), bosch_psoc),
          .flash_bytes = stated(mib(2), bosch_psoc),
          .sram_bandwidth_gbps = derived(0.6, word_a_cycle),
          .peak_fp32_gmacs = derived(0.075, m4_fp32),
          .peak_int8_gmacs = derived(0.3, m4_int8),
      },
      {
          .name = "NuMaker-M467HJ",
          .kind = microcontroller,
          .processor = "M467HJHAN, Cortex-M4F",
          .cores = stated(count(1), nuvoton_m467),
          .clock_mhz = stated(200.0, nuvoton_m467),
          .sram_bytes = stated(kib(512), nuvoton_m467),
          .flash_bytes = stated(kib(1024), nuvoton_m467),
          .sram_bandwidth_gbps = derived(0.8, word_a_cycle),
          .peak_fp32_gmacs = derived(0.1, m4_fp32),
          .peak_int8_gmacs = derived(0.4, m4_int8),
      },
      {
          .name = "EK-RA8D1",
          .kind = microcontroller,
          .processor = "R7FA8D1AHECBD, Cortex-M85",
          .cores = stated(count(1), renesas_ra8d1),
          .clock_mhz = stated(480.0, renesas_ra8d1),
          .sram_bytes = stated(mib(1), renesas_ra8d1),
          .flash_bytes = stated(mib(2), renesas_ra8d1),
          .sram_bandwidth_gbps = derived(3.84, mve_load),
          .peak_fp32_gmacs = derived(0.96, mve_fp32),
          .peak_fp16_gmacs = derived(1.92, mve_fp16),
          .peak_int8_gmacs = derived(3.84, mve_int8),
      },
      {
          .name = "MIMXRT1060-EVK",
          .kind = microcontroller,
          .processor = "i.MX RT1062, Cortex-M7",
          .cores = stated(count(1), zephyr_rt1060),
          .clock_mhz = stated(600.0, zephyr_rt1060),
          .sram_bytes = stated(kib(1024), zephyr_rt1060),
          .flash_bytes = stated(mib(8),
                                "Zephyr, boards/nxp/mimxrt1060_evk/doc/index.rst: 64 Mbit "
                                "QSPI flash"),
          .dram_bytes = stated(mib(32),
                               "Zephyr, boards/nxp/mimxrt1060_evk/doc/index.rst: 256 Mbit "
                               "SDRAM"),
          .sram_bandwidth_gbps = derived(4.8, two_words_a_cycle),
          .peak_fp32_gmacs = derived(0.6, m7_fp32),
          .peak_int8_gmacs = derived(1.2, m7_int8),
      },
      {
          .name = "MIMXRT1170-EVK",
          .kind = microcontroller,
          .processor = "i.MX RT1176, Cortex-M7 (its Cortex-M4 is not counted)",
          .cores = stated(count(1), zephyr_rt1170),
          .clock_mhz = stated(1000.0, zephyr_rt1170),
          .sram_bytes = stated(mib(2), zephyr_rt1170),
          .flash_bytes = stated(mib(16),
                                "Zephyr, boards/nxp/mimxrt1170_evk/doc/index.rst: 128 "
                                "Mbit QSPI flash"),
          .dram_bytes = stated(mib(64),
                               "Zephyr, boards/nxp/mimxrt1170_evk/doc/index.rst: 512 Mbit "
                               "SDRAM"),
          .sram_bandwidth_gbps = derived(8.0, two_words_a_cycle),
          .peak_fp32_gmacs = derived(1.0, m7_fp32),
          .peak_int8_gmacs = derived(2.0, m7_int8),
      },
      {
          .name = "Apollo3 Blue EVB",
          .kind = microcontroller,
          .processor = "Apollo3 Blue, Cortex-M4F",
          .cores = stated(count(1), zephyr_apollo3),
          .clock_mhz = stated(96.0, zephyr_apollo3),
          .sram_bytes = stated(kib(384), zephyr_apollo3),
          .flash_bytes = stated(mib(1), zephyr_apollo3),
          .sram_bandwidth_gbps = derived(0.384, word_a_cycle),
          .peak_fp32_gmacs = derived(0.048, m4_fp32),
          .peak_int8_gmacs = derived(0.192, m4_int8),
      },
      {
          .name = "Apollo4 Plus EVB",
          .kind = microcontroller,
          .processor = "Apollo4 Plus, Cortex-M4F",
          .cores = stated(count(1), zephyr_apollo4),
          .clock_mhz = stated(192.0, zephyr_apollo4),
          .sram_bytes = stated(kib(2816), zephyr_apollo4),
          .flash_bytes = stated(mib(2), zephyr_apollo4),
          .sram_bandwidth_gbps = derived(0.768, word_a_cycle),
          .peak_fp32_gmacs = derived(0.096, m4_fp32),
          .peak_int8_gmacs = derived(0.384, m4_int8),
      },
      {
          .name = "MAX78000FTHR",
          .kind = microcontroller,
          .processor = "MAX78000, Cortex-M4F (its CNN accelerator is not counted)",
          .cores = stated(count(1), zephyr_max78000),
          .clock_mhz = stated(100.0, zephyr_max78000),
          .sram_bytes = stated(kib(128), zephyr_max78000),
          .flash_bytes = stated(kib(512), zephyr_max78000),
          .sram_bandwidth_gbps = derived(0.4, word_a_cycle),
          .peak_fp32_gmacs = derived(0.05, m4_fp32),
          .peak_int8_gmacs = derived(0.2, m4_int8),
      },
      {
          .name = "Raspberry Pi Pico",
          .kind = microcontroller,
          .processor = "RP2040, two Cortex-M0+",
          .cores = datasheet(count(2), rp2040_datasheet),
          .clock_mhz = datasheet(133.0, rp2040_datasheet),
          .sram_bytes = datasheet(kib(264), rp2040_datasheet),
          .flash_bytes = stated(mib(2), "Raspberry Pi Pico: 2 MB on-board QSPI flash"),
          .sram_bandwidth_gbps = derived(1.064,
                                         "two cores, each one load or store of 32 bits a "
                                         "cycle: 8 bytes x clock"),
          .peak_int8_gmacs = derived(0.133,
                                     "two Cortex-M0+: MULS and ADDS, one product each: 1 a "
                                     "cycle x clock"),
      },
      {
          .name = "Raspberry Pi Pico 2",
          .kind = microcontroller,
          .processor = "RP2350, two Cortex-M33",
          .cores = stated(count(2), rp2350_boards),
          .clock_mhz = stated(150.0, rp2350_boards),
          .sram_bytes = stated(kib(520), rp2350_boards),
          .flash_bytes = stated(mib(4), rp2350_boards),
          .sram_bandwidth_gbps = derived(1.2,
                                         "two cores, each one load or store of 32 bits a "
                                         "cycle: 8 bytes x clock"),
          .peak_fp32_gmacs = derived(0.3,
                                     "two Cortex-M33, each at most one floating-point "
                                     "instruction a cycle: 2 x clock"),
          .peak_int8_gmacs = derived(0.6,
                                     "two Cortex-M33, SMLAD, 2 products of 16 bits a cycle "
                                     "each: 4 x clock"),
      },
      {
          .name = "ESP32-DevKitC",
          .kind = microcontroller,
          .processor = "ESP32, two Xtensa LX6",
          .cores = stated(count(2), esp32_boards),
          .clock_mhz = stated(240.0, esp32_boards),
          .sram_bytes = stated(kib(520), esp32_boards),
          .flash_bytes = stated(mib(4), "ESP32-DevKitC with a module of 4 MB"),
      },
      {
          .name = "ESP32-S3 (8 MB flash)",
          .kind = microcontroller,
          .processor = "ESP32-S3, two Xtensa LX7 with 128-bit instructions",
          .cores = stated(count(2), esp32s3_boards),
          .clock_mhz = stated(240.0, esp32s3_boards),
          .sram_bytes = stated(kib(512), esp32s3_boards),
          .flash_bytes = stated(mib(8), esp32s3_boards),
          .sram_bandwidth_gbps = derived(7.68,
                                         "two cores, each one load of 128 bits a cycle "
                                         "(EE.VLD.128): 32 bytes x clock"),
          .peak_int8_gmacs = derived(7.68,
                                     "two cores, each one EE.VMULAS.S8.ACCX of 16 products a "
                                     "cycle: 32 x clock"),
      },
      {
          .name = "GAP9 EVK",
          .kind = microcontroller,
          .processor = "GAP9, RISC-V cluster of 9 and NE16 accelerator",
          .cores = stated(count(9), greenwaves_gap9),
          .clock_mhz = stated(370.0, greenwaves_gap9),
          .sram_bytes = stated(kib(1664),
                               "MLPerf Tiny v1.0 closed, gap9_800_370.json: 1.5 MB L2 + "
                               "128 KB L1"),
          .flash_bytes = stated(mib(2), greenwaves_gap9),
          .power_low_w = measured(0.0192, energy_runs),
          .power_high_w = measured(0.0646, energy_runs),
      },
      {
          .name = "Raspberry Pi Zero 2 W",
          .kind = single_board_computer,
          .processor = "RP3A0 (BCM2710A1), four Cortex-A53",
          .cores = datasheet(count(4), "Raspberry Pi documentation, Processors, RP3A0"),
          .clock_mhz = datasheet(1000.0, pi_clocks),
          .dram_bytes = datasheet(mib(512), "Raspberry Pi documentation, Processors, RP3A0"),
          .cache_bytes = derived(kib(512 + 4 * 32), pi_cache),
          .dram_bandwidth_gbps = derived(3.6,
                                         "LPDDR2 at sdram_freq 450 MHz (config.txt defaults), "
                                         "two transfers a cycle, 4 bytes wide"),
          .peak_fp32_gmacs = derived(16.0, neon_fp32),
          .peak_int8_gmacs = derived(32.0, neon_int8),
          .power_low_w = derived(1.79, pi_power),
          .power_high_w = derived(10.2, "recommended supply of 2 A x 5.1 V"),
      },
      {
          .name = "Raspberry Pi 3 B+",
          .kind = single_board_computer,
          .processor = "BCM2837B0, four Cortex-A53",
          .cores = stated(count(4), "ncnn, benchmark/README.md, Raspberry Pi 3 Model B+"),
          .clock_mhz = datasheet(1400.0, pi_clocks),
          .dram_bytes = datasheet(gib(1), "Raspberry Pi 3 Model B+ product brief: 1GB LPDDR2"),
          .cache_bytes = derived(kib(512 + 4 * 32), pi_cache),
          .dram_bandwidth_gbps = derived(4.0,
                                         "LPDDR2 at sdram_freq 500 MHz (config.txt defaults), "
                                         "two transfers a cycle, 4 bytes wide"),
          .peak_fp32_gmacs = derived(22.4, neon_fp32),
          .peak_int8_gmacs = derived(44.8, neon_int8),
          .power_low_w = derived(2.55, pi_power),
          .power_high_w = derived(6.63, "recommended supply of 2.5 A less 1.2 A for USB, x 5.1 V"),
      },
      {
          .name = "Raspberry Pi 4 (4 GB)",
          .kind = single_board_computer,
          .processor = "BCM2711, four Cortex-A72",
          .cores = stated(count(4), "ncnn, benchmark/README.md, Raspberry Pi 4 Model B"),
          .clock_mhz = datasheet(1800.0,
                                 "Raspberry Pi documentation, config.txt, Overclocking "
                                 "options: Pi 4B R1.4 with arm_boost=1"),
          .dram_bytes = datasheet(gib(4), "Raspberry Pi 4 Model B specifications, 4 GB variant"),
          .cache_bytes = derived(kib(1024 + 4 * 32),
                                 "BCM2711: 1 MB of shared level 2, and 32 kB "
                                 "of level 1 for data a core"),
          .dram_bandwidth_gbps = derived(12.8,
                                         "LPDDR4-3200 (config.txt defaults: sdram_freq 3200), "
                                         "4 bytes wide"),
          .peak_fp32_gmacs = derived(28.8, neon_fp32),
          .peak_int8_gmacs = derived(57.6, neon_int8),
          .power_low_w = derived(3.06, pi_power),
          .power_high_w = measured(6.38,
                                   "Raspberry Pi documentation, Power supply: 1.25 A at most "
                                   "under stress, x 5.1 V"),
      },
      {
          .name = "Raspberry Pi 5 (8 GB)",
          .kind = single_board_computer,
          .processor = "BCM2712, four Cortex-A76",
          .cores = stated(count(4), "ncnn, benchmark/README.md, Raspberry Pi 5"),
          .clock_mhz = datasheet(2400.0, pi_clocks),
          .dram_bytes = datasheet(gib(8), "Raspberry Pi 5 product brief, 8 GB variant"),
          .cache_bytes = derived(kib(2048 + 4 * 512 + 4 * 64),
                                 "Raspberry Pi 5 product brief: 2 MB of shared level 3, 512 kB of "
                                 "level 2 a core; Cortex-A76: 64 kB of level 1 for data a core"),
          .dram_bandwidth_gbps = derived(17.068,
                                         "LPDDR4X-4267 (config.txt defaults: sdram_freq "
                                         "4267), 4 bytes wide"),
          .peak_fp32_gmacs = derived(76.8, a76_fp32),
          .peak_fp16_gmacs = derived(153.6, a76_fp16),
          .peak_int8_gmacs = derived(307.2, a76_int8),
      },
      {
          .name = "BeagleBone Black",
          .kind = single_board_computer,
          .processor = "AM335x, Cortex-A8",
          .cores = stated(count(1), beagle),
          .clock_mhz = stated(1000.0, beagle),
          .dram_bytes = stated(mib(512), beagle),
          .peak_fp32_gmacs = derived(2.0,
                                     "vfpbench (2014-02-14): NEON multiply-add, 4 operations "
                                     "a cycle on Cortex-A8: 2 x clock"),
      },
      {
          .name = "Rock 5B (RK3588, CPU)",
          .kind = single_board_computer,
          .processor = "RK3588, its four Cortex-A76 (four Cortex-A55 and the NPU are not counted)",
          .cores = datasheet(count(4), rk3588_brief),
          .clock_mhz = stated(2400.0, "ncnn, benchmark/README.md, Rockchip RK3588"),
          .cache_bytes = derived(kib(3072 + 2048 + 512 + 4 * 64 + 4 * 32),
                                 "RK3588 Brief Datasheet, 2022: 3 MB L3, 2 MB and 512 KB L2, 64 KB "
                                 "and 32 KB of L1 for data a core"),
          .peak_fp32_gmacs = derived(76.8, a76_fp32),
          .peak_fp16_gmacs = derived(153.6, a76_fp16),
          .peak_int8_gmacs = derived(307.2, a76_int8),
      },
      {
          .name = "Jetson Nano",
          .kind = single_board_computer,
          .processor = "Maxwell GPU of 128 cores",
          .cores = stated(count(128), jetson_modules),
          .clock_mhz =
              stated(921.6, "CUDA device query of Jetson Nano: GPU Max Clock rate 922 MHz"),
          .dram_bytes = stated(gib(4), jetson_modules),
          .cache_bytes = stated(kib(256), "CUDA device query of Jetson Nano: L2 Cache Size 262144"),
          .dram_bandwidth_gbps = stated(25.6, jetson_modules),
          .peak_fp32_gmacs = derived(118.0, "128 cores, one FMA a cycle each, x clock"),
          .peak_fp16_gmacs = derived(236.0,
                                     "NVIDIA, Jetson modules: 472 GFLOPS, two operations a "
                                     "multiply-accumulate"),
          .power_low_w = stated(5.0, jetson_modules),
          .power_high_w = stated(10.0, jetson_modules),
      },
      {
          .name = "Jetson Xavier NX",
          .kind = single_board_computer,
          .processor = "Volta GPU of 384 cores and 48 Tensor Cores, and accelerators",
          .cores = stated(count(384), jetson_modules),
          .dram_bytes = stated(gib(8), jetson_modules),
          .dram_bandwidth_gbps = stated(59.7, jetson_modules),
          .peak_int8_gmacs = derived(10500.0,
                                     "NVIDIA, Jetson modules: 21 TOPS, two operations a "
                                     "multiply-accumulate"),
          .power_low_w = stated(10.0, jetson_modules),
          .power_high_w = stated(20.0, jetson_modules),
      },
      {
          .name = "Jetson Orin Nano (8 GB)",
          .kind = single_board_computer,
          .processor = "Ampere GPU of 1024 cores and 32 Tensor Cores",
          .cores = stated(count(1024), jetson_modules),
          .clock_mhz = stated(1020.0, "NVIDIA, Jetson Orin Nano Super: GPU at 1.02 GHz"),
          .dram_bytes = stated(gib(8), jetson_modules),
          .dram_bandwidth_gbps = stated(102.0, jetson_modules),
          .peak_fp32_gmacs = derived(1044.0, "1024 cores, one FMA a cycle each, x clock"),
          .peak_int8_gmacs = derived(16750.0,
                                     "NVIDIA, Jetson modules: 67 TOPS of sparse int8, half "
                                     "of it dense, two operations a multiply-accumulate"),
          .power_low_w = stated(7.0, jetson_modules),
          .power_high_w = stated(25.0, jetson_modules),
      },
      {
          .name = "Coral USB Accelerator",
          .kind = accelerator,
          .processor = "Edge TPU",
          .cores = datasheet(count(1), coral_datasheet),
          .peak_int8_gmacs = derived(2000.0,
                                     "Coral USB Accelerator datasheet, version 1.4: 4 TOPS, "
                                     "two operations a multiply-accumulate"),
          .power_high_w = datasheet(2.0, coral_datasheet),
      },
      {
          .name = "Intel NCS2",
          .kind = accelerator,
          .processor = "Movidius Myriad X, two neural compute engines",
          .cores = datasheet(count(2), myriad_x),
          .peak_fp16_gmacs = derived(500.0,
                                     "Intel, ID 672695, 11/14/2018: 1 TOPS on deep neural "
                                     "networks, two operations a multiply-accumulate"),
      },
      {
          .name = "RK3588 NPU",
          .kind = accelerator,
          .processor = "NPU of three cores",
          .cores = stated(count(3),
                          "Linux, Documentation/devicetree/bindings/npu/"
                          "rockchip,rk3588-rknn-core.yaml"),
          .peak_int8_gmacs = derived(3000.0,
                                     "Rockchip: 6 TOPS, two operations a "
                                     "multiply-accumulate"),
      },
      {
          .name = "NDP120 (Syntiant Core 2)",
          .kind = accelerator,
          .processor = "Syntiant Core 2",
          .clock_mhz = stated(98.7, syntiant_ndp120),
          .sram_bytes = stated(kib(1024), syntiant_ndp120),
          .power_low_w = measured(0.0056, energy_runs),
          .power_high_w = measured(0.0291, energy_runs),
      },
  });
}();

/// The known devices as `Device`, ready to have others appended.
[[nodiscard]] inline std::vector<Device> all_devices() {
  std::vector<Device> devices;
  for (const DeviceData& data : known_devices) devices.push_back(to_device(data));
  return devices;
}

}  // namespace edgeopt::inline v0
