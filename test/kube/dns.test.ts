/** The name service of the test cluster, asked by a resolver that knows nothing of it. */

import { Resolver } from 'node:dns/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type NameService, nameService } from './dns.ts';

const test = suite('kube/dns');
let service: NameService;
const asked: string[] = [];

test.before(async () => {
  service = await nameService({ address: '127.0.0.1', port: 0 }, async (namespace, name) => {
    asked.push(`${name} in ${namespace}`);
    return name === 'controller' && namespace === 'hookbench' ? '10.202.3.4' : null;
  });
});
test.after(() => service.stop());

test('a Service has its address, by its full name and in any case', async () => {
  assert.equal(await resolver().resolve4('controller.hookbench.svc.cluster.local'), ['10.202.3.4']);
  assert.equal(await resolver().resolve4('Controller.HookBench.svc.cluster.local'), ['10.202.3.4']);
});

test('what is no Service is told apart from a Service without such a record', async () => {
  assert.is(await failure(resolver().resolve4('other.hookbench.svc.cluster.local')), 'ENOTFOUND');
  assert.is(await failure(resolver().resolve6('controller.hookbench.svc.cluster.local')), 'ENODATA');
});

test('names outside of the cluster, or with too many parts, are asked of no one', async () => {
  asked.length = 0;
  for (const name of ['example.org', 'controller.hookbench.svc', 'a.controller.hookbench.svc.cluster.local'])
    assert.is(await failure(resolver().resolve4(name)), 'ENOTFOUND', name);
  assert.equal(asked, []);
});

test.run();

function resolver(): Resolver {
  const one = new Resolver({ timeout: 2000, tries: 2 });
  one.setServers([`127.0.0.1:${service.port}`]);
  return one;
}

async function failure(answer: Promise<unknown>): Promise<string> {
  try {
    return `answered: ${JSON.stringify(await answer)}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
