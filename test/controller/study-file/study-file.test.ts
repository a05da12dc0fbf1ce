import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { planCommand } from '../../../controller/cli/plan.ts';
import { runCommand } from '../../../controller/cli/run.ts';
import { type RunOptions, requestOf } from '../../../controller/cli/run-options.ts';
import {
  gateOf,
  KNOWN_KEYS,
  overlay,
  readStudyFile,
  schemaText,
  template,
} from '../../../controller/study-file/index.ts';
import { BenchError } from '../../../proto/index.ts';
import { accepts, type JsonSchema } from './json-schema.ts';

const dir = mkdtempSync(join(tmpdir(), 'hookbench-study-file-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
const HEAD = 'schema: hookbench.study-file/v1\n';
const PUBLISHED = new URL('../../../controller/study-file/study.schema.json', import.meta.url);

function file(body: string): string {
  const path = join(dir, 'study.yaml');
  writeFileSync(path, HEAD + body);
  return path;
}

function refused(work: () => unknown): BenchError {
  try {
    work();
  } catch (error) {
    if (error instanceof BenchError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

/** the file under these flags, by the parser of the command itself */
async function overlaid(path: string, flags: readonly string[]) {
  const command = runCommand();
  let found: ReturnType<typeof overlay<RunOptions>> | undefined;
  command.action((study: string, options: RunOptions) => {
    found = overlay(study, { options, command });
  });
  await command.parseAsync([path, ...flags], { from: 'user' });
  return found!;
}

const study = suite('study file');

study('says everything that the flags of run and plan say', () => {
  const flags = (command: Command) => command.options.map(({ long }) => long?.slice(2) ?? '');
  const keys = [...KNOWN_KEYS['']!, ...KNOWN_KEYS.plan!];
  const missing = [...flags(runCommand()), ...flags(planCommand())].filter((flag) => !keys.includes(flag));
  assert.equal(missing, []);
});

study('means what the same flags mean', async () => {
  const body = `sut: [java-hello, read-loop]\nmechanisms: [ld-preload]\naction: block\nerrno: EPIPE\nfunctions: [read, recv]
requests: 7000\nwarmup-floor: 30\nforks: 5\nblocks: 3\nseed: 9\nrequest-bytes: 99\nmargin: 1us\nuntil: 2us\nuntil-for: [ld-preload]\nbudget: 5m\n`;
  const flags =
    '--sut java-hello,read-loop --mechanisms ld-preload --action block --errno EPIPE --functions read,recv --requests 7000 --warmup-floor 30 --forks 5 --blocks 3 --seed 9 --request-bytes 99 --margin 1us --until 2us --until-for ld-preload --budget 5m';
  const fromFile = await overlaid(file(body), []);
  const fromFlags = await overlaid(file(''), flags.split(' '));
  assert.equal(requestOf(fromFile.options, ''), requestOf(fromFlags.options, ''));
});

study('a flag beside it wins, and that is told with what it wins over', async () => {
  const path = file('seed: 5\nforks: 6\nmargin: 1us\n');
  const { options, studyFile } = await overlaid(path, ['--seed', '7', '--margin', '2us', '--blocks', '2']);
  assert.equal([options.seed, options.forks, options.blocks, options.margin], [7, 6, 2, 2000]);
  assert.match(
    studyFile,
    /study\.yaml \(sha256 [0-9a-f]{64}\); --seed wins over its seed 5; --margin wins over its margin 1us$/,
  );
});

study('--quick wins over the size in the file, but not over a size given beside it', async () => {
  const path = file('requests: 90000\nforks: 9\nwarmup: 50\n');
  const { options, studyFile } = await overlaid(path, ['--quick', '--forks', '3']);
  const { requests, forks, warmup } = requestOf(options, '');
  assert.equal({ requests, forks, warmup }, { requests: 5000, forks: 3, warmup: 50 });
  assert.match(studyFile, /--quick wins over its requests 90000/);
  assert.match(studyFile, /--forks wins over its forks 9/);
});

study('a file says what --quick means for it, and a size given beside it wins over that too', async () => {
  const path = file('requests: 90000\nforks: 9\nblocks: 3\nwith-quick: {requests: 7000, forks: 8}\n');
  const { options, studyFile } = await overlaid(path, ['--quick', '--forks', '3']);
  const { requests, forks, blocks } = requestOf(options, '');
  assert.equal({ requests, forks, blocks }, { requests: 7000, forks: 3, blocks: 1 });
  assert.match(studyFile, /--quick wins over its requests 90000; .*with --quick it is requests 7000$/);
  const plain = requestOf((await overlaid(path, [])).options, '');
  assert.equal([plain.requests, plain.forks, plain.blocks], [90000, 9, 3]);
});

study('paths are taken from the folder of the file', async () => {
  const { options } = await overlaid(file('keywords: words.txt\nout: here\nhooks-dir: ../hooks\n'), []);
  assert.is(options.keywords, join(dir, 'words.txt'));
  assert.is(options.out, join(dir, 'here'));
  assert.is(options.hooksDir, join(dir, '..', 'hooks'));
});

study('every mistake is told at once, with its place, what was written and what is known', () => {
  const body = 'sut: read-loop\nforks: many\nrequest: 5\nplan: {detct: 1us}\nwarmup: often\n';
  const { code, message, detail, nextStep } = refused(() => readStudyFile(file(body)));
  assert.is(code, 'usage');
  assert.match(message, /study\.yaml:2:6: sut "read-loop" is not a list of names, such as \[java-hello, read-loop\]$/);
  assert.match(detail, /:3:8: forks "many" is not a whole number from 1 to 1000$/m);
  assert.match(detail, /:4:1: unknown key "request"; did you mean requests\? known: schema, sut/);
  assert.match(detail, /:5:8: unknown key "detct"; did you mean detect\?/);
  assert.match(detail, /:6:9: warmup "often" is not auto, or a whole number/);
  assert.match(nextStep, /hookbench init/);
});

study('what only the parser of a flag refuses has its place too', async () => {
  assert.match(
    refused(() => gateOf(file("gate: {max: ['a:p50<1us', 'nonsense']}\n"))).message,
    /:2:27: --max nonsense is not/,
  );
  const zero = await overlaid(file('margin: 0us\n'), []).catch((error: BenchError) => error);
  assert.match((zero as BenchError).message, /study\.yaml:2:9: margin 0us is not a duration/);
});

study('the budgets of a gate', () => {
  const { max, sut, undecided } = gateOf(
    file("gate: {max: ['own:x:client:p50<5us'], sut: read-loop, undecided: pass}\n"),
  );
  assert.equal([max[0]?.subject, max[0]?.limitNs, sut, undecided], ['own:x:client', 5000, 'read-loop', 'pass']);
  assert.match(refused(() => gateOf(file(''))).message, /says nothing of a gate/);
});

study('the template runs as it is, and with every key taken in', () => {
  const path = join(dir, 'template.yaml');
  writeFileSync(path, template());
  assert.equal(readStudyFile(path).says.mechanisms, ['ld-preload']);
  const all = template()
    .split('\n')
    .map((line) => line.replace(/^# ( {0,2}[a-z-]+:( |$))/, '$1'))
    .filter((line) => !/^ {2}hookbench/.test(line));
  writeFileSync(path, all.join('\n'));
  assert.equal(Object.keys(readStudyFile(path).says).sort(), [...KNOWN_KEYS['']!].sort());
});

study('the published JSON Schema is the one that is checked', () => {
  assert.equal(JSON.parse(readFileSync(PUBLISHED, 'utf8')), JSON.parse(schemaText()));
});

const JUDGED = [
  'sut: [a]',
  'sut: a',
  'sut: []',
  'sut: [a, 3]',
  'sut: ["a b"]',
  'forks: 1000',
  'forks: 1001',
  'forks: 0',
  'forks: 1.5',
  'warmup: auto',
  'warmup: 0',
  'warmup: x',
  'margin: 1.5us',
  'margin: 1',
  'action: trace',
  'action: x',
  'quick: yes',
  'quick: true',
  'strange: 1',
  'plan: {power: 0.8, detect: 1us}',
  'plan: {power: 1}',
  'plan: {x: 1}',
  'plan: 3',
  'with-quick: {forks: 3}',
  'with-quick: {forks: x}',
  'with-quick: {sut: [a]}',
  'gate: {}',
  "gate: {max: ['a<1us']}",
  'keywords: ""',
  'budget: 10m',
  'budget: 10',
];

study('the published JSON Schema takes and refuses what the reader does', () => {
  const schema = JSON.parse(readFileSync(PUBLISHED, 'utf8')) as JsonSchema;
  const differ = JUDGED.filter((body) => {
    const path = file(body);
    let taken = true;
    try {
      readStudyFile(path);
    } catch {
      taken = false;
    }
    return accepts(schema, parse(readFileSync(path, 'utf8'))) !== taken;
  });
  assert.equal(differ, []);
  assert.not(accepts(schema, { sut: ['a'] }), 'the version is asked for');
});

study.run();
