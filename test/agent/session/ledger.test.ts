import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TargetCounters } from '../../../agent/load/types.ts';
import type { LiveInstance } from '../../../agent/session/fork.ts';
import { ForkLedger } from '../../../agent/session/ledger.ts';
import { SUTS } from '../../../agent/suts/registry.ts';

const ledger = suite('agent/session ledger');

function notesOf(made: ForkLedger): string[] {
  return made.records().flatMap((record) => (record.body === 'note' ? [record.note.detail] : []));
}

ledger('reads past the scan window are told as a share of all, and not at all where there are none', () => {
  const made = new ForkLedger();
  made.cut('java-hello', 'bpftrace', { reads: 300, cut: 0 });
  assert.equal(notesOf(made), []);
  made.cut('java-hello', 'bpftrace', { reads: 100, cut: 50 });
  made.cut('read-loop', 'bpftrace', { reads: 7, cut: 7 });
  const [java, loop, ...more] = notesOf(made);
  assert.match(java!, /^12\.5 % of the reads of java-hello were longer than what bpftrace scans/);
  assert.match(loop!, /^100 % of the reads of read-loop/);
  assert.equal(more, []);
});

ledger('losses are summed per hop, SUT and mechanism', () => {
  const made = new ForkLedger();
  made.loss('ring', 'java-hello', 'ld-preload', { received: 10, lost: 1 });
  made.loss('ring', 'java-hello', 'ld-preload', { received: 5, lost: 2 });
  made.loss('bpf', 'java-hello', 'bpftrace', { received: 4, lost: 0 });
  assert.equal(
    made.records().flatMap((record) => (record.body === 'loss' ? [record.loss] : [])),
    [
      { hop: 'ring', sut: 'java-hello', mechanism: 'ld-preload', received: 15, lost: 3 },
      { hop: 'bpf', sut: 'java-hello', mechanism: 'bpftrace', received: 4, lost: 0 },
    ],
  );
});

ledger(
  'under block what became of requests is told by instance and by who blocked: the hook inside, or the one attached',
  () => {
    const made = new ForkLedger();
    const sut = SUTS.find(({ id }) => id === 'node-hello')!;
    const live = (id: number, mechanism: string, hook: object | null) =>
      ({
        instance: { id, sut: sut.id, mechanism, arm: 0, design: hook === null ? 'sliced' : 'alternated' },
        sut,
        hook,
      }) as LiveInstance;
    const instances = [live(0, 'none', null), live(1, 'ld-preload', {})];
    const counted = (target: number, refused: number) =>
      ({ target, refused, served: 5, leaked: 0, denied: 0 }) as TargetCounters;
    const where = { condition: 'process', fork: 0 };
    made.blocking(instances, [counted(0, 7), counted(1, 3)], where);
    for (let step = 0; step < 2; step++) made.blocking(instances, [counted(0, 4)], { ...where, attached: 'sk-skb' });
    const rows = made.records().flatMap((record) => (record.body === 'blocking' ? [record.blocking] : []));
    assert.equal(
      rows.map(({ mechanism, refused, served, place }) => [mechanism, refused, served, place.design]),
      [
        ['ld-preload', 3, 5, 'alternated'],
        ['sk-skb', 8, 10, 'sliced'],
      ],
    );
  },
);

ledger.run();
