/** The controller daemon: one gRPC server for agents and the CLI. */

import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import {
  AGENT_STREAM,
  asBenchError,
  BenchError,
  CONTROL,
  EXIT,
  exitCodeOf,
  formatFailure,
  type Log,
  logWholeProcess,
  metricsText,
  onSignals,
  openLog,
  openOps,
  SERVER_OPTIONS,
  VERSION,
} from '#proto';
import { stopController } from './drain.ts';
import { Agents } from './ingest/agents.ts';
import { ControlService } from './ingest/control.ts';
import { controllerMetrics, IngestTally } from './ops/metrics.ts';
import { writableCheck } from './ops/writable.ts';
import { type ControllerChoice, HELP, readOptions } from './options.ts';
import { openDoor, splitAddress } from './security/door.ts';
import { type Access, accessOf } from './security/options.ts';
import { openResults } from './store/results-folder.ts';
import { runStudy } from './study/study.ts';

/** until there is one, what goes wrong is told in plain text */
let log: Log | null = null;

async function main(): Promise<void> {
  const o = readOptions();
  if (o.help) {
    process.stdout.write(HELP);
    process.exit(EXIT.done);
  }
  log = await openLog({ name: 'controller', ...o });
  await logWholeProcess(log);
  await serve(o, log);
}

async function serve(o: ControllerChoice, log: Log): Promise<void> {
  const access = accessOf({ ...o, log: log.info });
  log.hide(access.token);
  const admission = { token: access.token, certificates: access.folder !== null };
  const results = o.results === null ? undefined : openResults(o.results, { exclusive: true, say: log.warn });
  const agents = new Agents({
    ...admission,
    log: log.warn,
    ...(results && { durableBefore: (agentId: string, runId: string) => results.durable(agentId, runId) }),
  });
  // a controller that shows no page loads nothing of it
  const web = o.web === null ? null : await import('./web/on-controller.ts');
  const live = web?.liveOf(agents, o.webResults, log.info);
  const tally = new IngestTally();
  const control = new ControlService({
    ...admission,
    agents,
    start: (request, { signal, emit }) =>
      runStudy(request, {
        ...{ agents, signal, watch: tally.watch, ...(results && { results }) },
        emit: tally.hearing(live?.hearing(request, emit) ?? emit),
      }),
  });
  const server = new Server(SERVER_OPTIONS);
  server.addService(AGENT_STREAM, { connect: agents.connect } as UntypedServiceImplementation);
  const { listAgents, runStudy: run, cancelStudy } = control;
  server.addService(CONTROL, { listAgents, runStudy: run, cancelStudy } as UntypedServiceImplementation);
  const port = await bind(server, o.listen, { access, log });
  if (o.ops !== null) await serveOps(o.ops, { o, agents, control, tally, log });
  await web?.showOn(o, { access, live, control, log: log.info });
  process.stdout.write(`HOOKBENCH_CONTROLLER port=${port}\n`);
  const stop = (why: string, finishMs: number) =>
    void stopController({ server, control, log, why, finishMs, close: () => results?.close() });
  onSignals({ log, stop: (why) => stop(why, o.finishMs) });
  const ended = () => stop('its starter ended', 0);
  if (o.endWithStdin) process.stdin.resume().on('close', ended).on('end', ended);
}

/** Where the folder for studies is the controller's own, it must be writable. */
async function serveOps(
  address: string,
  c: { o: ControllerChoice; agents: Agents; control: ControlService; tally: IngestTally; log: Log },
): Promise<void> {
  const unwritable = c.o.results === null ? () => null : writableCheck(c.o.results);
  const own = controllerMetrics(c.tally, {
    agents: () => c.agents.hellos().length,
    lenders: () => c.agents.lenders().length,
    running: () => c.control.busy,
    draining: () => c.control.draining,
  });
  const { port } = await openOps({
    address,
    reasons: () => [c.control.draining ? 'draining' : null, unwritable()].filter((reason) => reason !== null),
    metrics: await metricsText(own, { role: 'controller', version: VERSION }),
  });
  c.log.info('answering /healthz, /readyz and /metrics', { opsPort: port });
}

async function bind(server: Server, address: string, { access, log }: { access: Access; log: Log }): Promise<number> {
  try {
    if (access.folder === null) return await bindPlain(server, address);
    return (await openDoor(server, { ...splitAddress(address), folder: access.folder, log: log.warn })).port;
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

// Who reads what we say may end before us: that must not keep us from storing what is under way.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
main().catch((error: unknown) => {
  const failure = asBenchError(error);
  if (log === null) process.stderr.write(`hookbench controller: ${formatFailure(failure)}\n`);
  else log.failure(failure);
  process.exit(exitCodeOf(failure.code));
});
