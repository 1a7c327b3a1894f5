edgeopt_add_example_test(fetch_dataset_help fetch_dataset ARGS --help STDOUT "--from" "mnist")
edgeopt_add_example_test(fetch_dataset_unknown fetch_dataset ARGS mnis STATUS 2 STDERR "mnis not in")
edgeopt_add_example_test(fetch_dataset_absent_folder fetch_dataset
  ARGS mnist --from nowhere STATUS 1 STDERR "train-images-idx3-ubyte.gz: cannot be read: No such file"
  ABSENT data)

# Files of the right name with other content are refused and do not stay.
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/forged/train-images-idx3-ubyte.gz "not the published bytes")
edgeopt_add_example_test(fetch_dataset_forged fetch_dataset
  ARGS mnist --from ${CMAKE_CURRENT_BINARY_DIR}/forged STATUS 1
  STDERR "found SHA-256 [0-9a-f]+, expected 440fcabf[0-9a-f]+, that of the published file"
  ABSENT data)
edgeopt_add_example_test(fetch_dataset_forged_address fetch_dataset
  ARGS mnist --from file://${CMAKE_CURRENT_BINARY_DIR}/forged STATUS 1
  STDERR "as received: found SHA-256" ABSENT data)

# The real thing, where it is at hand.
if(DEFINED ENV{EDGEOPT_DATA_DIR})
  set(edgeopt_data_dir $ENV{EDGEOPT_DATA_DIR})
else()
  set(edgeopt_data_dir ${PROJECT_SOURCE_DIR}/../shared/data)
endif()
if(EXISTS ${edgeopt_data_dir}/mnist/train-images-idx3-ubyte.gz)
  file(REMOVE_RECURSE ${CMAKE_CURRENT_BINARY_DIR}/fetch_dataset_mnist)
  edgeopt_add_example_test(fetch_dataset_mnist fetch_dataset
    ARGS mnist --from ${edgeopt_data_dir}/mnist STDOUT "t10k-labels-idx1-ubyte.gz: (there, )?verified")
else()
  message(STATUS "No MNIST at ${edgeopt_data_dir}/mnist: fetch_dataset is not tested on it")
endif()
