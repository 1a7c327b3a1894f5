# The numbers of the example network, batch 32, are those of the specification.
edgeopt_add_example_test(layerwise_table layerwise_analysis
  STDOUT "32  conv1  +401408  +640  +1605632  +3612672  +0.1094"
         "32  conv2  +200704  +18560  +802816  +28901376"
         "32  classifier  +320  +62760  +1280  +501760"
         "32  +0.07816  +2.298")
edgeopt_add_example_test(layerwise_csv layerwise_analysis
  ARGS --batch 1,8 --format csv --precision int8 --conv1 8 --conv2 16 --top 1 --by macs
  STDOUT "^batch,layer,output_elements,parameter_bytes,activation_bytes,macs,macs_share,bytes_share\n1,conv2,3136,1216,3136,225792,[0-9.]+,[0-9.]+\n8,conv2,25088,1216,25088,1806336,[0-9.]+,[0-9.]+\n$")
edgeopt_add_example_test(layerwise_json layerwise_analysis
  ARGS --format json --only memory --precision int8 STDOUT "^{\n  \"memory\": .\n" "\"memory_mb\": 0.01996612548828125")
edgeopt_add_example_test(layerwise_shape layerwise_analysis
  ARGS --input 3,32,32 --classes 7 --conv1 12 --conv2 20 --batch 2
  STDOUT "2  conv1  +24576  +1344  +98304  +663552")
edgeopt_add_example_test(layerwise_small_input layerwise_analysis
  ARGS --input 1,2,28 STATUS 1 STDERR "height is 2, allowed is an integer >= 4")
edgeopt_add_example_test(layerwise_overflow layerwise_analysis
  ARGS --conv1 4000000000 --conv2 4000000000 STATUS 1 STDERR "more than 2\\^63 - 1")
edgeopt_add_example_test(layerwise_batch_zero layerwise_analysis
  ARGS --batch 0 STATUS 2 STDERR "--batch: found '0', expected an integer >= 1 .see --help")
edgeopt_add_example_test(layerwise_batch_text layerwise_analysis
  ARGS --batch 1x STATUS 2 STDERR "found '1x', expected an integer >= 1")
edgeopt_add_example_test(layerwise_precision layerwise_analysis
  ARGS --precision fp8 STATUS 2 STDERR "fp8 not in {fp32,fp16,int8}")
edgeopt_add_example_test(layerwise_unknown_column layerwise_analysis
  ARGS --top 1 --by mac STATUS 1 STDERR "did you mean 'macs'")
edgeopt_add_example_test(layerwise_unknown_option layerwise_analysis
  ARGS --bath 1 STATUS 2 STDERR "--bath")
edgeopt_add_example_test(layerwise_help layerwise_analysis
  ARGS --help STDOUT "--conv1" "--conv2" "--classes" "--input" "--batch" "--precision" "--top" "--format")
