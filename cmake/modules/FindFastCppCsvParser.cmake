# fast-cpp-csv-parser is one header, csv.h, and comes without a CMake package. Debian and Conan keep
# it in a folder of their own; the target's include directory is that folder: #include <csv.h>.
find_path(FastCppCsvParser_INCLUDE_DIR csv.h PATH_SUFFIXES libfccp fast-cpp-csv-parser)
mark_as_advanced(FastCppCsvParser_INCLUDE_DIR)
find_package(Threads QUIET)  # it reads ahead in a thread

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(FastCppCsvParser
  REQUIRED_VARS FastCppCsvParser_INCLUDE_DIR Threads_FOUND)

if(FastCppCsvParser_FOUND AND NOT TARGET FastCppCsvParser::FastCppCsvParser)
  add_library(FastCppCsvParser::FastCppCsvParser INTERFACE IMPORTED)
  target_include_directories(FastCppCsvParser::FastCppCsvParser
    INTERFACE "${FastCppCsvParser_INCLUDE_DIR}")
  target_link_libraries(FastCppCsvParser::FastCppCsvParser INTERFACE Threads::Threads)
endif()
