import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchError, type Hello, type RunStudyRequest } from '#proto';
import { conditionsOption } from '../../../controller/cli/options.ts';
import { DEFAULTS, type Resolution, resolveStudy } from '../../../controller/plan/resolve.ts';
import { capability, hello, request } from '../../helpers/plan.ts';

function resolve(over: Partial<RunStudyRequest> = {}, agents: readonly Hello[] = [hello()]): Resolution {
  return resolveStudy(request(over), { agents, id: 'study-1', randomSeed: 99 });
}

/** the error it ends with */
function refused(over: Partial<RunStudyRequest>, agents?: readonly Hello[]): BenchError {
  try {
    resolve(over, agents);
  } catch (error) {
    if (error instanceof BenchError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const ACTIONS = ['observe', 'trace'];
const bpftrace = (support: 'unsupported' | 'inconclusive') =>
  hello({
    mechanisms: [
      ...hello().mechanisms.slice(0, 2),
      capability('bpftrace', { support, needs: 'root', found: 'uid 1000', design: 'sliced', actions: ACTIONS }),
    ],
  });

const test = suite('resolve a study');

test('the defaults are filled in', () => {
  const { study, notices } = resolve();
  const { requests, forks, blocks, requestBytes, seed, warmup, marginNs } = study;
  assert.equal({ requests, forks, blocks, requestBytes }, DEFAULTS);
  assert.equal({ seed, warmup, marginNs }, { seed: 99, warmup: null, marginNs: null });
  assert.equal([study.placed, study.attached, study.conditions], [['ld-preload'], ['bpftrace'], ['process']]);
  assert.equal(study.suts, [
    { id: 'java-hello', warmup: 8000, unitSamples: 1 },
    { id: 'read-loop', warmup: 2000, unitSamples: 20 },
  ]);
  assert.equal(notices, []);
});

const onlyJava = (suts: readonly string[]) =>
  hello({
    mechanisms: [
      ...hello().mechanisms,
      capability('jvmti', {
        design: 'alternated',
        actions: ACTIONS,
        unsuited: suts.map((sut) => ({ sut, why: 'no JVM' })),
      }),
    ],
  });

test('a mechanism that has nothing to do with a SUT gets no arm there, and the study says so', () => {
  const { study, notices } = resolve({}, [onlyJava(['read-loop'])]);
  assert.equal(study.placed, ['ld-preload', 'jvmti']);
  assert.equal(study.unsuited, [{ sut: 'read-loop', mechanism: 'jvmti', why: 'no JVM' }]);
  assert.equal(notices, [{ code: 'unsuited', detail: 'not measured: jvmti on read-loop: no JVM' }]);
  assert.equal(resolve({ suts: ['java-hello'], sutsAsked: true }, [onlyJava(['read-loop'])]).notices, []);
});

test('a mechanism that suits no SUT of the study is left out, or refused where it was named; so is a SUT', () => {
  const agent = onlyJava(['read-loop', 'java-hello']);
  const { study, notices } = resolve({}, [agent]);
  assert.equal([study.placed, study.unsuited], [['ld-preload'], []]);
  assert.match(notices[0]?.detail ?? '', /mechanism jvmti suits none of the SUTs .*jvmti on read-loop: no JVM/);
  const named = { mechanisms: ['jvmti'], mechanismsAsked: true };
  assert.match(refused(named, [agent]).message, /mechanism jvmti suits none of the SUTs/);
  const half = onlyJava(['read-loop']);
  assert.equal(
    resolve(named, [half]).study.suts.map(({ id }) => id),
    ['java-hello'],
  );
  const both = { ...named, suts: ['java-hello', 'read-loop'], sutsAsked: true };
  assert.match(refused(both, [half]).message, /SUT read-loop suits none of the mechanisms/);
});

test('what the user gave is kept, a seed and a warm-up of 0 too', () => {
  const given = {
    requests: 500,
    forks: 2,
    blocks: 3,
    requestBytes: 1400,
    marginNs: 1000,
    command: 'x',
    action: 'trace',
  };
  const { study } = resolve({ ...given, seed: 0, seedFixed: true, warmup: 0, warmupFixed: true });
  assert.is(study.seed, 0);
  assert.is(study.warmup, 0);
  for (const [name, value] of Object.entries(given)) assert.is(study[name as keyof typeof given], value, name);
});

test('names are taken once, and none need not be named', () => {
  const { study } = resolve({ suts: ['read-loop', 'read-loop'], mechanisms: ['none', 'bpftrace', 'bpftrace'] });
  assert.equal(study.suts.length, 1);
  assert.equal([study.placed, study.attached], [[], ['bpftrace']]);
});

test('a condition with options needs each of them, and is one condition under its whole name', () => {
  const conditions = [
    ...[capability('process'), capability('netns'), capability('netns:rate')],
    capability('netns:delay', { support: 'unsupported', needs: 'netem', found: 'none' }),
  ];
  const agents = [hello({ conditions })];
  const wanted = ['process', 'netns:rate=1mbit', 'netns:rate=2mbit', 'process'];
  assert.equal(resolve({ conditions: wanted }, agents).study.conditions, wanted.slice(0, 3));
  const lacking = refused({ conditions: ['netns:rate=1mbit,delay=1ms'] }, agents);
  assert.equal([lacking.code, lacking.message], ['unsupported', 'condition netns:delay needs netem; found: none']);
  const unknown = refused({ conditions: ['netns:speed=1mbit'] }, agents);
  assert.is(unknown.message, 'unknown condition "netns:speed"; known: process, netns, netns:rate, netns:delay');
  assert.is(refused({ conditions: ['netns:rate=1mbit; reboot'] }, agents).code, 'usage');
});

test('commas within a condition are told from those between two', () => {
  const split = (text: string) => conditionsOption('--conditions')(text);
  assert.equal(split('process,netns:delay=1ms,rate=1mbit,netns'), ['process', 'netns:delay=1ms,rate=1mbit', 'netns']);
  assert.equal(split('netns,rate=1mbit'), ['netns', 'rate=1mbit'], 'an option needs its condition and a colon');
});

const UNKNOWN: readonly [string, Partial<RunStudyRequest>, string][] = [
  ['SUT', { suts: ['cobol'], sutsAsked: true }, 'java-hello, read-loop'],
  ['mechanism', { mechanisms: ['cobol'], mechanismsAsked: true }, 'none, ld-preload, bpftrace'],
  ['condition', { conditions: ['cobol'] }, 'process'],
];

for (const [what, over, known] of UNKNOWN) {
  test(`an unknown ${what} is bad usage that lists the known ones`, () => {
    const error = refused(over);
    assert.is(error.code, 'usage');
    assert.is(error.message, `unknown ${what} "cobol"; known: ${known}`);
  });
}

test('unsupported and asked for: refused with what it needs and what was found', () => {
  const error = refused({ mechanisms: ['bpftrace'], mechanismsAsked: true }, [bpftrace('unsupported')]);
  assert.is(error.code, 'unsupported');
  assert.is(error.message, 'mechanism bpftrace needs root; found: uid 1000');
  assert.match(error.nextStep, /doctor/);
});

test('unsupported and not asked for: left out with a notice', () => {
  const { study, notices } = resolve({}, [bpftrace('unsupported')]);
  assert.equal(study.attached, []);
  assert.equal(notices, [{ code: 'left-out', detail: 'mechanism bpftrace needs root; found: uid 1000' }]);
});

test('inconclusive is never left out in silence', () => {
  for (const asked of [true, false]) {
    const error = refused({ mechanisms: ['bpftrace'], mechanismsAsked: asked }, [bpftrace('inconclusive')]);
    assert.is(error.code, 'unsupported');
    assert.match(error.message, /bpftrace needs root; found: uid 1000/);
  }
});

test('what one of two agents lacks is lacking, supported or unknown there', () => {
  const without = hello({ agentId: 'node-2', mechanisms: hello().mechanisms.slice(0, 2) });
  assert.match(resolve({}, [hello(), without]).notices[0]?.detail ?? '', /bpftrace .*not known to every agent/);
  assert.equal(resolve({}, [hello(), bpftrace('unsupported')]).study.attached, []);
  assert.equal(resolve({}, [hello(), hello({ agentId: 'node-2' })]).study.attached, ['bpftrace']);
});

test('nothing that runs is an error, not an empty study', () => {
  const none = (entries: Hello['suts']) => entries.map((entry) => ({ ...entry, support: 'unsupported' as const }));
  for (const [agent, pattern] of [
    [hello({ suts: none(hello().suts) }), /none of the SUTs/],
    [hello({ conditions: none(hello().conditions) }), /none of the conditions/],
    [hello({ mechanisms: [capability('none'), ...none(hello().mechanisms.slice(1))] }), /none of the mechanisms/],
  ] as const) {
    const error = refused({}, [agent]);
    assert.is(error.code, 'unsupported');
    assert.match(error.message, pattern);
    assert.match(error.detail, /needs .*; found: /);
  }
});

test('none alone has nothing to be compared with', () => {
  const error = refused({ mechanisms: ['none'], mechanismsAsked: true });
  assert.is(error.code, 'usage');
  assert.match(`${error.message} ${error.nextStep}`, /nothing to compare.*known: none, ld-preload, bpftrace/);
});

test('no agent', () => {
  const error = refused({}, []);
  assert.is(error.code, 'no-agent');
  assert.match(error.nextStep, /hookbench agent --controller/);
});

test('an unknown action lists the known ones; one that a mechanism lacks names it and what it can', () => {
  const unknown = refused({ action: 'explode' });
  assert.is(unknown.code, 'usage');
  assert.is(unknown.message, 'unknown action "explode"; known: observe, trace, block');
  const named = { mechanisms: ['ld-preload', 'bpftrace'], mechanismsAsked: true };
  const unable = refused({ ...named, action: 'block' });
  assert.is(unable.code, 'unsupported');
  assert.is(unable.message, "mechanism bpftrace can't do action block");
  assert.is(unable.nextStep, 'bpftrace can: observe, trace (it only watches)');
  const loop = refused({ suts: ['read-loop'], sutsAsked: true, action: 'block' });
  assert.is(loop.message, "SUT read-loop can't do action block");
  assert.is(resolve({ action: 'block', mechanisms: ['ld-preload'], mechanismsAsked: true }).study.action, 'block');
});

test('what can not do the action and was not asked for is left out, and said', () => {
  const { study, notices } = resolve({ action: 'block' });
  assert.equal([study.placed, study.attached, study.suts.map((sut) => sut.id)], [['ld-preload'], [], ['java-hello']]);
  assert.equal(
    notices.map((notice) => notice.code),
    ['left-out', 'left-out'],
  );
  assert.match(notices[1]?.detail ?? '', /bpftrace can't do action block; bpftrace can: observe, trace \(it only/);
});

test('functions: read unless told; an unknown one and one that a mechanism lacks are refused', () => {
  assert.equal(resolve({}).study.functions, ['read']);
  const named = { mechanisms: ['bpftrace'], mechanismsAsked: true };
  assert.is(
    refused({ functions: ['open'] }).message,
    'unknown function "open"; known: read, recv, recvfrom, readv, recvmsg',
  );
  const unable = refused({ ...named, functions: ['read', 'recv'] });
  assert.is(unable.code, 'unsupported');
  assert.is(unable.message, "mechanism bpftrace can't hook recv");
  const library = capability('lib', { design: 'alternated', actions: ACTIONS, functions: ['read', 'recv'] });
  const { study } = resolve({ functions: ['recv', 'recv'] }, [hello({ mechanisms: [...hello().mechanisms, library] })]);
  assert.equal([study.functions, study.placed, study.attached], [['recv'], ['lib'], []]);
});

test('the error of block: ECONNRESET unless told, by a known name, and with no other action', () => {
  assert.is(resolve({ action: 'block' }).study.blockErrno, 'ECONNRESET');
  assert.is(resolve({ action: 'block', blockErrno: 'EACCES' }).study.blockErrno, 'EACCES');
  assert.is(resolve({}).study.blockErrno, null);
  for (const name of ['EAGAIN', 'epipe', '32', 'EPIPE '])
    assert.match(refused({ action: 'block', blockErrno: name }).message, /^unknown error ".*"; known: ECONNRESET, /);
  for (const action of ['observe', 'trace'])
    assert.match(refused({ action, blockErrno: 'EPIPE' }).message, /fails no read: --errno goes with --action block/);
});

test('a study that names no mechanisms has the default ones; a variant is taken when it is named', () => {
  const simd = capability('ld-preload:simd', { design: 'alternated', actions: ACTIONS, byDefault: false });
  const agent = hello({ mechanisms: [...hello().mechanisms, simd] });
  assert.equal(resolve({}, [agent]).study.placed, ['ld-preload']);
  const asked = { mechanisms: ['ld-preload', 'ld-preload:simd'], mechanismsAsked: true };
  assert.equal(resolve(asked, [agent]).study.placed, ['ld-preload', 'ld-preload:simd']);
});

test('a study that names no SUTs has the default ones; another is taken when it is named, and refused where it is missing', () => {
  const redis = capability('redis', { vantage: 'client', actions: ACTIONS, byDefault: false });
  const agent = hello({ suts: [...hello().suts, redis] });
  const ids = (over: Parameters<typeof resolve>[0], agents = [agent]) =>
    resolve(over, agents).study.suts.map(({ id }) => id);
  assert.not.ok(ids({}).includes('redis'));
  assert.equal(ids({ suts: ['redis'], sutsAsked: true }), ['redis']);
  const without = hello({ suts: [...hello().suts, { ...redis, support: 'unsupported', found: 'no redis-server' }] });
  assert.equal(
    resolve({}, [without]).notices.filter(({ detail }) => detail.includes('redis')),
    [],
    'nobody asked for it',
  );
  assert.match(refused({ suts: ['redis'], sutsAsked: true }, [without]).message, /SUT redis needs .*no redis-server/);
});

for (const [option, over] of [
  ['--requests', { requests: 20_000_001 }],
  ['--forks', { forks: 1001 }],
  ['--blocks', { blocks: 1001 }],
  ['--request-bytes', { requestBytes: 8193 }],
] as const) {
  test(`${option} has a limit`, () => {
    const error = refused(over);
    assert.is(error.code, 'usage');
    assert.match(error.message, new RegExp(`^${option} \\d+ is not a whole number from 1 to \\d+$`));
  });
}

test('fewer units than blocks: refused with the numbers; one unit a block is enough', () => {
  const small = { suts: ['read-loop'], forks: 2, blocks: 5 };
  const error = refused({ ...small, requests: 2180 });
  assert.is(error.code, 'usage');
  assert.match(
    error.message,
    /--requests 2180 leaves 9 units of work for read-loop after a warm-up of 2000: .*2 forks × 5 /,
  );
  assert.is(resolve({ ...small, requests: 2181 }).study.requests, 2181);
  assert.match(refused({ ...small, requests: 10, warmup: 0, warmupFixed: true }).message, /warm-up of 0/);
});

test('more than an agent takes at once is refused before the study begins', () => {
  const error = refused({ requests: 20_000_000, forks: 1, blocks: 1 });
  assert.is(error.code, 'usage');
  assert.match(error.message, /--requests 20000000 is too much for 1 forks × 1 blocks/);
  assert.match(error.nextStep, /more forks and blocks/);
  assert.is(resolve({ requests: 20_000_000, forks: 100, blocks: 100 }).study.forks, 100);
  const many = Array.from({ length: 64 }, (_, i) => capability(`m${i}`, { design: 'alternated', actions: ACTIONS }));
  assert.match(
    refused({ suts: ['read-loop'] }, [hello({ mechanisms: many })]).message,
    /needs 66 live processes; at most 64/,
  );
});

test('a hook of one’s own must be the same file on every agent', () => {
  const own = (sha256: string) => capability('own:x', { design: 'alternated', actions: ACTIONS, sha256 });
  const agent = (agentId: string, sha256: string) =>
    hello({ agentId, mechanisms: [...hello().mechanisms, own(sha256)] });
  const named = { mechanisms: ['own:x'], mechanismsAsked: true };
  assert.equal(resolve(named, [agent('a', 'aa'), agent('b', 'aa')]).study.placed, ['own:x']);
  const { code, message, detail } = refused(named, [agent('a', 'aa'), agent('b', 'bb')]);
  assert.equal([code, message], ['unsupported', 'mechanism own:x is not the same file on every agent']);
  assert.match(detail, /aa, bb/);
});

test('which study file it comes from, and what won over it, is told first', () => {
  const detail = 'study.yaml (sha256 aa); --seed wins over its seed 5';
  assert.equal(resolve({ studyFile: detail }).notices, [{ code: 'study-file', detail }]);
});

test.run();
