#!/usr/bin/env bash
# Runs a command as on a CPU with AVX2 and without AVX-512, VNNI and AMX. Linux on an Intel CPU with the flag
# cpuid_fault, gcc, root:
#
#     tests/scripts/without_vnni.sh venv/bin/python -m app.indexing benchmark
#
# ONNX Runtime and numpy choose their kernels by CPUID, which hide_vnni.c changes. /proc/cpuinfo shows the same.
set -euo pipefail

if [ $# -eq 0 ]; then
    sed -n 's/^# \?//; 2,7p' "$0"
    exit 2
fi
grep -qw cpuid_fault /proc/cpuinfo || { echo "This CPU cannot fault on CPUID (no flag cpuid_fault)." >&2; exit 1; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
gcc -O2 -Wall -Wextra -shared -fPIC -o "$scratch/hide_vnni.so" "$(dirname "$0")/hide_vnni.c"
sed -E '/^flags/s/ (avx512|avx_vnni|amx_)[a-z0-9_]*//g' /proc/cpuinfo > "$scratch/cpuinfo"
unshare --mount bash -c 'mount --bind "$1/cpuinfo" /proc/cpuinfo; LD_PRELOAD="$1/hide_vnni.so" exec "${@:2}"' \
    without_vnni "$scratch" "$@"
