# cmake -DCOMPILER=... -DFOLDERS=<include directories> -DSOURCE=... -P must_refuse.cmake
# Fails unless SOURCE compiles, and with MISUSE defined is refused with the message in its first line.

set(command ${COMPILER} -std=c++20 -fsyntax-only)
list(REMOVE_DUPLICATES FOLDERS)
# The compiler's own folder has its place at the end: named earlier, it hides those it stands behind.
list(REMOVE_ITEM FOLDERS /usr/include)
foreach(folder IN LISTS FOLDERS)
  list(APPEND command -isystem ${folder})
endforeach()

file(STRINGS ${SOURCE} first_line LIMIT_COUNT 1)
if(NOT first_line MATCHES "^// refused with: (.+)$")
  message(FATAL_ERROR "${SOURCE} does not begin with the expected message")
endif()
set(expected "${CMAKE_MATCH_1}")

execute_process(COMMAND ${command} ${SOURCE} RESULT_VARIABLE status ERROR_VARIABLE output)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "does not compile even without the misuse:\n${output}")
endif()

execute_process(COMMAND ${command} -DMISUSE ${SOURCE} RESULT_VARIABLE status ERROR_VARIABLE output)
if(status EQUAL 0)
  message(FATAL_ERROR "was not refused")
endif()
if(NOT output MATCHES "${expected}")
  message(FATAL_ERROR "was refused without '${expected}':\n${output}")
endif()
