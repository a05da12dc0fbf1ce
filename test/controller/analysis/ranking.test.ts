import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import type { Batch, StudyRecord } from '../../../controller/analysis/record.ts';
import type { RankedPair, Ranking } from '../../../controller/analysis/results.ts';
import { renderHtml, renderJson, renderMarkdown, renderTerminal } from '../../../controller/report/index.ts';
import { random } from '../../helpers/random.ts';
import { makeStudy, NODE } from '../../helpers/study.ts';

const HOOKS = ['app-filter', 'jvmti', 'ld-preload', 'bpf'] as const;
type Hook = (typeof HOOKS)[number];
type Costs = Readonly<Record<Hook, number>>;
const BLOCKS = 3;
const PER_BLOCK = 12;
/** process starts differ by this much, ns */
const START_SD_NS = 150;

/** Four hooks of known cost on one server, 6 process starts: three alternate with none, bpf is sliced around a process of its own. */
function layersStudy(seed: number, costNs: Costs, forks = 6): StudyRecord {
  const { normal } = random(seed);
  let nowNs = 1_000_000_000n;
  const frame = makeStudy({ forks: 0, warmup: 0 });
  const arms = [
    ...frame.arms.filter(({ mechanism, aa }) => mechanism === 'none' && !aa),
    ...HOOKS.map((mechanism, i) => ({
      ...{ index: 2 + i, mechanism, aa: false },
      design: mechanism === 'bpf' ? ('sliced' as const) : ('alternated' as const),
    })),
  ];
  const batchOf = (
    design: 'alternated' | 'sliced',
    fork: number,
    block: number,
    levels: ReadonlyMap<number, number>,
  ) => {
    const order = Array.from({ length: PER_BLOCK }, () => [...levels]).flat();
    nowNs += 10_000_000n;
    return {
      ...{ node: NODE.id, sut: 'java-hello', condition: 'process', vantage: 'client', design, phase: 'measure' },
      ...{ fork, block, step: 0, t0Ns: nowNs },
      dtNs: Uint32Array.from(order, (_, i) => i * 1000),
      latencyNs: Uint32Array.from(order, ([, ns]) => Math.round(ns + 60 * normal())),
      arm: Uint8Array.from(order, ([arm]) => arm),
      flags: new Uint8Array(order.length),
    } satisfies Batch;
  };
  const batches = Array.from({ length: forks }, (_, fork) => {
    const starts = new Map(arms.map(({ index }) => [index, START_SD_NS * normal()]));
    return Array.from({ length: BLOCKS }, (_, block) => {
      const machine = 50_000 + 500 * normal();
      const at = (design: 'alternated' | 'sliced', baseNs: number, own: (arm: number) => number) =>
        new Map(
          arms
            .filter((arm) => arm.design === design || arm.mechanism === 'none')
            .map(({ index, mechanism }) => [index, baseNs + own(index) + (costNs[mechanism as Hook] ?? 0)]),
        );
      return [
        batchOf(
          'alternated',
          fork,
          block,
          at('alternated', machine, (arm) => starts.get(arm) ?? 0),
        ),
        batchOf(
          'sliced',
          fork,
          block,
          at('sliced', machine - 20_000, (arm) => (arm === 0 ? 0 : (starts.get(arm) ?? 0))),
        ),
      ];
    }).flat();
  }).flat();
  const catalogue = HOOKS.map((id) => ({
    id,
    layer: `layer of ${id}`,
    actions: [],
    functions: [],
    limits: [],
    manner: [],
  }));
  return { ...frame, forks, blocks: BLOCKS, warmup: 0, mechanisms: ['none', ...HOOKS], arms, batches, catalogue };
}

const LAYERS: Costs = { 'app-filter': 2_000, jvmti: 2_000, 'ld-preload': 500, bpf: 6_000 };

function rankingOf(study: StudyRecord): Ranking {
  const [ranking, ...others] = analyse(study).rankings ?? [];
  assert.equal(others, []);
  if (ranking === undefined) throw new Error('no ranking');
  return ranking;
}

const trueNs = ({ cheaper, dearer }: RankedPair, costs: Costs) => costs[dearer as Hook] - costs[cheaper as Hook];

const test = suite('analysis/ranking');

test('costs more than 1 µs apart are separated, equal ones not, and the true differences lie in their intervals', () => {
  const studies = 80;
  let [apart, wrong, held, pairs] = [0, 0, 0, 0];
  for (let seed = 1; seed <= studies; seed++) {
    for (const pair of rankingOf(layersStudy(seed * 7919, LAYERS)).pairs) {
      const { difference, isSeparated } = pair;
      if (difference === null) throw new Error('six starts carry a difference');
      const trueDifferenceNs = trueNs(pair, LAYERS);
      pairs++;
      if (difference.lowNs <= trueDifferenceNs && trueDifferenceNs <= difference.highNs) held++;
      if (isSeparated && trueDifferenceNs > 1_000) apart++;
      if (isSeparated && trueDifferenceNs <= 0) wrong++;
    }
  }
  const told = { apart: apart / (5 * studies), wrong: wrong / studies, held: held / pairs };
  console.log(JSON.stringify(told));
  assert.ok(told.apart > 0.98, 'told apart');
  // one pair, tested last at 5 %: 0.05 and 3 standard errors
  assert.ok(told.wrong <= 0.125, 'equal ones told apart');
  assert.ok(told.held > 0.93 && told.held < 0.97, 'in their intervals');
});

