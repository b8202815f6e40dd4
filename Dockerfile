# SPDX-License-Identifier: Apache-2.0

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libcrypt-dev libcurl4-openssl-dev libpq-dev libsodium-dev libsqlite3-dev libssl-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN swift build --configuration release --product authd --static-swift-stdlib \
    && strip -o /authd "$(swift build --configuration release --show-bin-path)/authd"

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        ca-certificates libcrypt1 libcurl4 libpq5 libsodium23 libsqlite3-0 libssl3 libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 authd \
    && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/authd --shell /usr/sbin/nologin authd \
    && install --directory --owner=authd --group=authd --mode=0700 /var/lib/authd
COPY --from=build /authd /usr/local/bin/authd
COPY LICENSE NOTICE /usr/local/share/doc/authd/

# The SQLite database and its root key, where nothing else is set.
VOLUME /var/lib/authd
WORKDIR /var/lib/authd
USER 10001:10001
ENV HOST=0.0.0.0 PORT=8000
EXPOSE 8000
# The process's own health, by the shell alone: a failing database must not restart it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$PORT && printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["authd"]
CMD ["serve"]
