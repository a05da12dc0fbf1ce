# The SUT read-loop: a loop of reads in C, on port 8080.
#   docker build -f deploy/images/sut-read-loop.Dockerfile -t hookbench-sut-read-loop .
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY sut sut
RUN make -C sut read-loop

FROM debian:bookworm-slim
COPY --from=build /src/build/sut/read-loop /usr/local/bin/read-loop
# a number that is nobody's, as where an agent starts it
USER 64137:64137
ENV HOOKBENCH_SUT=read-loop HOOKBENCH_LISTEN=0.0.0.0 HOOKBENCH_PORT=8080
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/read-loop"]
