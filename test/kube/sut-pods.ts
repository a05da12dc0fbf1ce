/** SUT pods as Kubernetes itself tells them, to hold what a study observed against. */

import type { World } from './world.ts';

export interface SutPod {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  /** name → the first 12 letters of its id */
  readonly containers: Readonly<Record<string, string>>;
}

interface Listed {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly uid: string };
    readonly spec: { readonly nodeName: string };
    readonly status: { readonly containerStatuses: readonly { readonly name: string; readonly containerID: string }[] };
  }[];
}

export async function sutPodsOf(world: World): Promise<SutPod[]> {
  const words = ['--namespace', 'hookbench', 'get', 'pods', '--selector', 'app=hookbench-sut', '--output', 'json'];
  const { stdout } = await world.kubectl(words);
  return (JSON.parse(stdout) as Listed).items.map(({ metadata: { name, uid }, spec, status }) => {
    const ids = status.containerStatuses.map((one) => [
      one.name,
      one.containerID.replace(/^\w+:\/\//, '').slice(0, 12),
    ]);
    return { name, uid, node: spec.nodeName, containers: Object.fromEntries(ids) as Record<string, string> };
  });
}
