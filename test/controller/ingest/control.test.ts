import { setTimeout as later } from 'node:timers/promises';
import type { ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CancelStudyRequest, RunStudyRequest, StudyEvent } from '#proto';
import type { Agents } from '../../../controller/ingest/agents.ts';
import { ControlService } from '../../../controller/ingest/control.ts';

const control = suite('controller/ingest control');

/** what a service answered: null, or the details of its error */
function cancel(service: ControlService, studyId: string): Promise<string | null> {
  return new Promise((resolve) => {
    const call = { request: { studyId, token: 't' } } as ServerUnaryCall<CancelStudyRequest, Record<string, never>>;
    service.cancelStudy(call, (error) =>
      resolve(error === null ? null : String((error as { details?: string }).details)),
    );
  });
}

control('only the study that is named is cancelled; without a name the running one', async () => {
  const aborted: string[] = [];
  const service = new ControlService({
    token: 't',
    agents: {} as Agents,
    start: async (_request, { signal, emit }) => {
      emit({ body: 'planned', planned: { studyId: 'study-1' } } as StudyEvent);
      signal.addEventListener('abort', () => aborted.push('study-1'));
      while (!signal.aborted) await later(5);
    },
  });
  assert.match((await cancel(service, ''))!, /no study is running/);
  const ended = new Promise<void>((resolve) => {
    const call = { request: { token: 't' }, on: () => call, write: () => true, end: resolve, emit: () => true };
    service.runStudy(call as unknown as ServerWritableStream<RunStudyRequest, StudyEvent>);
  });
  assert.match((await cancel(service, 'study-2'))!, /study-2 is not running; study-1 is/);
  assert.equal(aborted, []);
  assert.is(await cancel(service, 'study-1'), null);
  assert.equal(aborted, ['study-1']);
  await ended;
  assert.not.ok(service.busy);
});

control.run();
