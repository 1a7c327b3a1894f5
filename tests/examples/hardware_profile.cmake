edgeopt_add_example_test(hardware_profile_table hardware_profile
  ARGS --batch 1 --features 16 --stream-interval-ms 10
  STDOUT "linear_projection  +0.03  +0.1875" "0.06  +0.3828  +6.231  +0.006")
edgeopt_add_example_test(hardware_profile_files hardware_profile
  ARGS --batch 4 --features 8 --output-dir profile STDOUT "input_normalization" STDERR "operator_profile.csv")
edgeopt_add_example_test(hardware_profile_limit hardware_profile
  ARGS --batch 1024 --features 1024 --memory-limit-mb 1
  STDOUT "Operators" STDERR "A batch of 1024 does not fit 1.0 MB; profiled is a batch of 128, which takes 1.0 MB")
edgeopt_add_example_test(hardware_profile_missing hardware_profile
  ARGS --batch 4 STATUS 2 STDERR "--features is required")
edgeopt_add_example_test(hardware_profile_nan hardware_profile
  ARGS --batch 4 --features 4 --stream-interval-ms nan STATUS 2 STDERR "found 'nan', expected a number >= 0")
edgeopt_add_example_test(hardware_profile_unwritable hardware_profile
  ARGS --batch 4 --features 4 --output-dir /proc/edgeopt STATUS 1 STDOUT "Operators" STDERR "/proc/edgeopt")
