// The manifests: rendered as kubectl does, against the schemas of old and current Kubernetes, and what they may never ask for.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NEEDED, NEEDED_FOR_RUN_AS } from '../../agent/security/capabilities.ts';
import { needs } from '../helpers/require.ts';
import { containersOf, type PodSpec, podsOf } from './kube/pods.ts';
import { rendered } from './kube/render.ts';
import { type Manifest, problemsIn120, problemsInCurrent } from './kube/schemas.ts';

/** those that are for clusters of any version; the others have policy/v1, which came with 1.21 */
const ANY_VERSION = ['pod', 'nodes'] as const;
const CURRENT = ['kind', 'eks'] as const;
const test = suite('deploy/overlays');

if (needs('kubectl')) {
  const overlays = new Map([...ANY_VERSION, ...CURRENT].map((name) => [name, rendered(`overlays/${name}`)]));
  for (const name of ANY_VERSION)
    test(`${name} is valid in Kubernetes 1.20`, () => assert.equal(problems(overlays.get(name)!, problemsIn120), []));
  for (const name of CURRENT)
    test(`${name} is valid in Kubernetes 1.20 but for policy/v1`, () => {
      const found = problems(overlays.get(name)!, problemsIn120);
      assert.equal(found, ['PodDisruptionBudget hookbench-controller: there is no PodDisruptionBudget in policy/v1']);
    });
  for (const [name, manifests] of overlays) {
    test(`${name} is valid in current Kubernetes`, () => assert.equal(problems(manifests, problemsInCurrent), []));
    test(`${name} asks for no more than it needs`, () => {
      const pods = podsOf(manifests);
      assert.ok(pods.length >= 3, String(pods.length));
      for (const pod of pods) modest(pod.name, pod.spec);
    });
    test(`${name} holds no Secret and no right at the API`, () => {
      const kinds = new Set(manifests.map(({ kind }) => kind));
      for (const kind of ['Secret', 'ServiceAccount', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'])
        assert.not(kinds.has(kind), kind);
      for (const { kind, metadata } of manifests)
        if (kind !== 'Namespace' && kind !== 'PriorityClass') assert.is(metadata.namespace, 'hookbench', metadata.name);
    });
  }

  test('the agent has the capabilities that its mechanisms and conditions need, each with its reason, and no other', () => {
    const agent = podNamed(overlays.get('pod')!, 'DaemonSet hookbench-agent');
    const [container] = agent.containers;
    const forOthers = ['CAP_SYS_CHROOT', 'CAP_DAC_READ_SEARCH', 'CAP_SYS_ADMIN'];
    const wanted = new Set([...Object.values(NEEDED).flat(), ...NEEDED_FOR_RUN_AS, ...forOthers]);
    const added = container?.securityContext?.capabilities?.add ?? [];
    assert.equal([...added].map((name) => `CAP_${name}`).sort(), [...wanted].sort());
    assert.is(agent.hostPID, true);
    assert.ok(agent.tolerations?.some(({ operator }) => operator === 'Exists'));
    const mounted = container?.volumeMounts?.map(({ mountPath }) => mountPath) ?? [];
    for (const path of ['/sys/kernel/tracing', '/sys/kernel/btf', '/sys/fs/bpf', '/sys/fs/cgroup', '/dev/shm'])
      assert.ok(mounted.includes(path), path);
  });

  test('agent and SUTs see the rings under one path, and no other folder of the node is lent to a SUT', () => {
    for (const name of ANY_VERSION) {
      const agent = podNamed(overlays.get(name)!, 'DaemonSet hookbench-agent');
      const sut = podNamed(overlays.get(name)!, 'DaemonSet hookbench-sut');
      const hostPaths = sut.volumes?.flatMap(({ hostPath }) => (hostPath === undefined ? [] : [hostPath.path]));
      assert.equal(hostPaths, ['/dev/shm/hookbench']);
      assert.ok(agent.volumes?.some(({ hostPath }) => hostPath?.path === '/dev/shm/hookbench'));
      for (const container of sut.containers.filter((one) => one.name.startsWith('sut')))
        assert.is(container.volumeMounts?.find((one) => one.name === 'rings')?.mountPath, '/dev/shm');
    }
  });

  test('a SUT pod says what it is in all its containers', () => {
    const sut = podNamed(overlays.get('pod')!, 'DaemonSet hookbench-sut');
    assert.equal(sut.containers.map(({ name }) => name).sort(), ['load', 'sut', 'sut-hooked']);
    for (const { name, env = [] } of sut.containers) {
      assert.is(env.find((one) => one.name === 'HOOKBENCH_CONTAINER')?.value, name);
      const names = new Set(env.map((one) => one.name));
      for (const wanted of ['SUT', 'NODE_NAME', 'POD_NAME', 'POD_UID', 'POD_IPV4'])
        assert.ok(names.has(`HOOKBENCH_${wanted}`), `${name}: ${wanted}`);
    }
  });

  test('the Job of one study is valid in both, and asks for no more than it needs', () => {
    const [job] = rendered('run');
    assert.equal([...problemsIn120(job!), ...problemsInCurrent(job!)], []);
    modest('Job hookbench-study', podsOf([job!])[0]!.spec);
  });

  test('the checks find what is wrong', () => {
    const [agent] = overlays.get('pod')!.filter(({ metadata }) => metadata.name === 'hookbench-agent');
    const wrong = structuredClone(agent) as Manifest & { spec: { template: { spec: Record<string, unknown> } } };
    Object.assign(wrong.spec.template.spec, { hostPid: true, restartPolicy: 7 });
    const [old, current] = [problemsIn120(wrong).join('\n'), problemsInCurrent(wrong).join('\n')];
    assert.match(old, /unknown field \.spec\.template\.spec\.hostPid/);
    assert.match(old, /restartPolicy must be string/);
    assert.match(current, /restartPolicy must be/);
    const { spec } = podsOf([agent!])[0]!;
    const privileged = { ...spec, containers: [{ ...spec.containers[0]!, securityContext: { privileged: true } }] };
    const tokened = { ...spec, automountServiceAccountToken: true };
    assert.match(refusal('DaemonSet hookbench-agent', privileged), /is privileged/);
    assert.match(refusal('DaemonSet hookbench-agent', tokened), /gets no token/);
    assert.match(refusal('DaemonSet hookbench-sut', spec), /agent adds capabilities/);
  });
} else test.skip('the manifests, as kubectl renders them', () => {});

test.run();

function problems(manifests: readonly Manifest[], find: (one: Manifest) => string[]): string[] {
  return manifests.flatMap((one) => find(one).map((problem) => `${one.kind} ${one.metadata.name}: ${problem}`));
}

function podNamed(manifests: readonly Manifest[], name: string): PodSpec {
  const found = podsOf(manifests).find((pod) => pod.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found.spec;
}

/** uvu hands on its own assertions where it is asked whether something throws */
function refusal(name: string, spec: PodSpec): string {
  try {
    modest(name, spec);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

function modest(name: string, spec: PodSpec): void {
  assert.is(spec.automountServiceAccountToken, false, `${name} gets no token`);
  assert.is(spec.enableServiceLinks, false, name);
  assert.is(spec.priorityClassName, 'hookbench', name);
  assert.is(spec.securityContext?.seccompProfile?.type, 'RuntimeDefault', name);
  assert.is(spec.hostIPC, undefined, name);
  for (const { secret } of spec.volumes ?? [])
    if (secret !== undefined) assert.is((secret.defaultMode ?? 0o644) & 0o007, 0, `${name}: a key for everyone`);
  for (const container of containersOf(spec)) {
    const [what, security] = [`${name}, ${container.name}`, container.securityContext];
    assert.is(security?.privileged, undefined, `${what} is privileged`);
    assert.is(security?.allowPrivilegeEscalation, false, what);
    assert.is(security?.readOnlyRootFilesystem, true, what);
    assert.equal(security?.capabilities?.drop, ['ALL'], what);
    if (!name.endsWith(' hookbench-agent') || container.name !== 'agent')
      assert.is(security?.capabilities?.add, undefined, `${what} adds capabilities`);
    for (const kind of ['requests', 'limits'] as const)
      for (const unit of ['cpu', 'memory'])
        assert.ok(container.resources?.[kind]?.[unit], `${what}: ${kind} of ${unit}`);
    if (name.endsWith('-agent') || name.endsWith('-controller'))
      if (container.name !== 'certificate') assert.ok(container.livenessProbe && container.readinessProbe, what);
  }
}
