import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchError } from '#proto';
import { resolveStudy } from '../../../controller/plan/resolve.ts';
import { warmupOf } from '../../../controller/plan/study.ts';
import { DEFAULT_BUDGET_MS } from '../../../controller/plan/until.ts';
import { HTTP_SUT, hello, request } from '../../helpers/plan.ts';

const test = suite('plan: until');

const study = (over: Parameters<typeof request>[0]) =>
  resolveStudy(request(over), { agents: [hello()], id: 'study-1', randomSeed: 1 }).study;

function refused(over: Parameters<typeof request>[0]): BenchError {
  try {
    study(over);
  } catch (error) {
    if (error instanceof BenchError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

test('a fixed number of forks unless a width is asked for; the budget is bounded by itself', () => {
  assert.is(study({}).until, null);
  assert.equal(study({ untilNs: 1000 }).until, { halfWidthNs: 1000, only: [], budgetMs: DEFAULT_BUDGET_MS });
  const named = study({ untilNs: 500, untilFor: ['bpftrace', 'read-loop/ld-preload'], budgetMs: 5000 }).until;
  assert.equal(named, { halfWidthNs: 500, only: ['bpftrace', 'read-loop/ld-preload'], budgetMs: 5000 });
});

test('what can not be meant is refused with what is known', () => {
  assert.match(refused({ budgetMs: 5000 }).message, /--budget .*--until, which is not there/);
  assert.match(refused({ untilFor: ['bpftrace'] }).message, /--until-for/);
  const unknown = refused({ untilNs: 1000, untilFor: ['read-loop/none'] });
  assert.is(unknown.code, 'usage');
  assert.match(
    unknown.message,
    /read-loop\/none is no comparison of this study; known: ld-preload, .*read-loop\/bpftrace/,
  );
  assert.is(refused({ untilNs: -1 }).code, 'usage');
  assert.is(refused({ untilNs: Number.NaN }).code, 'usage');
});

test("the user's floor takes the place of each SUT's own; a fixed warm-up that of both", () => {
  const warmup = (over: Parameters<typeof request>[0]) => warmupOf(study(over), HTTP_SUT);
  assert.is(warmup({}), HTTP_SUT.warmup);
  assert.is(warmup({ warmupFloor: 9, warmupFloorFixed: true }), 9);
  assert.is(warmup({ warmupFloor: 0, warmupFloorFixed: true }), 0);
  assert.is(warmup({ warmupFloor: 9, warmupFloorFixed: true, warmup: 400, warmupFixed: true }), 400);
});

test.run();
