// The conformance suite in its short form: the same reads to every mechanism that is here, and to the oracle.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MECHANISMS } from '../../agent/mechanisms/registry.ts';
import { buildBoundary, buildLibrary, buildSud } from '../helpers/preload.ts';
import { needs } from '../helpers/require.ts';
import { type KeywordSet, keywordsOf } from './keyword-sets.ts';
import { firstKeyword } from './search.ts';
import { muslSubjectsOf, type Subject, subjectsOf } from './subjects.ts';
import { runSubject } from './suite.ts';

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

const isTracedProbe = ({ mechanism, action }: Subject): boolean =>
  mechanism.kind === 'attached' && action !== 'observe';

/** At the boundary one code serves all actions, and `read` alone is the least of the functions. On musl it is the library's code once more. */
const isLesser = ({ mechanism, action, functions, libc }: Subject): boolean =>
  libc === 'musl' ||
  (['seccomp-notify', 'ptrace', 'sud'].includes(mechanism.id) && (action === 'trace' || functions.length === 1));

/** A read under a uprobe takes the most; action trace runs there what it runs in bpf. */
const readsFor = (subject: Subject): number =>
  isLesser(subject) || (isTracedProbe(subject) && subject.mechanism.id.startsWith('uprobe')) ? 3000 : READS;

/** An attach of a probe takes longer than its reads. uprobe scans with the code of bpf. */
const listsFor = (subject: Subject): readonly KeywordSet[] => {
  const { mechanism } = subject;
  if (isLesser(subject)) return ['hostile'];
  if (mechanism.kind === 'placed') return ['default', 'hostile', 'nul'];
  return isTracedProbe(subject) || mechanism.id.startsWith('uprobe') ? ['hostile'] : ['default', 'hostile'];
};

/** Each keyword that can be found first in any read at all: one that holds another, which ends earlier or comes before it, never is. */
const reachable = (set: KeywordSet): string[] => {
  const keywords = keywordsOf(set);
  return keywords.flatMap((word, index) => (firstKeyword(keywords, word) === index ? [`${set} ${index}`] : []));
};

const conformance = suite('conformance');

const onMusl = (needs('musl') ? muslSubjectsOf(MECHANISMS) : []).filter(
  ({ functions, action }) => functions.length > 1 && action !== 'trace',
);

for (const subject of [...subjectsOf(MECHANISMS), ...onMusl]) {
  conformance(`${subject.name} agrees with the oracle`, async () => {
    buildLibrary();
    if (subject.libc === 'musl') buildLibrary('musl');
    buildBoundary();
    buildSud();
    const said: string[] = [];
    const options = {
      seed: SEED,
      reads: readsFor(subject),
      shrinkTries: 12,
      processes: 2,
      lists: listsFor(subject),
    };
    const report = await runSubject(subject, { ...options, tell: (line) => said.push(line) });
    if (report.skipped !== null) {
      const mayBeMissing = subject.mechanism.layer === 'kernel';
      assert.ok(mayBeMissing && !ebpfIsRequired, `${subject.name} needs ${report.skipped}`);
      process.stdout.write(`SKIP: ${subject.name} needs ${report.skipped}\n`);
      return;
    }
    assert.is(report.disagreements.length, 0, said.join('\n'));
    const { reads, counted, hits, found, seen } = report.coverage;
    assert.ok(reads >= readsFor(subject), `${reads} reads`);
    assert.ok(counted > reads / 2 && hits > counted / 4 && hits < counted * 0.75, `${counted} counted, ${hits} hits`);
    const functions = subject.functions.map((name) => `by ${name}`);
    assert.equal(
      [...SITUATIONS, ...functions].filter((what) => !seen.has(what)),
      [],
      'situations that never came',
    );
    const unfound = listsFor(subject).flatMap((set) => reachable(set).filter((name) => !found.has(name)));
    assert.equal(unfound, [], 'keywords that were never found first');
  });
}

conformance.run();
