# What the machine is and may do: Node, root, tracefs. Sourced by setup.sh.

node_at_least='20.11.0' # the first with import.meta.dirname; tsx needs 20.6

check_node() {
  if ! command -v node >/dev/null 2>&1; then
    say "Node is missing: install Node $node_at_least or later (https://nodejs.org), then run this again"
    return 1
  fi
  found=$(node -p process.versions.node 2>/dev/null) || found=unknown
  if ! node -e '
    const [found, least] = process.argv.slice(1).map((v) => v.split(".").map(Number));
    const at = [0, 1, 2].find((i) => found[i] !== least[i]);
    process.exit(at === undefined || found[at] > least[at] ? 0 : 1);' "$found" "$node_at_least" 2>/dev/null; then
    say "Node $found is too old: hookbench needs $node_at_least or later (https://nodejs.org)"
    return 1
  fi
  [ "$(uname -s)" = Linux ] || say "this is $(uname -s): hookbench measures on Linux only; stored studies can be read here"
}

# Sets root_way: "" as root, "sudo -n" or "sudo" where that works, "none" otherwise.
find_root_way() {
  if [ "$(id -u)" = 0 ]; then
    root_way=
  elif ! command -v sudo >/dev/null 2>&1; then
    root_way=none
  elif sudo -n true >/dev/null 2>&1; then
    root_way='sudo -n'
  elif [ -t 0 ] && [ -t 1 ]; then
    root_way=sudo
  else
    root_way=none
  fi
}

can_be_root() { [ "$system" = yes ] && [ "$root_way" != none ]; }

# Asks for the password once and in sight; logged commands have no terminal on stdin to ask on.
unlock_sudo() {
  [ "$root_way" = sudo ] || return 0
  say 'sudo may ask for your password'
  sudo -v && root_way='sudo -n' && return 0
  say 'sudo did not let us in: going on without root'
  root_way=none
}

# The words to put before a command that the user shall run as root.
root_hint() { if [ "$(id -u)" = 0 ]; then printf ''; elif command -v sudo >/dev/null 2>&1; then printf 'sudo '; else printf '(as root) '; fi; }

mount_tracefs() {
  [ "$(uname -s)" = Linux ] || return 0
  grep -qs ' /sys/kernel/tracing tracefs ' /proc/mounts && return 0
  can_be_root && unlock_sudo
  if can_be_root && [ -d /sys/kernel/tracing ] && logged $root_way mount -t tracefs tracefs /sys/kernel/tracing; then
    say "mounted tracefs at /sys/kernel/tracing; it stays until reboot (undo: $(root_hint)umount /sys/kernel/tracing)"
    return 0
  fi
  say "tracefs is not mounted, kernel probes need it: $(root_hint)mount -t tracefs tracefs /sys/kernel/tracing"
}
