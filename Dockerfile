# Baton as an image: a Prefect worker by default, and what a Kubernetes pool starts for each run (docs/deployment.md).
# It holds the code and the locked libraries, never a credential; every state has a URL, /scratch may be lost.
FROM python:3.11-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_NO_CACHE=1
COPY requirements-uv.lock requirements-image.lock requirements.lock /opt/baton/
WORKDIR /opt/baton
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
    && /opt/venv/bin/uv pip install --python /opt/venv/bin/python --require-hashes -r requirements-image.lock
COPY . /opt/baton/
RUN /opt/venv/bin/uv pip install --python /opt/venv/bin/python --no-deps --build-constraints requirements.lock -e . \
    && /opt/venv/bin/python -m compileall -q /opt/baton

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --create-home --home-dir /scratch baton
COPY --from=build /opt /opt
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/scratch \
    BATON_ROOT=/opt/baton \
    BATON_HOME=/scratch/baton \
    PREFECT_HOME=/scratch/prefect \
    DO_NOT_TRACK=1 \
    GX_ANALYTICS_ENABLED=false
WORKDIR /opt/baton
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health', timeout=5)"]
CMD ["prefect", "worker", "start", "--pool", "baton", "--with-healthcheck"]
