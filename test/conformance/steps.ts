/** Short forms of single steps. A connection has its client in the next slot. */

import type { Code, Op } from './script.ts';

export const accept = (slot: number): Op => ({ code: 'A', a: slot, b: slot + 1 });
export const write = (slot: number, data: Buffer): Op => ({ code: 'W', a: slot, data });
export const read = (slot: number, size: number): Op => ({ code: 'R', a: slot, size });
export const blocking = (slot: number): Op => ({ code: 'B', how: 1, a: slot });
export const at = (code: Code, a: number): Op => ({ code, a });
export const hangUp = (slot: number): Op[] => [at('C', slot), at('C', slot + 1)];
