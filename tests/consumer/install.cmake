# Installs the library on a machine without any of its optional dependencies, and looks at the result.
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")
start_empty()

configure("${REPOSITORY}" build ${without_packages} -DEDGEOPT_BUILD_TESTS=OFF
  -DEDGEOPT_BUILD_EXAMPLES=OFF -DEDGEOPT_BUILD_BENCHMARKS=OFF)
must_say("No edgeopt::io_yaml, because this is missing: yaml-cpp (Debian: libyaml-cpp-dev)")
run(${CMAKE_COMMAND} --build build)
run(${CMAKE_COMMAND} --install build --prefix "${FOLDER}/staged")

# What was installed may be moved.
file(RENAME "${FOLDER}/staged" "${FOLDER}/prefix")
file(GLOB_RECURSE installed "${FOLDER}/prefix/*.cmake")
foreach(file IN LISTS installed)
  file(READ "${file}" text)
  foreach(path IN ITEMS "${REPOSITORY}" "${FOLDER}")
    string(FIND "${text}" "${path}" place)
    if(NOT place EQUAL -1)
      message(FATAL_ERROR "${file} holds the path ${path}")
    endif()
  endforeach()
endforeach()

# Every file below include/ is there.
file(GLOB_RECURSE missing RELATIVE "${REPOSITORY}/include" "${REPOSITORY}/include/*")
file(GLOB_RECURSE installed RELATIVE "${FOLDER}/prefix/include" "${FOLDER}/prefix/include/*")
list(REMOVE_ITEM missing ${installed})
if(missing)
  message(FATAL_ERROR "not installed: ${missing}")
endif()
