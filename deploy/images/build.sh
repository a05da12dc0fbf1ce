#!/bin/sh
# Builds the images with the engine of this machine. See --help.
set -eu

usage() {
  cat <<'TXT'
Usage: sh deploy/images/build.sh [--tag TAG] [--help] [IMAGE]...

  IMAGE       hookbench, hook, sut-java, sut-node, sut-read-loop (all when none is named)
  --tag TAG   instead of dev
  --help      this text

They become hookbench:TAG, hookbench-hook:TAG, hookbench-sut-java:TAG and so on. The base images come from Docker Hub, or from
deploy/images/base.sh where that can't be reached. Long output goes to build/images.log.
TXT
}

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
here=$root/deploy/images
log=$root/build/images.log
tag=dev
say() { printf '[images] %s\n' "$*"; }

while [ $# -gt 0 ]; do
  case $1 in
    --tag)
      [ $# -ge 2 ] || { say '--tag needs a word' >&2; exit 2; }
      tag=$2
      shift
      ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) break ;;
  esac
  shift
done
[ $# -gt 0 ] || set -- hook sut-read-loop sut-node sut-java hookbench
for image; do
  [ -f "$here/$image.Dockerfile" ] || { say "there is no image $image (see --help)" >&2; exit 2; }
done

why=$(docker info 2>&1 >/dev/null) || { say "no container engine answers: $why" >&2; exit 3; }
mkdir -p "$root/build"
: >"$log"

# Base images that are here are used as they are; a missing one is pulled by the build itself, and then it is told what to do.
has_bases() {
  for base in $(sed -n 's/^FROM \([^ ]*:[^ ]*\).*/\1/p' "$1" | sort -u); do
    docker image inspect "$base" >/dev/null 2>&1 && continue
    docker pull --quiet "$base" >>"$log" 2>&1 && continue
    say "$base is not here and can't be pulled: run sh deploy/images/base.sh as root, which makes it from Debian's packages" >&2
    return 1
  done
}

for image; do
  name=hookbench-$image:$tag
  [ "$image" != hookbench ] || name=hookbench:$tag
  has_bases "$here/$image.Dockerfile" || exit 3
  say "building $name"
  started=$(date +%s)
  if ! docker build --network host -f "$here/$image.Dockerfile" -t "$name" "$root" >>"$log" 2>&1; then
    say "$name could not be built; last lines of build/images.log:" >&2
    tail -n 15 "$log" | sed 's/^/[images]   | /' >&2
    exit 1
  fi
  size=$(docker image inspect --format '{{.Size}}' "$name")
  say "$name is $((size / 1000000)).$((size / 100000 % 10)) MB, built in $(($(date +%s) - started)) s"
done
