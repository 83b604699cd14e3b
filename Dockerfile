# The router in a small image: docker build -t ldms-metric-router .
# Also builds with the classic builder, so it uses neither BuildKit's mounts nor here-documents.
ARG SWIFT_IMAGE=swift:6.3-bookworm
ARG RUNTIME_IMAGE=debian:bookworm-slim

FROM ${SWIFT_IMAGE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends librdkafka-dev libjansson-dev libyaml-dev libmicrohttpd-dev nettle-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
# Tests and benchmarks are not built, but SwiftPM rejects a package with missing targets.
COPY Package.swift ./
COPY Benchmarks Benchmarks
COPY Tests Tests
COPY Sources Sources
RUN swift build -c release --static-swift-stdlib --product router \
 && strip -o /router .build/release/router

FROM ${RUNTIME_IMAGE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends librdkafka1 libjansson4 libyaml-0-2 libmicrohttpd12 libnettle8 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
 && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ldms-router
COPY topics /usr/share/ldms-router/topics
COPY demo/recording /usr/share/ldms-router/demo/recording
# Mount router.yaml and decomp.json here. The relative path topics/ leads to the declarations in the image.
RUN mkdir /etc/ldms-router && ln -s /usr/share/ldms-router/topics /etc/ldms-router/topics
COPY --from=build /router /usr/bin/router
# Without a configuration file, relative paths resolve as in the repository.
WORKDIR /usr/share/ldms-router
# A number, so that an orchestrator can verify that the user is not root.
USER 10001:10001
ENTRYPOINT ["router"]
CMD ["run", "--config", "/etc/ldms-router/router.yaml"]
