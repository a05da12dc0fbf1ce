/** What can do what a study asks for: the action with its error, and the functions the hook is put in front of. */

import { BenchError, BLOCK_ERRNOS, type Capability, DEFAULT_BLOCK_ERRNO, isBlockErrno, type Note } from '#proto';

const ACTIONS = ['observe', 'trace', 'block'];
const FUNCTIONS = ['read', 'recv', 'recvfrom', 'readv', 'recvmsg'];

export interface Asked {
  readonly action: string;
  readonly functions: readonly string[];
  /** what a blocked read fails with; null unless the action is block */
  readonly blockErrno: string | null;
}

/** @returns the request's action, functions (read unless told) and error (ECONNRESET unless told) @throws BenchError usage */
export function askedOf(request: {
  readonly action: string;
  readonly functions: readonly string[];
  readonly blockErrno: string;
}): Asked {
  const { action } = request;
  if (!ACTIONS.includes(action))
    throw new BenchError('usage', `unknown action "${action}"; known: ${ACTIONS.join(', ')}`);
  const functions = request.functions.length === 0 ? ['read'] : [...new Set(request.functions)];
  const unknown = functions.find((name) => !FUNCTIONS.includes(name));
  if (unknown !== undefined)
    throw new BenchError('usage', `unknown function "${unknown}"; known: ${FUNCTIONS.join(', ')}`);
  return { action, functions, blockErrno: blockErrnoOf(request) };
}

/** @throws BenchError usage */
function blockErrnoOf({ action, blockErrno }: { readonly action: string; readonly blockErrno: string }): string | null {
  if (action === 'block' && blockErrno === '') return DEFAULT_BLOCK_ERRNO;
  if (blockErrno === '') return null;
  if (action !== 'block')
    throw new BenchError('usage', `action ${action} fails no read: --errno goes with --action block`);
  if (isBlockErrno(blockErrno)) return blockErrno;
  throw new BenchError('usage', `unknown error "${blockErrno}"; known: ${BLOCK_ERRNOS.join(', ')}`);
}

/** Those mechanisms that can do it. What was asked for by name and can't is an error, what was not is left out with a notice.
 * @throws BenchError unsupported */
export function ableMechanisms(
  mechanisms: readonly Capability[],
  o: Asked & { named: boolean; notices: Note[] },
): Capability[] {
  return sorted(mechanisms, o, 'mechanism', (entry) => {
    if (!entry.actions.includes(o.action)) return actionProblem(entry, o.action);
    const missing = o.functions.filter((name) => !entry.functions.includes(name));
    if (missing.length === 0) return null;
    return { what: `hook ${missing.join(', ')}`, can: `${entry.id} hooks ${entry.functions.join(', ')}` };
  });
}

/** The same for SUTs, which must show what an action did. @throws BenchError unsupported */
export function ableSuts(suts: readonly Capability[], o: Asked & { named: boolean; notices: Note[] }): Capability[] {
  return sorted(suts, o, 'SUT', (entry) => (entry.actions.includes(o.action) ? null : actionProblem(entry, o.action)));
}

interface Problem {
  readonly what: string;
  readonly can: string;
}

function actionProblem(entry: Capability, action: string): Problem {
  const why = entry.limits.find((limit) => limit.action === action)?.why;
  const can = `${entry.id} can: ${entry.actions.join(', ')}`;
  return { what: `do action ${action}`, can: why === undefined ? can : `${can} (${why})` };
}

function sorted(
  entries: readonly Capability[],
  o: { named: boolean; notices: Note[] },
  kind: string,
  problemOf: (entry: Capability) => Problem | null,
): Capability[] {
  const problems = entries.flatMap((entry) => {
    const problem = problemOf(entry);
    return problem === null ? [] : [{ entry, problem }];
  });
  if (problems.length > 0 && o.named) {
    const names = problems.map(({ entry, problem }) => `${kind} ${entry.id} can't ${problem.what}`);
    const nextStep = problems.map(({ problem }) => problem.can).join('; ');
    throw new BenchError('unsupported', names.join('; '), { nextStep });
  }
  for (const { entry, problem } of problems) {
    o.notices.push({ code: 'left-out', detail: `${kind} ${entry.id} can't ${problem.what}; ${problem.can}` });
  }
  return entries.filter((entry) => !problems.some((one) => one.entry === entry));
}
