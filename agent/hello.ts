/** What the agent says of itself: facts of the host and its catalogue with the support found here. */

import { existsSync } from 'node:fs';
import { type ActionLimit, type Capability, type Hello, PROTOCOL_VERSION, type Unsuited, VERSION } from '#proto';
import type { Condition } from './conditions/condition.ts';
import { CONDITIONS } from './conditions/registry.ts';
import { PATHS } from './config.ts';
import { type Pinning, pinningOf } from './host/cores.ts';
import { hostFacts } from './host/facts.ts';
import { probeSafely, type SupportAnswer, unsupported } from './host/support.ts';
import { ACTIONS, type Mechanism } from './mechanisms/mechanism.ts';
import { MECHANISMS } from './mechanisms/registry.ts';
import { missingCapabilities } from './security/capabilities.ts';
import { SUTS } from './suts/registry.ts';

interface Probed {
  readonly id: string;
  readonly needs: string;
  probe(): Promise<SupportAnswer>;
}

export async function helloOf(o: {
  agentId: string;
  runId: string;
  token: string;
  pinning?: Pinning;
  mechanisms?: readonly Mechanism[];
  /** whether this agent has a certificate to show to others */
  certified?: boolean;
}): Promise<Hello> {
  const load = existsSync(PATHS.loadGenerator)
    ? 'hookbench-load (C, paused busy-poll)'
    : 'Node net (no C generator was built)';
  const [host, mechanisms, suts, conditions] = await Promise.all([
    hostFacts({ load, pinning: o.pinning ?? pinningOf() }),
    Promise.all(
      (o.mechanisms ?? MECHANISMS).map(async (m) => ({
        ...(await answer({ id: m.id, needs: m.needs, probe: async () => lacking(m) ?? (await m.probe()) })),
        layer: m.layer,
        sha256: m.sha256 ?? '',
        actions: [...m.actions],
        functions: [...m.functions],
        byDefault: m.byDefault,
        limits: await limitsOf(m),
        unsuited: unsuitedOf(m),
        design: m.kind === 'attached' ? ('sliced' as const) : ('alternated' as const),
      })),
    ),
    Promise.all(
      SUTS.map(async (sut) => ({
        ...(await answer(sut)),
        byDefault: sut.byDefault,
        vantage: sut.vantage,
        actions: [...sut.actions],
        limits: [...sut.limits],
        warmup: sut.warmup,
        unitSamples: sut.protocol.kind === 'burst' ? sut.protocol.requestsPerUnit : 1,
      })),
    ),
    Promise.all(
      CONDITIONS.flatMap((condition) => [
        answer(condition.acrossNodes && o.certified !== true ? uncertified(condition) : condition),
        ...condition.options.map((one) => answer({ ...one, id: `${condition.id}:${one.key}` })),
      ]),
    ),
  ]);
  return {
    protocol: PROTOCOL_VERSION,
    agentId: o.agentId,
    runId: o.runId,
    version: VERSION,
    host,
    mechanisms,
    suts,
    conditions,
    token: o.token,
    ackedSequence: 0,
  };
}

/** A process that lacks a capability is told which, before the kernel refuses it in words of its own. Who is not root is told that. */
function lacking({ id, needs }: Mechanism): SupportAnswer | null {
  if (process.getuid?.() !== 0) return null;
  const missing = missingCapabilities(id);
  if (missing.length === 0) return null;
  return unsupported(
    needs,
    `no ${missing.join(' and no ')} in this process (SECURITY.md has what each mechanism needs)`,
  );
}

function uncertified({ id, needs }: Condition): Probed {
  return { id, needs, probe: async () => unsupported(needs, 'no certificate of this agent (--tls-dir)') };
}

async function answer(entry: Probed): Promise<Capability> {
  const { support, needs, found } = await probeSafely(entry.needs, () => entry.probe());
  return {
    id: entry.id,
    support,
    needs,
    found,
    layer: '',
    sha256: '',
    design: 'unspecified',
    vantage: 'unspecified',
    warmup: 0,
    unitSamples: 1,
    actions: [],
    functions: [],
    byDefault: true,
    limits: [],
    unsuited: [],
  };
}

function unsuitedOf(m: Mechanism): Unsuited[] {
  return SUTS.flatMap((sut) => {
    const why = m.unsuited?.(sut) ?? null;
    return why === null ? [] : [{ sut: sut.id, why }];
  });
}

/** Every action that is missing has its reason: the mechanism's own where it gives one. */
async function limitsOf(m: Mechanism): Promise<ActionLimit[]> {
  const own = (await m.limits?.()) ?? [];
  return ACTIONS.filter((action) => !m.actions.includes(action)).map((action) => ({
    action,
    why: own.find((limit) => limit.action === action)?.why ?? `${m.id} has no way to ${action}`,
  }));
}
