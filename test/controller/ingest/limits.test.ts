import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MOST_RUNS, TokenBucket } from '../../../controller/ingest/limits.ts';
import { RunLedger } from '../../../controller/ingest/run-ledger.ts';
import { Runs } from '../../../controller/ingest/runs.ts';
import { SentWindow } from '../../../controller/ingest/sent-window.ts';
import { Target } from '../../agent/uplink/support.ts';
import { hello } from '../../helpers/plan.ts';

const limits = suite('controller/ingest limits');

limits('so many a second, and a burst', () => {
  const bucket = new TokenBucket({ perS: 10, burst: 20, nowMs: 0 });
  const taken = (nowMs: number) => {
    let n = 0;
    while (bucket.take(nowMs)) n += 1;
    return n;
  };
  assert.equal([taken(0), taken(0), taken(100), taken(1100), taken(60_000)], [20, 0, 1, 10, 20]);
});

limits('runs that have left are forgotten past a number, those that are here never', () => {
  const runs = new Runs();
  const here = hello({ agentId: 'here', runId: 'here' });
  const ledger = runs.greet(here, () => 3);
  assert.is(ledger?.last, 3);
  for (let i = 0; i < MOST_RUNS + 500; i++) {
    const gone = hello({ agentId: `a${i}`, runId: `r${i}` });
    runs.greet(gone, () => 0);
    runs.left(gone, () => false);
    assert.ok(runs.size <= MOST_RUNS + 1);
  }
  assert.is(runs.size, MOST_RUNS);
  assert.is(runs.of(here), ledger);
  assert.is(runs.of(hello({ agentId: 'a0', runId: 'r0' })), null);
  assert.is(runs.of(hello({ agentId: `a${MOST_RUNS}`, runId: `r${MOST_RUNS}` }))?.last, 0);
});

limits('a run that says hello again and again is told to come later', () => {
  const runs = new Runs();
  const answers = Array.from({ length: 1000 }, () => runs.greet(hello(), () => 0));
  assert.is(answers.slice(0, 100).indexOf(null), -1);
  assert.ok(answers.includes(null));
});

limits('the window of an agent is what it may have been told of, never less', () => {
  const window = new SentWindow({ records: 3, bytes: 100 });
  assert.is(window.take(1, 500), null, 'a single record of any size');
  assert.match(window.take(2, 1) ?? '', /501 bytes under way/);
  window.acked(1);
  for (const sequence of [2, 3, 4]) assert.is(window.take(sequence, 33), null);
  assert.match(window.take(5, 1) ?? '', /record 5 with 1 acknowledged/);
  assert.is(window.take(1, 1000), null, 'one that is acknowledged costs nothing');
  window.acked(3);
  window.acked(2);
  assert.is(window.take(5, 67), null);
  assert.match(window.take(6, 1) ?? '', /101 bytes/);
});

limits(
  'only what its target says is durable is settled as such; what is given up is counted with what it stands among',
  async () => {
    const agent = hello();
    const [first, second] = [new Target(), new Target()];
    const ledger = new RunLedger(agent, 0);
    const take = (target: Target | null, samples: number) => {
      const record = { sequence: ledger.last + 1, studyId: 's', assignmentId: 'a', body: 'note' } as const;
      target?.append(agent, { ...record, note: { code: '', detail: '' } }, Buffer.alloc(0));
      ledger.take({ samples, target });
    };
    for (const n of [1, 2]) take(first, n);
    await first.sync();
    take(first, 4);
    take(null, 8);
    take(second, 16);
    const settle = (target: Target, upTo: number, gaveUp: boolean) => {
      const lost = ledger.settle(target, { upTo, gaveUp });
      ledger.advance();
      return lost;
    };
    const seen = () => [ledger.last, ledger.done, ledger.discardedSamples];
    assert.is(settle(first, 5, false), 0);
    assert.equal(seen(), [5, 2, 0], 'what lies behind an open record waits');
    await second.sync();
    assert.is(settle(second, 5, false), 0);
    assert.equal(seen(), [5, 2, 0], 'what a later one has stored says nothing of it');
    assert.is(settle(first, 2, true), 0, 'what came after the sync began may still become durable');
    assert.is(settle(first, 3, true), 4);
    assert.equal(seen(), [5, 5, 12]);
    assert.is(ledger.pending, 0);
  },
);

limits.run();
