// SPDX-License-Identifier: MIT
// How evenly single images are answered: percentiles of the time of a call with one image, alone
// and while another core computes batches.
//
//     latency/<precision>/16x32/batch:1/<alone|other_core_busy>
//
// Prints JSON in the shape of Google Benchmark's: real_time is the median, p99 and p99_over_p50
// stand beside it. Pins itself to one core and the other work to another one of those it may use.
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "edgeopt/engines/fp32_engine.hpp"
#include "edgeopt/engines/int8_engine.hpp"
#include "edgeopt/statistics.hpp"
#include "random_network.hpp"

namespace {

using namespace edgeopt;

constexpr std::size_t calls = 20'000;

std::vector<int> allowed_cores() {
  cpu_set_t allowed;
  std::vector<int> cores;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return cores;
  for (int core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(static_cast<unsigned>(core), &allowed)) cores.push_back(core);
  return cores;
}

void pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(core), &set);
  if (pthread_setaffinity_np(pthread_self(), sizeof set, &set) != 0)
    throw SystemError("core " + std::to_string(core), "the thread cannot be pinned to it");
}

/// A buffer for a batch and what the engine needs to run it.
template <class SomeEngine>
class Caller {
 public:
  Caller(const SomeEngine& engine, std::int64_t batch)
      : engine_(engine),
        workspace_(engine.make_workspace(batch)),
        images_(static_cast<std::size_t>(batch) * 28 * 28, 0.5F),
        logits_(static_cast<std::size_t>(batch) * 10) {}
  void run() { engine_.run(images_, workspace_, logits_); }

 private:
  const SomeEngine& engine_;
  Workspace workspace_;
  std::vector<float> images_;
  std::vector<float> logits_;
};

template <class SomeEngine>
std::vector<double> call_times_ns(const SomeEngine& engine) {
  using Clock = std::chrono::steady_clock;
  Caller<SomeEngine> caller(engine, 1);
  std::vector<double> times;
  times.reserve(calls);
  for (std::size_t i = 0; i < 100; ++i) caller.run();
  for (std::size_t i = 0; i < calls; ++i) {
    const auto start = Clock::now();
    caller.run();
    times.push_back(std::chrono::duration<double, std::nano>(Clock::now() - start).count());
  }
  return times;
}

template <class SomeEngine>
std::vector<double> call_times_beside_work_ns(const SomeEngine& engine, int other_core) {
  std::atomic<bool> enough = false;
  std::thread other([&] {
    pin(other_core);
    Caller<SomeEngine> caller(engine, 128);
    while (!enough.load(std::memory_order_relaxed)) caller.run();
  });
  std::vector<double> times = call_times_ns(engine);
  enough = true;
  other.join();
  return times;
}

void print(const std::string& name, const std::vector<double>& times, const char* separator) {
  const double p50 = percentile(times, 50);
  const double p99 = percentile(times, 99);
  std::cout << "    {\"name\": \"" << name << "\", \"real_time\": " << p50
            << ", \"time_unit\": \"ns\", \"p99\": " << p99 << ", \"p99_over_p50\": " << p99 / p50
            << "}" << separator << '\n';
}

template <class SomeEngine>
void measure(const SomeEngine& engine, int other_core, const char* separator) {
  const std::string name =
      "latency/" + std::string(to_string(engine.precision())) + "/16x32/batch:1/";
  print(name + "alone", call_times_ns(engine), ",");
  print(name + "other_core_busy", call_times_beside_work_ns(engine, other_core), separator);
}

}  // namespace

int main() {
  try {
    const std::vector<int> cores = allowed_cores();
    if (cores.size() < 2) {
      std::cerr << "two cores are needed, and " << cores.size() << " may be used\n";
      return 1;
    }
    pin(cores[1]);
    const SmallCNNSpec spec;
    std::cout << "{\n  \"context\": {\"calls\": " << calls << "},\n  \"benchmarks\": [\n";
    measure(Fp32Engine(benchmarks::random_network(spec, Precision::fp32)), cores[0], ",");
    measure(Int8Engine(benchmarks::random_network(spec, Precision::int8)), cores[0], "");
    std::cout << "  ]\n}\n";
  } catch (const Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
