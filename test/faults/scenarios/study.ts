/** Real studies by the real agent: its SUTs, its load generator, bpftrace, the agent itself and the controller are killed or stopped. What the agent
 * said on the wire is held against what is stored. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkStudy as fsckStudy } from '../../../controller/store/fsck/check.ts';
import { needs } from '../../helpers/require.ts';
import { checkStudy, isEnded } from '../checker/check.ts';
import { Witness } from '../link/witness.ts';
import { between, oneOf, type RoundOptions, type Scenario, sleep, within } from '../scenario.ts';
import { childrenOf } from '../world/children.ts';
import { Controller, type RunningStudy } from '../world/controller.ts';
import { OF_SEGMENTS } from '../world/fsck-codes.ts';
import { type Started, startDaemon, until } from '../world/process.ts';

const AGENT = 'node-1';
const OF_PLAN = ['plan-missing', 'plan-mismatch', 'too-many-samples', 'too-few-samples'];
const STUDY_MS = 100_000;
const PROCESSES = {
  'kill-sut': /build\/sut\/read-loop|sut\/node-hello/,
  'kill-load': /hookbench-load/,
  'kill-bpftrace': /^bpftrace -f json/,
  'stop-sut': /build\/sut\/read-loop|sut\/node-hello/,
} as const;
const KINDS = ['kill-sut', 'kill-load', 'stop-sut', 'kill-agent-daemon', 'kill-controller', 'kill-bpftrace'] as const;
type Kind = (typeof KINDS)[number];

interface Bench {
  readonly controller: Controller;
  readonly witness: Witness;
  agent: Started;
  /** runs of agents that were killed */
  readonly dead: Set<string>;
  /** samples that the controller did not keep, told of studies before */
  readonly discarded: Map<string, number>;
}

export const study: Scenario = {
  name: 'study',
  about: 'SUT, load generator, bpftrace, agent and controller of real studies killed or stopped',
  needs: ['root'],
  weight: 6,
  run: async (o) => {
    const controller = new Controller(o.world, { dir: join(o.dir, 'controller'), results: join(o.dir, 'results') });
    await controller.start();
    const witness = await Witness.open({ host: '127.0.0.1', port: controller.port });
    o.world.later('a witness', () => witness.relay.close());
    const bench = {
      controller,
      witness,
      agent: startAgent(o, controller, witness),
      dead: new Set<string>(),
      discarded: new Map<string, number>(),
    };
    await controller.connected([{ agentId: AGENT }]);
    const able = KINDS.filter((kind) => kind !== 'kill-bpftrace' || needs('ebpf'));
    const kinds = o.brief ? [oneOf(o.random, able.slice(0, 2))] : o.random.shuffled(able);
    for (const kind of kinds) await oneStudy(bench, kind, o);
    bench.agent.kill('SIGTERM');
    await within('the agent ends', 20_000, bench.agent.exited);
  },
};

function startAgent({ world }: RoundOptions, controller: Controller, witness: Witness): Started {
  const address = `127.0.0.1:${witness.relay.port}`;
  const args = ['--controller', address, '--token-file', controller.tokenFile, '--id', AGENT, '--end-with-stdin'];
  return startDaemon(world, 'agent', { args });
}

async function oneStudy(bench: Bench, kind: Kind, o: RoundOptions): Promise<void> {
  const { controller } = bench;
  const attached = kind === 'kill-bpftrace';
  const running = await controller.study({
    ...{ suts: ['read-loop', 'node-hello'], mechanisms: [attached ? 'bpftrace' : 'ld-preload'] },
    // a start of a SUT takes time on any machine, requests only on a busy one
    ...{ requests: 6_000, warmup: 200, forks: kind === 'stop-sut' ? 3 : 10, blocks: 2 },
    keywords: [Buffer.from('passwd')],
  });
  await samplesFlow(bench, running);
  await sleep(between(o.random, 0, 700));
  o.round.inject(kind);
  const isDone = await inject(bench, kind, running, o);
  if (isDone) return;
  await within('the study ends', STUDY_MS, running.ended);
  // a fork that an agent was killed in is measured again by the next one
  const expects = kind === 'stop-sut' || kind === 'kill-agent-daemon' ? ['complete'] : ['failed', 'interrupted'];
  await allAcked(bench);
  check(bench, running, { kind, expects, o });
}

