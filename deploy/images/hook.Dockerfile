# The library hook alone, /libhookbench.so, for programs that run on glibc. In a program that runs on musl it says in one line that nothing is hooked,
# and nothing is (hooks/README.md): there is no build for musl.
#   docker build -f deploy/images/hook.Dockerfile -t hookbench-hook .
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY hooks hooks
RUN make -C hooks preload

FROM scratch
COPY --from=build /src/build/libhookbench.so /libhookbench.so
