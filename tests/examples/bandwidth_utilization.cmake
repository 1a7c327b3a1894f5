edgeopt_add_example_test(bandwidth_reference_devices bandwidth_utilization ARGS --latency-ms 4.2
  STDOUT "baseline  +4.2  Raspberry Pi 4  +4.3  +0.5933  +13.8  +7.861  +13.25"
         "Jetson Nano  +25.6" "desktop DDR4  +50" "typical of compute-bound")
edgeopt_add_example_test(bandwidth_roofline bandwidth_utilization
  ARGS --latency-ms 0.6 --peak-gmacs 1000 --device Board=4.3 --format csv
  STDOUT "network,latency_ms,device,estimated_total_bytes," "baseline,0.6,Board,2491688,33015808,4.15" ",memory-bound,False,False\n$")
edgeopt_add_example_test(bandwidth_memory_bound bandwidth_utilization
  ARGS --latency-ms 0.6 --device Board=4.3 STDOUT "typical of memory-bound")
edgeopt_add_example_test(bandwidth_compare bandwidth_utilization
  ARGS --latency-ms 4 --compare 0.5 --compare-latency-ms 2 STDOUT "pruned 0.5  +2  Raspberry Pi 4" "Pruning takes 50.2 % off")
edgeopt_add_example_test(bandwidth_measured bandwidth_utilization
  ARGS --batch 2 --conv1 2 --conv2 2 --precision int8 --device Board=4.3 STDOUT "in int8, measured on this machine")
edgeopt_add_example_test(bandwidth_clamped bandwidth_utilization
  ARGS --latency-ms 0 --device Board=4.3 STDOUT "counts as 1e-9 s")
edgeopt_add_example_test(bandwidth_one_latency bandwidth_utilization
  ARGS --latency-ms 4 --compare 0.5
  STDOUT "both networks at the one latency given" "baseline  +4 " "pruned 0.5  +4 ")
edgeopt_add_example_test(bandwidth_latency_of_nothing bandwidth_utilization
  ARGS --compare-latency-ms 4 STATUS 2 STDERR "--compare-latency-ms requires")
edgeopt_add_example_test(bandwidth_negative_latency bandwidth_utilization
  ARGS --latency-ms -1 STATUS 2 STDERR "found '-1', expected a number >= 0")
edgeopt_add_example_test(bandwidth_nan_latency bandwidth_utilization
  ARGS --latency-ms nan STATUS 2 STDERR "found 'nan', expected a number >= 0")
edgeopt_add_example_test(bandwidth_bad_device bandwidth_utilization
  ARGS --latency-ms 1 --device Board STATUS 2 STDERR "found 'Board', expected NAME=GB/S")
edgeopt_add_example_test(bandwidth_bad_level bandwidth_utilization
  ARGS --compare 1 STATUS 2 STDERR "found '1', expected a number in .0, 1.")
