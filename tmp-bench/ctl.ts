import { Server, ServerCredentials } from '@grpc/grpc-js';
import { rmSync } from 'node:fs';
import { AGENT_STREAM, SERVER_OPTIONS } from '#proto';
import { Agents } from '../controller/ingest/agents.ts';
import { createStudyStore } from '../controller/store/disk.ts';
const out = process.argv[2]!;
rmSync(out, { recursive: true, force: true });
const store = createStudyStore(out, 'study');
const agents = new Agents({ token: '', log: (l) => console.error(l) });
agents.target = {
  append: (a, r, e) => { store.append(a.agentId, a.runId, r, e); return 'kept'; },
  sync: () => store.sync(),
  durable: (a, r) => store.durable(a, r),
  progress() {}, gone() { console.error('gone'); }, back() {},
};
const server = new Server(SERVER_OPTIONS);
server.addService(AGENT_STREAM, { connect: agents.connect });
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (e, port) => { process.send!({ port }); });
let base = process.cpuUsage();
process.on('message', (m) => {
  if (m === 'start') base = process.cpuUsage();
  if (m === 'report') { const c = process.cpuUsage(base); process.send!({ cpu: (c.user + c.system) / 1e6, rss: process.memoryUsage.rss() / 1e6, ...agents.counters() }); }
  if (m === 'end') { rmSync(out, { recursive: true, force: true }); process.exit(0); }
});
