/** The controller daemon: one gRPC server for agents and the CLI. */

import { parseArgs } from 'node:util';
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { AGENT_STREAM, BenchError, CONTROL, formatFailure, SERVER_OPTIONS } from '#proto';
import { Agents } from './ingest/agents.ts';
import { ControlService } from './ingest/control.ts';
import { openDoor, splitAddress } from './security/door.ts';
import { type Access, accessOf } from './security/options.ts';
import { runStudy } from './study/study.ts';

const HELP = `hookbench controller: plans studies, stores what the agents measure, analyses it.

  hookbench controller --tls-dir DIR [--listen HOST:PORT] [--results DIR]
  hookbench controller --token-file FILE          on loopback, for this user only

Options
  --listen HOST:PORT   where agents and the CLI connect (default 127.0.0.1:7461; port 0 takes a free one)
  --tls-dir DIR        folder with tls.crt, tls.key and ca.crt: who connects must show a certificate of that CA.
                       Needed for anything but loopback; read again when the files change
  --token-file FILE    file with the secret that agents and the CLI must show, readable by its owner only
  --results DIR        with --tls-dir: where studies are stored (default results)
  --web HOST:PORT      also show what is going on, and stored studies, to browsers; admitted by --token-file or --tls-dir
  --web-control        with --web: let the page start, queue and stop studies
  --end-with-stdin     end when standard input ends

Examples
  hookbench certs init --ca ca
  hookbench certs issue controller --ca ca --out controller-tls --host bench.example.org,10.0.0.5
  hookbench controller --listen 0.0.0.0:7461 --tls-dir controller-tls
  hookbench controller --listen 127.0.0.1:7461 --token-file ./token --web 127.0.0.1:7462
`;

/** a study that was told to stop gets this long to keep its results before the controller ends */
const STOP_GRACE_MS = 100_000;

async function main(): Promise<void> {
  const values = readOptions();
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const log = (line: string) => process.stderr.write(`controller: ${line}\n`);
  const access = accessOf({
    listen: values.listen,
    tokenFile: values['token-file'],
    tlsDir: values['tls-dir'],
    log,
  });
  const admission = { token: access.token, certificates: access.folder !== null };
  const agents = new Agents({ ...admission, log });
  // a controller that shows no page loads nothing of it
  const web = values.web === undefined ? null : await import('./web/on-controller.ts');
  const live = web?.liveOf(agents, values.results, log);
  const control = new ControlService({
    ...admission,
    agents,
    // a path from another machine is none of this one
    start: (request, o) =>
      runStudy(admission.certificates ? { ...request, outDir: values.results } : request, {
        ...{ agents, signal: o.signal },
        emit: live?.hearing(request, o.emit) ?? o.emit,
      }),
  });
  const server = new Server(SERVER_OPTIONS);
  const connect = live?.watching(agents.connect) ?? agents.connect;
  server.addService(AGENT_STREAM, { connect } as UntypedServiceImplementation);
  server.addService(CONTROL, {
    listAgents: control.listAgents,
    runStudy: control.runStudy,
    cancelStudy: control.cancelStudy,
  } as UntypedServiceImplementation);
  const port = await bind(server, values.listen, { access, log });
  await web?.showOn(values, { access, live, control, log });
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
        'tls-dir': { type: 'string' },
        results: { type: 'string', default: 'results' },
        web: { type: 'string' },
        'web-control': { type: 'boolean', default: false },
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

async function bind(
  server: Server,
  address: string,
  { access, log }: { access: Access; log: (line: string) => void },
): Promise<number> {
  try {
    if (access.folder === null) return await bindPlain(server, address);
    return (await openDoor(server, { ...splitAddress(address), folder: access.folder, log })).port;
  } catch (cause) {
    if (cause instanceof BenchError) throw cause;
    throw new BenchError('port-taken', `can't listen on ${address}: ${(cause as Error).message}`, {
      nextStep: 'choose another port with --listen HOST:PORT, or end who holds it (ss -ltnp)',
      cause,
    });
  }
}

function bindPlain(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
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

// Who reads what we say may end before us: that must not keep us from storing what is under way.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
main().catch((error: unknown) => {
  const known = error instanceof BenchError;
  process.stderr.write(
    `hookbench controller: ${known ? formatFailure(error) : String((error as Error).stack ?? error)}\n`,
  );
  process.exit(known && error.code !== 'usage' ? 1 : 2);
});
