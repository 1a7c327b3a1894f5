edgeopt_add_example_test(validate_bounds_tables validate_bounds
  STDOUT "mobilenet +Raspberry Pi 5 .8 GB. +ncnn +fp16 +1 +20.24 +14.81 +0.7318 +fp16 compute" "Errors of the estimates")
edgeopt_add_example_test(validate_bounds_csv validate_bounds ARGS --format csv
  STDOUT "^network,device,engine,precision,threads,published_ms,time_lower_bound_ms,bound_share,limiter,winograd_tile,source\n"
         "resnet8,NUCLEO-L4R5ZI,X-CUBE-AI 9.0,int8,1,165.[0-9]+,29.2[0-9]+,0.17[0-9]+,int8 compute,2,\"?mlcommons/tiny_results_v1.2 cadb362, closed/STMicroelectronics/results/NUCLEO_L4R5ZI/ic/performance/results.txt")
if(TARGET validate_bounds)
  add_test(NAME example_validate_bounds_document COMMAND ${CMAKE_COMMAND}
    -DPROGRAM=$<TARGET_FILE:validate_bounds> -DDOCUMENT=${PROJECT_SOURCE_DIR}/docs/validation.md
    -P ${CMAKE_CURRENT_LIST_DIR}/compare_document.cmake)
  set_tests_properties(example_validate_bounds_document PROPERTIES LABELS example)
endif()
