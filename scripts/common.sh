# SPDX-License-Identifier: MIT
# What scripts/run and scripts/test share. Sourced by bash, in the root of the repository.

say() { printf '\n== %s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# packages_of <section...>: the packages that scripts/packages.txt lists in them
packages_of() {
  local section
  for section in "$@"; do
    sed -n "/^\[$section\]/,/^\[/{/^[a-z0-9]/p}" scripts/packages.txt
  done
}

is_installed() {
  dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

# retry <command...>: networks fail now and then
retry() {
  local attempt
  for attempt in 1 2 3 4; do
    "$@" && return 0
    echo "attempt $attempt of 4 failed: $*" >&2
    sleep $((attempt * 5))
  done
  return 1
}

# install_packages <section...>: installs what is missing, asks nothing; needs no network when
# nothing is missing
install_packages() {
  local package missing=() as_root=()
  say "packages for: $*"
  if ! command -v apt-get dpkg-query >/dev/null; then
    echo "This is not Debian. If something is found missing below, these are Debian's names for all:"
    packages_of "$@" | xargs echo " "
    return 0
  fi
  for package in $(packages_of "$@"); do
    is_installed "$package" || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    echo "all installed"
    return 0
  fi
  echo "installing: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo -n)
    "${as_root[@]}" true 2>/dev/null ||
      fail "this needs root; run it yourself: apt-get install --no-install-recommends ${missing[*]}"
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive)
  retry "${as_root[@]}" apt-get -qq update &&
    retry "${as_root[@]}" apt-get -qq --yes install --no-install-recommends "${missing[@]}" \
      >/dev/null </dev/null || fail "apt-get could not install: ${missing[*]}"
}

# How many compilers at once: one a core, and 1.5 GB for each.
jobs_at_once() {
  local cores memory_kb
  cores=$(nproc)
  memory_kb=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo)
  local fitting=$((memory_kb / 1500000))
  [ "$fitting" -ge 1 ] || fitting=1
  echo $((fitting < cores ? fitting : cores))
}

# configure <preset> [options...], build <preset> [targets...]
configure() {
  local options=()
  if command -v ccache >/dev/null; then options=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  cmake --preset "$@" "${options[@]}" --log-level=NOTICE
}
build() {
  local preset=$1 quiet=()
  shift
  if [ ! -t 1 ]; then quiet=(--quiet); fi
  cmake --build "build/$preset" --parallel "$(jobs_at_once)" ${1:+--target "$@"} -- "${quiet[@]}"
}
