# The parts that are compiled: hooks, SUTs, load generator. Sourced by setup.sh.

build_native() {
  if ! has make; then
    say 'make is missing: hooks, SUTs and load generator are not built'
    return 0
  fi
  for folder in hooks sut agent/load/native; do
    build_one "$folder"
  done
  bundle_cli
  bundle_page
}

# Without it the command line still runs, from its sources: half a second slower to start.
bundle_cli() {
  logged node --import tsx controller/cli/bundle.ts && return 0
  say 'the command line was not bundled: it starts from its sources'
  show_log
}

# Without it `hookbench serve` makes the page when it starts.
bundle_page() {
  logged node --import tsx controller/web/page-bundle.ts && return 0
  say 'the page was not bundled: it is made when it is served'
  show_log
}

build_one() {
  [ -f "$1/Makefile" ] || { say "$1 has no Makefile: nothing built there"; return 0; }
  if make -q -C "$1" >/dev/null 2>&1; then return 0; fi
  say "building $1"
  logged make -C "$1" && return 0
  has_c_compiler || say "  $1 is not complete: no C compiler"
  has_jdk || say "  $1 is not complete: no JDK 17 or later"
  say "  make -C $1 failed"
  show_log
}
