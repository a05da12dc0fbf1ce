/** Records sent twice, in the wrong order, or again with other contents, by a sender that speaks the protocol by hand. */

import type { Random } from '../../helpers/random.ts';
import { checkStudy } from '../checker/check.ts';
import { samplesOf } from '../firehose/content.ts';
import type { Round } from '../journal.ts';
import { between, oneOf, type RoundOptions, type Scenario, within } from '../scenario.ts';
import { Controller } from '../world/controller.ts';
import { until } from '../world/process.ts';
import { RawSender } from '../world/raw-sender.ts';

const KINDS = ['duplicates', 'duplicates-backwards', 'altered-duplicate', 'gap', 'from-the-start', 'swapped'] as const;
const INVALID_ARGUMENT = 3;

interface Sending {
  readonly sender: RawSender;
  readonly random: Random;
  readonly round: Round;
  readonly seed: number;
  readonly bodyOf: (index: number) => ReturnType<typeof samplesOf>;
}

export const order: Scenario = {
  name: 'order',
  about: 'records doubled, reordered, left out, or sent again with other contents',
  needs: [],
  weight: 10,
  run: async (o) => {
    const controller = new Controller(o.world, { dir: o.dir, results: o.dir });
    await controller.start();
    const runId = `raw${o.seed}`;
    const { token, port } = controller;
    const sender = new RawSender(o.world, { port, agentId: 'raw', runId, token });
    await sender.connect();
    const study = await controller.study();
    const { assignmentId } = await until('the raw sender is assigned', () => sender.assignment);
    sender.begin({ studyId: study.studyId, assignmentId });
    await disturb(sender, o);
    sender.offer({ body: 'loss', loss: { hop: 'spool', sut: '', mechanism: '', received: 0, lost: 0 } });
    const end = { status: 'complete', code: '', message: '', nextStep: '', detail: '' };
    sender.offer({ body: 'end', end });
    await sender.sendRest();
    await within('the study ends', 30_000, study.ended);
    await sender.allAcked();
    const run = { ledger: sender.ledger(), acked: sender.acked, discarded: 0, died: false };
    const verdict = checkStudy(study.dir, { studyId: study.studyId, runs: [run] });
    o.round.check('finish', verdict);
    if (verdict.status !== 'complete')
      o.round.finding('finish', { code: 'ended-otherwise', detail: `the study is ${verdict.status}` });
  },
};

async function disturb(sender: RawSender, { random, round, seed, brief }: RoundOptions): Promise<void> {
  const bodyOf = (index: number) => samplesOf({ seed, index, n: 50 });
  const sending = { sender, random, round, seed, bodyOf };
  const faults = brief ? [...KINDS] : Array.from({ length: 40 }, () => oneOf(random, KINDS));
  for (const kind of faults) {
    const some = between(random, 3, 10);
    for (let i = 0; i < some; i++) sender.offer(bodyOf(sender.offered));
    await sender.sendRest();
    await inject(kind, sending);
    if (sender.refusal === null) continue;
    round.finding(kind, { code: 'refused', detail: `${sender.refusal.code} ${sender.refusal.details}` });
    await sender.connect();
  }
}

async function inject(kind: (typeof KINDS)[number], sending: Sending): Promise<void> {
  const { sender, random, round, seed } = sending;
  const last = sender.offered;
  const from = between(random, Math.max(1, last - 9), last);
  const again = Array.from({ length: last - from + 1 }, (_, i) => from + i);
  round.inject(kind, kind === 'gap' || kind === 'swapped' ? `after ${last}` : `of ${from} to ${last}`);
  if (kind === 'duplicates') for (const sequence of again) sender.send(sequence);
  else if (kind === 'duplicates-backwards') for (const sequence of again.reverse()) sender.send(sequence);
  else if (kind === 'altered-duplicate') sender.send(from, samplesOf({ seed: seed + 1, index: from, n: 50 }));
  else if (kind === 'from-the-start') {
    await sender.connect();
    // what was on its way when the stream broke may not have arrived
    for (let sequence = Math.min(from, sender.acked + 1); sequence <= last; sequence++) sender.send(sequence);
  } else await outOfOrder(kind, sending);
  await sender.allAcked();
}

/** A record whose predecessor is missing must be refused with a reason, not stored; what was sent before it holds. */
async function outOfOrder(kind: 'gap' | 'swapped', { sender, round, bodyOf }: Sending): Promise<void> {
  const first = sender.offer(bodyOf(sender.offered));
  const second = sender.offer(bodyOf(sender.offered));
  sender.send(second);
  if (kind === 'swapped') sender.send(first);
  await until(`record ${second} before ${first} is refused`, () => sender.refusal);
  const { code, details } = sender.refusal ?? { code: 0, details: '' };
  if (code !== INVALID_ARGUMENT || !/missing|gap|after/.test(details))
    round.finding(kind, { code: 'unclear-refusal', detail: `a gap is refused with ${code} ${details}` });
  await sender.connect();
  await sender.sendRest();
}
