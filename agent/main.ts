/** The agent daemon: connects to a controller, runs what is assigned, undoes everything it did. `--probe` prints what it can do and ends. */

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  agentIdOf,
  asBenchError,
  BenchError,
  channelCredentials,
  EXIT,
  exitCodeOf,
  formatFailure,
  isLoopback,
  type Log,
  logWholeProcess,
  MAKE_TOKEN,
  metricsText,
  onSignals,
  openLog,
  openOps,
  readTokenFile,
  TlsFolder,
  VERSION,
} from '#proto';
import { AgentDaemon } from './daemon.ts';
import { helloOf } from './hello.ts';
import { pinningOf } from './host/cores.ts';
import { defaultJournalDir, undoLeftovers } from './host/undo.ts';
import { runLoadService } from './load/remote/daemon.ts';
import { mechanismsOf } from './mechanisms/registry.ts';
import { type AgentStatus, AgentTally, agentMetrics, agentReasons } from './ops/metrics.ts';
import { type AgentChoice, HELP, readOptions } from './options.ts';
import type { RunAs } from './security/run-as.ts';
import { runAsChoice } from './security/run-as-choice.ts';

/** until there is one, what goes wrong is told in plain text */
let log: Log | null = null;

async function main(): Promise<number> {
  // what we and our tools make is ours alone, until it is given to someone
  process.umask(0o077);
  const o = readOptions();
  if (o.help) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  log = await openLog({ name: 'agent', ...o });
  await logWholeProcess(log);
  if (o.probe) {
    const mechanisms = await mechanismsOf(o.hooksDir, await probingUser(o));
    const hello = await helloOf({ mechanisms, agentId: o.id ?? agentIdOf(hostname()), runId: newRunId(), token: '' });
    process.stdout.write(`${JSON.stringify(hello, null, 2)}\n`);
    return EXIT.done;
  }
  if (o.lendLoadAt !== null) return lendLoad(o.lendLoadAt, o, log);
  const daemon = await startDaemon(o, log);
  return daemon.run();
}

/** @throws BenchError usage | unsupported | port-taken */
async function lendLoad(listen: string, { tlsDir, controller, address }: AgentChoice, log: Log): Promise<number> {
  if (controller === null)
    throw new BenchError('usage', '--roles load needs --controller HOST:PORT, which tells other agents of it');
  if (tlsDir === null)
    throw new BenchError('usage', '--roles load needs --tls-dir DIR, with the certificate of this node’s agent');
  const folder = new TlsFolder({ dir: tlsDir, role: 'agent', log: log.info });
  return runLoadService({ listen, address, controller, folder, runId: newRunId(), pinning: pinningOf(), log });
}

/** @throws BenchError usage | unsupported | port-taken */
async function startDaemon(o: AgentChoice, log: Log): Promise<AgentDaemon> {
  if (o.controller === null) throw new BenchError('usage', 'the agent needs --controller HOST:PORT (see --help)');
  const token = o.tokenFile === null ? '' : readTokenFile(o.tokenFile);
  log.hide(token);
  const folder = o.tlsDir === null ? null : new TlsFolder({ dir: o.tlsDir, role: 'agent', log: log.info });
  const credentials = await channelCredentials(o.controller, folder);
  if (folder === null && token === '' && isLoopback(o.controller))
    throw new BenchError('usage', 'a controller on this host asks for its token', {
      nextStep: `give --token-file FILE; ${MAKE_TOKEN}`,
    });
  const pinning = pinningOf();
  const agentId = o.id ?? folder?.material.identity.name ?? agentIdOf(hostname());
  const { runAs, said } = await runAsChoice(o.runAs);
  log.info(said);
  const mechanisms = await mechanismsOf(o.hooksDir, runAs);
  const hello = await helloOf({ agentId, runId: newRunId(), token, pinning, mechanisms, certified: folder !== null });
  for (const line of undoLeftovers()) log.warn(`after a crash: ${line}`);
  const stateDir = defaultJournalDir();
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const tally = new AgentTally();
  const daemon = new AgentDaemon({
    controller: o.controller,
    credentials,
    hello,
    pinning,
    mechanisms,
    spoolPath: join(stateDir, `spool-${process.pid}-${hello.runId}`),
    spoolLimitBytes: o.spoolLimitBytes,
    log: log.info,
    watch: tally.watch,
    ...(runAs !== null && { runAs }),
    ...(folder !== null && { tls: folder }),
  });
  if (o.ops !== null) await serveOps(o.ops, { tally, log, status: () => daemon.status() });
  endWhenTold(daemon, o, log);
  return daemon;
}

async function serveOps(
  address: string,
  { tally, log, status }: { tally: AgentTally; log: Log; status: () => AgentStatus },
): Promise<void> {
  const metrics = await metricsText(agentMetrics(tally, status), { role: 'agent', version: VERSION });
  const { port } = await openOps({ address, reasons: () => agentReasons(status()), metrics });
  log.info('answering /healthz, /readyz and /metrics', { opsPort: port });
}

function endWhenTold(daemon: AgentDaemon, { finishMs, endWithStdin }: AgentChoice, log: Log): void {
  onSignals({ log, stop: (why) => void daemon.stop(why, { finishMs }) });
  if (!endWithStdin) return;
  const stop = () => void daemon.stop('its starter ended');
  process.stdin.resume().on('close', stop).on('end', stop);
}

/** who hooks of others are tried as; looked for only where there are any */
async function probingUser({ hooksDir, runAs }: AgentChoice): Promise<RunAs | null> {
  return hooksDir === null ? null : (await runAsChoice(runAs)).runAs;
}

function newRunId(): string {
  return randomBytes(8).toString('hex');
}

// Who reads what we say may end before us: that must not keep us from undoing what we did.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const failure = asBenchError(error);
    if (log === null) process.stderr.write(`hookbench agent: ${formatFailure(failure)}\n`);
    else log.failure(failure);
    process.exit(exitCodeOf(failure.code));
  },
);
