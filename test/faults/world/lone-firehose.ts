/** A study with one firehose whose connection is encrypted or in other surroundings: no one reads along, so what counts as acknowledged is what
 * the agent takes for delivered. */

import { checkStudy } from '../checker/check.ts';
import type { Round } from '../journal.ts';
import { within } from '../scenario.ts';
import type { RunningStudy } from './controller.ts';
import type { FirehoseProcess } from './firehose.ts';

/** Ends the study and holds the ledgers of these runs against it. @param runs the last one lives */
export async function finishAlone(
  study: RunningStudy,
  o: { runs: readonly FirehoseProcess[]; round: Round; after: string; timeoutMs?: number },
): Promise<void> {
  const living = o.runs.at(-1);
  living?.command('finish');
  const ended = await within('the study ends', o.timeoutMs ?? 60_000, study.ended);
  living?.command('drain');
  await living?.event((event) => event.event === 'drained' && event.all, 'everything is delivered', 65_000);
  const checked = o.runs.flatMap((run) => run.checked(null) ?? []);
  const verdict = checkStudy(study.dir, { studyId: study.studyId, runs: checked });
  o.round.check(o.after, verdict);
  if (verdict.status !== 'complete')
    o.round.finding(o.after, {
      code: 'ended-otherwise',
      detail: `the study is ${verdict.status}: ${ended?.message ?? 'the controller went away'}`,
    });
}
