# System packages: finds what is missing, installs it with apt-get. Sourced by setup.sh.

apt_options='-o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o DPkg::Lock::Timeout=300'

has() { command -v "$1" >/dev/null 2>&1; }

has_c_compiler() {
  has gcc || has cc || return 1
  printf '#include <stdio.h>\n' | "$(command -v gcc || command -v cc)" -E - >/dev/null 2>&1
}

has_python() { python3 -c 'import ast, json, shlex, subprocess' >/dev/null 2>&1; }

# The JDK's release file says the version without starting a JVM (which takes longer than all other checks together).
has_jdk() {
  has javac && has java || return 1
  release=$(dirname -- "$(dirname -- "$(readlink -f "$(command -v javac)")")")/release
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$release" 2>/dev/null)
  [ -n "$version" ] || version=$(javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  [ "${version:-0}" -ge 17 ]
}

has_postgres() {
  for program in /usr/lib/postgresql/*/bin/initdb; do [ -x "$program" ] && return 0; done
  return 1
}

has_chromium() { has chromium || has google-chrome || has google-chrome-stable; }

is_ubuntu() { grep -qs '^ID=ubuntu' /etc/os-release; }

node_pty_compiled() { [ -f node_modules/node-pty/build/Release/pty.node ]; }

sqlite_compiled() { [ -f node_modules/better-sqlite3/build/Release/better_sqlite3.node ]; }

# Where Node's own headers lie, so that node-gyp need not fetch them from nodejs.org.
node_prefix() {
  prefix=$(dirname -- "$(dirname -- "$(readlink -f "$(command -v node)")")")
  [ -f "$prefix/include/node/node.h" ] && [ -f "$prefix/include/node/common.gypi" ] && printf '%s\n' "$prefix"
}

# Debian's own nodejs package keeps the headers in libnode-dev; other builds bring them along.
needs_libnode_dev() {
  [ -z "$(node_prefix)" ] && has dpkg-query && dpkg-query -S "$(readlink -f "$(command -v node)")" >/dev/null 2>&1 && offered libnode-dev
}

offered() { apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'; }

jdk_package() {
  for release in 17 21 25; do
    offered "openjdk-$release-jdk-headless" && { printf 'openjdk-%s-jdk-headless\n' "$release"; return; }
  done
  printf 'openjdk-17-jdk-headless\n'
}

# One line per missing thing: packages, then a tab and what they are for.
missing_packages() {
  has_c_compiler || printf 'gcc libc6-dev\tthe LD_PRELOAD hook, the load generator and read-loop\n'
  has make || printf 'make\tbuilding the hooks and SUTs\n'
  if ! { node_pty_compiled && sqlite_compiled; }; then
    has g++ || printf 'g++\tcompiling node-pty (drives bpftrace) and better-sqlite3 (the index of studies)\n'
    has_python || printf 'python3\tcompiling node-pty (drives bpftrace) and better-sqlite3 (the index of studies)\n'
    needs_libnode_dev && printf 'libnode-dev\tthe headers of Node, to compile packages\n'
  fi
  has bpftrace || printf 'bpftrace\tthe bpftrace mechanism\n'
  has_jdk || printf '%s\tthe SUT java-hello (a JDK, 17 or later)\n' "$(jdk_package)"
  has taskset || printf 'util-linux\ttaskset, pinning the two ends to different cores\n'
  if [ "$purpose" = test ] && ! has_chromium && ! is_ubuntu; then
    printf 'chromium fonts-liberation\tthe tests of the web page\n'
  fi
  [ "$purpose" = test ] && test_packages
  return 0
}

# What only tests need: `bpf` is built where clang is, and the library is tried in real programs.
test_packages() {
  has clang || printf 'clang\tthe kernel program (mechanisms bpf, uprobe and sk-skb)\n'
  [ -f /usr/include/bpf/libbpf.h ] || printf 'libbpf-dev\tthe kernel program (mechanisms bpf, uprobe and sk-skb)\n'
  has objdump || printf 'binutils\tthe mechanism uprobe\n'
  has valgrind || printf 'valgrind\tthe tests of the library for bad memory use\n'
  has musl-gcc || printf 'musl-tools\tthe library for programs on musl, and its tests\n'
  has faketime || printf 'faketime\tthe tests of clocks that jump\n'
  has ip && has tc || printf 'iproute2\tthe tests of links that are cut\n'
  has redis-server && has redis-benchmark || printf 'redis-server redis-tools\tthe test of the library in redis\n'
  has memcached || printf 'memcached\tthe test of the SUT memcached\n'
  has nginx || [ -x /usr/sbin/nginx ] || printf 'nginx-light\tthe test of the SUT nginx\n'
  has postgres || has_postgres || printf 'postgresql\tthe test of the SUT postgres\n'
  has dockerd || docker info >/dev/null 2>&1 || printf 'docker.io\tthe tests of the condition docker and of the images\n'
  has debootstrap || printf 'debootstrap\tthe test of the images, where Docker Hub is not reached\n'
  has kubectl || ! offered kubernetes-client || printf 'kubernetes-client\tthe tests of the manifests\n'
  offered libpython3.11-testsuite && [ ! -d /usr/lib/python3.11/test/support ] && printf 'libpython3.11-testsuite\tthe test of the library in CPython\n'
  return 0
}

system_packages() {
  if [ "$purpose" = test ] && is_ubuntu && ! has_chromium; then
    say "chromium is not installed: on Ubuntu it is a snap only, so the tests of the web page are skipped"
  fi
  missing=$(missing_packages)
  if [ -n "$missing" ] && can_be_root && has apt-get; then
    unlock_sudo
    can_be_root && install_missing
    missing=$(missing_packages)
  fi
  [ -n "$missing" ] && print_missing
  old_bpftrace
  return 0
}

# apt-get update may fail for one unreachable source among several: the install then decides.
install_missing() {
  say 'refreshing the package lists (apt-get update)'
  logged $root_way apt-get $apt_options update || say "  apt-get update had errors, going on with what it has (${log#"$root"/})"
  missing=$(missing_packages)
  packages=$(printf '%s\n' "$missing" | cut -f1 | tr '\n' ' ')
  say "installing: $packages"
  hold_services
  # dpkg of a slim image drops this folder, and the JDK's alternatives then fail to link their manual pages
  logged $root_way mkdir -p /usr/share/man/man1
  apt_install $packages || one_by_one $packages
  release_services
  quiet_services $packages
}

one_by_one() {
  say '  apt-get failed for the whole list: trying one by one'
  for package in "$@"; do
    apt_install "$package" || { say "  could not install $package"; show_log 6; }
  done
}

apt_install() {
  logged $root_way env DEBIAN_FRONTEND=noninteractive apt-get -y $apt_options --no-install-recommends install "$@"
}

print_missing() {
  if [ "$system" = no ]; then
    say 'missing, and left alone because of --no-system:'
  elif [ "$root_way" = none ]; then
    say 'missing, and not installable without root or sudo:'
  elif ! has apt-get; then
    say 'missing, and there is no apt-get here: install these with your own package manager (names as in Debian):'
  else
    say 'still missing:'
  fi
  printf '%s\n' "$missing" | while IFS='	' read -r packages what; do
    say "  $what: $(root_hint)apt-get install $packages"
  done
}

old_bpftrace() {
  has bpftrace || return 0
  version=$(bpftrace --version 2>/dev/null | sed -n 's/^bpftrace v\([0-9]*\.[0-9]*\).*/\1/p')
  case $version in
    0.? | 0.1[0-6]) say "bpftrace $version is older than 0.17: the bpftrace mechanism needs a newer one (https://github.com/bpftrace/bpftrace/releases)" ;;
  esac
}
