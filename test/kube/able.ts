/** Whether tests on a cluster can run here. */

import { hasImage } from './image.ts';
import { hasScript, isBuilt, isUp } from './local-cluster.ts';

/** A cluster that is somebody's own, or one that can be brought up: built once already, unless HOOKBENCH_REQUIRE names `kubernetes`. */
export function canRun(): boolean {
  if ((process.env.KUBECONFIG ?? '') !== '') return true;
  const isAsked = (process.env.HOOKBENCH_REQUIRE ?? '').split(',').includes('kubernetes');
  return hasImage() && (isBuilt() || (isAsked && hasScript() && !isUp()));
}

const NEEDED_S = 190;

/** Whether what is left of the CI's minutes is enough, where HOOKBENCH_TESTS_END says when they are over (s since the epoch). Says so where it is not. */
export function hasTime(): boolean {
  const endS = Number(process.env.HOOKBENCH_TESTS_END ?? '');
  const leftS = Math.floor(endS - Date.now() / 1000);
  const isAsked = (process.env.HOOKBENCH_REQUIRE ?? '').split(',').includes('kubernetes');
  if (!(endS > 0) || isAsked || leftS >= NEEDED_S) return true;
  process.stdout.write(`SKIP: ${leftS} s are left for all tests, and this needs ${NEEDED_S}\n`);
  return false;
}
