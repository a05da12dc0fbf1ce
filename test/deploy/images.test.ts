/** The images that are quick to build, built from their Dockerfiles and run; and what Compose is told. `HOOKBENCH_LONG=1` builds all of them. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { AGENT_CAPABILITIES } from '../../proto/security/capabilities.ts';
import { engineUp } from '../helpers/engine.ts';
import { needs } from '../helpers/require.ts';

const ROOT = join(import.meta.dirname, '../..');
const IMAGES = join(ROOT, 'deploy/images');
const TAG = 'test';
const LIBRARIES = ['libhookbench-musl.so', 'libhookbench.so'];
const isLong = process.env.HOOKBENCH_LONG === '1';
const images = suite('deploy/images');
const engine = await engineUp();
images.after(async () => {
  // their layers stay, as of any build, and make the next one quick
  const { stdout } = await execa('docker', ['images', '--quiet', '--filter', `reference=hookbench*:${TAG}`], {
    reject: false,
  });
  const ids = stdout?.split('\n').filter((id) => id !== '') ?? [];
  if (ids.length > 0) await execa('docker', ['rmi', '--no-prune', ...ids], { reject: false });
  await engine.stop();
});
const dockerfiles = readdirSync(IMAGES).filter((name) => name.endsWith('.Dockerfile'));

images('every base image that a Dockerfile names can be made here', () => {
  const made = [...readFileSync(join(IMAGES, 'base.sh'), 'utf8').matchAll(/^[A-Z]+=([a-z]+:[a-z0-9-]+)$/gm)].map(
    ([, name]) => name,
  );
  assert.is(dockerfiles.length, 5);
  for (const file of dockerfiles) {
    const text = readFileSync(join(IMAGES, file), 'utf8');
    const stages = [...text.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, name]) => name);
    for (const [, from] of text.matchAll(/^FROM (\S+)/gm))
      assert.ok(from === 'scratch' || made.includes(from) || stages.includes(from), `${file}: ${from}`);
    assert.ok(/^USER 64137/m.test(text) || /^FROM scratch/m.test(text), `${file} runs as root`);
  }
});

images('the base, the hook and read-loop: built, small, and they do what they are for', async () => {
  if (!needs('docker', 'debootstrap')) return;
  const base = await execa('sh', ['deploy/images/base.sh', ...(isLong ? [] : ['debian'])], { cwd: ROOT, all: true });
  assert.match(base.all, /^\[base\] (debian:bookworm-slim is there|ready)/m);
  const names = isLong ? [] : ['hook', 'sut-read-loop'];
  const build = await execa('sh', ['deploy/images/build.sh', '--tag', TAG, ...names], { cwd: ROOT, all: true });
  for (const name of ['hook', 'sut-read-loop'])
    assert.match(
      build.all,
      new RegExp(`^\\[images\\] hookbench-${name}:${TAG} is \\d+\\.\\d MB, built in \\d+ s$`, 'm'),
    );

  // the libraries of the one image in the program of the other
  const { stdout: id } = await execa('docker', ['create', `hookbench-hook:${TAG}`, 'none']);
  const hooks = await Promise.all(
    LIBRARIES.map((file) => execa('docker', ['cp', `${id}:/${file}`, '-'], { encoding: 'buffer' })),
  );
  const listed = await execa('docker', ['export', id], { encoding: 'buffer' });
  await execa('docker', ['rm', id]);
  const files = (await execa('tar', ['-t'], { input: listed.stdout })).stdout.split('\n');
  const own = files.filter((name) => !/^(\.dockerenv|(dev|etc|proc|sys)\/.*)$/.test(name));
  assert.equal(own.sort(), LIBRARIES);

  const name = `hookbench-image-test-${process.pid}`;
  await execa(
    'docker',
    [
      'create',
      '--rm',
      '--name',
      name,
      '--network',
      'none',
      '--env',
      `LD_PRELOAD=${LIBRARIES.map((file) => `/${file}`).join(' ')}`,
    ].concat(`hookbench-sut-read-loop:${TAG}`),
  );
  for (const { stdout } of hooks) await execa('docker', ['cp', '-', `${name}:/`], { input: stdout });
  const sut = execa('docker', ['start', '--attach', name], { reject: false, all: true });
  const said = await new Promise<string>((resolve) => {
    let text = '';
    sut.all.on('data', (chunk: Buffer) => {
      text += chunk;
      if (/HOOKBENCH_READY.*\n/.test(text) && [...text.matchAll(/^hookbench: .*\n/gm)].length === LIBRARIES.length)
        resolve(text);
    });
    void sut.then(() => resolve(text));
  });
  const { stdout: user } = await execa('docker', ['inspect', '--format', '{{.Config.User}}', name]);
  await execa('docker', ['rm', '--force', name]);
  await sut;
  assert.match(said, /^HOOKBENCH_READY port=8080 pid=1$/m);
  assert.match(said, /^hookbench: not hooking, all calls pass through: .*HOOKBENCH_RING/m);
  assert.match(said, /^hookbench: not hooking, all calls pass through: libc: .*this is the library for musl$/m);
  assert.is(user, '64137:64137');
});

images('a build that can’t be done says why, and what to do', async () => {
  const run = (words: readonly string[], env: Record<string, string> = {}) =>
    execa('sh', ['deploy/images/build.sh', ...words], { cwd: ROOT, reject: false, all: true, env });
  const unknown = await run(['moon']);
  assert.equal([unknown.exitCode, unknown.all], [2, '[images] there is no image moon (see --help)']);
  if (!needs('docker')) return;
  const silent = await run(['hook'], { DOCKER_HOST: 'unix:///nowhere.sock' });
  assert.is(silent.exitCode, 3);
  assert.match(silent.all, /no container engine answers: .*nowhere\.sock/);
});

interface Service {
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly pid?: string;
}

images(
  'Compose: nothing is privileged, and only the agent has capabilities, those that it keeps elsewhere',
  async () => {
    const text = readFileSync(join(ROOT, 'deploy/compose/compose.yaml'), 'utf8');
    const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
    assert.equal(Object.keys(services), ['certs', 'controller', 'agent', 'study']);
    for (const [name, service] of Object.entries(services)) {
      assert.is(service.privileged, undefined, name);
      if (name !== 'certs') assert.equal(service.cap_drop, ['ALL'], name);
      assert.is((service.cap_add ?? []).length > 0, name === 'agent', name);
    }
    assert.is(services.agent?.pid, 'host');
    // as where root starts an agent, but for the two that SYS_ADMIN includes and Docker 20.10 does not know, and what only `pod` takes
    const lacking = ['CAP_BPF', 'CAP_PERFMON', 'CAP_SYS_CHROOT'];
    const kept = Object.keys(AGENT_CAPABILITIES).filter((name) => !lacking.includes(name));
    assert.equal([...(services.agent?.cap_add ?? [])].map((name) => `CAP_${name}`).sort(), kept.sort());
    const compose = await execa('docker-compose', ['--version'], { reject: false });
    if (compose.exitCode !== 0) return;
    const checked = await execa('docker-compose', ['-f', 'deploy/compose/compose.yaml', 'config', '--quiet'], {
      ...{ cwd: ROOT, reject: false },
    });
    assert.equal([checked.exitCode, checked.stderr], [0, '']);
  },
);

images.run();
