#include <cstdio>
#include <edgeopt/nn/small_cnn.hpp>

int main() {
  const auto model = edgeopt::initialized_small_cnn<float>({}, 1);
  std::size_t parameters = 0;
  edgeopt::visit_parameters([&](auto, const auto& tensor) { parameters += tensor.size(); }, model);
  std::printf("%zu\n", parameters);
}
