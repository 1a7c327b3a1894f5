# libzip's own CMake package is not used: Debian's insists on the command line tools of libzip, which
# libzip-dev does not bring. vcpkg's is: it builds a static library, whose own needs only it knows.
if(DEFINED VCPKG_TARGET_TRIPLET)
  find_package(libzip CONFIG QUIET)
  if(TARGET libzip::zip AND NOT TARGET LibZip::LibZip)
    add_library(LibZip::LibZip INTERFACE IMPORTED)
    target_link_libraries(LibZip::LibZip INTERFACE libzip::zip)
  endif()
  set(LibZip_FOUND ${libzip_FOUND})
  return()
endif()

find_path(LibZip_INCLUDE_DIR zip.h)
find_library(LibZip_LIBRARY zip)
mark_as_advanced(LibZip_INCLUDE_DIR LibZip_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibZip REQUIRED_VARS LibZip_LIBRARY LibZip_INCLUDE_DIR)

if(LibZip_FOUND AND NOT TARGET LibZip::LibZip)
  add_library(LibZip::LibZip UNKNOWN IMPORTED)
  set_target_properties(LibZip::LibZip PROPERTIES
    IMPORTED_LOCATION "${LibZip_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${LibZip_INCLUDE_DIR}")
endif()
