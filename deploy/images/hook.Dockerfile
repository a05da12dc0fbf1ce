# The library hook alone: /libhookbench.so for programs that run on glibc, /libhookbench-musl.so for those that run on musl (Alpine). In a program
# of the other libc either says in one line that nothing is hooked, and nothing is (hooks/README.md).
#   docker build -f deploy/images/hook.Dockerfile -t hookbench-hook .
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make musl-tools && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY hooks hooks
RUN make -C hooks preload musl

FROM scratch
COPY --from=build /src/build/libhookbench.so /src/build/libhookbench-musl.so /
