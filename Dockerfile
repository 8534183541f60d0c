# One image for all services, and for the `daihoi` command itself.

FROM python:3.13-slim AS builder
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv --without-pip /venv \
 && python -m pip --python /venv/bin/python install --no-cache-dir --require-hashes -r requirements.lock
WORKDIR /app
COPY LICENSE ./
COPY daihoi daihoi
COPY services services
COPY shared shared
COPY data data
# The image's user reads everything, whatever the modes in the checkout, and writes nothing: the bytecode is made here.
RUN /venv/bin/python -m compileall -q daihoi services shared && chmod -R a+rX /app

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /app
COPY --from=builder /venv /venv
COPY --from=builder /app /app
USER 10001:10001
ENTRYPOINT ["python", "-m", "daihoi"]
CMD ["--help"]
