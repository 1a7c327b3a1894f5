// Uses three components: a network, CSV and YAML.
#include <cstdio>
#include <edgeopt/io/csv.hpp>
#include <edgeopt/io/yaml.hpp>
#include <edgeopt/nn/small_cnn.hpp>

int main() {
  const auto model = edgeopt::initialized_small_cnn<float>({}, 1);
  std::size_t parameters = 0;
  edgeopt::visit_parameters([&](auto, const auto& tensor) { parameters += tensor.size(); }, model);

  const edgeopt::Table table = edgeopt::io::parse_csv("a,b\n1,2\n3,4\n", "example");
  const auto yaml = edgeopt::io::parse_yaml("epochs: 3\n", "example");
  std::printf("%zu parameters, %zu rows, %s epochs\n", parameters, table.rows.size(),
              yaml.mapping()->front().value.scalar()->text.c_str());
}
