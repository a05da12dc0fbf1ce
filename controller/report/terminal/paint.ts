/** What colour means in the terminal; every use carries a symbol or a word too. */

import pc from 'picocolors';
import type { Verdict } from '../../analysis/results.ts';
import type { DifferenceVerdict } from '../../compare/index.ts';

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
  verdict(verdict: Verdict, text: string): string;
  difference(verdict: DifferenceVerdict, text: string): string;
}

export function paintFor(color: boolean): Paint {
  const c = pc.createColors(color);
  const verdicts: Readonly<Record<Verdict, (text: string) => string>> = {
    overhead: (text) => c.bold(c.yellow(text)),
    'no-detectable-difference': (text) => c.bold(c.cyan(text)),
    equivalent: (text) => c.bold(c.green(text)),
    implausible: (text) => c.bold(c.magenta(text)),
    invalid: (text) => c.bold(c.red(text)),
  };
  const differences: Readonly<Record<DifferenceVerdict, (text: string) => string>> = {
    larger: verdicts.overhead,
    smaller: verdicts.equivalent,
    'no-detectable-difference': verdicts['no-detectable-difference'],
  };
  return {
    bold: c.bold,
    dim: c.dim,
    good: c.green,
    warn: c.yellow,
    bad: c.red,
    verdict: (verdict, text) => verdicts[verdict](text),
    difference: (verdict, text) => differences[verdict](text),
  };
}
