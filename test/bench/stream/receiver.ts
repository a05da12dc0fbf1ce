/** A process of bench:stream: the controller's end. The product's own server, ingest and store; only the study around them is left out. */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { AGENT_STREAM, CHANNEL_OPTIONS, type Hello, type MeasurementRecord, TlsFolder } from '#proto';
import { Agents } from '../../../controller/ingest/agents.ts';
import { openDoor } from '../../../controller/security/door.ts';
import { createStudyStore } from '../../../controller/store/disk.ts';
import type { Ask, ReceiverCount, ReceiverSetUp } from './messages.ts';
import { type Usage, usageNow, usageSince } from './usage.ts';

const TOKEN = 'bench';

async function main(): Promise<void> {
  const { dir, tlsDir } = JSON.parse(process.argv[2]!) as ReceiverSetUp;
  const log = (line: string) => process.stderr.write(`receiver: ${line}\n`);
  const store = createStudyStore(dir, 'study');
  let [appended, durable] = [0, 0];
  const agents = new Agents({ token: tlsDir === null ? TOKEN : '', certificates: tlsDir !== null, log });
  agents.target = {
    append(agent: Hello, record: MeasurementRecord, encoded: Buffer) {
      if (record.body === 'samples') appended += record.samples.n;
      store.append(agent.agentId, agent.runId, record, encoded);
      return 'kept';
    },
    async sync() {
      const upTo = appended;
      await store.sync();
      durable = Math.max(durable, upTo);
    },
    durable: (agentId, runId) => store.durable(agentId, runId),
    progress: () => undefined,
    gone: () => undefined,
    back: () => undefined,
  };
  const server = new Server(CHANNEL_OPTIONS);
  server.addService(AGENT_STREAM, { connect: agents.connect } as UntypedServiceImplementation);
  const port = await listen(server, { tlsDir, log });
  let begin: { usage: Usage; durable: number } | null = null;
  process.on('message', ({ ask }: Ask) => {
    if (ask === 'begin') begin = { usage: usageNow(), durable };
    else if (ask === 'end' && begin !== null) {
      const count: ReceiverCount = {
        kind: 'receiver',
        usage: usageSince(begin.usage),
        samples: durable - begin.durable,
        diskBytesPerSample: bytesUnder(join(store.dir, 'samples')) / appended,
      };
      process.send?.(count);
    } else if (ask === 'stop') process.exit(0);
  });
  process.on('disconnect', () => process.exit(1));
  process.send?.({ kind: 'ready', port });
}

async function listen(
  server: Server,
  { tlsDir, log }: { tlsDir: string | null; log: (line: string) => void },
): Promise<number> {
  if (tlsDir !== null) {
    const folder = new TlsFolder({ dir: join(tlsDir, 'controller'), role: 'controller', log });
    return (await openDoor(server, { host: '127.0.0.1', port: 0, folder, log })).port;
  }
  return await new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    ),
  );
}

function bytesUnder(dir: string): number {
  return readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
}

await main();
