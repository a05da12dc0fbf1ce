/** What the page's form sends → the request of a study, by the same way as the options of `hookbench run`. */

import { z } from 'zod';
import { BenchError, type RunStudyRequest } from '#proto';
import { quoted } from '../cli/options.ts';
import { type RunOptions, requestOf } from '../cli/run-options.ts';
import { checkRunStudy } from '../ingest/check-request.ts';

const names = z.array(z.string().min(1).max(200)).min(1).max(64).optional();
const form = z.strictObject({
  suts: names,
  mechanisms: names,
  action: z.enum(['observe', 'trace', 'block']).default('observe'),
  quick: z.boolean().default(false),
  requests: z.int().min(1).max(20_000_000).optional(),
  warmup: z.int().min(0).max(10_000_000).optional(),
  forks: z.int().min(1).max(1000).optional(),
  blocks: z.int().min(1).max(1000).optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
});

/** @param out the controller's own folder for results @throws BenchError usage */
export function studyRequest(body: unknown, out: string): RunStudyRequest {
  const { success, data, error } = form.safeParse(body);
  if (!success) throw new BenchError('usage', `not a study: ${z.prettifyError(error).replaceAll('\n', ' ')}`);
  const { suts, ...rest } = data;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const options: RunOptions = { action: 'observe', ...given, out, ...(suts !== undefined && { sut: suts }) };
  const request = requestOf(options, commandOf(data));
  checkRunStudy(request);
  return request;
}

/** the command that does the same */
function commandOf({ suts, mechanisms, action, quick, ...numbers }: z.infer<typeof form>): string {
  const words = ['hookbench', 'run'];
  if (quick) words.push('--quick');
  if (suts !== undefined) words.push('--sut', suts.join(','));
  if (mechanisms !== undefined) words.push('--mechanisms', mechanisms.join(','));
  if (action !== 'observe') words.push('--action', action);
  for (const [name, value] of Object.entries(numbers)) {
    if (value !== undefined) words.push(`--${name}`, String(value));
  }
  return words.map(quoted).join(' ');
}
