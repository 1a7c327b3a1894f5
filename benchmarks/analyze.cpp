// What the analysis of ONNX files costs: reading, shapes, costs, live bytes and the memory plan,
// together and apart.
// Files are arguments (`bench_analyze model.onnx ...`), else those of the oracles with the most
// nodes. Time a node is the counter `per_node`.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <edgeopt/graph_costs.hpp>
#include <edgeopt/io/file.hpp>
#include <edgeopt/io/onnx.hpp>
#include <edgeopt/memory_plan.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using edgeopt::Graph;

edgeopt::io::OnnxModel load(const std::string& path) {
  edgeopt::io::OnnxModel model = edgeopt::io::read_onnx(path);
  edgeopt::bind_unbound_symbols(model.graph, 1);
  return model;
}

void count_nodes(benchmark::State& state, const Graph& graph) {
  state.counters["nodes"] = static_cast<double>(graph.nodes.size());
  state.counters["per_node"] = benchmark::Counter(
      static_cast<double>(graph.nodes.size()),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void read_model(benchmark::State& state, const std::string& path) {
  const std::string bytes = edgeopt::io::read_file(path);
  for (auto _ : state) benchmark::DoNotOptimize(edgeopt::io::parse_onnx(bytes, path));
  count_nodes(state, load(path).graph);
}

void infer(benchmark::State& state, const std::string& path) {
  edgeopt::io::OnnxModel model = load(path);
  for (auto _ : state) benchmark::DoNotOptimize(edgeopt::infer_known_shapes(model.graph));
  count_nodes(state, model.graph);
}

void count_costs(benchmark::State& state, const std::string& path) {
  edgeopt::io::OnnxModel model = load(path);
  (void)edgeopt::infer_known_shapes(model.graph);
  for (auto _ : state) benchmark::DoNotOptimize(edgeopt::operator_costs(model.graph));
  count_nodes(state, model.graph);
}

void live_bytes(benchmark::State& state, const std::string& path) {
  edgeopt::io::OnnxModel model = load(path);
  (void)edgeopt::infer_known_shapes(model.graph);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        edgeopt::activation_liveness(model.graph, edgeopt::StorageRule::folded));
  count_nodes(state, model.graph);
}

void plan(benchmark::State& state, const std::string& path) {
  edgeopt::io::OnnxModel model = load(path);
  (void)edgeopt::infer_known_shapes(model.graph);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        edgeopt::plan_memory(model.graph, {.rule = edgeopt::StorageRule::folded}));
  count_nodes(state, model.graph);
}

/// Shapes, costs and plan: what a caller pays once a model is read.
void analyze(benchmark::State& state, const std::string& path) {
  edgeopt::io::OnnxModel model = load(path);
  for (auto _ : state) {
    benchmark::DoNotOptimize(edgeopt::infer_known_shapes(model.graph));
    benchmark::DoNotOptimize(edgeopt::operator_costs(model.graph));
    benchmark::DoNotOptimize(
        edgeopt::plan_memory(model.graph, {.rule = edgeopt::StorageRule::folded}));
  }
  count_nodes(state, model.graph);
}

std::vector<std::string> models(int argc, char** argv) {
  std::vector<std::string> paths(argv + 1, argv + argc);
  if (!paths.empty()) return paths;
  const char* folder = std::getenv("EDGEOPT_ORACLES");
  if (!folder) return {};
  for (const char* name : {"mobilenetv2", "encoder_dynbatch", "efficientnet_b0", "resnet18_shared"})
    paths.push_back((std::filesystem::path(folder) / "onnx" / name).string() + ".onnx");
  return paths;
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const std::vector<std::string> paths = models(argc, argv);
  if (paths.empty()) {
    std::fprintf(stderr, "bench_analyze: name ONNX files, or set EDGEOPT_ORACLES\n");
    return 2;
  }
  for (const std::string& path : paths) {
    const std::string name = std::filesystem::path(path).stem().string();
    benchmark::RegisterBenchmark(("read/" + name).c_str(), read_model, path);
    benchmark::RegisterBenchmark(("shapes/" + name).c_str(), infer, path);
    benchmark::RegisterBenchmark(("costs/" + name).c_str(), count_costs, path);
    benchmark::RegisterBenchmark(("live_bytes/" + name).c_str(), live_bytes, path);
    benchmark::RegisterBenchmark(("plan/" + name).c_str(), plan, path);
    benchmark::RegisterBenchmark(("shapes_costs_and_plan/" + name).c_str(), analyze, path);
  }
  benchmark::RunSpecifiedBenchmarks();
}
