// Gets MNIST or Fashion-MNIST and verifies what arrives.
#include <unistd.h>  // isatty

#include <cstdio>
#include <edgeopt/study/fetch_dataset.hpp>
#include <iostream>
#include <string>

#include "common.hpp"

int main(int argc, char** argv) {
  examples::Program program("fetch_dataset",
                            "Gets a data set and verifies it by its SHA-256 sums.\n"
                            "What is there already is verified and left alone.");
  std::string name = "mnist";
  std::string data_dir = "data";
  std::string mirror;
  program.add_option("dataset", name, "Which one")
      ->check(CLI::IsMember({"mnist", "fashion-mnist"}))
      ->capture_default_str();
  program
      .add_option("--data-dir", data_dir,
                  "Folder to put it in, in a subfolder of the data set's name")
      ->capture_default_str();
  program.add_option("--from", mirror,
                     "Folder that holds the files, or an address to which their names are added");

  return examples::run(program, argc, argv, [&] {
    const auto& dataset =
        name == "mnist" ? edgeopt::published_mnist : edgeopt::published_fashion_mnist;
    const bool on_terminal = isatty(STDERR_FILENO) == 1;
    const auto show = [&](const edgeopt::PublishedFile& file, std::int64_t received) {
      if (!on_terminal) return;
      std::fprintf(stderr, "\r%.*s: %lld of about %lld kB", static_cast<int>(file.name.size()),
                   file.name.data(), static_cast<long long>(received / 1000),
                   static_cast<long long>(file.bytes / 1000));
    };
    const auto files =
        edgeopt::fetch_dataset(dataset, std::filesystem::path(data_dir) / name, mirror, show);
    if (on_terminal) std::fputs("\r\033[K", stderr);
    for (const edgeopt::FetchedFile& file : files)
      std::cout << file.path.string() << (file.was_there ? ": there, verified\n" : ": verified\n");
    std::cout << "Use it with: run_pipeline --dataset " << name << " --data-dir " << data_dir
              << '\n';
  });
}
