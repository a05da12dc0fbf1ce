// Between the last sample and the results the controller is busy: the page must have been told before.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunStudyRequest, StudyEvent } from '#proto';
import { Live } from '../../../controller/live/live.ts';
import { MAKING_RESULTS } from '../../../controller/study/making-results.ts';

const test = suite('live: results are being made');

const planned: StudyEvent = {
  body: 'planned',
  planned: { studyId: 's', dir: '/nowhere/s', seed: 1, forks: 2, steps: 10, mechanisms: ['none'], suts: ['read-loop'] },
};
const progress = (doneSteps: number, text: string): StudyEvent => ({
  body: 'progress',
  progress: { doneSteps, totalSteps: 10, samples: 5, text },
});

test('it is said at once, and ends with the study', () => {
  const live = new Live({ hellos: () => [], resultsDir: '/nowhere', log: (line) => assert.unreachable(line) });
  const said: string[] = [];
  live.onUrgent = () => said.push(live.snapshot().study?.status ?? '');
  const passedOn: StudyEvent[] = [];
  const emit = live.hearing({ action: 'observe', command: 'x' } as RunStudyRequest, (event) => passedOn.push(event));
  const events = [planned, progress(9, 'fork 2: measuring read-loop: none'), progress(10, MAKING_RESULTS)];
  for (const event of events) emit(event);
  assert.equal(said, ['analysing']);
  assert.is(live.snapshot().study?.leftMs, null);
  emit({ body: 'ended', ended: { status: 'complete', dir: '', code: '', message: '', nextStep: '', detail: '' } });
  assert.equal([said.length, live.snapshot().study?.status], [1, 'complete']);
  assert.equal(passedOn.length, 4);
});

test.run();
