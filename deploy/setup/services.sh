# Packages that bring a service along: what they bring is wanted, the service is not. Sourced by setup.sh.

policy=${HOOKBENCH_POLICY_RC_D:-/usr/sbin/policy-rc.d}
held=no

# As Debian has it: while this file says 101, no package starts a service. Somebody's own is left as it is.
hold_services() {
  [ -e "$policy" ] && return 0
  held=yes
  trap release_services EXIT
  trap 'exit 130' INT TERM
  logged $root_way sh -c 'printf "#!/bin/sh\nexit 101\n" >"$1" && chmod 755 "$1"' sh "$policy" ||
    say '  services of new packages may be started: no policy-rc.d could be written'
}

release_services() {
  [ "$held" = yes ] && logged $root_way rm -f "$policy"
  held=no
}

# What was installed just now is not to run after the next boot either. Services that were there before are nobody's business here.
quiet_services() {
  [ -d /run/systemd/system ] && has systemctl || return 0
  for package in "$@"; do
    case $package in
      redis-server | memcached | postgresql) unit=$package ;;
      nginx-light) unit=nginx ;;
      *) continue ;;
    esac
    logged $root_way systemctl disable --now "$unit" || say "  $unit may be running: $(root_hint)systemctl disable --now $unit"
  done
}
