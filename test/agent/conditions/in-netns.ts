/** A process that enters the condition `netns`, starts one program at each end, and prints their pids: for netns.test.ts, which kills it. */

import { netns } from '../../../agent/conditions/netns/index.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';

const undo = new UndoStack(process.argv[2]);
const placement = await netns.enter({ pinning: pinningOf(), undo }, new Map(), '');
const sut = await placement.startSut('sleep', ['1000'], {});
const load = await placement.startLoad('sleep', ['1000'], {});
process.stdout.write(`${sut.pid} ${load.pid}\n`);
