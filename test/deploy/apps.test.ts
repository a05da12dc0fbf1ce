// The manifests of whole applications, as far as they can be held to something without a cluster.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';

const DIR = join(import.meta.dirname, '../../deploy/examples/apps');
const APPS = { teastore: 'teastore-webui', 'social-network': 'nginx-thrift', unguard: 'unguard-envoy-proxy' };
const IMAGE = /^(docker\.io|ghcr\.io)\/[a-z0-9-]+(\/[a-z0-9-]+)*\/?[a-z0-9-]+:[A-Za-z0-9.-]+$/;

interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly { readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly volumeMounts?: readonly { readonly name: string }[];
}
interface Item {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec: {
    readonly selector: Labels & { readonly matchLabels: Labels };
    readonly ports: readonly { readonly port: number; readonly targetPort: number }[];
    readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: Pod };
  };
}
type Labels = Readonly<Record<string, string>>;
interface Pod extends Readonly<Record<string, unknown>> {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
}

const files = readdirSync(DIR).map((name) => ({ name, text: readFileSync(join(DIR, name), 'utf8') }));
const itemsOf = (app: string): Item[] =>
  files.filter(({ name }) => name.startsWith(app)).flatMap(({ text }) => (parse(text) as { items: Item[] }).items);
const kind = (items: readonly Item[], wanted: string) => items.filter((item) => item.kind === wanted);

const manifests = suite('deploy/examples/apps');

manifests('each file is one list of an application, and says that it was not run', () => {
  assert.ok(files.length > 3);
  for (const { name, text } of files) {
    assert.ok(
      Object.keys(APPS).some((app) => name.startsWith(app)),
      name,
    );
    const { apiVersion, kind: what, items } = parse(text) as { apiVersion: string; kind: string; items: Item[] };
    assert.equal([apiVersion, what, items.length > 1], ['v1', 'List', true], name);
    assert.match(text, /^# Not run where this file was written/m, name);
  }
});

for (const [app, front] of Object.entries(APPS)) {
  const items = itemsOf(app);
  const deployments = kind(items, 'Deployment');
  const services = kind(items, 'Service');

  manifests(`${app}: known kinds, one namespace, no name twice, a service for each deployment`, () => {
    const apis = new Set(items.map((item) => `${item.apiVersion} ${item.kind}`));
    const known = ['v1 Namespace', 'apps/v1 Deployment', 'v1 Service', 'networking.k8s.io/v1 NetworkPolicy'];
    assert.equal(
      [...apis].filter((api) => !known.includes(api)),
      [],
    );
    const names = items.map((item) => `${item.kind} ${item.metadata.name}`);
    assert.is(new Set(names).size, names.length);
    const [namespace, ...others] = kind(items, 'Namespace').map(({ metadata }) => metadata);
    assert.equal([namespace?.name, others.length], [app, 0]);
    assert.is(namespace?.labels?.['pod-security.kubernetes.io/enforce'], 'baseline');
    for (const { kind: what, metadata } of items)
      if (what !== 'Namespace') assert.is(metadata.namespace, app, metadata.name);
    assert.equal(
      services.map(({ metadata }) => metadata.name).sort(),
      deployments.map(({ metadata }) => metadata.name).sort(),
    );
  });

  manifests(`${app}: labels, the marker of a SUT, and ports fit together`, () => {
    for (const { metadata, spec } of deployments) {
      const { labels } = spec.template.metadata;
      assert.equal(spec.selector.matchLabels, { app: metadata.name });
      assert.is(labels.app, metadata.name);
      const [container] = spec.template.spec.containers as [Container];
      const said = container.env?.find(({ name }) => name === 'HOOKBENCH_SUT')?.value;
      assert.is(labels['hookbench.dev/sut'], said, `${metadata.name}: label and environment say the same`);
      if (said !== undefined) assert.is(said, metadata.name);
      const service = services.find((one) => one.metadata.name === metadata.name);
      assert.equal(service?.spec.selector, { app: metadata.name });
      const open = container.ports?.map(({ containerPort }) => containerPort);
      assert.equal(
        service?.spec.ports.map(({ targetPort }) => targetPort),
        open,
        metadata.name,
      );
      assert.ok(service?.spec.ports.every(({ port }) => port > 0 && port < 65536));
    }
    const marked = deployments.filter(({ spec }) => 'hookbench.dev/sut' in spec.template.metadata.labels);
    assert.ok(
      marked.some(({ metadata }) => metadata.name === front),
      `${front} is one`,
    );
  });

  manifests(`${app}: images by whole names, and no rights that a SUT does not need`, () => {
    for (const { metadata, spec } of deployments) {
      const pod = spec.template.spec;
      assert.is(pod.automountServiceAccountToken, false, metadata.name);
      for (const right of ['hostNetwork', 'hostPID', 'hostIPC', 'serviceAccountName'])
        assert.not.ok(right in pod, `${metadata.name}: ${right}`);
      assert.ok((pod.volumes ?? []).every((volume) => 'emptyDir' in volume));
      for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
        assert.match(container.image, IMAGE);
        assert.equal(container.securityContext, { allowPrivilegeEscalation: false }, metadata.name);
        assert.ok(
          (container.volumeMounts ?? []).every(({ name }) => pod.volumes?.some((volume) => volume.name === name)),
        );
        const secret = container.env?.filter(({ name, value }) => /PASSWORD/.test(name) && value !== undefined) ?? [];
        assert.equal(secret, [], 'no password is written down');
      }
    }
  });

  manifests(`${app}: every address that a container is told is a service here`, () => {
    const names = services.map(({ metadata }) => metadata.name);
    const told = deployments.flatMap(({ spec }) => spec.template.spec.containers[0]?.env ?? []);
    const hosts = told.filter(({ name }) => /(_ADDRESS|_HOST|MARIADB_SERVICE)$/.test(name)).map(({ value }) => value);
    assert.equal(
      hosts.filter((host) => !names.includes(host ?? '')),
      [],
    );
  });
}

manifests.run();
