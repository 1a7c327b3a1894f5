# A consumer of several components; and what it is told when they cannot be had.
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")
start_empty()
set(project "${CMAKE_CURRENT_LIST_DIR}/components")
set(installed "-DCMAKE_PREFIX_PATH=${PREFIX}")

# Without the packages: each missing one by its name and Debian's, or false where it is optional.
configure_command(command "${project}" refused ${installed} ${without_packages} -DCOMPONENTS=nn)
must_fail("the component 'nn' of edgeopt needs Threads (Debian: libc6-dev), xtensor (Debian: \
libxtensor-dev), Eigen3 (Debian: libeigen3-dev)" ${command})
configure_command(command "${project}" unknown ${installed} -DCOMPONENTS=io_xml)
must_fail("edgeopt has no component 'io_xml'; it has edgeopt, engines, nn," ${command})
configure("${project}" optional ${installed} ${without_packages} -DOPTIONAL=io_yaml)
must_say("the component 'io_yaml' of edgeopt needs yaml-cpp (Debian: libyaml-cpp-dev)")
must_say("edgeopt_io_yaml_FOUND: FALSE")

# Versions: the same minor version only.
string(REGEX MATCH "^([0-9]+)\\.([0-9]+)" same "${VERSION}")
math(EXPR next_minor "${CMAKE_MATCH_2} + 1")
math(EXPR next_major "${CMAKE_MATCH_1} + 1")
foreach(other IN ITEMS "${CMAKE_MATCH_1}.${next_minor}" "${next_major}.0")
  configure_command(command "${project}" other ${installed} -DVERSION=${other})
  must_fail("compatible with requested version \"${other}\"" ${command})
endforeach()

# With the packages, where this machine has them.
if(NOT PACKAGES)
  skip("nn, io_csv and io_yaml need packages that this machine does not have")
endif()
configure("${project}" build ${installed} -DCOMPONENTS=nn,io_csv,io_yaml,io -DVERSION=${same})
run(${CMAKE_COMMAND} --build build)
run("${FOLDER}/build/consumer")
must_say("20490 parameters, 2 rows, 3 epochs")
