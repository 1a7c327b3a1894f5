# What `cmake --install` puts where. Nothing depends on the architecture.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_DATADIR}/cmake/edgeopt")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/edgeopt" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS edgeopt_edgeopt EXPORT edgeoptTargets
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT edgeoptTargets NAMESPACE edgeopt:: DESTINATION "${package_dir}")

# Before 1.0 a new minor version may change any name, so only the same one will do.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/edgeoptConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
    "${PROJECT_SOURCE_DIR}/cmake/edgeoptConfig.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/edgeopt_components.cmake"
    "${PROJECT_BINARY_DIR}/edgeoptConfigVersion.cmake"
  DESTINATION "${package_dir}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/cmake/modules" DESTINATION "${package_dir}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
