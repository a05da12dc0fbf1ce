import type { Client } from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONTROL } from '#proto';
import { CallRates } from '../../../controller/security/call-rates.ts';
import { Bench } from './support.ts';

const rates = suite('controller/security call rates');

/** how many of n calls at once are let through */
function letThrough(callRates: CallRates, n: number, caller = 'alice'): number {
  let through = 0;
  for (let i = 0; i < n; i++)
    try {
      callRates.take(caller, 'runStudy');
      through += 1;
    } catch (error) {
      assert.match((error as Error).message, /too many calls of runStudy: more than 2 a second/);
    }
  return through;
}

rates('a burst, then so many a second; each caller and call has its own', () => {
  let nowMs = 0;
  const callRates = new CallRates(() => nowMs);
  assert.is(letThrough(callRates, 100), 20);
  nowMs += 3_000;
  assert.is(letThrough(callRates, 100), 6);
  assert.is(letThrough(callRates, 5, 'bob'), 5);
  callRates.take('alice', 'listAgents');
  nowMs += 3_600_000;
  assert.is(letThrough(callRates, 100), 20, 'no more than a burst, however long it was quiet');
});

rates('callers that come by thousands are forgotten, the quiet ones first', () => {
  let nowMs = 0;
  let ofBusy = 0;
  const callRates = new CallRates(() => nowMs);
  for (let i = 0; i < 5_000; i++) {
    nowMs += 1;
    letThrough(callRates, 1, `user-${i}`);
    ofBusy += letThrough(callRates, 30, 'busy');
  }
  assert.is(callRates.remembered, 1_000);
  // 20 at first and 2 a second for 5 s: once forgotten it would have had another burst
  assert.ok(ofBusy >= 29 && ofBusy <= 31, `${ofBusy} of who calls all the time`);
});

rates('a flood of one user is refused with a reason; another is served meanwhile', async () => {
  const bench = new Bench();
  try {
    await bench.certificates();
    await bench.issue('bob', 'cli', 'bob');
    await bench.start();
    const alice = bench.client(await bench.credentials('cli', 'cli'));
    const bob = bench.client(await bench.credentials('bob', 'cli'));
    const answers: string[] = [];
    for (let i = 0; i < 10; i++) answers.push(...(await Promise.all(Array.from({ length: 20 }, () => cancel(alice)))));
    assert.is(await cancel(bob), '3 no study is running');
    const refused = answers.filter((answer) => !answer.startsWith('3 '));
    assert.ok(refused.length > 50 && refused.length <= 180, `${refused.length} of 200 refused`);
    for (const answer of refused) assert.match(answer, /^8 too many calls of cancelStudy: more than 5 a second/);
  } finally {
    bench.close();
  }
});

function cancel(client: Client): Promise<string> {
  const { path, requestSerialize, responseDeserialize } = CONTROL.cancelStudy;
  const request = { studyId: '', token: '' };
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error) =>
      resolve(error === null ? 'ok' : `${error.code} ${error.details}`),
    );
  });
}

rates.run();
