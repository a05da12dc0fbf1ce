#!/bin/sh
# Makes the base images that the Dockerfiles here name, for a machine that can't reach Docker Hub: from the distribution's packages (debootstrap)
# and this machine's own Node and docker client. Where Docker Hub is reachable none of this is needed. See --help.
set -eu

usage() {
  cat <<'TXT'
Usage: sh deploy/images/base.sh [--again] [--help] [IMAGE]...

  IMAGE     debian, node, client (all when none is named; the others are made from debian)
  --again   make them even where images of these names are there
  --help    this text

Makes debian:bookworm-slim, node:20-bookworm-slim and docker:cli, under the names that Docker Hub has them by, where they are missing.
Needs root, docker, debootstrap, and Node 20 or newer here. Packages come from $HOOKBENCH_MIRROR (http://deb.debian.org/debian) and are kept in
$HOOKBENCH_CACHE (~/.cache/hookbench). A CA bundle in $NODE_EXTRA_CA_CERTS goes into these images, so that npm finds what this machine finds:
don't publish what is built on them.
TXT
}

again=no
wanted=
for word; do
  case $word in
    --again) again=yes ;;
    -h | --help) usage; exit 0 ;;
    debian | node | client) wanted="$wanted $word" ;;
    *) usage >&2; exit 2 ;;
  esac
done

DEBIAN=debian:bookworm-slim
NODE=node:20-bookworm-slim
CLIENT=docker:cli
mirror=${HOOKBENCH_MIRROR:-http://deb.debian.org/debian}
cache=${HOOKBENCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hookbench}
bundle=/usr/local/share/hookbench-local-ca.crt

say() { printf '[base] %s\n' "$*"; }
die() { say "$*" >&2; exit 1; }

# is_wanted NAME IMAGE
is_wanted() {
  case " ${wanted:-$1} " in
    *" $1 "*) ;;
    *) return 1 ;;
  esac
  [ "$again" = no ] || return 0
  docker image inspect "$2" >/dev/null 2>&1 || return 0
  say "$2 is there"
  return 1
}

[ "$(id -u)" = 0 ] || die 'needs root: debootstrap unpacks packages as root'
docker info >/dev/null 2>&1 || die 'no container engine answers (docker info says why)'

work=$(mktemp -d /var/tmp/hookbench-base.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# What slim images leave out, and the archives, whose names and order nothing here depends on.
slim() {
  rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/lib/apt/lists/* "$1"/usr/share/doc/* "$1"/usr/share/man/* "$1"/usr/share/locale/* \
    "$1"/var/log/bootstrap.log "$1"/debootstrap
}

debian_base() {
  command -v debootstrap >/dev/null 2>&1 || die 'debootstrap is missing: apt-get install debootstrap'
  say "making $DEBIAN from $mirror (packages are kept in $cache/debs)"
  mkdir -p "$cache/debs"
  debootstrap --variant=minbase --include=ca-certificates --cache-dir="$cache/debs" bookworm "$work/root" "$mirror" >"$work/log" 2>&1 ||
    { tail -n 15 "$work/log" >&2; die 'debootstrap failed (its last lines are above)'; }
  slim "$work/root"
  trusted=
  if [ -r "${NODE_EXTRA_CA_CERTS:-/nowhere}" ]; then
    cp "$NODE_EXTRA_CA_CERTS" "$work/root$bundle"
    chmod 644 "$work/root$bundle"
    trusted="ENV NODE_EXTRA_CA_CERTS=$bundle"
  fi
  tar -C "$work/root" -c . | docker import --change 'CMD ["bash"]' ${trusted:+--change "$trusted"} - "$DEBIAN" >/dev/null
  rm -rf "$work/root"
}

# Node's own folder, as its builds and its packages have it: bin, lib/node_modules/npm, include/node.
node_base() {
  major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || die 'Node is missing: https://nodejs.org'
  [ "$major" -ge 20 ] || die "Node $major is too old for $NODE"
  prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  [ -d "$prefix/lib/node_modules/npm" ] || die "no npm in $prefix/lib/node_modules"
  say "making $NODE from Node $(node --version) in $prefix"
  mkdir -p "$work/node/bin" "$work/node/lib/node_modules" "$work/node/include"
  cp "$prefix/bin/node" "$work/node/bin/"
  cp -r "$prefix/lib/node_modules/npm" "$work/node/lib/node_modules/"
  [ ! -d "$prefix/include/node" ] || cp -r "$prefix/include/node" "$work/node/include/"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/node/bin/npm"
  cat >"$work/node/Dockerfile" <<TXT
FROM $DEBIAN
RUN apt-get update && apt-get install -y --no-install-recommends libstdc++6 libatomic1 && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY bin /usr/local/bin
COPY lib /usr/local/lib
COPY include /usr/local/include
CMD ["node"]
TXT
  docker build --quiet --network host -t "$NODE" "$work/node" >/dev/null
}

# The client alone: an agent in a container starts SUTs beside it.
client_base() {
  say "making $CLIENT from $(command -v docker)"
  mkdir -p "$work/client"
  cp "$(readlink -f "$(command -v docker)")" "$work/client/docker"
  printf 'FROM %s\nCOPY docker /usr/local/bin/docker\n' "$DEBIAN" >"$work/client/Dockerfile"
  docker build --quiet -t "$CLIENT" "$work/client" >/dev/null
}

! is_wanted debian "$DEBIAN" || debian_base
! is_wanted node "$NODE" || node_base
! is_wanted client "$CLIENT" || client_base
say 'ready: npm run images'
