// jvmti in its short form: the same kinds of reads as the other mechanisms get, made by a Java program.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATHS } from '../../../agent/config.ts';
import { jvmti } from '../../../agent/mechanisms/jvmti.ts';
import { build } from '../../agent/load/support.ts';
import { freshPath } from '../../helpers/preload.ts';
import { needs } from '../../helpers/require.ts';
import type { KeywordSet } from '../keyword-sets.ts';
import { reproductionOf } from './reproduction.ts';
import { JAVA_SUBJECTS, type JavaSubject, runJava } from './suite.ts';

const SEED = 20261123;
const READS = 700;
/** what every run must have been through */
const SITUATIONS = [
  ...['accepted channel', 'accepted socket', 'accepted async', 'accepted unix'],
  ...['by read into direct', 'by read into heap', 'by readv into direct', 'by readv into heap', 'in a thread'],
  ...['back', 'pipe', 'file', 'end', 'reset', 'shut', 'under'],
];

/** a virtual machine for each */
const listsFor = ({ action, functions }: JavaSubject): readonly KeywordSet[] => {
  if (action === 'observe') return functions.length > 1 ? ['default', 'hostile', 'nul'] : ['default'];
  return action === 'block' ? ['default', 'hostile'] : ['hostile'];
};

const java = suite('java conformance');

if (needs('java')) {
  await build('hooks');
  for (const subject of JAVA_SUBJECTS) {
    const name = `jvmti ${subject.action} (${subject.functions.join(', ')})`;
    java(`${name} agrees with the oracle`, async () => {
      for (const set of listsFor(subject)) {
        const where = { seed: SEED, set, label: 'short', reads: READS };
        const { disagreements, reads, counted, hits, seen } = await runJava(subject, where);
        assert.equal(disagreements.slice(0, 3), [], reproductionOf(subject, where));
        assert.ok(reads >= READS && counted > reads / 2, `${counted} of ${reads} reads counted`);
        assert.ok(hits > counted / 4 && hits < counted * 0.9, `${hits} of ${counted} with a keyword`);
        const missing = SITUATIONS.filter((what) => !seen.has(what));
        assert.equal(missing, [], 'situations that never came');
        assert.is(seen.has('IOException'), subject.action === 'block');
      }
    });
  }

  java('a program that it does not hook runs on, and what that starts is told nothing of it', () => {
    const source = freshPath('Told.java');
    const told = 'System.out.print(System.getenv("JAVA_TOOL_OPTIONS") + " " + System.getProperty("q"));';
    writeFileSync(source, `class Told { public static void main(String[] args) { ${told} } }`);
    const withOptions = (options: string) => {
      const env = { PATH: process.env.PATH ?? '', JAVA_TOOL_OPTIONS: options };
      return spawnSync('java', ['-XX:TieredStopAtLevel=1', source], { env, encoding: 'utf8' });
    };
    const agent = `-agentpath:"${PATHS.jvmtiAgent}"`;
    const beside = withOptions(`-Dq='a b' ${agent} -Dw=1`);
    assert.match(beside.stderr, /hookbench: not hooking, all calls pass through: HOOKBENCH_RING: not set/);
    assert.is(beside.stdout, `-Dq='a b' -Dw=1 a b`);
    assert.is(withOptions(agent).stdout, 'null null');
  });

  java('says which natives it replaces, and of which Java', async () => {
    const { support, found } = await jvmti.probe();
    assert.is(support, 'supported', found);
    assert.match(found, /^java \d+.*, replaces SocketDispatcher\.read0, SocketDispatcher\.readv0, Net\.accept, /);
  });
}

java.run();
