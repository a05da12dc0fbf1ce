/** Stands for an agent that is killed while its tracer is attached: traces process argv[2] until then. */

import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { UndoStack } from '../../../agent/host/undo.ts';
import { ptrace } from '../../../agent/mechanisms/ptrace/index.ts';
import { NEVER, orderOf } from './attached-check.ts';

const [pid = '', dir = ''] = process.argv.slice(2);
const undo = new UndoStack(join(dir, 'journal-agent'));
const order = orderOf([Buffer.from('needle')], { undo, dir: mkdtempSync(join(dir, 'agent-')) });
await ptrace.attach(order, [Number(pid)], NEVER);
process.stdout.write('attached\n');
setInterval(() => undefined, 1000);
