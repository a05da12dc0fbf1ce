/** The text format 0.0.4 of Prometheus, read strictly: what this does not take, Prometheus may not take either. */

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (-?(?:\\d+\\.?\\d*(?:e[+-]?\\d+)?|Inf)|\\+Inf|NaN)$`, 'i');
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;

/** series as "name" or "name{a=\"b\"}" → value. @throws Error for a line that is none */
export function parseMetrics(text: string): Map<string, number> {
  const found = new Map<string, number>();
  const types = new Map<string, string>();
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const type = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`).exec(line);
    if (type !== null) {
      if (types.has(type[1]!)) throw new Error(`two types of ${type[1]}`);
      types.set(type[1]!, type[2]!);
      continue;
    }
    if (new RegExp(`^# HELP ${NAME} \\S`).test(line)) continue;
    const [, name, labels, value] = SAMPLE.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a line of the format: ${line}`);
    const family = types.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '');
    if (!types.has(family)) throw new Error(`${name} has no type before it`);
    checkLabels(labels ?? '');
    const series = labels === undefined ? name : `${name}{${labels}}`;
    if (found.has(series)) throw new Error(`${series} is there twice`);
    found.set(series, value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value));
  }
  return found;
}

function checkLabels(text: string): void {
  for (let rest = text; rest !== ''; ) {
    const found = LABEL.exec(rest);
    if (found === null) throw new Error(`labels that are none: ${text}`);
    rest = rest.slice(found[0].length);
  }
}
