/** Bounds of what a CLI asks for, before anything looks at it: counts and lengths. What the names mean is judged by the plan. */

import { BenchError, type RunStudyRequest } from '#proto';

const MOST_ENTRIES = 64;
const MOST_NAME = 200;
const MOST_KEYWORDS = 2_000;
const MOST_KEYWORD_BYTES = 64;
const MOST_COMMAND = 8_192;
const MOST_PATH = 4_096;
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

/** @throws BenchError usage naming what is too much */
export function checkRunStudy(request: RunStudyRequest): void {
  const { suts, mechanisms, conditions, functions, untilFor } = request;
  for (const [what, names] of Object.entries({ suts, mechanisms, conditions, functions, untilFor })) {
    if (names.length > MOST_ENTRIES) refuse(`${names.length} ${what}; at most ${MOST_ENTRIES}`);
    if (names.some((name) => name.length > MOST_NAME || CONTROL.test(name)))
      refuse(`${what} with a name that is longer than ${MOST_NAME} or has control characters`);
  }
  if (request.action.length > MOST_NAME) refuse('an overlong action');
  if (request.keywords.length > MOST_KEYWORDS) refuse(`${request.keywords.length} keywords; at most ${MOST_KEYWORDS}`);
  if (request.keywords.some((word) => word.length > MOST_KEYWORD_BYTES))
    refuse(`a keyword of more than ${MOST_KEYWORD_BYTES} bytes`);
  // the command goes into the report: as text, and shown again on terminals
  if (request.command.length > MOST_COMMAND || CONTROL.test(request.command.replaceAll(/[\n\t]/g, '')))
    refuse(`a command that is longer than ${MOST_COMMAND} or has control characters`);
  if (request.studyFile.length > MOST_COMMAND || CONTROL.test(request.studyFile))
    refuse('words about a study file that are too long or have control characters');
  if (request.outDir.length > MOST_PATH || request.outDir.includes('\0')) refuse('a folder whose path is no path');
  for (const [what, value] of Object.entries({ marginNs: request.marginNs, untilNs: request.untilNs }))
    if (!Number.isFinite(value) || value < 0) refuse(`${what} ${value}`);
}

function refuse(what: string): never {
  throw new BenchError('usage', `the controller does not accept ${what}`);
}
