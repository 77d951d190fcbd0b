#!/usr/bin/env bash
# Generates a TypeScript client from tests/api/openapi.json, compiles it strictly, and runs it against a server.
#
#   tests/scripts/typescript_client.sh [http://localhost:8000]
set -euo pipefail
server=${1:-http://localhost:8000}
cd "$(dirname "${BASH_SOURCE[0]}")/typescript_client"
command -v npm >/dev/null || { echo "typescript_client.sh: needs Node.js 18 or later with npm" >&2; exit 1; }
curl --silent --fail --output /dev/null "$server/health" ||
  { echo "typescript_client.sh: no server at $server; start one with ./run_local.sh" >&2; exit 1; }
npm install --silent --no-fund --no-audit --no-package-lock
npx openapi-typescript ../../api/openapi.json --output api.d.ts
npx tsc
node made/film_site.js "$server"
