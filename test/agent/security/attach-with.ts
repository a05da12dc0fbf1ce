/** Attaches the mechanisms named, with whatever capabilities this process was given, and says of each "attached" or the kernel's words. Started by
 * capabilities.test.ts under setpriv. */

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import { MECHANISMS } from '../../../agent/mechanisms/registry.ts';
import { asBenchError } from '../../../proto/index.ts';

const dir = mkdtempSync('/dev/shm/hookbench-test-caps-');
chmodSync(dir, 0o700);
const undo = new UndoStack(join(dir, 'journal'));
const order = {
  ...({ keywords: [Buffer.from('needle')], action: 'observe', functions: ['read'], mostReads: 100 } as const),
  ...{ host: { pinning: pinningOf(), undo }, dir },
};
for (const id of process.argv.slice(2)) {
  const mechanism = MECHANISMS.find((entry) => entry.id === id);
  if (mechanism?.kind !== 'attached') throw new Error(`${id} is not attached`);
  try {
    const hook = await mechanism.attach(order, [process.pid], AbortSignal.timeout(60_000));
    await hook.detach();
    process.stdout.write(`${id}: attached\n`);
  } catch (error) {
    const { message, detail } = asBenchError(error);
    process.stdout.write(`${id}: ${message} ${detail}`.replaceAll('\n', ' ').concat('\n'));
  }
}
await undo.run();
rmSync(dir, { recursive: true, force: true });
