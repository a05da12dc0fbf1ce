#!/bin/sh
# Sets this checkout up: system packages, npm packages, tracefs, then the hooks, SUTs and load generator.
# Needs nothing but a POSIX shell, Node and npm. Changes nothing that is already in place. See --help.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
parts=$root/deploy/setup
. "$parts/say.sh"
. "$parts/system.sh"
. "$parts/services.sh"
. "$parts/packages.sh"
. "$parts/npm.sh"
. "$parts/build.sh"

usage() {
  cat <<'TXT'
Usage: sh deploy/setup.sh [--for run|test] [--no-system] [--help]

  --for run     what `hookbench run` needs (the default)
  --for test    the same, and what only tests need: chromium, servers to measure (none is left running)
  --no-system   install no system package and mount nothing; still reports what is missing
  --help        this text

As root or through sudo it installs what is missing with apt-get. Without either it prints the command for each
missing thing and goes on. Long output goes to build/setup.log. Ends with 0 unless Node or the npm packages are
impossible (1), or the options are wrong (2).
TXT
}

purpose=run
system=yes
while [ $# -gt 0 ]; do
  case $1 in
    --for)
      [ $# -ge 2 ] || { say "--for needs run or test"; exit 2; }
      purpose=$2
      shift
      ;;
    --for=*) purpose=${1#--for=} ;;
    --no-system) system=no ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      say "unknown option $1 (known: --for run|test, --no-system, --help)"
      exit 2
      ;;
  esac
  shift
done
case $purpose in
  run | test) ;;
  *)
    say "--for takes run or test, not '$purpose'"
    exit 2
    ;;
esac

cd "$root" || exit 1
open_log
check_node || exit 1
one_at_a_time
find_root_way
system_packages
npm_packages || exit 1
mount_tracefs
build_native
say 'ready'
