/** The agent daemon: connects to a controller, runs what is assigned, undoes everything it did. `--probe` prints what it can do and ends. */

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  agentIdOf,
  BenchError,
  channelCredentials,
  formatFailure,
  isLoopback,
  MAKE_TOKEN,
  readTokenFile,
  TlsFolder,
} from '#proto';
import { AgentDaemon } from './daemon.ts';
import { helloOf } from './hello.ts';
import { pinningOf } from './host/cores.ts';
import { defaultJournalDir, undoLeftovers } from './host/undo.ts';

const HELP = `hookbench agent: runs on each node, privileged; measures what a controller assigns.

  hookbench agent --controller HOST:PORT --tls-dir DIR [--id NAME]
  hookbench agent --controller 127.0.0.1:PORT --token-file FILE
  hookbench agent --probe                 print what this node can measure, as JSON

Options
  --controller HOST:PORT   controller to connect to
  --id NAME                name of this agent (default: the one in its certificate, or the host name)
  --tls-dir DIR            folder with tls.crt, tls.key and ca.crt of this agent; needed for a controller on another
                           host; read again when the files change
  --token-file FILE        file with the secret of a local controller, readable by its owner only
  --spool-limit MIB        most disk the spool may take (default 1024)
  --end-with-stdin         end when standard input ends

Examples
  hookbench certs issue agent node-1 --ca ca --out node-1-tls
  hookbench agent --controller 10.0.0.5:7461 --tls-dir node-1-tls
  hookbench agent --controller 127.0.0.1:7461 --token-file ./token
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      controller: { type: 'string' },
      id: { type: 'string' },
      'tls-dir': { type: 'string' },
      'token-file': { type: 'string' },
      'spool-limit': { type: 'string', default: '1024' },
      'end-with-stdin': { type: 'boolean', default: false },
      probe: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const pinning = pinningOf();
  const log = (line: string) => process.stderr.write(`agent: ${line}\n`);
  const token = values['token-file'] === undefined ? '' : readTokenFile(values['token-file']);
  const dir = values['tls-dir'];
  const folder = dir === undefined ? null : new TlsFolder({ dir, role: 'agent', log });
  const agentId = values.id ?? folder?.material.identity.name ?? agentIdOf(hostname());
  const hello = await helloOf({ agentId, runId: randomBytes(8).toString('hex'), token, pinning });
  if (values.probe) {
    process.stdout.write(`${JSON.stringify(hello, null, 2)}\n`);
    return 0;
  }
  if (values.controller === undefined)
    throw new BenchError('usage', 'the agent needs --controller HOST:PORT (see --help)');
  const credentials = await channelCredentials(values.controller, folder);
  if (folder === null && token === '' && isLoopback(values.controller))
    throw new BenchError('usage', 'a controller on this host asks for its token', {
      nextStep: `give --token-file FILE; ${MAKE_TOKEN}`,
    });
  const limitMib = Number(values['spool-limit']);
  if (!(limitMib >= 1))
    throw new BenchError('usage', `--spool-limit ${values['spool-limit']} is not a number of MiB from 1 up`);
  for (const line of undoLeftovers()) process.stderr.write(`agent: after a crash: ${line}\n`);
  const stateDir = defaultJournalDir();
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const daemon = new AgentDaemon({
    controller: values.controller,
    credentials,
    hello,
    pinning,
    spoolPath: join(stateDir, `spool-${process.pid}-${hello.runId}`),
    spoolLimitBytes: limitMib * 1024 * 1024,
    log,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void daemon.stop(`got ${signal}`));
  if (values['end-with-stdin']) {
    process.stdin.resume();
    process.stdin.on('close', () => void daemon.stop('its starter ended'));
    process.stdin.on('end', () => void daemon.stop('its starter ended'));
  }
  return daemon.run();
}

// Who reads what we say may end before us: that must not keep us from undoing what we did.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const known = error instanceof BenchError;
    process.stderr.write(
      `hookbench agent: ${known ? formatFailure(error) : String((error as Error).stack ?? error)}\n`,
    );
    process.exit(known && error.code !== 'usage' ? 1 : 2);
  },
);