test('where all cost the same, any two are separated in 5 % of studies', () => {
  const studies = 80;
  let wrong = 0;
  const same: Costs = { 'app-filter': 1_000, jvmti: 1_000, 'ld-preload': 1_000, bpf: 1_000 };
  for (let seed = 1; seed <= studies; seed++)
    if (rankingOf(layersStudy(seed * 104_729, same)).pairs.some(({ isSeparated }) => isSeparated)) wrong++;
  console.log(`${wrong} of ${studies}`);
  assert.ok(wrong / studies <= 0.125, `${wrong} of ${studies}`);
});

test('the order is by cost, what nothing separates shares a rank, and the sentence has both', () => {
  const { hooks, pairs, sentence } = rankingOf(layersStudy(5, LAYERS));
  assert.equal([hooks[0]?.treated, hooks[3]?.treated], ['ld-preload', 'bpf']);
  assert.equal(
    hooks.map(({ rank }) => rank),
    [1, 2, 2, 4],
  );
  assert.is(hooks[0]?.layer, 'layer of ld-preload');
  assert.is(pairs.length, 6);
  assert.equal(
    pairs.filter(({ isDirect }) => !isDirect).map(({ dearer }) => dearer),
    ['bpf', 'bpf', 'bpf'],
  );
  assert.match(sentence, /^ld-preload .*\] < (?:app-filter|jvmti) .*\] ≈ (?:app-filter|jvmti) .*\] < bpf .*\]\.$/);
});

test('a pair that is separated across neighbours that are not is said beside the order', () => {
  const close: Costs = { 'app-filter': 1_000, jvmti: 1_230, 'ld-preload': 1_460, bpf: 9_000 };
  const found = Array.from({ length: 30 }, (_, seed) => rankingOf(layersStudy(seed + 1, close)).sentence);
  const beside = found.filter((sentence) => /; but app-filter < ld-preload\.$/.test(sentence));
  assert.ok(beside.length > 0);
  for (const sentence of beside) assert.not.match(sentence, /< [^;]*<[^;]*< [^;]*; but/);
});

test('hooks whose numbers are not to be used are left out by name, and one start separates nothing', () => {
  const study = layersStudy(5, LAYERS);
  const lost = { hop: 'ring', sut: 'java-hello', node: NODE.id, mechanism: 'jvmti', received: 900, lost: 9 } as const;
  const { hooks, leftOut, sentence } = rankingOf({ ...study, loss: [lost] });
  assert.is(hooks.length, 3);
  assert.equal(leftOut, [{ treated: 'jvmti', verdict: 'invalid' }]);
  assert.match(sentence, /left out: jvmti \(invalid\)/);
  const faster = rankingOf(layersStudy(5, { ...LAYERS, jvmti: -3_000 }));
  assert.equal(faster.leftOut, [{ treated: 'jvmti', verdict: 'implausible' }]);
  assert.is(faster.hooks[0]?.treated, 'ld-preload');
  const none: Costs = { 'app-filter': 0, jvmti: -180, 'ld-preload': 0, bpf: 0 };
  const spared = Array.from({ length: 25 }, (_, seed) => analyse(layersStudy(seed + 1, none)));
  for (const { rankings = [] } of spared)
    assert.ok(rankings.every((ranking) => ranking.hooks.every(({ shift }) => shift.highNs >= 0)));
  const isSpared = ({ comparisons, rankings = [] }: (typeof spared)[number]) =>
    rankings.some(({ leftOut }) => leftOut.length > 0) && comparisons.every(({ verdict }) => verdict !== 'implausible');
  assert.ok(spared.some(isSpared), 'the correction spares one the verdict, not the ranking');
  const one = analyse(layersStudy(5, LAYERS, 1)).rankings ?? [];
  for (const { pairs } of one) assert.ok(pairs.every(({ isSeparated }) => !isSeparated));
});

test('terminal, Markdown, page and results.json have it; two hooks alone have a line only with --verbose', () => {
  const results = analyse(layersStudy(5, LAYERS));
  const [ranking] = results.rankings ?? [];
  assert.ok(ranking);
  const unwrapped = (text: string) => text.replace(/\s+/g, ' ');
  const terminal = renderTerminal(results, { columns: 80, color: false });
  assert.match(terminal, /^Ranking \(/m);
  assert.ok(unwrapped(terminal).includes(`java-hello, process: ${ranking.sentence}`));
  assert.ok(unwrapped(renderMarkdown(results)).includes('Ranking ('));
  const page = renderHtml({ results, figures: [] });
  assert.match(page, /<a href="#ranking"/);
  for (const { difference } of ranking.pairs) assert.ok(difference);
  assert.match(page, /not separated from/);
  assert.equal(JSON.parse(renderJson(results)).rankings, results.rankings);
  const few = { ...results, rankings: [{ ...ranking, hooks: ranking.hooks.slice(0, 2) }] };
  assert.not.match(renderTerminal(few, { columns: 80, color: false }), /^Ranking \(/m);
  assert.match(renderTerminal(few, { columns: 80, color: false, verbose: true }), /^Ranking \(/m);
});

test.run();
