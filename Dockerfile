# syntax=docker/dockerfile:1

# Builds one binary, then leaves the tool chain behind.
FROM rust:1.95-slim-trixie AS build
WORKDIR /src
# libc headers and a C compiler for the bundled SQLite and for ring.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --profile dist --bin sanvat \
    && install -D target/dist/sanvat /out/sanvat

FROM debian:trixie-slim
# Certificates for TLS to PostgreSQL, Meilisearch and webhooks.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 sanvat \
    && useradd --system --uid 10001 --gid sanvat --home-dir /var/lib/sanvat --shell /usr/sbin/nologin sanvat \
    && install -d -o sanvat -g sanvat -m 0750 /var/lib/sanvat
COPY --from=build /out/sanvat /usr/local/bin/sanvat
COPY LICENSE /usr/share/doc/sanvat/
ENV SANVAT_LISTEN=0.0.0.0:8080 \
    SANVAT_DATA_DIR=/var/lib/sanvat \
    SANVAT_LOG=json
USER 10001:10001
WORKDIR /var/lib/sanvat
VOLUME /var/lib/sanvat
EXPOSE 8080
# Asks this container's own /healthz; the image holds no curl.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 CMD ["sanvat", "healthcheck"]
# Finishes requests and flushes queues on SIGTERM.
STOPSIGNAL SIGTERM
ENTRYPOINT ["sanvat"]
CMD ["serve"]
