#!/usr/bin/env bash
# Runs both commands of the README on a bare Debian, as an ordinary user, with only the packages that the README names.
#
#   sudo tests/scripts/fresh_machine.sh SUITE [pytest options]     SUITE: trixie (Python 3.13), sid (Python 3.14)
#
# Makes a root with debootstrap, unpacks HEAD in it, runs ./run_local.sh, sends one request and runs ./run_local.sh test.
# MIRROR is the Debian mirror, ROOT_DIRECTORY the place of the root (1.5 GB; an existing one is reused). pip gets the
# settings of this machine; local folders that they name are mounted read-only.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

SUITE=${1:?name a suite: trixie or sid}
shift
MIRROR=${MIRROR:-http://deb.debian.org/debian}
ROOT=${ROOT_DIRECTORY:-/var/tmp/fresh-$SUITE}
PACKAGES=python3,python3-venv,python3-dev,g++,ca-certificates
PORT=${PORT:-$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}

# The mounts are in a separate namespace, which ends with this script.
if [ -z "${IN_NAMESPACE:-}" ]; then
  exec env IN_NAMESPACE=1 PORT="$PORT" unshare --mount --pid --fork --kill-child "$0" "$SUITE" "$@"
fi

if [ ! -f "$ROOT/.complete" ]; then
  rm -rf "$ROOT"
  debootstrap --variant=minbase --include="$PACKAGES" "$SUITE" "$ROOT" "$MIRROR"
  chroot "$ROOT" useradd --create-home visitor
  touch "$ROOT/.complete"
fi
rm -rf "$ROOT/home/visitor/recommender"
mkdir "$ROOT/home/visitor/recommender"
git archive HEAD | tar -x -C "$ROOT/home/visitor/recommender"
chroot "$ROOT" chown -R visitor: /home/visitor
cp /etc/resolv.conf "$ROOT/etc/resolv.conf"
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"

# pip's settings become variables (global.extra-index-url -> PIP_EXTRA_INDEX_URL), the files they name are mounted.
pip_settings=()
while IFS="=" read -r key value; do
  name=${key#*.}
  value=${value#\'}
  value=${value%\'}
  pip_settings+=("PIP_$(tr 'a-z-' 'A-Z_' <<<"$name")=$value")
  for place in $value; do
    [[ "$place" = file://* ]] && place=$(dirname "${place#file://}") # the pages of an index link to files beside it
    if [[ "$place" = /* ]] && [ -e "$place" ] && ! mountpoint -q "$ROOT$place"; then
      if [ -d "$place" ]; then
        mkdir -p "$ROOT$place"
      else
        mkdir -p "$(dirname "$ROOT$place")" && touch "$ROOT$place"
      fi
      mount --bind -o ro "$(readlink -f "$place")" "$ROOT$place"
    fi
  done
done < <(python3 -m pip config list)

as_visitor=(
  chroot "$ROOT" /usr/bin/env -i HOME=/home/visitor USER=visitor LANG=C.UTF-8 PATH=/usr/bin:/bin PORT="$PORT"
  "${pip_settings[@]}" setpriv --reuid=visitor --regid=visitor --init-groups
  sh -c 'cd ~/recommender && exec "$@"' sh
)

"${as_visitor[@]}" python3 --version
started=$SECONDS
"${as_visitor[@]}" ./run_local.sh &
server=$!
until python3 tests/scripts/one_request.py "http://127.0.0.1:$PORT" 2>/dev/null; do
  kill -0 "$server" 2>/dev/null || { echo "./run_local.sh ended before it served" >&2; exit 1; }
  sleep 1
done
echo "./run_local.sh serves after $((SECONDS - started)) s on a bare $SUITE"
kill "$server" && wait "$server" || true

"${as_visitor[@]}" ./run_local.sh test "$@"
