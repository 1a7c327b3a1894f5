set(tiny ${CMAKE_CURRENT_LIST_DIR}/tiny.yaml)

# Nobody watches a terminal here, so nothing but tables comes out (and a note where gnuplot is missing).
find_program(edgeopt_gnuplot gnuplot)
if(edgeopt_gnuplot)
  set(drawn "")
  set(files 16)
else()
  set(drawn STDERR "not drawn: accuracy_vs_latency.png, .*gnuplot was not found")
  set(files 11)
endif()
edgeopt_add_example_test(run_pipeline_tables run_pipeline
  ARGS --config ${tiny} --threads 2
  STDOUT "Candidates\n" "pruning_level  precision  accepted  accuracy"
         "\n +0  fp32       no " "\n +0  fp16       yes " "\n +0.5  int8       yes "
         "\nFrontier of latency\n" "\nFrontier of the energy proxy\n"
         "\n${files} files are in out. Begin with out/report.html\n$"
  ${drawn})
edgeopt_add_example_test(run_pipeline_json run_pipeline
  ARGS --config ${tiny} --print json --output-dir elsewhere --seed 8 --quiet ABSENT out
  STDOUT "^{\n  \"baseline\": {\n    \"accuracy\": 0.[0-9]+,\n" "\n  \"study_rows\": 6,\n"
         "\n  \"accepted_rows\": [45],\n" "\"stream_p99_ms\": [0-9]" "\n}\n$")
edgeopt_add_example_test(run_pipeline_quiet run_pipeline ARGS --config ${tiny} --quiet STDOUT "^$")
edgeopt_add_example_test(run_pipeline_help run_pipeline
  ARGS --help STDOUT "--config" "--dataset" "--data-dir" "--output-dir" "--seed" "--threads" "--quiet"
                     "--print" "--resume")

# Wrong usage
edgeopt_add_example_test(run_pipeline_dataset run_pipeline
  ARGS --dataset mnits STATUS 2 STDERR "--dataset: found 'mnits', expected synthetic, mnist, .*did you mean 'mnist'"
  ABSENT outputs)
edgeopt_add_example_test(run_pipeline_seed run_pipeline
  ARGS --seed -1 STATUS 2 STDERR "--seed: found '-1', expected an integer >= 0" ABSENT outputs)
edgeopt_add_example_test(run_pipeline_threads run_pipeline
  ARGS --threads 0 STATUS 2 STDERR "--threads: found '0', expected an integer >= 1 or none" ABSENT outputs)
edgeopt_add_example_test(run_pipeline_print run_pipeline
  ARGS --print xml STATUS 2 STDERR "--print: xml not in" ABSENT outputs)
edgeopt_add_example_test(run_pipeline_unknown run_pipeline
  ARGS --sed 1 STATUS 2 STDERR "--sed" ABSENT outputs)

# What cannot be read, written or gone on with
edgeopt_add_example_test(run_pipeline_no_config run_pipeline
  ARGS --config absent.yaml STATUS 1 STDERR "^run_pipeline: absent.yaml: cannot be read: No such file" ABSENT outputs)
set(wrong ${CMAKE_CURRENT_BINARY_DIR}/wrong.yaml)
file(WRITE ${wrong} "epochs: 0\nlerning_rate: 0.1\n")
edgeopt_add_example_test(run_pipeline_bad_config run_pipeline
  ARGS --config ${wrong} STATUS 1
  STDERR "line 1, key 'epochs': found '0', expected an integer >= 1\n" "line 2: .*did you mean 'learning_rate'"
  ABSENT outputs)
edgeopt_add_example_test(run_pipeline_no_data run_pipeline
  ARGS --config ${tiny} --dataset mnist --data-dir nowhere STATUS 1 STDERR "nowhere.*train-images-idx3-ubyte"
  ABSENT out)
edgeopt_add_example_test(run_pipeline_no_folder run_pipeline
  ARGS --config ${tiny} --output-dir ${tiny}/below STATUS 1 STDERR "^run_pipeline: [^\n]*tiny.yaml[^\n]*\n$")
edgeopt_add_example_test(run_pipeline_nothing_to_resume run_pipeline
  ARGS --config ${tiny} --resume STATUS 1 STDERR "found no checkpoint" ABSENT out)

if(TARGET run_pipeline)
  add_test(NAME example_run_pipeline_interrupted COMMAND sh
    ${CMAKE_CURRENT_LIST_DIR}/run_pipeline_interrupted.sh $<TARGET_FILE:run_pipeline>
    ${CMAKE_CURRENT_BINARY_DIR}/run_pipeline_interrupted)
  set_tests_properties(example_run_pipeline_interrupted PROPERTIES LABELS example)
endif()
