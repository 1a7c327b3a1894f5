# cmake -D COMPILER=... -D INCLUDE=... -D SOURCE=unit_name.cpp -D "OPTIONS=-mavx|-mavx -mxop|..." -P ...
# Fails when units of two of these options would name their kernels alike.
string(REPLACE "|" ";" all "${OPTIONS}")
foreach(options IN LISTS all)
  separate_arguments(flags UNIX_COMMAND "${options}")
  execute_process(COMMAND ${COMPILER} -std=c++20 -O2 ${flags} -E -P -I${INCLUDE} ${SOURCE}
    OUTPUT_VARIABLE name RESULT_VARIABLE status)
  string(STRIP "${name}" name)
  if(NOT status EQUAL 0 OR NOT name MATCHES "^unit_[a-z0-9_]+$")
    message(FATAL_ERROR "${COMPILER} ${options} makes '${name}'")
  endif()
  message("${name}: ${options}")
  if(DEFINED "options_of_${name}")
    message(FATAL_ERROR "that is also the name with ${options_of_${name}}")
  endif()
  set("options_of_${name}" "${options}")
endforeach()
