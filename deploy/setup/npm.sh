# npm packages, and the native parts of two. Sourced by setup.sh.

npm_packages() {
  node "$parts/npm-state.js" >>"$log" 2>&1
  case $? in
    0) ;;
    *) install_npm || return 1 ;;
  esac
  compile_packages
  return 0
}

npm_options='--ignore-scripts --include=dev --no-audit --no-fund'

install_npm() {
  if ! has npm; then
    say 'npm is missing: install it (it comes with Node from https://nodejs.org; Debian: apt-get install npm)'
    return 1
  fi
  say 'installing npm packages (npm ci)'
  # Install scripts are left out here: only two packages have one that matters, and its failure must not undo the rest.
  logged npm ci $npm_options && return 0
  # npm ci refuses a lock file that lacks another platform's optional packages; npm install takes them as they come.
  if logged_says 'EUSAGE'; then
    say "  npm ci refuses the lock file (${log#"$root"/}): installing with npm install, which leaves that file as it is"
    logged npm install --no-save $npm_options && return 0
  fi
  say 'the npm packages could not be installed, so nothing can run:'
  show_npm_errors
  return 1
}

compile_packages() {
  # one file of C takes most of the time: the other package goes beside it
  { sqlite_compiled || compile_package better-sqlite3 sqlite_compiled 'studies have no index and no locks, and are not recovered'; } &
  node_pty_compiled || compile_package node-pty node_pty_compiled 'the bpftrace mechanism will not run'
  wait
  return 0
}

# compile_package NAME CHECK WITHOUT
compile_package() {
  if ! { has_c_compiler && has g++ && has make && has_python; }; then
    say "$1 is not compiled (needs g++, make and python3): $3"
    return 0
  fi
  say "compiling $1"
  headers=$(node_prefix)
  if [ -n "$headers" ] && [ -z "${npm_config_nodedir:-}" ]; then
    npm_config_nodedir=$headers
    export npm_config_nodedir
  fi
  logged npm rebuild "$1" --foreground-scripts && "$2" && return 0
  say "$1 did not compile: $3"
  show_log
}
