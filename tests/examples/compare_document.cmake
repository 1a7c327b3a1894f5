# Fails unless the document is what the program prints.
#   cmake -DPROGRAM=<program> -DDOCUMENT=<file> -P compare_document.cmake
execute_process(COMMAND ${PROGRAM} --document RESULT_VARIABLE status OUTPUT_VARIABLE printed)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} --document: exit status ${status}")
endif()
file(READ "${DOCUMENT}" kept)
if(NOT printed STREQUAL kept)
  message(FATAL_ERROR "${DOCUMENT} is not what is printed now: ${PROGRAM} --document > ${DOCUMENT}")
endif()
