// Answers "Hello World" to any HTTP request. Listens on HOOKBENCH_LISTEN (none: 127.0.0.1), port HOOKBENCH_PORT (0 or none: any), one line on
// stdout when ready, ends with 0 at SIGTERM.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { isIPv4 } from 'node:net';

const BODY = Buffer.from('Hello World\n');
const HEADERS = { 'Content-Length': BODY.length };
const options = { keepAlive: false, noDelay: true, keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };

// for tests: where to write how many requests came, how many of them held that keyword, and what reads failed with; unset it costs nothing
const { HOOKBENCH_SUT_SEEN: seenDir, HOOKBENCH_SUT_KEYWORD: seenKeyword = '' } = process.env;
const seen = { requests: 0, keyword: 0, errors: new Set() };

// mechanism app-filter: null when it is not asked for, and then nothing of it is loaded
const filter = process.env.HOOKBENCH_APP_FILTER === '1' ? (await import('./filter.mjs')).keywordFilter() : null;

const hello = (request, response) => {
  request.resume();
  response.writeHead(200, HEADERS);
  response.end(request.method === 'HEAD' ? undefined : BODY);
};
const counted = (request, response) => {
  seen.requests += 1;
  if (request.url.includes(seenKeyword)) seen.keyword += 1;
  hello(request, response);
};
const answer = seenDir === undefined ? hello : counted;
const filtered = (request, response) => filter(request, response, () => answer(request, response));
const server = createServer(options, filter === null ? answer : filtered);
if (seenDir !== undefined) server.on('clientError', (error) => seen.errors.add(error.code));
// a read that fails (a hook that blocks) ends its own connection, without an answer
server.on('clientError', (_error, socket) => socket.destroy());
server.timeout = 0;
server.maxRequestsPerSocket = 0;
server.on('error', (error) => {
  console.error(`node-hello: can't listen on ${address()} port ${port()}: ${error.message}`);
  process.exit(1);
});
process.on('SIGTERM', () => {
  const hooked = process.env.HOOKBENCH_RING !== undefined;
  const line = `requests=${seen.requests} keyword=${seen.keyword} hooked=${hooked} errors=${[...seen.errors].sort().join()}\n`;
  if (seenDir !== undefined) writeFileSync(`${seenDir}/node-hello-${process.pid}`, line);
  process.exit(0);
});

server.listen(port(), address(), 128, () => {
  console.log(`HOOKBENCH_READY port=${server.address().port} pid=${process.pid}`);
});

function address() {
  const text = process.env.HOOKBENCH_LISTEN ?? '127.0.0.1';
  if (isIPv4(text)) return text;
  console.error(`node-hello: HOOKBENCH_LISTEN ${JSON.stringify(text)} is not an IPv4 address`);
  process.exit(1);
}

function port() {
  const text = process.env.HOOKBENCH_PORT ?? '0';
  if (/^\d{1,5}$/.test(text) && Number(text) < 65536) return Number(text);
  console.error(`node-hello: HOOKBENCH_PORT ${JSON.stringify(text)} is not a port`);
  process.exit(1);
}
