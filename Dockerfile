# Built on the official Swift image for Debian 12; runs on Debian 12 with the shared libraries that `ldd cellar` names.
#
#   docker build -t cellar .
#   docker run --rm -p 127.0.0.1:8080:8080 -v cellar:/data cellar

FROM swift:6.3-bookworm AS build
RUN apt-get update \
  && apt-get install --yes --no-install-recommends pkg-config libsqlite3-dev libseccomp-dev \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift schema.sql ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --omit-frame-pointers -debug-info-format none --static-swift-stdlib --product cellar

FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends \
    libsqlite3-0 libseccomp2 libstdc++6 libpython3.11-stdlib libjs-codemirror \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --system --no-create-home --home-dir /data --shell /usr/sbin/nologin cellar \
  && install --directory --owner=cellar --group=cellar /data
COPY --from=build /source/.build/release/cellar /usr/local/bin/cellar
COPY Public /usr/local/share/cellar/Public
COPY Scripts/healthcheck.sh /usr/local/bin/cellar-healthcheck
USER cellar
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s CMD ["cellar-healthcheck", "8080"]
ENTRYPOINT ["cellar"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080", "--data", "/data", "--public", "/usr/local/share/cellar/Public"]
