/** Which instructions the kernel emulates under a uprobe. All others it runs out of line with the single-step flag on: two traps a hit instead of
 * one, and the dearer kind. After the Linux kernel's arch/x86/kernel/uprobes.c (branch_setup_xol_ops, push_setup_xol_ops). */

import type { Instruction } from './disassembly.ts';

const OPERAND_SIZE = 0x66;

/** x86-64 only: nop, jumps and calls to a relative address, conditional jumps, and push of a register */
export function isEmulated({ bytes }: Instruction): boolean {
  const [first = 0, second = 0] = bytes;
  if (first === OPERAND_SIZE) return false;
  if (first === 0x90 && bytes.length === 1) return true;
  if (first === 0xeb || first === 0xe9 || first === 0xe8) return true;
  if (first >= 0x70 && first <= 0x7f) return true;
  if (first === 0x0f && second >= 0x80 && second <= 0x8f) return true;
  if (first >= 0x50 && first <= 0x57) return true;
  return first === 0x41 && second >= 0x50 && second <= 0x57;
}

/** compares and markers: they leave the registers of arguments and results alone */
const HARMLESS = /^(endbr64|cmp|test|nop)/;

export interface EmulatedSites {
  /** the arguments are still in their registers */
  readonly entry: Instruction;
  /** the result of the system call is still in its register: one for each `syscall` of the function */
  readonly returns: readonly Instruction[];
}

/** @returns null when a way through the function has no such instruction */
export function emulatedSites(instructions: readonly Instruction[]): EmulatedSites | null {
  const entry = firstEmulated(instructions, 0);
  const calls = instructions.flatMap(({ text }, i) => (text === 'syscall' ? [i] : []));
  const returns = calls.map((i) => firstEmulated(instructions, i + 1));
  if (entry === null || calls.length === 0 || returns.some((site) => site === null)) return null;
  return { entry, returns: returns.filter((site) => site !== null) };
}

function firstEmulated(instructions: readonly Instruction[], from: number): Instruction | null {
  for (const instruction of instructions.slice(from)) {
    if (isEmulated(instruction)) return instruction;
    if (!HARMLESS.test(instruction.text)) return null;
  }
  return null;
}
