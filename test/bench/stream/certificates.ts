/** A CA, a controller and agents, made by the product's own code. */

import { join } from 'node:path';
import { initAuthority, issueInto } from '../../../controller/security/authority-folder.ts';

export async function makeCertificates(dir: string, agents: number): Promise<void> {
  const ca = join(dir, 'ca');
  await initAuthority(ca, { days: 2, name: 'bench' });
  const hosts = ['127.0.0.1', 'localhost'];
  await issueInto(join(dir, 'controller'), {
    ...{ ca, hosts, days: 1 },
    identity: { role: 'controller', name: '' },
  });
  for (let i = 0; i < agents; i++) {
    const identity = { role: 'agent', name: `agent-${i}` } as const;
    await issueInto(join(dir, `agent-${i}`), { ca, hosts: [], days: 1, identity });
  }
}
