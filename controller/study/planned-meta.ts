/** study.json as it is when a study is planned. */

import { type Hello, VERSION } from '#proto';
import type { MechanismFacts } from '../analysis/results.ts';
import { armsOf, type ResolvedStudy, timedPerArm } from '../plan/study.ts';
import { META_SCHEMA, type StudyMeta } from '../store/meta.ts';

export function metaOf(
  study: ResolvedStudy,
  o: { hellos: readonly Hello[]; warnings: StudyMeta['warnings'] },
): StudyMeta {
  const {
    keywords,
    requests,
    id,
    seed,
    suts,
    conditions,
    action,
    warmup,
    warmupFloor,
    forks,
    blocks,
    requestBytes,
    marginNs,
    command,
  } = study;
  return {
    schema: META_SCHEMA,
    id,
    seed,
    status: 'planned',
    startedAt: new Date().toISOString(),
    finishedAt: null,
    suts: suts.map((sut) => ({ ...sut, measured: timedPerArm(study, sut) })),
    mechanisms: ['none', ...study.placed, ...study.attached],
    conditions,
    arms: armsOf(study),
    unsuited: study.unsuited,
    action,
    functions: study.functions,
    blockErrno: study.blockErrno,
    catalogue: catalogueOf(o.hellos),
    ...(action === 'trace' && { keywordList: keywords.map((word) => Buffer.from(word).toString('latin1')) }),
    requestsPerArm: requests,
    warmup,
    warmupFloor,
    until: null,
    forks,
    blocks,
    keywords: keywords.length,
    requestBytes,
    marginNs,
    command,
    hookbenchVersion: VERSION,
    nodes: o.hellos.map((hello) => ({ id: hello.agentId, facts: hello.host })),
    warnings: o.warnings,
  };
}

/** of several agents the first that knows a mechanism speaks for all */
function catalogueOf(hellos: readonly Hello[]): MechanismFacts[] {
  const entries = new Map<string, MechanismFacts>();
  for (const { id, layer, actions, functions, limits, sha256 } of hellos.flatMap((hello) => hello.mechanisms)) {
    if (!entries.has(id))
      entries.set(id, { id, layer, actions, functions, limits, ...(sha256 !== '' && { sha256 }), manner: [] });
  }
  return [...entries.values()];
}
