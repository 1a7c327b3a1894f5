edgeopt_add_example_test(compare_devices_all compare_devices ARGS --precision int8
  STDOUT "SmallCNN in int8, batch of 1: 1031744 multiply-accumulates, 20936 bytes of parameters, 15680 of activations"
         "NUCLEO-L4R5ZI +fits +fits +1.947 +int8 compute +[0-9.]+ +44.5[0-9]* +0.06814 +0.1523"
         "GAP9 EVK +fits +fits +unknown +unknown +unknown" "Times are lower bounds: 1031744 multiply-accumulates, less what the engines of published latencies may save"
         "SmallCNN +int8 +45 nm +0.3095 ")
edgeopt_add_example_test(compare_devices_latency compare_devices
  ARGS --precision int8 --latency-ms 12 --device "nucleo-u575zi-q" --format csv
  STDOUT "^device,kind,precision,weights_fit,activations_fit,fit,weights_in,activations_in,time_lower_bound_ms,limiter,winograd_tile,calibrated_ms,calibrated_error,compute_utilization,bound_share,energy_low_mj,energy_high_mj,energy_time,bound_origin\n"
         "NUCLEO-U575ZI-Q,microcontroller,int8,fits,fits,fits,flash,on-chip RAM,1.46[0-9]+,int8 compute,2,[0-9.]+,0.50[0-9]+,0.2686[0-9]+,0.1216[0-9]+,0.2724[0-9]*,0.324[0-9]*,latency given,derived\n$")
edgeopt_add_example_test(compare_devices_winograd compare_devices
  ARGS --precision int8 --winograd 1 --device "NUCLEO-L4R5ZI"
  STDOUT "NUCLEO-L4R5ZI +fits +fits +4.299 " "Times are lower bounds: 1031744 multiply-accumulates, less what F.1, 3. may save")
edgeopt_add_example_test(compare_devices_too_large compare_devices
  ARGS --conv1 64 --conv2 256 --device "MAX78000FTHR" STDOUT "MAX78000FTHR  too large  too large")
edgeopt_add_example_test(compare_devices_impossible compare_devices
  ARGS --latency-ms 1 --device "nRF52840 DK" STDOUT "nRF52840 DK cannot run it in 1.0 ms: its bound is above that")
edgeopt_add_example_test(compare_devices_unknown compare_devices
  ARGS --device "Jetson Nanu" STATUS 2 STDERR "device is 'Jetson Nanu', allowed is one of the [0-9]+ devices of the table .did you mean 'Jetson Nano'.")
edgeopt_add_example_test(compare_devices_list compare_devices ARGS --list --device "Coral USB Accelerator"
  STDOUT "Coral USB Accelerator  power_high_w  +2  datasheet  Coral USB Accelerator datasheet, version 1.4")
edgeopt_add_example_test(compare_devices_own compare_devices
  ARGS --devices ${CMAKE_CURRENT_LIST_DIR}/devices.csv --device "My board" --precision int8 --format json
  STDOUT "\"device\": \"My board\"" "\"weights_fit\": \"fits\"" "\"limiter\": \"int8 compute\"" "\"time_lower_bound_ms\": 0.93452" "\"winograd_tile\": 2" "\"bound_origin\": \"measured\"" "\"ordinal_energy\": " "\"ordinal_total_uj\": ")
edgeopt_add_example_test(compare_devices_bad_file compare_devices
  ARGS --devices ${CMAKE_CURRENT_LIST_DIR}/devices_bad.csv STATUS 1
  STDERR "devices_bad.csv: line 3, column 'clock_mhz': found 'fast', expected a number")
edgeopt_add_example_test(compare_devices_same_file compare_devices
  ARGS --devices ${CMAKE_CURRENT_LIST_DIR}/devices.csv --devices ${CMAKE_CURRENT_LIST_DIR}/devices.csv STATUS 1
  STDERR "devices.csv: line 2, column 'name': found 'My board', expected a name that no device before it has")
edgeopt_add_example_test(compare_devices_taken_name compare_devices
  ARGS --devices ${CMAKE_CURRENT_LIST_DIR}/devices_taken.csv STATUS 1
  STDERR "devices_taken.csv: line 3, column 'name': found 'jetson nano', expected a name that no device before it has")
edgeopt_add_example_test(compare_devices_no_file compare_devices ARGS --devices absent.csv STATUS 1 STDERR "absent.csv")
edgeopt_add_example_test(compare_devices_bad_latency compare_devices
  ARGS --latency-ms 0 STATUS 2 STDERR "found '0', expected a number >= 1e-09")
set(corpus "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/onnx")
edgeopt_add_example_test(compare_devices_model compare_devices
  ARGS ${corpus}/conv.onnx --batch 2 --device "Jetson Nano"
  STDOUT "^conv.onnx, N = 2: [0-9]+ multiply" "Jetson Nano" "fp32 +45 nm" "fp16 +45 nm" "int8 +45 nm")
edgeopt_add_example_test(compare_devices_model_quantized compare_devices
  ARGS ${corpus}/qdq.onnx --batch 1 --device "NUCLEO-L4R5ZI" --format csv
  STDOUT "\nNUCLEO-L4R5ZI,microcontroller,int8,fits,fits,fits,flash,on-chip RAM,[0-9.e-]+,")
edgeopt_add_example_test(compare_devices_model_stored compare_devices
  ARGS ${corpus}/conv.onnx --batch 2 --precision fp16 --device "Jetson Orin Nano"
  STDOUT "^conv.onnx, N = 2, stored in fp16: ")
edgeopt_add_example_test(compare_devices_model_and_channels compare_devices
  ARGS ${corpus}/conv.onnx --batch 2 --conv1 8 STATUS 2 STDERR "excludes")
edgeopt_add_example_test(compare_devices_model_unknown compare_devices
  ARGS ${corpus}/unknown_shape.onnx --batch 1 STATUS 1
  STDERR "unknown_shape.onnx: node 'thing' .my.domain.Thing.: found a result of unknown size: unknown operator, expected nodes with known shapes")
edgeopt_add_example_test(compare_devices_model_unknown_cost compare_devices
  ARGS ${corpus}/unknown_domain.onnx --batch 1 --device "Jetson Nano"
  STDERR "Note: the cost of 1 of 1 nodes is unknown and in no sum")
edgeopt_add_example_test(compare_devices_dim_alone compare_devices
  ARGS --dim N=2 STATUS 2 STDERR "requires model")
