# Output of the set-up: calm lines on stdout, tool output in a log. Sourced by setup.sh; needs $root.

say() { printf '[setup] %s\n' "$*"; }

# The log lies in build/; where that can't be written (a checkout owned by somebody else), in a temporary file.
open_log() {
  log=$root/build/setup.log
  # in a subshell: a redirection that fails in a special built-in ends the shell it is in
  if ! (mkdir -p "$root/build" && : >"$log") 2>/dev/null; then
    log=$(mktemp "${TMPDIR:-/tmp}/hookbench-setup.XXXXXX") || { say 'cannot write a log file, neither in build/ nor in /tmp'; exit 1; }
    say "build/ is not writable by $(id -un 2>/dev/null || id -u): the log is $log"
  fi
  printf '%s: set-up for %s on %s\n' "$(date -u '+%Y-%m-%dT%H:%M:%SZ')" "$purpose" "$(uname -srm)" >>"$log"
}

# Runs a command with its output in the log; remembers where that output starts.
logged() {
  log_from=$(($(wc -l <"$log") + 1))
  printf '+ %s\n' "$*" >>"$log"
  "$@" >>"$log" 2>&1 </dev/null
}

# The last lines that the last logged command wrote, and where the rest is.
show_log() {
  say "  last lines of ${log#"$root"/}:"
  sed -n "$log_from,\$p" "$log" | tail -n "${1:-12}" | sed 's/^/[setup]   | /'
}

# Whether the last logged command wrote this word.
logged_says() { sed -n "$log_from,\$p" "$log" | grep -q "$1"; }

# npm ends its complaint with a page of usage: what failed stands first.
show_npm_errors() {
  say "  first errors in ${log#"$root"/}:"
  sed -n "$log_from,\$p" "$log" | grep -E '^npm (error|ERR!) .' | head -n 10 | sed 's/^/[setup]   | /'
}

# Two set-ups of one checkout at once would remove node_modules under each other: the second waits.
one_at_a_time() {
  command -v flock >/dev/null 2>&1 || return 0
  lock=$root/build/.setup.lock
  (: >>"$lock") 2>/dev/null || return 0
  exec 9>>"$lock"
  flock -n 9 && return 0
  say 'another set-up of this checkout is running: waiting for it'
  flock -w 900 9 || say 'still running after 15 minutes: going on without waiting'
}
