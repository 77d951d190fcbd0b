#!/usr/bin/env bash
# Everything on a fresh machine: environment, model, index, server.
#
#   ./run_local.sh [uvicorn options]      serve on $PORT (8000)
#   ./run_local.sh test [pytest options]  run the test suite
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fail() {
  echo "run_local.sh: $1" >&2
  exit 1
}

python_for_venv() {
  local candidate
  for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  fail "Python 3.11 to 3.13 is needed and was not found; install one, or name it: PYTHON=/path/to/python3 ./run_local.sh"
}

install() {
  local requirements=$1 stamp="venv/.installed-$1"
  if [ -f "$stamp" ] && cmp -s "$requirements" "$stamp"; then
    return
  fi
  echo "Installing $requirements ..."
  # Annoy compiles for the CPU it is built on unless told otherwise; these are its own flags without -march=native.
  # Nor may a wheel that an earlier install compiled for its own CPU come out of pip's cache.
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

# A setting as the service itself reads it: from the environment, else from .env.
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
# glibc's cache of small blocks in each thread keeps the large ones beside them from joining: 14 MB more under load.
export GLIBC_TUNABLES="${GLIBC_TUNABLES:-glibc.malloc.tcache_count=0}"
# The limits on slow clients (app/core/http_server.py) extend uvicorn's httptools protocol.
exec venv/bin/python -m uvicorn app.main:app --host 0.0.0.0 --port "$port" --http httptools --loop uvloop "$@"
