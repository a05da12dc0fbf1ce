/** A process that enters the condition `docker:bridge`, starts one program at each end, and prints their pids: for docker.test.ts, which
 * kills it. Words: folder of the journal, folder that SUTs may write. */

import { dockerBridge } from '../../../agent/conditions/docker/index.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';

const [, , journal, ringDir] = process.argv as [string, string, string, string];
const undo = new UndoStack(journal);
const placement = await dockerBridge.enter({ pinning: pinningOf(), undo }, new Map(), ringDir);
const sut = await placement.startSut('sleep', ['1000'], {});
const load = await placement.startLoad('cat', [], {});
process.stdout.write(`${sut.pid} ${load.pid}\n`);
