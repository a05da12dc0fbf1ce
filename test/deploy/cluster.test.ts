// The wrapper over kubectl, as far as it goes without a cluster: the Secrets it makes, and what it says when something is missing.
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { identityOf } from '../../proto/index.ts';
import { needs } from '../helpers/require.ts';

const SCRIPT = fileURLToPath(new URL('../../deploy/cluster/cluster.sh', import.meta.url));
const test = suite('deploy/cluster');

const cluster = (words: readonly string[], env: Record<string, string> = {}) =>
  execa('sh', [SCRIPT, ...words], { reject: false, stdin: 'ignore', env: { KUBECONFIG: '/dev/null', ...env } });

test('it says what it lacks, and with which code', async () => {
  assert.is((await cluster(['sideways'])).exitCode, 2);
  assert.match((await cluster([])).stdout, /^usage: npm run cluster -- COMMAND/);
  if (!needs('kubectl')) return;
  const overlay = await cluster(['up', 'nowhere']);
  assert.equal(
    [overlay.exitCode, /there is no overlay nowhere\n.* next: one of: eks kind nodes pod/.test(overlay.stderr)],
    [2, true],
  );
  for (const command of ['up', 'run', 'report', 'down']) {
    const { exitCode, stderr } = await cluster([command]);
    assert.is(exitCode, 3, stderr);
    assert.match(stderr, /no cluster answers: .*\n {2}next: check KUBECONFIG/, command);
  }
});

interface Secret {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data: Readonly<Record<string, string>>;
}

test('certificates: a Secret for each role, one for all nodes, from a CA that stays here', async () => {
  if (!needs('kubectl')) return;
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-cluster-test-'));
  try {
    const env = { HOOKBENCH_CA: join(dir, 'ca'), HOOKBENCH_TLS: join(dir, 'tls') };
    const { exitCode, stdout, stderr } = await cluster(['certs', '--print', 'n1.example.org'], env);
    assert.is(exitCode, 0, stderr);
    const secrets = parseAllDocuments(stdout).map((document) => document.toJS() as Secret);
    const names = secrets.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
    const wanted = ['controller', 'cli', 'agents'].map((role) => `Secret hookbench/hookbench-${role}-tls`);
    assert.equal(names, wanted);
    const [controller, cli, agents] = secrets.map(({ data }) => data);
    assert.equal(Object.keys(agents!).sort(), ['ca.crt', 'n1.example.org.crt', 'n1.example.org.key']);
    const identities = [controller!['tls.crt'], cli!['tls.crt'], agents!['n1.example.org.crt']].map((text) => {
      const certificate = new X509Certificate(Buffer.from(text!, 'base64'));
      assert.ok(certificate.verify(new X509Certificate(Buffer.from(agents!['ca.crt']!, 'base64')).publicKey));
      const identity = identityOf(certificate.subjectAltName);
      return `${identity?.role} ${identity?.name}`;
    });
    assert.equal(identities, ['controller ', 'cli cluster', 'agent n1.example.org']);
    assert.not.match(stdout, /ca\.key/);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test.run();
