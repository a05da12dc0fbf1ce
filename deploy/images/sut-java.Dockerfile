# The SUT java-hello, the paper's: "Hello World" to any HTTP request, on port 8080, with a Java runtime of what it uses and no more.
#   docker build -f deploy/images/sut-java.Dockerfile -t hookbench-sut-java .
FROM debian:bookworm-slim AS build
RUN mkdir -p /usr/share/man/man1 && apt-get update && apt-get install -y --no-install-recommends openjdk-17-jdk-headless binutils make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY sut sut
RUN make -C sut java-hello && \
  jlink --add-modules java.base,jdk.httpserver --strip-debug --no-header-files --no-man-pages --output /opt/java

FROM debian:bookworm-slim
COPY --from=build /opt/java /opt/java
COPY --from=build /src/build/sut/java-hello /opt/java-hello
USER 64137:64137
ENV PATH=/opt/java/bin:$PATH HOOKBENCH_SUT=java-hello HOOKBENCH_LISTEN=0.0.0.0 HOOKBENCH_PORT=8080
EXPOSE 8080
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-Xms64m", "-Xmx64m", "-cp", "/opt/java-hello", "JavaHello"]
