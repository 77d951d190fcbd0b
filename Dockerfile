# The service with the model and the index of the starter catalogue. It runs as an ordinary user, with a read-only root
# file system and without network:
#
#   docker build --tag recommender .
#   docker run --rm --read-only --publish 8000:8000 recommender

# Any Debian or Ubuntu image with Python 3.11 to 3.14 as python3.
ARG BASE=docker.io/library/python:3.13-slim-trixie

FROM ${BASE} AS environment
# Annoy is compiled. Debian's own python3 comes without venv and headers; the python images have both.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends g++ \
    && { python3 -c 'import ensurepip' || apt-get install --yes --no-install-recommends python3-venv python3-dev; } \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /build
COPY requirements*.txt requirements.lock ./
# The locked versions without their hashes: pip checks hashes only if all requirements are installed at once.
RUN sed -n 's/^\([a-z].*\) \\$/\1/p' requirements.lock > constraints.txt
# Further requirements, such as requirements-postgres.txt for a catalogue in PostgreSQL.
ARG REQUIREMENTS=requirements.txt
# Annoy's own flags without -march=native: the image may run on another CPU than the one that builds it.
RUN ANNOY_COMPILER_ARGS=-fpermissive,-O3,-ffast-math,-fno-associative-math,-std=c++14,-DANNOYLIB_MULTITHREADED_BUILD \
    pip install --no-cache-dir -c constraints.txt -r requirements.txt -r ${REQUIREMENTS}

FROM environment AS indexing
RUN pip install --no-cache-dir -c constraints.txt -r requirements-indexing.txt
COPY app app
COPY models models
RUN python -m app.indexing model \
    && python -m app.indexing build --catalogue models/starter_catalogue.jsonl \
    && python -m app.indexing verify \
    && chmod -R a+rX models

FROM ${BASE}
COPY --from=environment /opt/venv /opt/venv
WORKDIR /srv/recommender
COPY app app
COPY --from=indexing /build/models models
# glibc's per-thread cache of small blocks costs 14 MB under load.
ENV PATH=/opt/venv/bin:$PATH \
    PORT=8000 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GLIBC_TUNABLES=glibc.malloc.tcache_count=0
# The root file system may be read-only, so bytecode is compiled here.
RUN python -m compileall -q --invalidation-mode unchecked-hash app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", \
    "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health', timeout=4)"]
CMD ["sh", "-c", "exec uvicorn app.main:app --host 0.0.0.0 --port \"$PORT\" --http httptools --loop uvloop"]
