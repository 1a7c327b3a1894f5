set(candidates ${CMAKE_CURRENT_BINARY_DIR}/candidates.csv)
file(WRITE ${candidates} "name,cost,gain,fits\na,1,1,True\nb,2,3,True\nc,3,2,True\n\"d, e\",4,4,False\nf,2,3,True\n")
edgeopt_add_example_test(pareto_rows pareto_frontier
  ARGS ${candidates} --minimize cost --maximize gain
  STDOUT "^name,cost,gain,fits\na,1,1,True\nb,2,3,True\n\"d, e\",4,4,False\nf,2,3,True\n$")
edgeopt_add_example_test(pareto_where pareto_frontier
  ARGS ${candidates} --minimize cost --maximize gain --where fits --hypervolume 5,0
  STDOUT "^name,cost,gain,fits\na,1,1,True\nb,2,3,True\nf,2,3,True\n$" STDERR "^hypervolume 10.0\n$")
edgeopt_add_example_test(pareto_ranks pareto_frontier
  ARGS ${candidates} --minimize cost --maximize gain --ranks
  STDOUT "name,cost,gain,fits,rank\na,1,1,True,0\nb,2,3,True,0\nc,3,2,True,1\n")
edgeopt_add_example_test(pareto_json pareto_frontier
  ARGS ${candidates} --minimize cost --maximize gain --format json STDOUT "\"cost\": 1,\n" "\"fits\": true")
edgeopt_add_example_test(pareto_no_objective pareto_frontier
  ARGS ${candidates} STATUS 2 STDERR "--minimize or --maximize is required")
edgeopt_add_example_test(pareto_unknown_column pareto_frontier
  ARGS ${candidates} --minimize csot STATUS 1 STDERR "no column 'csot'.*did you mean 'cost'")
edgeopt_add_example_test(pareto_text_column pareto_frontier
  ARGS ${candidates} --minimize name STATUS 1 STDERR "line 2, column 'name': found 'a', expected a number")
edgeopt_add_example_test(pareto_reference_size pareto_frontier
  ARGS ${candidates} --minimize cost --hypervolume 1,2 STATUS 1 STDERR "reference point is 2, allowed is 1")
edgeopt_add_example_test(pareto_missing_file pareto_frontier
  ARGS absent.csv --minimize cost STATUS 1 STDERR "absent.csv: cannot be read: No such file")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/header_only.csv "cost,gain\n")
edgeopt_add_example_test(pareto_header_only pareto_frontier
  ARGS ${CMAKE_CURRENT_BINARY_DIR}/header_only.csv --minimize cost STDOUT "^cost,gain\n$")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/nan.csv "cost,gain\n1,nan\n")
edgeopt_add_example_test(pareto_nan pareto_frontier
  ARGS ${CMAKE_CURRENT_BINARY_DIR}/nan.csv --minimize cost gain STATUS 1 STDERR "nan.csv: line 2, column 'gain': found nan, expected a number")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/ranked.csv "rank,cost\n1,1\n")
edgeopt_add_example_test(pareto_ranked_before pareto_frontier
  ARGS ${CMAKE_CURRENT_BINARY_DIR}/ranked.csv --minimize cost --ranks STATUS 1 STDERR "found a column 'rank', expected none")
