# Files of the fuzz corpus are the smallest that there are.
set(corpus "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/onnx")
edgeopt_add_example_test(analyze_table analyze_onnx
  ARGS ${corpus}/conv.onnx --batch 2
  STDOUT "0  *Conv  *float  2x2x3x3  +36  +20  +80  +324  +324" "MaxPool" "Totals")
edgeopt_add_example_test(analyze_dim analyze_onnx
  ARGS ${corpus}/lstm.onnx --dim B=3 --format csv --convention flops-bias
  STDOUT "^index,name,op,type,shape,elements,params,param_bytes,macs,operations,"
         "0,,LSTM,float,5x2x3x3.2x3x3.2x3x3,126,168,672,1800,4320,")
edgeopt_add_example_test(analyze_json analyze_onnx
  ARGS ${corpus}/unknown_domain.onnx --batch 1 --format json
  STDOUT "\"op_counts\": {\n    \"Thing\": 1" "\"share_of_nodes\": 1.0"
         "\"op\": \"my.domain.Thing\",\n *\"reason\": \"unknown operator\"" "\"macs\": null")
edgeopt_add_example_test(analyze_unsorted analyze_onnx
  ARGS ${corpus}/unsorted.onnx --format csv STDOUT "1,,Relu" STDERR "Note: nodes stood before others")
edgeopt_add_example_test(analyze_unbound analyze_onnx
  ARGS ${corpus}/conv.onnx STATUS 1 STDERR "extent 'N' without a value, expected --dim N=<number>, or --batch")
edgeopt_add_example_test(analyze_unknown_dim analyze_onnx
  ARGS ${corpus}/conv.onnx --dim M=2 STATUS 1 STDERR "extent 'M' is unknown, allowed is N")
edgeopt_add_example_test(analyze_fixed_batch analyze_onnx
  ARGS ${corpus}/unsorted.onnx --batch 8 STATUS 1 STDERR "batch is 8, allowed is 2, which the file fixes")
edgeopt_add_example_test(analyze_bad_dim analyze_onnx
  ARGS ${corpus}/conv.onnx --dim N STATUS 2 STDERR "found 'N', expected NAME=N with N >= 1")
edgeopt_add_example_test(analyze_cycle analyze_onnx
  ARGS ${corpus}/cycle.onnx STATUS 1 STDERR "cycle.onnx: offset [0-9]+, node .Relu.: found a cycle of nodes")
edgeopt_add_example_test(analyze_missing analyze_onnx
  ARGS none.onnx STATUS 1 STDERR "none.onnx: cannot be read")
edgeopt_add_example_test(analyze_convention analyze_onnx
  ARGS ${corpus}/conv.onnx --convention mac STATUS 2 STDERR "--convention")
edgeopt_add_example_test(analyze_bad_files analyze_onnx
  ARGS ${corpus}/bad_reshape.onnx --output-dir out STATUS 1
  STDERR "bad_reshape.onnx: node .*Reshape.: shape: found .4, -1., expected one for the elements of .2, 3."
  ABSENT out/analysis.json out)
edgeopt_add_example_test(analyze_files analyze_onnx
  ARGS ${corpus}/qdq.onnx --batch 1 --output-dir written STDOUT "QuantizeLinear"
  STDERR "Written to written: operators.csv, totals.csv, analysis.json")
edgeopt_add_example_test(analyze_device analyze_onnx
  ARGS ${corpus}/qdq.onnx --batch 1 --device "nucleo-l4r5zi" --plan
  STDOUT "Activations in one arena" "arena_bytes +[0-9]+" "Operators on NUCLEO-L4R5ZI, each run by itself: bounds, not predictions; together at least [0-9.e-]+ ms"
         "int8 compute" "time_lower_bound_ms +[0-9.e-]+\n")
edgeopt_add_example_test(analyze_device_winograd analyze_onnx
  ARGS ${corpus}/conv_3x3.onnx --batch 1 --device "Raspberry Pi 4"
  STDOUT "conv +f32 +113 " "winograd_tile +6\n")
edgeopt_add_example_test(analyze_device_direct analyze_onnx
  ARGS ${corpus}/conv_3x3.onnx --batch 1 --device "Raspberry Pi 4" --winograd 1
  STDOUT "conv +f32 +576 " "winograd_tile +1\n")
edgeopt_add_example_test(analyze_winograd_alone analyze_onnx
  ARGS ${corpus}/conv_3x3.onnx --batch 1 --winograd 1 STATUS 2 STDERR "requires --device")
edgeopt_add_example_test(analyze_device_json analyze_onnx
  ARGS ${corpus}/conv.onnx --batch 2 --device "My board" --devices ${CMAKE_CURRENT_LIST_DIR}/devices.csv --format json
  STDOUT "\"arena\": {\n *\"peak_bytes\": 432," "\"greedy_by_size_bytes\": [0-9]+" "\"tensors\": .\n *{\n *\"tensor\": \"x\"" "\"shared_tensors\": .\n *{\n *\"tensor\": \"y\""
         "\"roofline\": {\n *\"device\": \"My board\"" "\"sequential_bound_ms\": " "\"arithmetic_intensity_macs_per_byte\": ")
edgeopt_add_example_test(analyze_no_device_json analyze_onnx
  ARGS ${corpus}/conv.onnx --batch 2 --format json STDOUT "\"arena\": {" "\"roofline\": null")
edgeopt_add_example_test(analyze_device_unknown analyze_onnx
  ARGS ${corpus}/conv.onnx --batch 2 --device "NUCLEO-L4R5ZJ" STATUS 2 STDERR "did you mean 'NUCLEO-L4R5ZI'.")
edgeopt_add_example_test(analyze_plan_unknown analyze_onnx
  ARGS ${corpus}/unknown_shape.onnx --batch 1 --plan --device "NUCLEO-L4R5ZI"
  STDOUT "Unknown: 2 of 2 nodes" STDERR "Note: no plan, because the size of some activation is unknown")
edgeopt_add_example_test(analyze_all_files analyze_onnx
  ARGS ${corpus}/qdq.onnx --batch 1 --plan --device "NUCLEO-L4R5ZI" --output-dir written
  STDERR "Written to written: operators.csv, totals.csv, memory_plan.csv, roofline.csv, analysis.json")
