/** The agent daemon: connects to a controller, runs what is assigned, undoes everything it did. `--probe` prints what it can do and ends. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { agentIdOf, BenchError, formatFailure } from '#proto';
import { AgentDaemon } from './daemon.ts';
import { helloOf } from './hello.ts';
import { pinningOf } from './host/cores.ts';
import { defaultJournalDir, undoLeftovers } from './host/undo.ts';

const HELP = `hookbench agent: runs on each node, privileged; measures what a controller assigns.

  hookbench agent --controller HOST:PORT [--id NAME] [--token-file FILE]
  hookbench agent --probe                 print what this node can measure, as JSON

Options
  --controller HOST:PORT   controller to connect to
  --id NAME                name of this agent (default: the host name)
  --token-file FILE        file with the secret of a local controller
  --spool-limit MIB        most disk the spool may take (default 1024)
  --end-with-stdin         end when standard input ends

Example
  hookbench agent --controller 10.0.0.5:7461 --id node-1
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      controller: { type: 'string' },
      id: { type: 'string', default: agentIdOf(hostname()) },
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
  const token = values['token-file'] === undefined ? '' : readFileSync(values['token-file'], 'utf8').trim();
  const hello = await helloOf({ agentId: values.id, runId: randomBytes(8).toString('hex'), token, pinning });
  if (values.probe) {
    process.stdout.write(`${JSON.stringify(hello, null, 2)}\n`);
    return 0;
  }
  if (values.controller === undefined)
    throw new BenchError('usage', 'the agent needs --controller HOST:PORT (see --help)');
  const limitMib = Number(values['spool-limit']);
  if (!(limitMib >= 1))
    throw new BenchError('usage', `--spool-limit ${values['spool-limit']} is not a number of MiB from 1 up`);
  for (const line of undoLeftovers()) process.stderr.write(`agent: after a crash: ${line}\n`);
  const stateDir = defaultJournalDir();
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const daemon = new AgentDaemon({
    controller: values.controller,
    hello,
    pinning,
    spoolPath: join(stateDir, `spool-${process.pid}-${hello.runId}`),
    spoolLimitBytes: limitMib * 1024 * 1024,
    log: (line) => process.stderr.write(`agent: ${line}\n`),
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
