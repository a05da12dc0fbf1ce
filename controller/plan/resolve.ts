/** What the user asked for + what the agents can do → a resolved study, or an error that names the thing and what is known. */

import { BenchError, type Capability, conditionEntries, type Hello, type Note, type RunStudyRequest } from '#proto';
import { ableMechanisms, ableSuts, askedOf } from './ability.ts';
import { bystanderOf } from './bystander.ts';
import { armsOf, measuredPerArm, type PlannedSut, type ResolvedStudy, warmupOf } from './study.ts';
import { suitedOf } from './suited.ts';
import { untilOf } from './until.ts';

export const DEFAULTS = { requests: 20_000, forks: 6, blocks: 4, requestBytes: 88 } as const;
const LIMITS = { requests: 20_000_000, forks: 1000, blocks: 1000, requestBytes: 8192 };
/** what an agent takes: requests in one slice, order bytes in one assignment (a message has at most 16 MiB) */
const AGENT_LIMITS = { sliceUnits: 2 ** 20, orderBytes: 14 * 2 ** 20, instances: 64 };

export interface Resolution {
  readonly study: ResolvedStudy;
  /** what was left out, and why */
  readonly notices: readonly Note[];
}

/** @param agents every connected agent: what one of them lacks the study can't use
 * @throws BenchError usage | unsupported | no-agent */
export function resolveStudy(
  request: RunStudyRequest,
  o: { agents: readonly Hello[]; id: string; randomSeed: number },
): Resolution {
  const first = o.agents[0];
  if (first === undefined) {
    throw new BenchError('no-agent', 'no agent is connected', {
      nextStep: 'start one: hookbench agent --controller HOST:PORT',
    });
  }
  const notices: Note[] = request.studyFile === '' ? [] : [{ code: 'study-file', detail: request.studyFile }];
  const asked = askedOf(request);
  const pick = (
    what: string,
    list: (hello: Hello) => readonly Capability[],
    wanted: readonly string[],
    asked: boolean,
  ) => pickSupported(what, { lists: o.agents.map(list), wanted, asked, notices });
  const wantedSuts = request.suts.length > 0 ? request.suts : byDefault(first.suts);
  const here = pick('SUT', (hello) => hello.suts, wantedSuts, request.sutsAsked);
  const able = ableSuts(here, { ...asked, named: request.sutsAsked, notices });
  const wanted = request.mechanisms.length > 0 ? request.mechanisms : byDefault(first.mechanisms);
  const ableHooks = ableMechanisms(
    pick('mechanism', (hello) => hello.mechanisms, wanted, request.mechanismsAsked).filter((m) => m.id !== 'none'),
    { ...asked, named: request.mechanismsAsked, notices },
  );
  const { suts, mechanisms, unsuited } = suitedOf(
    { suts: able, mechanisms: ableHooks },
    { sutsNamed: request.sutsAsked, mechanismsNamed: request.mechanismsAsked, notices },
  );
  const entries = pick(
    'condition',
    (hello) => hello.conditions,
    conditionsOf(request).flatMap(conditionEntries),
    request.conditions.length > 0,
  );
  const conditions = conditionsOf(request).filter((name) =>
    conditionEntries(name).every((wanted) => entries.some(({ id }) => id === wanted)),
  );
  if (suts.length === 0)
    throw new BenchError('unsupported', 'none of the SUTs can run here', {
      detail: notices.map((n) => n.detail).join('\n'),
    });
  if (conditions.length === 0) {
    const detail = notices.map((n) => n.detail).join('\n');
    throw new BenchError('unsupported', 'none of the conditions can run here', { detail });
  }
  if (mechanisms.length === 0 && request.mechanismsAsked) {
    throw new BenchError('usage', 'there is nothing to compare with none', {
      nextStep: `name one more mechanism; known: ${first.mechanisms.map((m) => m.id).join(', ')}`,
    });
  }
  if (mechanisms.length === 0) {
    const detail = notices.map((n) => n.detail).join('\n');
    const nextStep = 'run hookbench doctor: it says what each mechanism needs';
    throw new BenchError('unsupported', 'none of the mechanisms can run here, so there is nothing to compare', {
      nextStep,
      detail,
    });
  }
  const attached = mechanisms.filter((m) => m.design === 'sliced').map((m) => m.id);
  const study: ResolvedStudy = {
    id: o.id,
    seed: request.seedFixed ? request.seed : o.randomSeed,
    suts: suts.map(
      (sut): PlannedSut => ({ id: sut.id, warmup: sut.warmup, unitSamples: Math.max(1, sut.unitSamples) }),
    ),
    placed: mechanisms.filter((m) => m.design === 'alternated').map((m) => m.id),
    attached,
    unsuited,
    bystander: bystanderOf(o.agents, { ...asked, attached: attached.length }),
    conditions,
    ...asked,
    requests: within('--requests', request.requests || DEFAULTS.requests, LIMITS.requests),
    warmup: request.warmupFixed ? request.warmup : null,
    warmupFloor: request.warmupFloorFixed ? request.warmupFloor : null,
    until: untilOf(request, { suts, mechanisms }),
    forks: within('--forks', request.forks || DEFAULTS.forks, LIMITS.forks),
    blocks: within('--blocks', request.blocks || DEFAULTS.blocks, LIMITS.blocks),
    keywords: request.keywords,
    requestBytes: within('--request-bytes', request.requestBytes || DEFAULTS.requestBytes, LIMITS.requestBytes),
    marginNs: request.marginNs > 0 ? request.marginNs : null,
    command: request.command,
  };
  checkEnough(study);
  checkNotTooMuch(study);
  return { study, notices };
}

