# npm packages, and node-pty's native part. Sourced by setup.sh.

npm_packages() {
  node "$parts/npm-state.js" >>"$log" 2>&1
  case $? in
    0) ;;
    *) install_npm || return 1 ;;
  esac
  compile_node_pty
  return 0
}

npm_options='--ignore-scripts --include=dev --no-audit --no-fund'

install_npm() {
  if ! has npm; then
    say 'npm is missing: install it (it comes with Node from https://nodejs.org; Debian: apt-get install npm)'
    return 1
  fi
  say 'installing npm packages (npm ci)'
  # Install scripts are left out here: only node-pty has one that matters, and its failure must not undo the rest.
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

compile_node_pty() {
  node_pty_compiled && return 0
  if ! { has_c_compiler && has g++ && has make && has_python; }; then
    say 'node-pty is not compiled (needs g++, make and python3): the bpftrace mechanism will not run'
    return 0
  fi
  say 'compiling node-pty'
  headers=$(node_prefix)
  if [ -n "$headers" ] && [ -z "${npm_config_nodedir:-}" ]; then
    npm_config_nodedir=$headers
    export npm_config_nodedir
  fi
  logged npm rebuild node-pty --foreground-scripts && node_pty_compiled && return 0
  say 'node-pty did not compile: the bpftrace mechanism will not run'
  show_log
}
