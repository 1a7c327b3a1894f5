# Builds the fuzz target with Clang and its sanitizers, and runs it on the corpus and what it makes of it.
#   cmake -DSOURCE=<repository> -DINCLUDES=<folder;...> -DBUILD=<folder> -P run_fuzzer.cmake
# EDGEOPT_FUZZ_SECONDS says for how long (10). EDGEOPT_FUZZ_SEED is fixed (1), so that a commit that passed
# passes again; 0 takes another one each time. New inputs go to the build folder; copy those worth keeping
# to tests/fuzz/corpus.
find_program(clang NAMES clang++ clang++-14)
if(NOT clang)
  message("skipped: no clang++ to build the fuzz target with")
  return()
endif()
set(seconds "$ENV{EDGEOPT_FUZZ_SECONDS}")
if(seconds STREQUAL "")
  set(seconds 10)
endif()
set(seed "$ENV{EDGEOPT_FUZZ_SEED}")
if(seed STREQUAL "")
  set(seed 1)
endif()

file(MAKE_DIRECTORY "${BUILD}/found")
set(includes "-I${SOURCE}/include")
foreach(folder IN LISTS INCLUDES)
  list(APPEND includes -idirafter "${folder}")  # behind those of the system, whose order matters
endforeach()
execute_process(
  COMMAND "${clang}" -std=c++20 -O1 -g1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
    -D_GLIBCXX_ASSERTIONS ${includes} "${SOURCE}/tests/fuzz/onnx.cpp" -o "${BUILD}/fuzz_onnx"
  RESULT_VARIABLE status ERROR_VARIABLE errors)
if(errors MATCHES "libclang_rt.fuzzer|cannot find -l")
  message("skipped: this clang++ has no libFuzzer")
  return()
elseif(NOT status EQUAL 0)
  message(FATAL_ERROR "${errors}")
endif()
execute_process(
  COMMAND "${BUILD}/fuzz_onnx" -seed=${seed} -max_total_time=${seconds} -timeout=10 -rss_limit_mb=1024
    -max_len=65536 -print_final_stats=1 -artifact_prefix=${BUILD}/ "${BUILD}/found" "${SOURCE}/tests/fuzz/corpus/onnx"
  RESULT_VARIABLE status ERROR_VARIABLE log)
string(LENGTH "${log}" length)
if(length GREATER 4000)
  math(EXPR begin "${length} - 4000")
  string(SUBSTRING "${log}" ${begin} -1 log)
endif()
message("${log}")
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the fuzzer found something")
endif()
