# What the tests of this folder share. Each is a script, run with
#   cmake -DREPOSITORY=... -DFOLDER=<own, emptied here> -DGENERATOR=... -DCOMPILER=... -P <script>
# or with -DPREFIX=<where the library is installed> for those that use an installed library.
cmake_minimum_required(VERSION 3.22)

# As a machine on which nothing but a compiler is installed.
set(without_packages "")
foreach(package IN ITEMS Boost CURL Eigen3 FastCppCsvParser GnuplotIostream LibZip OpenSSL Protozero Threads ZLIB
    nlohmann_json xtensor yaml-cpp Catch2 CLI11)
  list(APPEND without_packages -DCMAKE_DISABLE_FIND_PACKAGE_${package}=ON)
endforeach()

function(start_empty)
  file(REMOVE_RECURSE "${FOLDER}")
  file(MAKE_DIRECTORY "${FOLDER}")
endfunction()

# run(<command...>): leaves what was printed in `output`; fails when the command does.
function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${FOLDER}"
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "failed (${status}): ${command}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# must_fail(<words> <command...>): the command has to fail and to say `words`, line breaks apart.
function(must_fail words)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${FOLDER}"
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  string(FIND "${output}" "${words}" place)
  if(status EQUAL 0 OR place EQUAL -1)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "did not fail with '${words}' (${status}): ${command}\n${output}")
  endif()
endfunction()

# must_say(<words>): the last command has to have printed them.
function(must_say words)
  string(FIND "${output}" "${words}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "did not say '${words}':\n${output}")
  endif()
endfunction()

# The command that configures `source` in `build`, both relative to the test's folder or absolute.
function(configure_command out source build)
  set(${out} ${CMAKE_COMMAND} -S "${source}" -B "${build}" -G "${GENERATOR}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}" -DCMAKE_BUILD_TYPE=Debug ${ARGN} PARENT_SCOPE)
endfunction()

function(configure source build)
  configure_command(command "${source}" "${build}" ${ARGN})
  run(${command})
  set(output "${output}" PARENT_SCOPE)
endfunction()

# skip(<reason>): ends the test as skipped.
macro(skip reason)
  message(STATUS "skipped: ${reason}")
  return()
endmacro()
