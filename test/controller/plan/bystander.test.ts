import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { planStudy } from '../../../controller/plan/plan.ts';
import { resolveStudy } from '../../../controller/plan/resolve.ts';
import { BURST_SUT, hello, idOf, request, resolved, slicesOf } from '../../helpers/plan.ts';

const test = suite('plan: the process beside');
const study = resolved({ bystander: BURST_SUT, attached: ['bpf', 'bpftrace'] });
const bare = resolved({ attached: ['bpf', 'bpftrace'] });

test('one more instance, which nothing but its own slices names', () => {
  for (const [i, fork] of planStudy(study, 'node-1').entries()) {
    const without = planStudy(bare, 'node-1')[i]!;
    const added = fork.instances.slice(without.instances.length);
    assert.equal(added, [
      { id: without.instances.length, sut: 'read-loop', mechanism: 'none', arm: 0, design: 'sliced' },
    ]);
    const [beside] = added;
    for (const { slice, phase } of slicesOf([fork])) {
      const names = [...slice.order].map(idOf);
      if (names.includes(beside!.id)) {
        assert.ok(names.every((id) => id === beside!.id));
        assert.ok(phase === 'bystander' || phase === 'census', phase);
      } else assert.is.not(phase, 'bystander');
    }
  }
});

test('it is read from once in each sliced step, after what is timed, as often with a hook as without', () => {
  for (const { steps } of planStudy(study, 'node-1')) {
    const sliced = steps.filter(({ phase, design }) => phase === 'measure' && design === 'sliced');
    assert.is(sliced.length, study.blocks * 4);
    for (const { slices } of sliced) {
      const phases = slices.map(({ phase }) => phase);
      assert.is(phases.filter((phase) => phase === 'bystander').length, 1);
      assert.ok(phases.indexOf('bystander') > phases.lastIndexOf('unspecified'));
      const beside = slices.find(({ phase }) => phase === 'bystander')!;
      assert.is(beside.order.length, 50);
      assert.equal(
        new Set(slices.filter(({ phase }) => phase === 'unspecified').map(({ arm }) => arm)),
        new Set([beside.arm]),
      );
    }
  }
});

test('the rest of the plan is the same without it, and it is 5 % of the work at most in a study of the default size', () => {
  const beside = planStudy(bare, 'node-1')[0]!.instances.length;
  const namesBeside = ({ slice }: { slice: { order: Uint8Array } }) => idOf(slice.order[0]!) === beside;
  const slices = (of: typeof study) => slicesOf(planStudy(of, 'node-1'));
  assert.equal(
    slices(study).flatMap((one) => (namesBeside(one) ? [] : [one.slice])),
    slices(bare).map(({ slice }) => slice),
  );
  const units = slices({ ...study, requests: 20_000, forks: 6 });
  const sum = (some: typeof units) => some.reduce((all, { slice }) => all + slice.order.length + slice.settle, 0);
  const share = sum(units.filter(namesBeside)) / sum(units);
  assert.ok(share > 0 && share < 0.05, `${share}`);
});

test('only where something is attached, and a SUT that times its own reads is on every agent', () => {
  const of = (over: Parameters<typeof request>[0], agents = [hello()]) =>
    resolveStudy(request({ seedFixed: true, seed: 1, ...over }), { agents, id: 's', randomSeed: 1 }).study.bystander;
  assert.equal(of({}), { id: 'read-loop', warmup: 2000, unitSamples: 20 });
  assert.is(of({ suts: ['java-hello'], sutsAsked: true })?.id, 'read-loop');
  assert.is(of({ mechanisms: ['ld-preload'], mechanismsAsked: true }), null);
  const lacking = hello();
  const without = { ...lacking, suts: lacking.suts.filter(({ id }) => id !== 'read-loop') };
  assert.is(of({}, [hello(), { ...without, agentId: 'node-2' }]), null);
});

test.run();
