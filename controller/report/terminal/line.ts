/** A study's answer in one line, for scripts and logs. */

import type { Results } from '../../analysis/results.ts';
import { answer } from '../answer.ts';
import { plainText } from './layout.ts';

/** @param where the study's folder, '' where it has none
 * @returns one line however wide the terminal is, ending in a newline */
export function renderLine(results: Results, where: string): string {
  const { status } = results.study;
  const parts = [...(where === '' ? [] : [where]), ...(status === 'complete' ? [] : [status]), answer(results)];
  return `${plainText(parts.join(': '))}\n`;
}
