/** As much of JSON Schema (draft 2020-12) as the published one uses; a keyword that is not known here is an error. Shares nothing with zod. */

export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

const SAYS_NOTHING = ['$schema', '$id', 'title', 'description'];

const RULES: Readonly<Record<string, (rule: never, value: unknown, schema: JsonSchema) => boolean>> = {
  type: (rule: string, value) =>
    rule === 'integer'
      ? Number.isInteger(value)
      : rule === 'array'
        ? Array.isArray(value)
        : rule === 'object'
          ? isObject(value)
          : typeof value === rule,
  const: (rule: unknown, value) => rule === value,
  enum: (rule: readonly unknown[], value) => rule.includes(value),
  minimum: (rule: number, value) => typeof value !== 'number' || value >= rule,
  maximum: (rule: number, value) => typeof value !== 'number' || value <= rule,
  pattern: (rule: string, value) => typeof value !== 'string' || new RegExp(rule, 'u').test(value),
  minItems: (rule: number, value) => !Array.isArray(value) || value.length >= rule,
  maxItems: (rule: number, value) => !Array.isArray(value) || value.length <= rule,
  items: (rule: JsonSchema, value) => !Array.isArray(value) || value.every((item) => accepts(rule, item)),
  anyOf: (rule: readonly JsonSchema[], value) => rule.some((one) => accepts(one, value)),
  required: (rule: readonly string[], value) => !isObject(value) || rule.every((key) => Object.hasOwn(value, key)),
  properties: (rule: Record<string, JsonSchema>, value) =>
    !isObject(value) ||
    Object.entries(rule).every(([key, one]) => !Object.hasOwn(value, key) || accepts(one, value[key])),
  additionalProperties: (rule: boolean, value, { properties }) =>
    rule || !isObject(value) || Object.keys(value).every((key) => Object.hasOwn(properties as object, key)),
};

export function accepts(schema: JsonSchema, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, rule]) => {
    if (SAYS_NOTHING.includes(keyword)) return true;
    const judge = RULES[keyword];
    if (judge === undefined) throw new Error(`the schema uses ${keyword}, which is not known here`);
    return judge(rule as never, value, schema);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
