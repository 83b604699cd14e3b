# The router in a small image: docker build -t ldms-metric-router .
# For the classic builder too, so without BuildKit's mounts and here-documents.
ARG SWIFT_IMAGE=swift:6.3-bookworm
ARG RUNTIME_IMAGE=debian:bookworm-slim

FROM ${SWIFT_IMAGE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends librdkafka-dev libjansson-dev libyaml-dev libmicrohttpd-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
# Tests and benchmarks are not built, but a package whose targets are not all there is refused.
COPY Package.swift ./
COPY Benchmarks Benchmarks
COPY Tests Tests
COPY Sources Sources
RUN swift build -c release --static-swift-stdlib --product router \
 && strip -o /router .build/release/router

FROM ${RUNTIME_IMAGE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends librdkafka1 libjansson4 libyaml-0-2 libmicrohttpd12 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
 && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ldms-router
COPY topics /usr/share/ldms-router/topics
COPY demo/recording /usr/share/ldms-router/demo/recording
# router.yaml and decomp.json are mounted here; the relative path of the topics' settings leads to those of the image.
RUN mkdir /etc/ldms-router && ln -s /usr/share/ldms-router/topics /etc/ldms-router/topics
COPY --from=build /router /usr/bin/router
# Relative paths without a configuration file, as in the repository.
WORKDIR /usr/share/ldms-router
# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
ENTRYPOINT ["router"]
CMD ["run", "--config", "/etc/ldms-router/router.yaml"]
