edgeopt_add_example_test(roofline_device roofline ARGS --batch 32
  STDOUT "SmallCNN in fp32, batch of 32 on Raspberry Pi 4 .4 GB.: bounds, not predictions"
         "conv2 +f32 +5708913 " "fp32 compute" "Layer by layer it takes at least 0.2404 ms")
edgeopt_add_example_test(roofline_direct roofline ARGS --batch 32 --winograd 1
  STDOUT "conv2 +f32 +28901376 " "Layer by layer it takes at least 1.14[0-9]+ ms")
edgeopt_add_example_test(roofline_csv roofline ARGS --device "NUCLEO-L4R5ZI" --precision int8 --format csv
  STDOUT "^name,type,macs,bytes,arithmetic_intensity_macs_per_byte,compute_ceiling,bound_by,attainable_gmacs,time_lower_bound_ms,measured_ms,achieved_gmacs\n"
         "conv1,s8,50176,4128,12.1[0-9]+,int8 compute,int8 compute,0.2[34][0-9]*,0.20906[0-9]*,,\n")
edgeopt_add_example_test(roofline_unknown_device roofline ARGS --device "Raspberry Pi 6"
  STATUS 2 STDERR "device is 'Raspberry Pi 6'" "did you mean")
edgeopt_add_example_test(roofline_files roofline ARGS --output-dir files
  STDERR "Written to files: roofline_points.csv, roofline_ceilings.csv")
edgeopt_add_example_test(roofline_measured roofline ARGS --measure --repeats 2 --repeat-ms 0.1 --format json
  STDOUT "\"measured_ms\": [0-9n]" "\"achieved_gmacs\": [0-9n]" "\"kind\": \"memory\"" "\"name\": \"classifier\"")
edgeopt_add_example_test(roofline_ceilings roofline ARGS --ceilings --threads 2 --repeats 2 --repeat-ms 0.1
  STDOUT "instructions +type +threads +median_gmacs" "level +traffic +threads" "memory +triad +2 ")
edgeopt_add_example_test(roofline_measured_int8 roofline ARGS --measure --precision int8 --repeats 1 --repeat-ms 0.1
  STATUS 1 STDERR "precision of layers that are timed one by one is int8, allowed is fp32 or fp16")
edgeopt_add_example_test(roofline_device_or_measure roofline ARGS --measure --device "Jetson Nano"
  STATUS 2 STDERR "excludes")
edgeopt_add_example_test(roofline_threads_alone roofline ARGS --threads 2 STATUS 2 STDERR "requires --ceilings")
# Where the processor shows no counters a sentence says so; where it does, a table comes.
if(NOT EXISTS /sys/class/powercap/intel-rapl:0)
  edgeopt_add_example_test(roofline_energy roofline ARGS --energy
    STATUS 1 STDERR "/sys/class/powercap: no energy counters of a processor; this machine does not show them")
endif()
set(corpus "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/onnx")
edgeopt_add_example_test(roofline_model roofline
  ARGS ${corpus}/qdq.onnx --batch 1 --device "NUCLEO-L4R5ZI" --output-dir drawn
  STDOUT "^qdq.onnx, .*on NUCLEO-L4R5ZI: bounds, not predictions" "int8 compute" "takes at least [0-9.e-]+ ms"
  STDERR "Written to drawn: .*roofline_points.csv, roofline_ceilings.csv")
edgeopt_add_example_test(roofline_model_winograd roofline
  ARGS ${corpus}/conv_3x3.onnx --batch 1 --winograd 2 --format csv STDOUT "\nconv,f32,256,")
edgeopt_add_example_test(roofline_model_measured roofline
  ARGS ${corpus}/conv.onnx --batch 2 --measure STATUS 2 STDERR "excludes")
edgeopt_add_example_test(roofline_model_missing roofline ARGS none.onnx STATUS 1 STDERR "none.onnx: cannot be read")
