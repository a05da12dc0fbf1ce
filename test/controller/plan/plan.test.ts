import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Step } from '#proto';
import { planStudy } from '../../../controller/plan/plan.ts';
import { armsOn, measuredPerArm, type ResolvedStudy, timedPerArm } from '../../../controller/plan/study.ts';
import { BURST_SUT, HTTP_SUT, hitOf, idOf, instanceOf, measuredUnits, resolved, slicesOf } from '../../helpers/plan.ts';

function tuples(order: Uint8Array, size: number): number[][] {
  return Array.from({ length: order.length / size }, (_, i) => [...order.subarray(i * size, (i + 1) * size)]);
}

const plan = suite('plan');

plan('same seed and node, same plan', () => {
  assert.equal(planStudy(resolved(), 'node-1'), planStudy(resolved(), 'node-1'));
});

plan('another seed or another node, another order', () => {
  const orders = (study: ResolvedStudy, node: string) =>
    slicesOf(planStudy(study, node))
      .map(({ slice }) => Buffer.from(slice.order).toString('hex'))
      .join();
  const first = orders(resolved(), 'node-1');
  assert.is.not(orders(resolved({ seed: 8 }), 'node-1'), first);
  assert.is.not(orders(resolved(), 'node-2'), first);
});

for (const [name, over] of Object.entries({
  'numbers that do not divide': {},
  'numbers that divide': { requests: 1230, warmup: 30, forks: 3, blocks: 4 },
  'one fork, one block': { forks: 1, blocks: 1 },
  'barely a unit a block': { suts: [HTTP_SUT], requests: 43, forks: 4, blocks: 3 },
  'a fixed warm-up of 0': { warmup: 0 },
  'two attached, none placed': { placed: [], attached: ['bpftrace', 'bpf'] },
  'two placed, none attached': { placed: ['ld-preload', 'app-filter'], attached: [] },
  'placed and attached that do not suit one of the SUTs': {
    placed: ['ld-preload', 'app-filter'],
    unsuited: [
      { sut: BURST_SUT.id, mechanism: 'app-filter' },
      { sut: BURST_SUT.id, mechanism: 'bpftrace' },
    ],
  },
})) {
  plan(`every arm of every SUT and design gets its units exactly: ${name}`, () => {
    const study = resolved(over);
    const expected = new Map<string, number>();
    for (const sut of study.suts) {
      const units = measuredPerArm(study, sut) / sut.unitSamples;
      for (const arm of armsOn(study, sut.id)) {
        const designs = arm.design === 'both' ? ['alternated', 'sliced'] : [arm.design];
        for (const design of designs) expected.set(`${sut.id} ${design} ${arm.index}`, units);
      }
    }
    const sorted = (map: Map<string, number>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    assert.equal(sorted(measuredUnits(planStudy(study, 'node-1'))), sorted(expected));
  });
}

plan('samples per arm: asked for less one warm-up, in whole units', () => {
  assert.is(measuredPerArm(resolved(), HTTP_SUT), 973);
  assert.is(measuredPerArm(resolved(), BURST_SUT), 960);
  assert.is(measuredPerArm(resolved({ requests: 10 }), HTTP_SUT), 0);
});

plan('every condition gets a full study of its own, in every fork', () => {
  const study = resolved({ conditions: ['process', 'netns'] });
  const made = planStudy(study, 'node-1');
  assert.is(made.length, 6);
  assert.is(new Set(made.map(({ assignmentId }) => assignmentId)).size, 6);
  for (const condition of study.conditions) {
    const own = made.filter((assignment) => assignment.condition === condition);
    assert.equal(
      own.map(({ fork }) => fork),
      [0, 1, 2],
    );
    assert.is(measuredUnits(own).get('java-hello sliced 3'), 973);
  }
});

plan('conditions take turns fork by fork, in an order that is drawn for each fork', () => {
  const study = resolved({ conditions: ['process', 'netns'], forks: 64 });
  const made = planStudy(study, 'node-1');
  assert.equal(
    made.map(({ fork }) => fork),
    Array.from({ length: 128 }, (_, i) => i >> 1),
  );
  const first = made.filter((_, i) => i % 2 === 0).map(({ condition }) => condition);
  const ofProcess = first.filter((condition) => condition === 'process').length;
  assert.ok(ofProcess >= 16 && ofProcess <= 48, `process was first in ${ofProcess} of 64 forks`);
  assert.ok(new Set(first.slice(0, 12).map((condition, i) => `${condition} ${i % 2}`)).size > 2, 'not in turns either');
  assert.equal(made, planStudy(study, 'node-1'));
});

plan('every block has every arm in both designs', () => {
  const study = resolved();
  for (const assignment of planStudy(study, 'node-1')) {
    for (let block = 0; block < study.blocks; block++) {
      const steps = assignment.steps.filter((step) => step.phase === 'measure' && step.block === block);
      const units = measuredUnits([{ ...assignment, steps }]);
      for (const sut of ['java-hello', 'read-loop']) {
        for (const key of ['alternated 0', 'alternated 1', 'alternated 2', 'sliced 0', 'sliced 1', 'sliced 3']) {
          assert.ok((units.get(`${sut} ${key}`) ?? 0) > 0, `${sut} ${key} in block ${block}`);
        }
      }
    }
  }
});

plan('alternated order: tuples, each a permutation of the alternated instances with one kind of payload', () => {
  const seen = new Set<string>();
  for (const { assignment, step, slice, phase } of slicesOf(planStudy(resolved(), 'node-1'))) {
    if (step.design !== 'alternated') continue;
    const ids = assignment.instances.filter((i) => i.sut === slice.sut && i.design === 'alternated').map((i) => i.id);
    assert.is(slice.order.length % ids.length, 0);
    for (const tuple of tuples(slice.order, ids.length)) {
      assert.equal(tuple.map(idOf).sort(), [...ids].sort());
      assert.is(new Set(tuple.map(hitOf)).size, 1, 'one payload in a tuple');
      if (phase === 'measure') seen.add(tuple.map((byte) => instanceOf(assignment, byte).arm).join());
    }
  }
  assert.is(seen.size, 6, 'all orders of three arms occur');
});

plan('half of the units of every slice hold a keyword, the odd one does not', () => {
  for (const { assignment, step, slice, phase } of slicesOf(planStudy(resolved(), 'node-1'))) {
    const alternated = step.design === 'alternated' && phase !== 'census';
    const perUnit = alternated ? assignment.instances.filter((i) => i.sut === slice.sut).length - 1 : 1;
    const hits = slice.order.reduce((total, byte) => total + hitOf(byte), 0) / perUnit;
    assert.is(hits, Math.floor(slice.order.length / perUnit / 2));
  }
});

plan('an instance serves one design and one SUT', () => {
  for (const { assignment, step, slice, phase } of slicesOf(planStudy(resolved(), 'node-1'))) {
    const design = phase === 'census' ? 'alternated' : step.design;
    for (const byte of slice.order) {
      assert.is(instanceOf(assignment, byte).design, design);
      assert.is(instanceOf(assignment, byte).sut, slice.sut);
    }
  }
});

plan(
  'arms are exchangeable: all alternated instances of a SUT get the same requests in a fork, census included',
  () => {
    for (const assignment of planStudy(resolved({ attached: ['bpftrace', 'bpf'] }), 'node-1')) {
      const counts = new Map<number, string[]>();
      for (const { slice } of slicesOf([assignment])) {
        for (const byte of slice.order) {
          const id = idOf(byte);
          const before = counts.get(id) ?? ['0', '0'];
          counts.set(
            id,
            before.map((n, kind) => String(Number(n) + (hitOf(byte) === kind ? 1 : 0))),
          );
        }
      }
      for (const sut of ['java-hello', 'read-loop']) {
        const own = assignment.instances.filter((i) => i.sut === sut && i.design === 'alternated');
        assert.is(own.length, 3);
        assert.is(
          new Set(own.map(({ id }) => counts.get(id)?.join())).size,
          1,
          `${sut}: ${JSON.stringify([...counts])}`,
        );
      }
    }
  },
);

plan('the census runs while a mechanism is attached and names the arm of its instance', () => {
  const census = slicesOf(planStudy(resolved(), 'node-1')).filter(({ phase }) => phase === 'census');
  assert.is(census.length, 3 * 4 * 2 * 3);
  for (const { assignment, step, slice } of census) {
    assert.is(step.attach, 'bpftrace');
    assert.is(slice.arm, instanceOf(assignment, slice.order[0] ?? 0).arm);
  }
});

plan('only the stretch of an attached arm attaches it', () => {
  for (const { step, slice, phase } of slicesOf(planStudy(resolved(), 'node-1'))) {
    if (phase === 'census') continue;
    const attached = step.design === 'sliced' && phase === 'measure' && slice.arm === 3;
    assert.is(step.attach, attached ? 'bpftrace' : '');
  }
});

plan('every instance is warmed up first, by its own floor or by what the user fixed', () => {
  for (const [study, http, burst] of [
    [resolved(), 30, 3],
    [resolved({ warmup: 10 }), 10, 1],
  ] as const) {
    for (const assignment of planStudy(study, 'node-1')) {
      const firstMeasured = assignment.steps.findIndex((step) => step.phase === 'measure');
      const warmup = assignment.steps.filter((step) => step.phase === 'warmup');
      assert.ok(warmup.every((step) => step.index < firstMeasured && step.attach === ''));
      const counts = new Map<number, number>();
      for (const { slices } of warmup)
        for (const slice of slices)
          for (const byte of slice.order) counts.set(idOf(byte), (counts.get(idOf(byte)) ?? 0) + 1);
      for (const { id, sut } of assignment.instances) assert.is(counts.get(id), sut === 'java-hello' ? http : burst);
    }
  }
});

plan('without attached mechanisms nothing is sliced; without placed ones nothing is alternated', () => {
  for (const [over, design] of [
    [{ attached: [] }, 'alternated'],
    [{ placed: [] }, 'sliced'],
  ] as const) {
    for (const assignment of planStudy(resolved(over), 'node-1')) {
      assert.ok(assignment.steps.length > 0);
      assert.ok(assignment.steps.every((step) => step.design === design));
      assert.ok(assignment.instances.every((instance) => instance.design === design));
    }
  }
});

plan('stretches come in varying order', () => {
  const made = planStudy(resolved({ forks: 10 }), 'node-1');
  const blockOrders = made.flatMap(({ steps }) =>
    [0, 1, 2, 3].map((block) => steps.filter((step) => step.phase === 'measure' && step.block === block)),
  );
  const armOrder = (steps: Step[]) =>
    steps
      .filter((s) => s.design === 'sliced')
      .map((s) => s.slices[0]?.arm)
      .join();
  assert.is(new Set(blockOrders.map(armOrder)).size, 6, 'all orders of the three sliced arms');
  const designOrder = (steps: Step[]) => steps.map((s) => (s.design === 'sliced' ? 's' : s.slices[0]?.sut)).join();
  assert.is(new Set(blockOrders.map(designOrder)).size, 6, 'all orders of two SUTs and the sliced stretches');
});

plan('steps are numbered, ids fit 6 bits and nothing is empty', () => {
  for (const assignment of planStudy(resolved(), 'node-1')) {
    assert.equal(
      assignment.steps.map((step) => step.index),
      assignment.steps.map((_, i) => i),
    );
    assert.ok(assignment.instances.every(({ id }) => id < 64));
    assert.is(new Set(assignment.instances.map(({ id }) => id)).size, assignment.instances.length);
    assert.ok(assignment.steps.every(({ slices }) => slices.length > 0 && slices.every((s) => s.order.length > 0)));
  }
});

plan('block: the samples an arm should have are its requests without a keyword, block by block', () => {
  const study = resolved({ action: 'block', suts: [HTTP_SUT], attached: [] });
  const misses = new Map<number, number>();
  for (const { assignment, slice, phase } of slicesOf(planStudy(study, 'node-1'))) {
    if (phase !== 'measure') continue;
    for (const byte of slice.order) {
      const { arm } = instanceOf(assignment, byte);
      misses.set(arm, (misses.get(arm) ?? 0) + 1 - hitOf(byte));
    }
  }
  assert.equal([...new Set(misses.values())], [timedPerArm(study, HTTP_SUT)]);
  assert.is(timedPerArm({ ...study, action: 'trace' }, HTTP_SUT), measuredPerArm(study, HTTP_SUT));
});

plan.run();
