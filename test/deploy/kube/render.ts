/** An overlay as kubectl renders it. */

import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from './schemas.ts';

const DEPLOY = fileURLToPath(new URL('../../../deploy', import.meta.url));

/** @param folder below deploy/, e.g. "overlays/pod" */
export function rendered(folder: string): Manifest[] {
  const { stdout } = execaSync('kubectl', ['kustomize', `${DEPLOY}/${folder}`]);
  return parseAllDocuments(stdout).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}
