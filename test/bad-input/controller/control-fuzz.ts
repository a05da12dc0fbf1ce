/** Mutated requests of a command line: over the wire to a real controller, and in this process through the checks and the plan. */

import { checkRunStudy } from '../../../controller/ingest/check-request.ts';
import { planForks } from '../../../controller/plan/plan.ts';
import { resolveStudy } from '../../../controller/plan/resolve.ts';
import { decode, encode, type RunStudyRequest } from '../../../proto/index.ts';
import { hello, request } from '../../helpers/plan.ts';
import { random } from '../../helpers/random.ts';
import { Outcomes } from '../files/outcome.ts';
import { mutant, oneOf } from '../wire/mutate.ts';
import { parse } from '../wire/tree.ts';
import { startController, TOKEN } from './process.ts';
import { call, dial, framed } from './raw-call.ts';
import { ANSWER_MS, alive } from './stream-fuzz.ts';
import { type Tally, Verdicts } from './verdicts.ts';

const CALL_MS = 20_000;
/** fewer than the streams that a connection may have open */
const AT_ONCE = 12;

/** No agent is connected, so that a request that passes all checks begins nothing: it is refused for that. */
export async function fuzzControl(o: { seed: number; messages: number }): Promise<Tally> {
  const controller = await startController();
  try {
    await controller.listAgents(ANSWER_MS);
    const startRssBytes = controller.rssBytes();
    const session = dial(controller.port);
    const noise = random(o.seed);
    const verdicts = new Verdicts();
    const calls = [
      { path: 'RunStudy', fields: parse('RunStudyRequest', encode('RunStudyRequest', { ...full(), token: TOKEN })) },
      {
        path: 'CancelStudy',
        fields: parse('CancelStudyRequest', encode('CancelStudyRequest', { studyId: 's', token: TOKEN })),
      },
      { path: 'ListAgents', fields: parse('ListAgentsRequest', encode('ListAgentsRequest', { token: TOKEN })) },
    ];
    while (verdicts.answered < o.messages) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          const { path, fields } = oneOf(noise, calls);
          const made = mutant(noise, fields, oneOf(noise, calls).fields);
          verdicts.single(made, await call(session, `/hookbench.v1.Control/${path}`, [framed(made.bytes)], CALL_MS));
        }),
      );
      await alive(controller, startRssBytes);
    }
    session.destroy();
    return verdicts.tally();
  } finally {
    await controller.stop();
  }
}

/** Without a wire: decode, check, resolve against a catalogue, plan the first fork. */
export async function fuzzRequests(o: { seed: number; cases: number }): Promise<Outcomes> {
  const noise = random(o.seed);
  const fields = parse('RunStudyRequest', encode('RunStudyRequest', full()));
  const outcomes = new Outcomes();
  for (let i = 0; i < o.cases; i++) {
    const { bytes, how } = mutant(noise, fields, fields);
    await outcomes.add(`${how} ${bytes.toString('hex').slice(0, 300)}`, () => planned(bytes));
  }
  return outcomes;
}

function planned(bytes: Buffer): void {
  const asked = decode('RunStudyRequest', bytes);
  checkRunStudy(asked);
  const { study } = resolveStudy(asked, { agents: [hello()], id: 'study', randomSeed: 1 });
  planForks(study, 'node-1', { from: 0, to: 1 });
}

function full(): RunStudyRequest {
  return request({
    ...{ suts: ['java-hello'], sutsAsked: true, mechanisms: ['ld-preload'], mechanismsAsked: true },
    ...{
      conditions: ['process'],
      functions: ['read'],
      requests: 12_000,
      forks: 2,
      blocks: 2,
      seed: 7,
      seedFixed: true,
    },
    ...{
      warmup: 30,
      warmupFixed: true,
      requestBytes: 88,
      marginNs: 1000,
      untilNs: 500,
      untilFor: ['java-hello/ld-preload'],
      studyFile: '',
    },
  });
}
