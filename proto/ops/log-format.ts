/** One line of the log for people: as the daemons always wrote it (text), or with its time and level before it (pretty). */

import pc from 'picocolors';

/** what every line has and text does not repeat */
const FRAME = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg']);
/** What peers say is in some lines: nothing of it may move a terminal's cursor or begin a line of its own. */
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g;
const COLOURS = { debug: pc.dim, info: pc.green, warn: pc.yellow, error: pc.red } as const;

/** @param json a line of pino. @returns a line with its end */
export function formatLine(json: string, format: 'pretty' | 'text'): string {
  const line = JSON.parse(json) as Record<string, unknown>;
  const facts = Object.entries(line)
    .filter(([name]) => !FRAME.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const said = plain(`${line.name}: ${[line.msg, ...facts].join(' ')}`);
  if (format === 'text') return `${said}\n`;
  const level = String(line.level);
  const colour = COLOURS[level as keyof typeof COLOURS] ?? ((text: string) => text);
  return `${String(line.time).slice(11, 23)} ${colour(level.padEnd(5))} ${said}\n`;
}

function plain(text: string): string {
  return text.replace(CONTROL, ' ');
}
