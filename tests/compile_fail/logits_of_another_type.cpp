// refused with: engine\.run\(images, workspace, logits\)
#include <edgeopt/engine.hpp>

#ifdef MISUSE
using Logit = double;
#else
using Logit = float;
#endif

struct Wrapper {
  edgeopt::ImageShape input_shape() const { return {}; }
  std::int64_t classes() const { return 10; }
  edgeopt::Precision precision() const { return edgeopt::Precision::fp32; }
  std::int64_t parameter_bytes() const { return 0; }
  int make_workspace(std::int64_t) const { return 0; }
  void run(std::span<const float>, int&, std::span<Logit>) const {}
};

void measure(const edgeopt::Engine auto&) {}

int main() {
  measure(Wrapper{});
}
