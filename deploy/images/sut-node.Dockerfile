# The SUT node-hello: "Hello World" to any HTTP request, on port 8080.
#   docker build -f deploy/images/sut-node.Dockerfile -t hookbench-sut-node .
FROM node:20-bookworm-slim
COPY sut/node-hello /opt/node-hello
USER 64137:64137
ENV HOOKBENCH_SUT=node-hello HOOKBENCH_LISTEN=0.0.0.0 HOOKBENCH_PORT=8080
EXPOSE 8080
ENTRYPOINT ["node", "/opt/node-hello/node-hello.mjs"]
