# The smallest consumer, as a user writes it, on a machine without any other package.
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")
start_empty()

configure("${REPOSITORY}/examples/embed_minimal" build ${without_packages}
  "-DCMAKE_PREFIX_PATH=${PREFIX}")
run(${CMAKE_COMMAND} --build build)
run("${FOLDER}/build/embed_minimal")
must_say("conv1")
must_say("3612672")  # its multiply-accumulates
