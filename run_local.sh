#!/usr/bin/env bash
# Sets up everything on a fresh machine (environment, model, index) and serves.
#
#   ./run_local.sh [uvicorn options]      serve on $PORT (8000)
#   ./run_local.sh test [pytest options]  run the test suite
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fail() {
  echo "run_local.sh: $1" >&2
  exit 1
}

# PYTHON names the interpreter; without it the first suitable one is taken.
python_for_venv() {
  local candidate version too_new= candidates=(python3 python3.14 python3.13 python3.12 python3.11 python)
  [ -z "${PYTHON:-}" ] || candidates=("$PYTHON")
  for candidate in "${candidates[@]}"; do
    version=$("$candidate" -c 'import sys; print(*sys.version_info[:2], sep=".")' 2>/dev/null) || continue
    case $version in
      3.11 | 3.12 | 3.13 | 3.14) echo "$candidate" && return ;;
      3.1[5-9] | 3.[2-9]*) too_new="$candidate is Python $version, for which $(grep '^onnxruntime==' requirements.txt) has no wheel." ;;
    esac
  done
  fail "${too_new:+$too_new }Python 3.11 to 3.14 is needed${PYTHON:+, and PYTHON=$PYTHON is not that}; install one, or name it: PYTHON=/path/to/python3 ./run_local.sh"
}

install() {
  local requirements=$1 stamp="venv/.installed-$1"
  if [ -f "$stamp" ] && cmp -s "$requirements" "$stamp"; then
    return
  fi
  echo "Installing $requirements ..."
  # By default, Annoy compiles for the CPU of the machine. These are its own flags without -march=native. pip's cache is
  # not used, because it may hold a wheel compiled for another CPU.
  export ANNOY_COMPILER_ARGS="-fpermissive,-O3,-ffast-math,-fno-associative-math,-std=c++14,-DANNOYLIB_MULTITHREADED_BUILD"
  local pip="venv/bin/python -m pip install --quiet --disable-pip-version-check"
  { $pip --no-cache-dir "$(grep '^annoy==' requirements.txt)" && $pip -r "$requirements"; } ||
    fail "could not install $requirements; needed: a C++ compiler (Debian: apt-get install g++ python3-dev) and a package index. Then run ./run_local.sh again."
  cp "$requirements" "$stamp"
}

if ! venv/bin/python -c '' 2>/dev/null; then
  python=$(python_for_venv)
  echo "Making venv/ with $("$python" --version) ..."
  rm -rf venv
  "$python" -m venv venv ||
    fail "could not make venv/; install Python's venv module (Debian: apt-get install python3-venv) and run ./run_local.sh again."
fi
install requirements.txt

if [ "${1:-}" = test ]; then
  shift
  install requirements-dev.txt
  exec venv/bin/python -m pytest "$@"
fi

# A setting as the service reads it: from the environment, else from .env.
setting() {
  local value=${!1:-}
  if [ -z "$value" ] && [ -f .env ]; then
    value=$(venv/bin/python -m dotenv --file .env get "$1" 2>/dev/null) || value=
  fi
  echo "${value:-$2}"
}

models=$(setting MODEL_DIR models)
port=$(setting PORT 8000)
# A folder .incoming is a set of files that the start will switch to.
if [ ! -f "$models/model_quantized/model_quantized.onnx" ] && [ ! -d "$models/.incoming" ]; then
  install requirements-indexing.txt
  venv/bin/python -m app.indexing model --models-dir "$models" || fail "the model could not be made; see the line above."
fi
if [ ! -f "$models/movies.ann" ] && [ ! -d "$models/.incoming" ]; then
  install requirements-indexing.txt
  venv/bin/python -m app.indexing build --catalogue models/starter_catalogue.jsonl --models-dir "$models" ||
    fail "the index could not be made; see the line above."
fi
# glibc's per-thread cache of small blocks keeps neighbouring free blocks from merging: 14 MB more under load.
export GLIBC_TUNABLES="${GLIBC_TUNABLES:-glibc.malloc.tcache_count=0}"
# The limits on slow clients (app/core/http_server.py) extend uvicorn's httptools protocol.
exec venv/bin/python -m uvicorn app.main:app --host 0.0.0.0 --port "$port" --http httptools --loop uvloop "$@"
