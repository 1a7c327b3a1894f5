# SPDX-License-Identifier: MIT
"""Stands in for the packages of Conan Center where no remote can be reached: each says where Debian
keeps the library. `conan create system_package.py --name=zlib --version=1.2.13`"""

from conan import ConanFile

# package: (include folders beside /usr/include, libraries)
PACKAGES = {
    "eigen": (["/usr/include/eigen3"], []),
    "fast-cpp-csv-parser": (["/usr/include/libfccp"], []),
    "xtensor": ([], []),
    "yaml-cpp": ([], ["yaml-cpp"]),
}


class SystemPackage(ConanFile):
    settings = "os", "arch", "compiler", "build_type"

    def package_info(self):
        self.cpp_info.includedirs, self.cpp_info.system_libs = PACKAGES[self.name]
        self.cpp_info.libdirs = self.cpp_info.bindirs = []
