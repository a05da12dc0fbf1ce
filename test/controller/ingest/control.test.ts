import { setTimeout as later } from 'node:timers/promises';
import type { ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CancelStudyRequest, RunStudyRequest, StudyEvent } from '#proto';
import type { Agents } from '../../../controller/ingest/agents.ts';
import { checkRunStudy } from '../../../controller/ingest/check-request.ts';
import { ControlService } from '../../../controller/ingest/control.ts';
import { helloProblem } from '../../../controller/ingest/hello.ts';
import { hello, request } from '../../helpers/plan.ts';

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
    const asked = request({ token: 't' });
    const call = { request: asked, on: () => call, write: () => true, end: resolve, emit: () => true };
    service.runStudy(call as unknown as ServerWritableStream<RunStudyRequest, StudyEvent>);
  });
  assert.match((await cancel(service, 'study-2'))!, /study-2 is not running; study-1 is/);
  assert.equal(aborted, []);
  assert.is(await cancel(service, 'study-1'), null);
  assert.equal(aborted, ['study-1']);
  await ended;
  assert.not.ok(service.busy);
});

const TOO_MUCH: readonly [Partial<RunStudyRequest>, RegExp][] = [
  [{ suts: new Array<string>(65).fill('a') }, /65 suts; at most 64/],
  [{ mechanisms: ['x'.repeat(201)] }, /mechanisms with a name that is longer than 200/],
  [{ conditions: ['a\x1b[2J'] }, /conditions with a name .* control characters/],
  [{ keywords: new Array<Uint8Array>(2001).fill(Buffer.from('a')) }, /2001 keywords; at most 2000/],
  [{ keywords: [Buffer.alloc(65, 'a')] }, /a keyword of more than 64 bytes/],
  [{ command: 'x'.repeat(8193) }, /a command that is longer/],
  [{ command: 'hookbench run\x1b]0;x' }, /control characters/],
  [{ outDir: 'a\0b' }, /a folder whose path is no path/],
  [{ marginNs: Number.NaN }, /marginNs NaN/],
];

control('what is asked for has bounds', () => {
  checkRunStudy(request({ suts: new Array<string>(64).fill('x'.repeat(200)), command: 'x'.repeat(8192) }));
  for (const [over, pattern] of TOO_MUCH) assert.throws(() => checkRunStudy(request(over)), pattern);
});

control('a hello has bounds', () => {
  const good = hello();
  const entry = good.mechanisms[0]!;
  assert.is(helloProblem(good), null);
  for (const [over, pattern] of [
    [{ agentId: '../etc' }, /an agent id has 1 to 253 letters/],
    [{ runId: 'a/b' }, /odd characters/],
    [{ mechanisms: new Array(201).fill(entry) }, /more than 200 of one kind/],
    [{ mechanisms: [{ ...entry, id: 'x'.repeat(201) }] }, /overlong name/],
    [{ suts: [{ ...entry, found: 'x'.repeat(8001) }] }, /overlong text/],
    [{ host: { ...good.host, cpu: 'a\x1b[31m' } }, /control characters/],
    [{ suts: [{ ...entry, limits: [{ action: 'block', why: '\x07' }] }] }, /control characters/],
  ] as const)
    assert.match(helloProblem(hello(over as object)) ?? 'accepted', pattern);
});

control.run();
