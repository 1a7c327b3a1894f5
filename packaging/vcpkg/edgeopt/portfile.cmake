# An overlay port: it packages the repository it lies in.
#   vcpkg install "edgeopt[nn,io-csv]" --overlay-ports=<repository>/packaging/vcpkg
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

# Features bring packages; which components there are is decided where the library is used.
vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    -DEDGEOPT_BUILD_TESTS=OFF
    -DEDGEOPT_BUILD_EXAMPLES=OFF
    -DEDGEOPT_BUILD_BENCHMARKS=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME edgeopt CONFIG_PATH share/cmake/edgeopt)

# Headers are the same for both configurations.
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug" "${CURRENT_PACKAGES_DIR}/share/doc")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/edgeopt")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
