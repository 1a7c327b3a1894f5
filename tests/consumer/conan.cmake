# `conan create` of the recipe without any dependency, then with components, whose packages are those
# of this machine. Conan is taken from the path, else from PyPI.
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")
start_empty()

find_program(CONAN conan)
if(NOT CONAN)
  set(environment "${FOLDER}/../conan_environment")  # kept for the next run
  find_program(CONAN conan PATHS "${environment}/bin" NO_DEFAULT_PATH)
endif()
if(NOT CONAN)
  find_program(PYTHON python3)
  if(NOT PYTHON)
    skip("no conan, and no python3 to install it with (Debian: python3-venv)")
  endif()
  execute_process(COMMAND ${PYTHON} -m venv "${environment}"
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(status EQUAL 0)
    execute_process(
      COMMAND "${environment}/bin/pip" install --quiet --retries 1 --timeout 20 "conan>=2,<3"
      RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  endif()
  if(NOT status EQUAL 0)
    skip("no conan, and it cannot be installed from PyPI: ${output}")
  endif()
  set(CONAN "${environment}/bin/conan")
endif()

set(ENV{CONAN_HOME} "${FOLDER}/home")
run(${CONAN} --version)
if(NOT output MATCHES "version 2")
  skip("${CONAN} is not Conan 2: ${output}")
endif()
run(${CONAN} profile detect)

# What a release holds, so that nothing is written to the repository.
foreach(part IN ITEMS conanfile.py test_package include LICENSE)
  file(COPY "${REPOSITORY}/${part}" DESTINATION "${FOLDER}/source")
endforeach()
set(build_settings --no-remote --settings compiler.cppstd=20)

run(${CONAN} create source ${build_settings})
must_say("edgeopt ${VERSION}: conv1 takes 3612672 multiply-accumulates")

if(NOT PACKAGES)
  skip("the components nn, io_csv and io_yaml need packages that this machine does not have")
endif()
foreach(package IN ITEMS eigen/3.4.0 fast-cpp-csv-parser/cci.20211104 xtensor/0.24.3 yaml-cpp/0.7.0)
  string(REPLACE "/" ";--version=" name "${package}")
  run(${CONAN} create "${CMAKE_CURRENT_LIST_DIR}/conan/system_package.py" --name=${name}
    ${build_settings})
endforeach()
set(components "")
foreach(component IN ITEMS nn io_csv io_yaml)
  list(APPEND components --options "edgeopt/*:${component}=True")
endforeach()
run(${CONAN} create source ${build_settings} ${components} "--test-folder=")
run(${CONAN} install --requires=edgeopt/${VERSION} ${build_settings} ${components}
  --generator CMakeDeps --generator CMakeToolchain --output-folder packages)

configure("${CMAKE_CURRENT_LIST_DIR}/components" build -DCMAKE_BUILD_TYPE=Release
  "-DCMAKE_TOOLCHAIN_FILE=${FOLDER}/packages/conan_toolchain.cmake"
  -DCOMPONENTS=nn,io_csv,io_yaml)
run(${CMAKE_COMMAND} --build build)
run("${FOLDER}/build/consumer")
must_say("20490 parameters, 2 rows, 3 epochs")
