# SPDX-License-Identifier: MIT
"""Conan recipe: `conan create .`

The root component is the target edgeopt::edgeopt; it and edgeopt::engines need no other package. Each
further component is an option, off by default, that brings the packages it needs. io_plot and study
are not among them, since Conan Center has no gnuplot-iostream.
"""

import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.files import copy, load
from conan.tools.scm import Version

required_conan_version = ">=2.0"

# optional component: the packages it needs, and what it requires of them and of edgeopt
OPTIONAL = {
    "nn": (["xtensor/[>=0.24 <1]", "eigen/[>=3.4 <6]"],
           ["engines", "xtensor::xtensor", "eigen::eigen"]),
    "io_idx": (["zlib/[>=1.2.11 <2]"], ["zlib::zlib"]),
    "io_csv": (["fast-cpp-csv-parser/cci.20211104"],
               ["fast-cpp-csv-parser::fast-cpp-csv-parser"]),
    "io_json": (["nlohmann_json/[>=3.9 <4]"], ["nlohmann_json::nlohmann_json"]),
    "io_yaml": (["yaml-cpp/[>=0.7 <1]"], ["yaml-cpp::yaml-cpp"]),
    "io_npz": (["libzip/[>=1.7 <2]"], ["libzip::libzip"]),
    "io_onnx": (["protozero/[>=1.7 <2]"], ["protozero::protozero"]),
    "io_sha256": (["openssl/[>=1.1 <4]"], ["openssl::crypto"]),
    "io_download": (["libcurl/[>=7.78 <9]"], ["libcurl::libcurl"]),
}


class EdgeoptConan(ConanFile):
    name = "edgeopt"
    description = "Does a small neural network fit an edge device, and how fast can it be there?"
    license = "MIT"
    topics = ("neural-network", "edge", "quantization", "pruning", "roofline", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {component: [True, False] for component in OPTIONAL}
    default_options = {component: False for component in OPTIONAL}
    exports_sources = "LICENSE", "include/*"
    no_copy_source = True

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, "include", "edgeopt", "version.hpp"))
        self.version = ".".join(re.search(rf"EDGEOPT_VERSION_{part} (\d+)", header).group(1)
                                for part in ("MAJOR", "MINOR", "PATCH"))

    def requirements(self):
        for component, (packages, _) in OPTIONAL.items():
            if self.options.get_safe(component):
                for package in packages:
                    self.requires(package, transitive_headers=True)

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("edgeopt is tested on Linux only")
        compiler, version = str(self.settings.compiler), Version(self.settings.compiler.version)
        oldest = {"gcc": "12", "clang": "14"}.get(compiler)
        if oldest is None or version < oldest:
            raise ConanInvalidConfiguration("edgeopt needs GCC 12 or Clang 14 or newer")

    def package_id(self):
        self.info.settings.clear()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        copy(self, "include/*", self.source_folder, self.package_folder)

    def package_info(self):
        # CMakeDeps would call the sum of all components edgeopt::edgeopt.
        self.cpp_info.set_property("cmake_target_name", "edgeopt::all")
        self._component("edgeopt", [])
        self._component("engines", ["edgeopt"])
        self.cpp_info.components["engines"].system_libs = ["pthread"]
        for component, (_, requires) in OPTIONAL.items():
            if self.options.get_safe(component):
                self._component(component, ["edgeopt", *requires])

    def _component(self, name, requires):
        component = self.cpp_info.components[name]
        component.set_property("cmake_target_name", f"edgeopt::{name}")
        component.requires = requires
        component.bindirs = component.libdirs = []
        if name != "edgeopt":
            component.defines = [f"EDGEOPT_HAS_{name.upper()}=1"]
