# vcpkg's tool is not needed here: the port runs against stand-ins of the helpers it calls, and the
# manifests are read. What this cannot show is that vcpkg's own versions of them agree.
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")
start_empty()
set(port "${REPOSITORY}/packaging/vcpkg/edgeopt")
set(CURRENT_PACKAGES_DIR "${FOLDER}/packages/edgeopt")

function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "SOURCE_PATH" "OPTIONS")
  configure("${arg_SOURCE_PATH}" build ${without_packages} ${arg_OPTIONS})
endfunction()

function(vcpkg_cmake_install)
  run(${CMAKE_COMMAND} --build build)
  foreach(prefix IN ITEMS "" "/debug")
    run(${CMAKE_COMMAND} --install build --prefix "${CURRENT_PACKAGES_DIR}${prefix}")
  endforeach()
endfunction()

# Moves the CMake package to share/<name>, where it stands two folders below the prefix.
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "PACKAGE_NAME;CONFIG_PATH" "")
  set(moved "${CURRENT_PACKAGES_DIR}/share/${arg_PACKAGE_NAME}")
  file(RENAME "${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}" "${moved}")
  file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/share/cmake")
  file(READ "${moved}/${arg_PACKAGE_NAME}Targets.cmake" text)
  string(REPLACE "get_filename_component(_IMPORT_PREFIX \"\${_IMPORT_PREFIX}\" PATH)\nif("
    "if(" text "${text}")
  file(WRITE "${moved}/${arg_PACKAGE_NAME}Targets.cmake" "${text}")
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
  file(INSTALL ${arg_FILE_LIST} DESTINATION "${CURRENT_PACKAGES_DIR}/share/edgeopt"
    RENAME copyright)
endfunction()

function(include_portfile)
  set(CMAKE_CURRENT_LIST_DIR "${port}")
  include("${port}/portfile.cmake")
endfunction()
include_portfile()

# What vcpkg complains about after a build.
foreach(wanted IN ITEMS include/edgeopt/hardware.hpp share/edgeopt/edgeoptConfig.cmake
    share/edgeopt/copyright share/edgeopt/usage)
  if(NOT EXISTS "${CURRENT_PACKAGES_DIR}/${wanted}")
    message(FATAL_ERROR "the port does not install ${wanted}")
  endif()
endforeach()
foreach(unwanted IN ITEMS debug share/cmake share/doc lib)
  if(EXISTS "${CURRENT_PACKAGES_DIR}/${unwanted}")
    message(FATAL_ERROR "the port installs ${unwanted}")
  endif()
endforeach()

configure("${REPOSITORY}/examples/embed_minimal" consumer ${without_packages}
  "-DCMAKE_PREFIX_PATH=${CURRENT_PACKAGES_DIR}")
run(${CMAKE_COMMAND} --build consumer)
run("${FOLDER}/consumer/embed_minimal")
must_say("3612672")

# The manifests: the version of the header; a feature for each component that brings a package, but
# for those that need gnuplot-iostream, which vcpkg does not have.
foreach(manifest IN ITEMS "${port}/vcpkg.json" "${REPOSITORY}/vcpkg.json")
  file(READ "${manifest}" json)
  string(JSON name GET "${json}" name)
  string(JSON version GET "${json}" version)
  if(NOT name STREQUAL "edgeopt" OR NOT version STREQUAL VERSION)
    message(FATAL_ERROR "${manifest} is of ${name} ${version}, not of edgeopt ${VERSION}")
  endif()
endforeach()
file(READ "${port}/vcpkg.json" json)
string(JSON count LENGTH "${json}" features)
math(EXPR last "${count} - 1")
set(features "")
foreach(i RANGE ${last})
  string(JSON feature MEMBER "${json}" features ${i})
  string(JSON dependencies LENGTH "${json}" features ${feature} dependencies)
  if(dependencies EQUAL 0)
    message(FATAL_ERROR "feature ${feature} brings nothing")
  endif()
  string(REPLACE "-" "_" feature "${feature}")
  list(APPEND features ${feature})
endforeach()
include("${REPOSITORY}/cmake/edgeopt_components.cmake")
set(expected ${edgeopt_components})
list(REMOVE_ITEM expected edgeopt engines io_plot io study all)
list(SORT expected)
list(SORT features)
if(NOT features STREQUAL expected)
  message(FATAL_ERROR "the port has the features ${features}, the library ${expected}")
endif()
