/** Whether tests on a cluster can run here. */

import { hasImage } from './image.ts';
import { hasScript, isBuilt, isUp } from './local-cluster.ts';

/** A cluster that is somebody's own, or one that can be brought up: built once already, unless HOOKBENCH_REQUIRE names `kubernetes`. */
export function canRun(): boolean {
  if ((process.env.KUBECONFIG ?? '') !== '') return true;
  const isAsked = (process.env.HOOKBENCH_REQUIRE ?? '').split(',').includes('kubernetes');
  return hasImage() && (isBuilt() || (isAsked && hasScript() && !isUp()));
}
