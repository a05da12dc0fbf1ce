// The conformance suite in its short form: the same reads to every mechanism that is here, and to the oracle.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MECHANISMS } from '../../agent/mechanisms/registry.ts';
import { buildLibrary } from '../helpers/preload.ts';
import type { KeywordSet } from './keyword-sets.ts';
import { type Subject, subjectsOf } from './subjects.ts';
import { runSuite } from './suite.ts';

const SEED = 20261123;
const READS = 8000;
/** what every run must have been through */
const SITUATIONS = [
  'by read',
  'EAGAIN',
  'EBADF',
  'ECONNRESET',
  'EFAULT',
  'EINTR',
  'end of stream',
  'no byte asked for',
  'descriptor above 1,000',
  '1 MiB at once',
  'in a thread',
  'in a child',
  'longer than 100 us',
];
const ebpfIsRequired = (process.env.HOOKBENCH_REQUIRE ?? '').split(',').includes('ebpf');

/** An attach of a probe takes longer than its reads. uprobe scans with the code of bpf. */
const listsFor = ({ mechanism }: Subject): readonly KeywordSet[] => {
  if (mechanism.kind === 'placed') return ['default', 'hostile', 'nul'];
  return mechanism.id.startsWith('uprobe') ? ['hostile'] : ['default', 'hostile'];
};

const conformance = suite('conformance');

for (const subject of subjectsOf(MECHANISMS)) {
  conformance(`${subject.name} agrees with the oracle`, async () => {
    buildLibrary();
    const said: string[] = [];
    const options = {
      seed: SEED,
      reads: READS,
      mechanisms: [subject.name],
      shrinkTries: 12,
      processes: 2,
      lists: listsFor(subject),
    };
    const [report] = await runSuite(MECHANISMS, { ...options, tell: (line) => said.push(line) });
    if (report!.skipped !== null) {
      assert.ok(subject.mechanism.kind === 'attached' && !ebpfIsRequired, `${subject.name} needs ${report!.skipped}`);
      process.stdout.write(`SKIP: ${subject.name} needs ${report!.skipped}\n`);
      return;
    }
    assert.is(report!.disagreements.length, 0, said.join('\n'));
    const { reads, counted, hits, seen } = report!.coverage;
    assert.ok(reads >= READS, `${reads} reads`);
    assert.ok(counted > reads / 2 && hits > counted / 4 && hits < counted * 0.75, `${counted} counted, ${hits} hits`);
    const functions = subject.functions.map((name) => `by ${name}`);
    assert.equal(
      [...SITUATIONS, ...functions].filter((what) => !seen.has(what)),
      [],
      'situations that never came',
    );
  });
}

conformance.run();
