import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ForkLedger } from '../../../agent/session/ledger.ts';

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

ledger.run();
