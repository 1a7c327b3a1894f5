# gnuplot-iostream is one header without a CMake package; it needs two of Boost's libraries.
find_path(GnuplotIostream_INCLUDE_DIR gnuplot-iostream.h)
mark_as_advanced(GnuplotIostream_INCLUDE_DIR)
find_package(Boost CONFIG QUIET COMPONENTS iostreams filesystem)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(GnuplotIostream
  REQUIRED_VARS GnuplotIostream_INCLUDE_DIR Boost_FOUND)

if(GnuplotIostream_FOUND AND NOT TARGET GnuplotIostream::GnuplotIostream)
  add_library(GnuplotIostream::GnuplotIostream INTERFACE IMPORTED)
  target_include_directories(GnuplotIostream::GnuplotIostream
    INTERFACE "${GnuplotIostream_INCLUDE_DIR}")
  target_link_libraries(GnuplotIostream::GnuplotIostream INTERFACE
    Boost::iostreams Boost::filesystem)
endif()
