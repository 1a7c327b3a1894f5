# Trains on a few synthetic digits, saves in both formats, and evaluates what was saved.
set(settings ${CMAKE_CURRENT_BINARY_DIR}/few_images.yaml)
file(WRITE ${settings} "train_subset: 600\nval_subset: 200\nepochs: 1\nbatch_size: 32\n"
  "conv1_channels: 4\nconv2_channels: 8\nlearning_rate: 0.01\ncalibration_batches: 2\n")
foreach(format IN ITEMS safetensors npz)
  edgeopt_add_example_test(train_${format} train_small_cnn
    ARGS --config ${settings} --output ${CMAKE_CURRENT_BINARY_DIR}/model.${format}
    STDOUT "epoch 1: loss [0-9.]+, validation accuracy 0[.][0-9]+\nsaved to .*model.${format}\n$")
  edgeopt_add_example_test(evaluate_${format} evaluate
    ARGS ${CMAKE_CURRENT_BINARY_DIR}/model.${format} --config ${settings} --format json
    STDOUT "\"class\": \"9\"" "\"class\": \"all\",\n      \"images\": 200" "\"int8_cost_points\"" "confusion_fp32")
  if(TARGET train_small_cnn AND TARGET evaluate)
    set_tests_properties(example_train_${format} PROPERTIES FIXTURES_SETUP model_${format})
    set_tests_properties(example_evaluate_${format} PROPERTIES FIXTURES_REQUIRED model_${format})
  endif()
endforeach()

edgeopt_add_example_test(train_unknown_format train_small_cnn
  ARGS --config ${settings} --output model.pt STATUS 1
  STDERR "name of a model file is 'model.pt', allowed is one that ends in .safetensors or .npz" ABSENT model.pt)
edgeopt_add_example_test(train_unwritable train_small_cnn
  ARGS --config ${settings} --output /proc/model.npz STATUS 1 STDOUT "epoch 1" STDERR "/proc/.*cannot be written")
edgeopt_add_example_test(train_bad_config train_small_cnn
  ARGS --config absent.yaml STATUS 1 STDERR "absent.yaml: cannot be read: No such file")
edgeopt_add_example_test(train_bad_epochs train_small_cnn
  ARGS --epochs 0 STATUS 2 STDERR "--epochs: found '0', expected")
edgeopt_add_example_test(evaluate_absent evaluate
  ARGS absent.npz --config ${settings} STATUS 1 STDERR "absent.npz: cannot be read: No such file")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/damaged.safetensors "12345")
edgeopt_add_example_test(evaluate_damaged evaluate
  ARGS ${CMAKE_CURRENT_BINARY_DIR}/damaged.safetensors --config ${settings} STATUS 1
  STDERR "damaged.safetensors: .*found 5 bytes")
edgeopt_add_example_test(evaluate_no_data evaluate
  ARGS absent.npz --dataset mnist --data-dir nowhere STATUS 1 STDERR "nowhere")
