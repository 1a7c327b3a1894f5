edgeopt_add_example_test(memory_plan_table memory_plan
  STDOUT "conv1 +0 +50176 +0 +1 +conv1 +relu1 +yes" "relu1 +50176 +50176 +1 +2" "flatten +pool2 +flatten +Flatten"
         "peak_bytes +100352\npeak_node +relu1\norder +given\n" "arena_bytes +100352" "constant_bytes +81960\n$")
edgeopt_add_example_test(memory_plan_csv memory_plan ARGS --format csv --alignment 64
  STDOUT "^tensor,offset,bytes,first_node,last_node,first_node_name,last_node_name,alive_at_peak\ninput,"
         "\nclassifier,6272,40,7,7,classifier,classifier,False\n$")
edgeopt_add_example_test(memory_plan_json memory_plan
  ARGS --format json --precision int8 --batch 4 --reorder --sram-kb 128 --flash-kb 64
  STDOUT "\"peak_bytes\": 62720,\n" "\"order\": \"searched, no other has a lower peak\"" "\"fits_flash\": true"
         "\"reason\": \"its reader reads the integers\"")
edgeopt_add_example_test(memory_plan_in_place memory_plan ARGS --in-place --strategy greedy
  STDOUT "relu1 +conv1 +relu1 +Relu +written over" "peak_bytes +62720\n" "strategy +greedy by size\n")
edgeopt_add_example_test(memory_plan_fit memory_plan
  ARGS --sram-kb 64 --flash-kb 256 --runtime-kb 16 --code-kb 64
  STDOUT "SRAM: arena and runtime take 116736 of 65536 bytes, 51200 too many. flash: weights and code take 147496 of 262144 bytes, 114648 to spare.\n$")
edgeopt_add_example_test(memory_plan_files memory_plan ARGS --output-dir plan
  STDOUT "arena_bytes" STDERR "^Written to plan:.* memory_plan.csv\n")
edgeopt_add_example_test(memory_plan_alignment memory_plan
  ARGS --alignment 24 STATUS 1 STDERR "alignment is 24, allowed is a power of two")
edgeopt_add_example_test(memory_plan_half_a_device memory_plan ARGS --sram-kb 64 STATUS 2 STDERR "--flash-kb")
edgeopt_add_example_test(memory_plan_strategy memory_plan ARGS --strategy best STATUS 2 STDERR "--strategy")
edgeopt_add_example_test(memory_plan_overflow memory_plan
  ARGS --batch 9000000000000000000 STATUS 1 STDERR "more than 2.63 - 1")
edgeopt_add_example_test(memory_plan_unwritable memory_plan
  ARGS --output-dir /proc/edgeopt STATUS 1 STDOUT "arena_bytes" STDERR "/proc/edgeopt")
set(corpus "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/onnx")
edgeopt_add_example_test(memory_plan_model memory_plan
  ARGS ${corpus}/conv.onnx --dim N=2 --output-dir plan
  STDOUT "^conv.onnx, N = 2: activations in the arena" "arena_bytes" STDERR "^Written to plan:.* memory_plan.csv\n")
edgeopt_add_example_test(memory_plan_model_stored memory_plan
  ARGS ${corpus}/conv.onnx --batch 2 --precision int8 --format csv --alignment 1 STDOUT "^tensor,offset,bytes,.*\nx,[0-9]+,72,")
edgeopt_add_example_test(memory_plan_model_unbound memory_plan
  ARGS ${corpus}/conv.onnx STATUS 1 STDERR "extent 'N' without a value, expected --dim N=<number>, or --batch")
edgeopt_add_example_test(memory_plan_model_bad memory_plan
  ARGS ${corpus}/cycle.onnx --output-dir plan STATUS 1 STDERR "found a cycle of nodes" ABSENT plan)
edgeopt_add_example_test(memory_plan_device memory_plan
  ARGS --device "nucleo-h743zi" --code-kb 64
  STDOUT "flash: weights and code take 147496 of 2097152 bytes, 1949656 to spare.\n$")
edgeopt_add_example_test(memory_plan_device_unknown memory_plan
  ARGS --device "Jetson Nano" STATUS 2 STDERR "on-chip RAM or flash of 'Jetson Nano' is unknown, give --sram-kb and --flash-kb")
edgeopt_add_example_test(memory_plan_device_twice memory_plan
  ARGS --device "Jetson Nano" --sram-kb 1 --flash-kb 1 STATUS 2 STDERR "excludes")