function byDefault(catalogue: readonly Capability[]): string[] {
  return catalogue.filter((entry) => entry.byDefault).map(({ id }) => id);
}

function conditionsOf(request: RunStudyRequest): readonly string[] {
  return request.conditions.length > 0 ? [...new Set(request.conditions)] : ['process'];
}

function pickSupported(
  what: string,
  o: { lists: readonly (readonly Capability[])[]; wanted: readonly string[]; asked: boolean; notices: Note[] },
): Capability[] {
  const catalogue = o.lists[0]!;
  const ids = o.wanted.length > 0 ? [...new Set(o.wanted)] : catalogue.map((entry) => entry.id);
  return ids.flatMap((id) => {
    const entry = catalogue.find((candidate) => candidate.id === id);
    if (entry === undefined) {
      const known = catalogue.map((candidate) => candidate.id).join(', ');
      throw new BenchError('usage', `unknown ${what} "${id}"; known: ${known}`);
    }
    const everywhere = o.lists.map((list) => list.find((candidate) => candidate.id === id));
    const files = new Set(everywhere.map((candidate) => candidate?.sha256).filter((sha256) => (sha256 ?? '') !== ''));
    if (files.size > 1)
      throw new BenchError('unsupported', `${what} ${id} is not the same file on every agent`, {
        nextStep: 'put the same file into the hooks folder of each, and start the agents again',
        detail: `sha256: ${[...files].join(', ')}`,
      });
    const lacking = everywhere.find((candidate) => candidate?.support !== 'supported');
    if (lacking === undefined && everywhere.every((candidate) => candidate !== undefined)) return [entry];
    const { needs = entry.needs, found = 'not known to every agent', support = 'unsupported' } = lacking ?? {};
    const detail = `${what} ${id} needs ${needs}; found: ${found}`;
    if (o.asked || support === 'inconclusive') {
      throw new BenchError('unsupported', detail, {
        nextStep: 'run hookbench doctor for all of what this machine can and cannot do',
      });
    }
    o.notices.push({ code: 'left-out', detail });
    return [];
  });
}

function checkEnough(study: ResolvedStudy): void {
  for (const sut of study.suts) {
    const units = measuredPerArm(study, sut) / sut.unitSamples;
    const cells = study.forks * study.blocks;
    if (units >= cells) continue;
    const warmup = warmupOf(study, sut);
    throw new BenchError(
      'usage',
      `--requests ${study.requests} leaves ${units} units of work for ${sut.id} after a warm-up of ${warmup}: fewer than its ${study.forks} forks × ${study.blocks} blocks`,
      { nextStep: 'ask for more requests, fewer forks or blocks, or a shorter --warmup' },
    );
  }
}

/** What an agent would refuse half way through must be refused before the study begins. */
function checkNotTooMuch(study: ResolvedStudy): void {
  const arms = armsOf(study);
  const alternated = arms.filter((arm) => arm.design !== 'sliced').length;
  const sliced = arms.filter((arm) => arm.design !== 'alternated').length;
  const instances = study.suts.length * (alternated + (sliced > 0 ? 1 : 0)) + (study.bystander ? 1 : 0);
  if (instances > AGENT_LIMITS.instances) {
    throw new BenchError(
      'usage',
      `the study needs ${instances} live processes; at most ${AGENT_LIMITS.instances} run at once`,
      {
        nextStep: 'name fewer SUTs or mechanisms',
      },
    );
  }
  let orderBytes = 0;
  for (const sut of study.suts) {
    const units = measuredPerArm(study, sut) / sut.unitSamples;
    const warmup = Math.ceil(warmupOf(study, sut) / sut.unitSamples);
    const inBlock = Math.ceil(units / (study.forks * study.blocks));
    const most = Math.max(warmup, inBlock) * Math.max(1, alternated);
    orderBytes += (inBlock * study.blocks + warmup) * (alternated + sliced);
    if (most <= AGENT_LIMITS.sliceUnits && orderBytes <= AGENT_LIMITS.orderBytes) continue;
    throw new BenchError(
      'usage',
      `--requests ${study.requests} is too much for ${study.forks} forks × ${study.blocks} blocks`,
      {
        nextStep: 'ask for more forks and blocks, or fewer requests',
      },
    );
  }
}

function within(option: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new BenchError('usage', `${option} ${value} is not a whole number from 1 to ${most}`);
}
