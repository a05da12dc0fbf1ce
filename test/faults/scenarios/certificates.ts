/** Callers with certificates that are expired, of another CA, of another role or name, or with none: none is let in, each is told why, and the
 * agent whose name they claim loses nothing. And an agent whose own certificate expires: it comes back with a new one. */

import { join } from 'node:path';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { type CheckedRun, checkStudy } from '../checker/check.ts';
import { Relay } from '../link/relay.ts';
import { between, oneOf, type RoundOptions, type Scenario, sleep, within } from '../scenario.ts';
import { Certificates } from '../world/certificates.ts';
import { Controller } from '../world/controller.ts';
import { FirehoseProcess } from '../world/firehose.ts';
import { RawSender } from '../world/raw-sender.ts';

const HOST = '127.0.0.1';
const AGENT = 'firehose-1';
const INTRUDERS = ['expired', 'other-ca', 'other-role', 'other-name', 'no-certificate', 'plaintext'] as const;
type Intruder = (typeof INTRUDERS)[number];
const SHORT_S = 3;

export const certificates: Scenario = {
  name: 'certificates',
  about: 'expired, foreign, wrong and missing certificates; one that expires in a study',
  needs: [],
  weight: 6,
  run: async (o) => {
    const made = await Certificates.make(join(o.dir, 'certificates'), HOST);
    const results = join(o.dir, 'results');
    const controller = new Controller(o.world, { dir: join(o.dir, 'controller'), results, tls: made.tls });
    await controller.start();
    const to = { host: HOST, port: controller.port };
    const relay = await Relay.open({ to, observe: () => ({ up: () => undefined, down: () => undefined }) });
    o.world.later('a relay', () => relay.close());
    const firehose = new FirehoseProcess(o.world, o.dir, {
      ...{ controller: `${HOST}:${relay.port}`, agentId: AGENT, tokenFile: null, seed: o.seed },
      tlsDir: await made.folder('agent', AGENT),
    });
    await controller.connected([{ agentId: AGENT }]);
    const study = await controller.study();
    await firehose.assigned(study.studyId);
    const kinds = o.brief ? INTRUDERS : Array.from({ length: 12 }, () => oneOf(o.random, INTRUDERS));
    for (const kind of kinds) await intrude(kind, { ...o, made, controller, runId: firehose.options.runId });
    await expire({ ...o, made, controller, relay });
    firehose.command('finish');
    await within('the study ends', 30_000, study.ended);
    firehose.command('drain');
    await firehose.event((event) => event.event === 'drained', 'everything is delivered');
    const run = firehose.checked(null) as CheckedRun;
    const verdict = checkStudy(study.dir, { studyId: study.studyId, runs: [run] });
    o.round.check('finish', verdict);
    if (verdict.status !== 'complete')
      o.round.finding('finish', { code: 'ended-otherwise', detail: `the study is ${verdict.status}` });
  },
};

/** The agent's folder gets a certificate that is good for seconds, and once that is over, and the link broken, another one. */
async function expire(o: RoundOptions & { made: Certificates; controller: Controller; relay: Relay }): Promise<void> {
  const { made, controller, relay, round, random } = o;
  round.inject('expiry', `of the agent's own certificate, ${SHORT_S} s after its issue`);
  await made.folder('agent', AGENT, SHORT_S);
  await sleep(SHORT_S * 1000 + 500);
  relay.cut('end');
  const isHere = async () => (await controller.client.listAgents()).some(({ agentId }) => agentId === AGENT);
  for (let i = 0; i < 500 && (await isHere()); i++) await sleep(10);
  await sleep(between(random, 800, 1500));
  if (await isHere()) round.finding('expiry', { code: 'let-in', detail: 'an expired certificate is taken' });
  await made.folder('agent', AGENT);
  await controller.connected([{ agentId: AGENT }]);
}

async function intrude(
  kind: Intruder,
  {
    world,
    round,
    made,
    controller,
    runId,
  }: RoundOptions & { made: Certificates; controller: Controller; runId: string },
): Promise<void> {
  round.inject(kind);
  const shown = await shownBy(kind, made);
  const sender = new RawSender(world, { port: controller.port, agentId: AGENT, runId, token: '', credentials: shown });
  if (await sender.connect()) {
    round.finding(kind, { code: 'let-in', detail: `an agent with the credentials "${kind}" is welcome` });
    return;
  }
  const { code, details } = sender.refusal ?? { code: 0, details: '' };
  // who is not even speaking TLS can't be told anything
  if (kind !== 'plaintext' && !/certificate/.test(details))
    round.finding(kind, { code: 'unclear-refusal', detail: `${kind}: ${code} ${details}` });
  const here = (await controller.client.listAgents()).map(({ agentId, runId: run }) => `${agentId} ${run}`);
  if (here.join() !== `${AGENT} ${runId}`)
    round.finding(kind, { code: 'displaced', detail: `connected are now: ${here.join(', ')}` });
}

async function shownBy(kind: Intruder, made: Certificates): Promise<ChannelCredentials> {
  const agent = { role: 'agent', name: AGENT } as const;
  if (kind === 'expired') return made.shown({ ...agent, seconds: -60 });
  if (kind === 'other-ca') return made.shown({ ...agent, ca: 'other-ca' });
  if (kind === 'other-role') return made.shown({ role: 'cli', name: AGENT });
  if (kind === 'other-name') return made.shown({ role: 'agent', name: 'someone-else' });
  return kind === 'no-certificate' ? made.nothingShown() : credentials.createInsecure();
}
