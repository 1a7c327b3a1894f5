#include "edgeopt/published_networks.hpp"

#include <string>

#include "catch.hpp"

using namespace edgeopt;

TEST_CASE("published networks cost what their files say") {
  struct Expected {
    const char* name;
    std::int64_t macs;
    std::int64_t parameters;
    std::int64_t macs_3x3;
  };
  // Of the weights of ncnn's benchmark/models/*.param times the extents that its layers give, and
  // of the exported models of MLPerf Tiny.
  const Expected expected[] = {
      {"squeezenet", 418467520, 1231552, 205922304},
      {"mobilenet", 568740352, 4209088, 0},
      {"mobilenet_v2", 313619328, 3470784, 0},
      {"resnet18", 1826918400, 11683008, 1502871552},
      {"resnet50", 3857973248, 25502912, 1849688064},
      {"vgg16", 15470264320, 138344128, 15346630656},
      {"alexnet", 724406816, 60954656, 336420864},
      {"googlenet", 1582671872, 6990272, 962777088},
      {"resnet8", 12501632, 77360, 9879552},
      {"dscnn", 2656768, 22016, 0},
      {"autoencoder", 264192, 264192, 0},
      {"mobilenet_v1_025", 7489664, 208112, 0},
  };
  for (const Expected& each : expected) {
    INFO(each.name);
    const PublishedNetwork network = published_network(each.name);
    CHECK(network.macs() == each.macs);
    CHECK(network.parameters() == each.parameters);
    CHECK(network.macs(OperatorClass::convolution_3x3) == each.macs_3x3);
    std::int64_t sum = 0;
    for (const OperatorClass kind : all_operator_classes) sum += network.macs(kind);
    CHECK(sum == network.macs());
  }
  CHECK(published_networks().size() == std::size(expected));
}

TEST_CASE("an unknown network is refused with the nearest") {
  try {
    (void)published_network("resnet19");
    FAIL();
  } catch (const DomainError& error) {
    CHECK(std::string(error.what()).find("did you mean 'resnet18'?") != std::string::npos);
  }
}
