/** What a study file may say: the one definition, from which study.schema.json is made. Keys are the names of the flags. */

import { z } from 'zod';
import { BLOCK_ERRNOS } from '#proto';

export const STUDY_SCHEMA = 'hookbench.study-file/v1';
const SCHEMA_ID = 'urn:hookbench:study-file:v1';

/** Each value has one sentence that says what it is, used by the errors; and one that says what it does, for editors. */
const whole = (least: number, most: number, does: string) => {
  const error = `a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error }).describe(does);
};
const text = (is: string, does: string) => pattern(/^[^\u0000-\u001f\u007f]{1,4096}$/, is, does);
const flag = (does: string) => z.boolean({ error: 'true or false' }).describe(does);
const one = <const T extends readonly [string, ...string[]]>(words: T, does: string) =>
  z.enum(words, { error: `one of ${words.join(', ')}` }).describe(does);
const pattern = (form: RegExp, is: string, does: string) =>
  z.string({ error: is }).regex(form, { error: is }).describe(does);
const names = (like: string, does: string) => {
  const error = `a list of names, such as [${like}]`;
  const name = z.string({ error: 'a name' }).regex(/^[^,\s]{1,200}$/, { error: 'a name without blanks and commas' });
  return z.array(name, { error }).min(1, { error }).max(64, { error: 'a list of at most 64 names' }).describe(does);
};
const duration = (does: string) =>
  pattern(/^\d{1,12}(\.\d{1,6})?(ns|us|µs|ms|s)$/, 'a duration such as 500ns, 1us or 2ms', does);
const time = (does: string) => pattern(/^\d{1,9}(\.\d{1,6})?(s|m|h)$/, 'a time such as 90s, 10m or 2h', does);
const share = (does: string) => {
  const error = 'a share from 0.001 to 0.999';
  return z.number({ error }).min(0.001, { error }).max(0.999, { error }).describe(does);
};
const path = (does: string) => text('a path', `${does}; from the folder of this file`);
const warmupError = 'auto, or a whole number from 0 to 10000000';
const budget = 'a budget such as ld-preload:client:p50<5us';

/** the size of a study, which --quick is a short word for */
const SIZE = {
  requests: whole(1, 20_000_000, 'requests per arm over all forks, one warm-up of them not analysed'),
  'warmup-floor': whole(0, 10_000_000, 'least warm-up where it is detected'),
  forks: whole(1, 1000, 'fresh starts of every SUT'),
  blocks: whole(1, 1000, 'randomised blocks in each fork'),
};

const SHAPE = {
  schema: z
    .literal(STUDY_SCHEMA, { error: STUDY_SCHEMA })
    .describe('the version of this format; files of another one are refused'),
  sut: names('java-hello, read-loop', 'SUTs; those of our own that run here where this is left out'),
  mechanisms: names('ld-preload, own:vendor', 'mechanisms compared with none; ld-preload and bpftrace where left out'),
  conditions: names('process', 'where the two ends run'),
  action: one(['observe', 'trace', 'block'], 'what the hook does at a match'),
  functions: names('read, recv', 'what the hook is put in front of'),
  errno: one(BLOCK_ERRNOS, 'with action block: what the read fails with'),
  requests: SIZE.requests,
  warmup: z
    .union([z.literal('auto'), z.int().min(0).max(10_000_000)], { error: warmupError })
    .describe('requests each fresh instance serves before it counts'),
  'warmup-floor': SIZE['warmup-floor'],
  forks: SIZE.forks,
  blocks: SIZE.blocks,
  seed: whole(0, 2 ** 32 - 1, 'seed of the order of requests'),
  quick: flag('a smaller study, under 60 s; what this file says of requests, forks and blocks stays'),
  keywords: path('keywords to look for, one a line'),
  'request-bytes': whole(64, 8192, 'length of a request'),
  margin: duration('margin within which arms count as equivalent'),
  until: duration('forks are added until intervals reach at most this far to either side'),
  'until-for': names('ld-preload, java-hello/bpftrace', 'ask that only of these'),
  budget: time('with until: the most time to measure for'),
  'hooks-dir': path('folder with hooks of your own, named own:NAME in mechanisms'),
  controller: pattern(
    /^[A-Za-z0-9.:[\]-]{1,300}$/,
    'HOST:PORT',
    'a controller that runs already, instead of one of our own',
  ),
  'tls-dir': path('with controller: folder with our certificate'),
  'token-file': path('with controller on loopback: file with its secret'),
  out: path('folder for results'),
  json: flag('print results.json instead of the table'),
  quiet: flag('no progress, and one line'),
  verbose: flag('the warnings and the sentence of every row'),
  'with-quick': z
    .strictObject(z.object(SIZE).partial().shape, { error: 'a mapping' })
    .describe(
      'the size of this study where --quick is given, instead of the usual 5000 requests in 4 forks of 1 block',
    ),
  plan: z
    .strictObject(
      {
        detect: duration('propose a study that finds a median shift of this size').optional(),
        power: share('with this probability').optional(),
        alpha: share('at this two-sided level, before Holm').optional(),
        pilot: path('a stored study to take the variance from').optional(),
        most: time('the longest study to propose').optional(),
      },
      { error: 'a mapping' },
    )
    .describe('what only hookbench plan looks at'),
  gate: z
    .strictObject(
      {
        max: z
          .array(text(budget, 'one budget'), { error: `a list with ${budget}` })
          .min(1, { error: `a list with ${budget}` })
          .max(64, { error: 'a list of at most 64 budgets' })
          .describe('MECHANISM[:SUT][:VANTAGE]:STAT<VALUE, each as --max takes it'),
        sut: text('the name of a SUT', 'only rows of this SUT').optional(),
        undecided: one(['fail', 'pass'], 'what a budget inside the interval counts as').optional(),
      },
      { error: 'a mapping' },
    )
    .describe('what only hookbench gate --study looks at'),
} as const;

const { schema, ...rest } = SHAPE;
/** strict: a key that is not known is most likely a slip */
export const studyFile = z.strictObject(
  { schema, ...z.object(rest).partial().shape },
  { error: 'a mapping of keys to values' },
);
export type StudyFile = z.infer<typeof studyFile>;

/** keys at each place, '' for the file itself */
export const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(SHAPE),
  'with-quick': Object.keys(SIZE),
  plan: Object.keys(SHAPE.plan.shape),
  gate: Object.keys(SHAPE.gate.shape),
};

/** The published JSON Schema (draft 2020-12), as text. */
export function schemaText(): string {
  const made = z.toJSONSchema(studyFile, { target: 'draft-2020-12', io: 'input' });
  const { $schema, ...body } = made;
  const named = { $schema, $id: SCHEMA_ID, title: 'a study of hookbench', ...body };
  return `${JSON.stringify(named, null, 2)}\n`;
}
