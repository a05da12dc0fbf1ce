# Agent, controller and command line, with bpftrace, the SUTs and a Java runtime for them: one image, whose name an agent in a container gives to the
# containers that it starts. Runs as nobody in particular; an agent that attaches to the kernel needs --user 0 (deploy/README.md).
#   docker build -f deploy/images/hookbench.Dockerfile -t hookbench .
FROM docker:cli AS client

FROM node:20-bookworm-slim AS build
RUN mkdir -p /usr/share/man/man1 && apt-get update && apt-get install -y --no-install-recommends \
    gcc g++ libc6-dev make python3 clang libbpf-dev libelf-dev zlib1g-dev openjdk-17-jdk-headless && rm -rf /var/lib/apt/lists/*
RUN jlink --add-modules java.base,jdk.httpserver --strip-debug --no-header-files --no-man-pages --output /opt/java
WORKDIR /opt/hookbench
COPY package.json package-lock.json ./
# the headers of Node come with it: node-gyp then fetches none
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm_config_nodedir=/usr/local npm rebuild node-pty better-sqlite3
COPY . .
RUN npm run --silent build && rm -rf build/bpf/*.d build/load build/loader build/preload build/scan test \
    node_modules/better-sqlite3/deps node_modules/better-sqlite3/build/Release/obj* node_modules/node-pty/build/Release/obj*

FROM node:20-bookworm-slim
# setpriv and taskset are in util-linux; libelf and zlib are what our kernel program's loader is linked to
RUN apt-get update && apt-get install -y --no-install-recommends bpftrace util-linux iproute2 binutils libelf1 zlib1g libbpf1 && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY --from=client /usr/local/bin/docker /usr/local/bin/docker
COPY --from=build /opt/java /opt/java
COPY --from=build /opt/hookbench /opt/hookbench
RUN ln -s /opt/hookbench/controller/cli/hookbench.js /usr/local/bin/hookbench && ln -s /opt/java/bin/java /usr/local/bin/java
USER 64137:64137
WORKDIR /tmp
ENTRYPOINT ["hookbench"]
CMD ["doctor"]
