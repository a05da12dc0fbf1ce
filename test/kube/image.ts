/** The image that the manifests name, of these sources, as a tar. What is slow to build comes from the image that `npm run images` made: packages,
 * Java, node_modules. The rest, sources and what was built of them on this machine, is laid over it. */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';

export const IMAGE = 'hookbench:dev';
const ROOT = join(import.meta.dirname, '../..');
const NOT_IN_IT = ['.git', '.ci', 'node_modules', 'results', 'test', 'build/cli*', 'build/kube*', 'build/bpf/*.d'];
const DOCKERFILE = `FROM ${IMAGE}
USER 0
COPY . /opt/hookbench
RUN cd /opt/hookbench && rm -rf build/cli && node --import tsx controller/cli/bundle.ts
USER 64137:64137
`;

/** one made by `npm run images -- hookbench` */
export function hasImage(): boolean {
  return execaSync('docker', ['image', 'inspect', IMAGE], { reject: false }).exitCode === 0;
}

/** @param dir for the tar and what it is made of @returns its path, and the name it has there; the engine forgets that name */
export async function savedImage(dir: string): Promise<{ tar: string; name: string }> {
  const [name, tar] = [`hookbench-kube-test:${process.pid}`, join(dir, 'image.tar')];
  writeFileSync(join(dir, 'Dockerfile'), DOCKERFILE);
  const left = NOT_IN_IT.map((path) => `--exclude=./${path}`);
  const context = join(dir, 'context.tar');
  await execa('tar', ['-C', ROOT, ...left, '--owner=0', '--group=0', '-cf', context, '.', '-C', dir, './Dockerfile']);
  try {
    await execa('docker', ['build', '--quiet', '--tag', name, '-'], { inputFile: context });
    await execa('docker', ['save', '--output', tar, name]);
  } finally {
    rmSync(context);
    await execa('docker', ['rmi', name], { reject: false });
  }
  return { tar, name };
}
