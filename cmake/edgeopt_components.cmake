# The components of edgeopt and the packages each of them needs.
#
# Read by the build and, installed beside edgeoptConfig.cmake, by find_package: the library is headers
# only, so which components there are is a question of what the machine of the user has, not of what
# the machine had that installed it.

set(edgeopt_components
  edgeopt engines nn io_idx io_csv io_json io_yaml io_npz io_onnx io_sha256 io_plot io_download io
  study all)
set(edgeopt_modules "${CMAKE_CURRENT_LIST_DIR}/modules")

# edgeopt_component(<name> [USES <components>] [USES_FOUND <components>] [PACKAGES <packages>])
# USES: it does not exist without them. USES_FOUND: it is the sum of those that exist.
function(edgeopt_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES;USES_FOUND;PACKAGES")
  foreach(part IN ITEMS USES USES_FOUND PACKAGES)
    set_property(GLOBAL PROPERTY edgeopt_component_${name}_${part} "${arg_${part}}")
  endforeach()
endfunction()

# edgeopt_package(<name> [FIND <more arguments of find_package>] TARGETS <targets> DEBIAN <packages>)
# TARGETS: the names under which Debian, Conan and vcpkg offer it; the first that exists is taken.
function(edgeopt_package name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "FIND;TARGETS;DEBIAN")
  foreach(part IN ITEMS FIND TARGETS DEBIAN)
    set_property(GLOBAL PROPERTY edgeopt_package_${name}_${part} "${arg_${part}}")
  endforeach()
endfunction()

edgeopt_component(engines USES edgeopt PACKAGES Threads)
edgeopt_component(nn USES engines PACKAGES xtensor Eigen3)
edgeopt_component(io_idx USES edgeopt PACKAGES ZLIB)
edgeopt_component(io_csv USES edgeopt PACKAGES FastCppCsvParser)
edgeopt_component(io_json USES edgeopt PACKAGES nlohmann_json)
edgeopt_component(io_yaml USES edgeopt PACKAGES yaml-cpp)
edgeopt_component(io_npz USES edgeopt PACKAGES LibZip)
edgeopt_component(io_onnx USES edgeopt PACKAGES Protozero)
edgeopt_component(io_sha256 USES edgeopt PACKAGES OpenSSL)
edgeopt_component(io_plot USES edgeopt PACKAGES GnuplotIostream ZLIB)
edgeopt_component(io_download USES edgeopt PACKAGES CURL)
edgeopt_component(io USES edgeopt
  USES_FOUND io_idx io_csv io_json io_yaml io_npz io_onnx io_sha256 io_plot io_download)
edgeopt_component(study
  USES nn io_idx io_csv io_json io_yaml io_npz io_sha256 io_plot io)
edgeopt_component(all USES edgeopt USES_FOUND engines nn io study)

edgeopt_package(Threads TARGETS Threads::Threads DEBIAN libc6-dev)
edgeopt_package(xtensor TARGETS xtensor::xtensor xtensor DEBIAN libxtensor-dev)
edgeopt_package(Eigen3 FIND CONFIG TARGETS Eigen3::Eigen DEBIAN libeigen3-dev)
edgeopt_package(ZLIB TARGETS ZLIB::ZLIB DEBIAN zlib1g-dev)
edgeopt_package(FastCppCsvParser FIND MODULE
  TARGETS FastCppCsvParser::FastCppCsvParser DEBIAN libfccp-dev)
edgeopt_package(nlohmann_json TARGETS nlohmann_json::nlohmann_json DEBIAN nlohmann-json3-dev)
edgeopt_package(yaml-cpp TARGETS yaml-cpp::yaml-cpp yaml-cpp DEBIAN libyaml-cpp-dev)
edgeopt_package(LibZip FIND MODULE TARGETS LibZip::LibZip DEBIAN libzip-dev)
edgeopt_package(Protozero FIND MODULE TARGETS protozero::protozero DEBIAN libprotozero-dev)
edgeopt_package(OpenSSL FIND COMPONENTS Crypto TARGETS OpenSSL::Crypto DEBIAN libssl-dev)
edgeopt_package(CURL TARGETS CURL::libcurl DEBIAN libcurl4-openssl-dev)
edgeopt_package(GnuplotIostream FIND MODULE
  TARGETS GnuplotIostream::GnuplotIostream DEBIAN libgnuplot-iostream-dev libboost-iostreams-dev libboost-filesystem-dev)

# The target of a package in `out_target`, or nothing.
function(edgeopt_find_package name out_target)
  get_property(arguments GLOBAL PROPERTY edgeopt_package_${name}_FIND)
  get_property(targets GLOBAL PROPERTY edgeopt_package_${name}_TARGETS)
  list(PREPEND CMAKE_MODULE_PATH "${edgeopt_modules}")
  find_package(${name} QUIET ${arguments})
  set(${out_target} "" PARENT_SCOPE)
  foreach(target IN LISTS targets)
    if(TARGET ${target})
      set(${out_target} ${target} PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# Defines edgeopt::<name> and the components it stands on; edgeopt::edgeopt exists already. What keeps
# it from existing goes to `out_missing`: "yaml-cpp (Debian: libyaml-cpp-dev)".
# The targets are seen where find_package was called, or from everywhere with
# edgeopt_component_scope GLOBAL.
function(edgeopt_add_component name out_missing)
  set(${out_missing} "" PARENT_SCOPE)
  if(TARGET edgeopt::${name})
    return()
  endif()
  foreach(part IN ITEMS USES USES_FOUND PACKAGES)
    get_property(${part} GLOBAL PROPERTY edgeopt_component_${name}_${part})
  endforeach()

  set(links "")
  set(missing "")
  foreach(used IN LISTS USES)
    edgeopt_add_component(${used} missing_of_used)
    list(APPEND missing ${missing_of_used})
    list(APPEND links edgeopt::${used})
  endforeach()
  foreach(used IN LISTS USES_FOUND)
    edgeopt_add_component(${used} missing_of_used)
    if(TARGET edgeopt::${used})
      list(APPEND links edgeopt::${used})
    endif()
  endforeach()
  foreach(package IN LISTS PACKAGES)
    edgeopt_find_package(${package} target)
    if(target)
      list(APPEND links ${target})
    else()
      get_property(debian GLOBAL PROPERTY edgeopt_package_${package}_DEBIAN)
      list(JOIN debian " " debian)
      list(APPEND missing "${package} (Debian: ${debian})")
    endif()
  endforeach()

  if(missing)
    list(REMOVE_DUPLICATES missing)
    set(${out_missing} "${missing}" PARENT_SCOPE)
    return()
  endif()
  add_library(edgeopt::${name} INTERFACE IMPORTED ${edgeopt_component_scope})
  target_link_libraries(edgeopt::${name} INTERFACE ${links})
  # edgeopt/edgeopt.hpp includes what the linked components allow.
  string(TOUPPER ${name} upper)
  target_compile_definitions(edgeopt::${name} INTERFACE EDGEOPT_HAS_${upper}=1)
endfunction()
