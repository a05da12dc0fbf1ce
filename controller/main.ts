/** The controller daemon: one gRPC server for agents and the CLI. */

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { AGENT_STREAM, BenchError, CHANNEL_OPTIONS, CONTROL, formatFailure } from '#proto';
import { Agents } from './ingest/agents.ts';
import { ControlService } from './ingest/control.ts';
import { runStudy } from './study/study.ts';

const HELP = `hookbench controller: plans studies, stores what the agents measure, analyses it.

  hookbench controller [--listen HOST:PORT] [--token-file FILE]

Options
  --listen HOST:PORT   where agents and the CLI connect (default 127.0.0.1:7461; port 0 takes a free one)
  --token-file FILE    file with the secret that agents and the CLI must show
  --end-with-stdin     end when standard input ends

Example
  hookbench controller --listen 127.0.0.1:7461 --token-file ./token
`;

/** a study that was told to stop gets this long to keep its results before the controller ends */
const STOP_GRACE_MS = 100_000;

async function main(): Promise<void> {
  const values = readOptions();
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const token = values['token-file'] === undefined ? '' : readToken(values['token-file']);
  if (token === '' && !isLoopback(values.listen)) {
    throw new BenchError('usage', `--listen ${values.listen} is open to others and there is no token`, {
      nextStep: 'listen on 127.0.0.1 or give --token-file',
    });
  }
  const log = (line: string) => process.stderr.write(`controller: ${line}\n`);
  const agents = new Agents({ token, log });
  const control = new ControlService({ token, agents, start: (request, o) => runStudy(request, { agents, ...o }) });
  const server = new Server(CHANNEL_OPTIONS);
  server.addService(AGENT_STREAM, { connect: agents.connect } as UntypedServiceImplementation);
  server.addService(CONTROL, {
    listAgents: control.listAgents,
    runStudy: control.runStudy,
    cancelStudy: control.cancelStudy,
  } as UntypedServiceImplementation);
  const port = await bind(server, values.listen);
  process.stdout.write(`HOOKBENCH_CONTROLLER port=${port}\n`);
  const stop = () => void stopController(server, control);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  if (values['end-with-stdin']) process.stdin.resume().on('close', stop).on('end', stop);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        listen: { type: 'string', default: '127.0.0.1:7461' },
        'token-file': { type: 'string' },
        'end-with-stdin': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (cause) {
    const nextStep = 'hookbench controller --help shows the options';
    throw new BenchError('usage', (cause as Error).message, { nextStep, cause });
  }
}

/** An empty file must not open the door to everyone. */
function readToken(path: string): string {
  let token: string;
  try {
    token = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new BenchError('usage', `--token-file can't be read: ${(cause as Error).message}`, { cause });
  }
  if (token === '') throw new BenchError('usage', `--token-file ${path} holds no token`);
  return token;
}

function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) return resolve(port);
      reject(
        new BenchError('port-taken', `can't listen on ${address}: ${error.message}`, {
          nextStep: 'choose another port with --listen HOST:PORT, or end who holds it (ss -ltnp)',
          cause: error,
        }),
      );
    });
  });
}

let stopping = false;

async function stopController(server: Server, control: ControlService): Promise<void> {
  if (stopping) return;
  stopping = true;
  control.cancelRunning();
  const deadline = performance.now() + STOP_GRACE_MS;
  while (control.busy && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  server.forceShutdown();
  process.exit(0);
}

function isLoopback(address: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]):/.test(address);
}

// Who reads what we say may end before us: that must not keep us from storing what is under way.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
main().catch((error: unknown) => {
  const known = error instanceof BenchError;
  process.stderr.write(
    `hookbench controller: ${known ? formatFailure(error) : String((error as Error).stack ?? error)}\n`,
  );
  process.exit(known && error.code !== 'usage' ? 1 : 2);
});
