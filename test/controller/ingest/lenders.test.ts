/** Agents that lend a load generator: taken beside those that measure, and for nothing else. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AGENT_STREAM, type Hello } from '#proto';
import { helloProblem } from '../../../controller/ingest/hello.ts';
import { hello } from '../../helpers/plan.ts';
import { Bench, greet } from '../security/support.ts';

const test = suite('agents that lend a load generator');
const bench = new Bench();
test.after(() => bench.close());

const EMPTY = { mechanisms: [], suts: [], conditions: [] };
const offer = (address: string, network = 'pod'): Partial<Hello> => ({ ...EMPTY, loadOffer: { address, network } });

test('an offer names an address, a port and a network, and nothing that is measured', () => {
  assert.is(helloProblem(hello(offer('10.0.0.5:7463'))), null);
  for (const bad of ['10.0.0.5', 'localhost:7463', '10.0.0.256:1', '10.0.0.5:0', '10.0.0.5:65536', ''])
    assert.match(helloProblem(hello(offer(bad))) ?? '', /no IPv4 address and port/, bad);
  assert.match(helloProblem(hello(offer('10.0.0.5:1', 'mesh'))) ?? '', /another network/);
  const both = hello({ loadOffer: { address: '10.0.0.5:1', network: 'pod' } });
  assert.match(helloProblem(both) ?? '', /lends its load generator and measures, too/);
});

test('both kinds are connected under one name; one that lends gets no cells', async () => {
  await bench.certificates();
  await bench.start();
  const client = async () => bench.client(await bench.credentials('agent', 'agent'));
  const { path, requestSerialize, responseDeserialize } = AGENT_STREAM.connect;
  const connected = async (over: Partial<Hello>) => {
    const stream = (await client()).makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    stream.on('error', () => undefined);
    const said = new Promise((resolve) => stream.once('data', ({ body }) => resolve(body)));
    stream.write({ body: 'hello', hello: hello({ token: '', ...over }) });
    assert.is(await said, 'welcome');
    return stream;
  };
  const lent = await connected(offer('10.0.0.5:7463'));
  const host = await connected({ ...offer('10.0.0.5:7464', 'host'), runId: 'run-2' });
  assert.equal(bench.agents.hellos(), []);
  const measuring = await connected({ runId: 'run-3' });
  assert.equal(
    bench.agents.hellos().map(({ runId }) => runId),
    ['run-3'],
  );
  const node = { node: 'node-1', host: '10.0.0.5' };
  assert.equal(bench.agents.lenders(), [
    { ...node, port: 7463, network: 'pod' },
    { ...node, port: 7464, network: 'host' },
  ]);
  const stranger = await greet(await client(), { ...offer('10.0.0.6:1'), agentId: 'node-2' });
  assert.match(stranger, /the certificate is of agent node-1/);
  for (const stream of [lent, host, measuring]) stream.cancel();
});

test.run();
