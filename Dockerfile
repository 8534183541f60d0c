# One image for all services, and for the `daihoi` command itself. PYTHON_IMAGE may name a digest: python:3.13-slim@sha256:…
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS builder
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv --without-pip /venv \
 && python -m pip --python /venv/bin/python install --no-cache-dir --require-hashes -r requirements.lock
WORKDIR /app
COPY LICENSE ./
COPY daihoi daihoi
COPY services services
COPY shared shared
COPY deploy deploy
COPY data data
# The image's user reads everything, whatever the modes in the checkout, and writes nothing: the bytecode is made here.
RUN /venv/bin/python -m compileall -q daihoi services shared deploy && chmod -R a+rX /app

FROM ${PYTHON_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="daihoi" \
      org.opencontainers.image.description="Prepares a large official congress: the services and the daihoi command" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /app
COPY --from=builder /venv /venv
COPY --from=builder /app /app
USER 10001:10001
ENTRYPOINT ["python", "-m", "daihoi"]
CMD ["--help"]