async function inject(bench: Bench, kind: Kind, running: RunningStudy, o: RoundOptions): Promise<boolean> {
  const { controller, witness } = bench;
  if (kind === 'kill-agent-daemon') {
    const { pid } = bench.agent;
    await killed(bench);
    bench.agent = startAgent(o, controller, witness);
    await within('the study ends', STUDY_MS, running.ended);
    await controller.connected([{ agentId: AGENT }]);
    leftovers(pid, o);
    return false;
  }
  if (kind === 'kill-controller') {
    await controller.kill();
    await running.ended;
    await controller.start();
    // its agent goes on with what it was assigned, for a controller that knows nothing of it
    const { pid } = bench.agent;
    bench.agent.kill('SIGTERM');
    await within('the agent ends', 60_000, bench.agent.exited);
    leftovers(pid, o);
    check(bench, running, { kind, expects: ['failed', 'interrupted'], o });
    bench.agent = startAgent(o, controller, witness);
    await controller.connected([{ agentId: AGENT }]);
    return true;
  }
  const pid = await until(`a process to ${kind}`, () => childrenOf(bench.agent.pid, PROCESSES[kind])[0], {
    process: bench.agent,
  });
  process.kill(pid, kind === 'stop-sut' ? 'SIGSTOP' : 'SIGKILL');
  if (kind === 'stop-sut') {
    await sleep(between(o.random, 50, 300));
    process.kill(pid, 'SIGCONT');
  }
  return false;
}

async function killed(bench: Bench): Promise<void> {
  for (const { runId } of bench.witness.ledgers()) bench.dead.add(runId);
  bench.agent.kill('SIGKILL');
  await bench.agent.exited;
}

async function samplesFlow({ witness, agent }: Bench, { studyId }: RunningStudy): Promise<void> {
  const flows = () =>
    witness
      .ledgers()
      .some(({ offered }) => [...offered.values()].some((record) => record.studyId === studyId && record.samples > 0));
  await until('samples flow', flows, { timeoutMs: STUDY_MS, process: agent });
}

async function allAcked({ witness, dead }: Bench): Promise<void> {
  const behind = () =>
    witness
      .ledgers()
      .filter(({ runId, offered }) => !dead.has(runId) && Math.max(0, ...offered.keys()) > witness.acked(runId));
  await until('everything is acknowledged', () => behind().length === 0);
}

function check(
  { witness, dead, discarded }: Bench,
  { dir, studyId }: RunningStudy,
  { kind, expects, o }: { kind: Kind; expects: readonly string[]; o: RoundOptions },
): void {
  const runs = witness.ledgers().map((ledger) => ({
    ledger,
    acked: witness.acked(ledger.runId),
    discarded: witness.discarded(ledger.runId) - (discarded.get(ledger.runId) ?? 0),
    died: dead.has(ledger.runId) || kind === 'kill-controller',
  }));
  for (const { ledger } of runs) discarded.set(ledger.runId, witness.discarded(ledger.runId));
  const verdict = checkStudy(dir, { studyId, runs });
  o.round.check(kind, verdict);
  const damage = damageIn(dir);
  for (const line of damage) o.round.finding(kind, { code: 'fsck', detail: `${studyId}: ${line}` });
  // what was killed may have had nothing left to do: then everything that was planned is there
  const isTooLate = verdict.status === 'complete' && kind.startsWith('kill-') && damage.length === 0;
  if (!isTooLate && (!expects.includes(verdict.status) || !isEnded(verdict.status)))
    o.round.finding(kind, {
      code: 'ended-otherwise',
      detail: `${studyId} is ${verdict.status}, not ${expects.join(' or ')}`,
    });
}

/** what fsck says of segments and, where the study is complete, of samples that were planned */
function damageIn(dir: string): string[] {
  const { findings } = fsckStudy(dir);
  return findings
    .filter(({ severity, code }) => severity === 'damage' && [...OF_SEGMENTS, ...OF_PLAN].includes(code))
    .map(({ file, message }) => `${file}: ${message}`);
}

/** Folders in memory of an agent that is gone, once another has started. */
function leftovers(pid: number, { round }: RoundOptions): void {
  const left = existsSync('/dev/shm')
    ? readdirSync('/dev/shm').filter((name) => name.startsWith(`hookbench-${pid}-`))
    : [];
  if (left.length > 0) round.finding('kill-agent-daemon', { code: 'left-behind', detail: left.join(', ') });
}
