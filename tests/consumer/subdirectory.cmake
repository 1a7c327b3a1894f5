# The library inside the build of another project: nothing of it is built but what is linked, nothing
# of it is installed.
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")
start_empty()
set(project "${CMAKE_CURRENT_LIST_DIR}/subdirectory")

configure("${project}" minimal "-DREPOSITORY=${REPOSITORY}" ${without_packages})
run(${CMAKE_COMMAND} --build minimal)
run("${FOLDER}/minimal/minimal")
must_say("401408")
run(${CMAKE_COMMAND} --install minimal --prefix "${FOLDER}/prefix")
file(GLOB_RECURSE installed "${FOLDER}/prefix/*edgeopt*")
file(GLOB_RECURSE built "${FOLDER}/minimal/edgeopt/*.o")
if(installed OR built)
  message(FATAL_ERROR "installed ${installed} and built ${built}, but should have done neither")
endif()

if(NOT PACKAGES)
  skip("nn needs packages that this machine does not have")
endif()
configure("${project}" network "-DREPOSITORY=${REPOSITORY}" -DNETWORK=ON)
run(${CMAKE_COMMAND} --build network)
run("${FOLDER}/network/network")
must_say("20490")
