#!/usr/bin/env bash
# Builds the Dockerfile and runs the image, without a container engine: needs root and Debian's buildah, debootstrap and
# util-linux.
#
#   tests/scripts/container.sh [DIRECTORY]     # keeps its files there (15 GB), so that a second run is quicker
#
# The base image is Debian trixie with python3, imported from a debootstrap root. The image is run twice: by
# `buildah run`, and by chroot with a read-only root in a network namespace that has only the loopback interface.
# CA_BUNDLE=FILE is trusted during the build, if a proxy with a certificate authority of its own is on the way to the
# package index.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=${1:-$(mktemp -d)}
mkdir -p "$work"
work=$(realpath "$work")
base=localhost/recommender-base
image=localhost/recommender-test
trial=tests/scripts/container_trial.py

b() { buildah --root "$work/storage" --runroot "$work/run" --storage-driver "${STORAGE_DRIVER:-vfs}" "$@"; }
say() { printf '\n== %s\n' "$*"; }

import_base() {
  if b inspect --type image "$base" >/dev/null 2>&1; then
    return
  fi
  say "Importing a base image from debootstrap"
  debootstrap --variant=minbase --include=python3,ca-certificates trixie "$work/root" >"$work/debootstrap.log"
  rm -rf "$work"/root/var/cache/apt/* "$work"/root/var/lib/apt/lists/*
  local container
  container=$(b from scratch)
  b add --quiet "$container" "$work/root" /
  b commit --quiet --rm "$container" "$base"
  rm -rf "$work/root"
}

build() {
  say "Building"
  local trusted=()
  if [ -n "${CA_BUNDLE:-}" ]; then
    printf '[global]\ncert = /run/ca.crt\n' >"$work/pip.conf"
    trusted=(--volume "$CA_BUNDLE:/run/ca.crt:ro" --volume "$work/pip.conf:/etc/pip.conf:ro")
  fi
  b build --isolation chroot --format docker --pull-never --layers --build-arg BASE="$base" "${trusted[@]}" --tag "$image" .
}

inspect() {
  say "Inspecting"
  du -sh --apparent-size "$1" | awk '{print "size: " $1}'
  local tool
  for tool in gcc g++ cc c++ make; do
    if [ -e "$1/usr/bin/$tool" ]; then
      echo "the image contains $tool" >&2
      exit 1
    fi
  done
  echo "no compiler in the image"
}

isolated() { # ROOT CONFIGURATION: the trial with a read-only root, without network, as the image's user
  unshare --net --mount --pid --fork --kill-child bash -euo pipefail -c '
    ip link set lo up
    mount --bind "$1" "$1"
    mount -o remount,bind,ro "$1"
    mount -t proc proc "$1/proc"
    mount --bind /dev "$1/dev"
    cd "$1"
    exec python3 "$2" --root "$1" "$3"' - "$1" "$(realpath "$trial")" "$2"
}

import_base
build
container=$(b from --pull-never "$image")
trap 'b rm "$container" >/dev/null' EXIT
root=$(b mount "$container")
configuration=$(b inspect --type image "$image" |
  python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["Docker"]["config"]))')
inspect "$root"
say "Running by buildah run --isolation chroot"
b run --isolation chroot "$container" -- python3 -c "$(cat "$trial")" "$configuration"
say "Running with a read-only root, without network"
isolated "$root" "$configuration"
say "All is well"
