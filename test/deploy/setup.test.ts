// deploy/setup.sh on machines that lack things: a PATH of chosen links, and fakes of npm, apt and sudo that note their calls.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const ROOT = join(import.meta.dirname, '../..');
const BASICS = 'sh env cat cut date dirname flock grep head id mkdir mktemp node readlink sed tail tr uname wc'.split(
  ' ',
);

type Machine = {
  /** real tools beside the basics */
  readonly tools?: readonly string[];
  /** name → body of a shell script */
  readonly fakes?: Readonly<Record<string, string>>;
  /** version of the one npm package that is installed; null: no node_modules */
  readonly installed?: string | null;
};
type Seen = { readonly code: number; readonly out: string; readonly calls: string; readonly dir: string };

const LOCK = (version: string) =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': {},
      'node_modules/a': { version, integrity: `sha512-${version}` },
      'node_modules/b': { version: '1.0.0', optional: true },
    },
  });

const USER = { id: 'if [ "$1" = -u ]; then echo 1000; else echo someone; fi' };
const SUPERUSER = { id: 'if [ "$1" = -u ]; then echo 0; else echo root; fi' };
const NOTE = 'echo "$(basename "$0") $*" >>"$CALLS"';
/** apt that offers these packages and installs nothing. */
const apt = (...offers: string[]) => ({
  'apt-get': NOTE,
  'apt-cache': `case " ${offers.join(' ')} " in *" $2 "*) echo "  Candidate: 1" ;; *) echo "  Candidate: (none)" ;; esac`,
  mount: NOTE,
});

/** Runs setup.sh in a small project on the machine described, and hands what it did to `check`. */
const onMachine = async (machine: Machine, args: readonly string[], check: (seen: Seen) => void): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-setup-'));
  try {
    cpSync(join(ROOT, 'deploy/setup.sh'), join(dir, 'deploy/setup.sh'));
    cpSync(join(ROOT, 'deploy/setup'), join(dir, 'deploy/setup'), { recursive: true });
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
    writeFileSync(join(dir, 'package-lock.json'), LOCK('2.0.0'));
    const { installed = '2.0.0', tools = [], fakes = {} } = machine;
    if (installed) {
      mkdirSync(join(dir, 'node_modules'));
      writeFileSync(join(dir, 'node_modules/.package-lock.json'), LOCK(installed));
    }
    mkdirSync(join(dir, 'hooks'));
    writeFileSync(join(dir, 'hooks/Makefile'), '');
    const bin = join(dir, 'bin');
    mkdirSync(bin);
    for (const name of [...BASICS, 'basename', ...tools].filter((name) => !(name in fakes))) {
      symlinkSync(name === 'node' ? process.execPath : await whereIs(name), join(bin, name));
    }
    for (const [name, body] of Object.entries(fakes))
      writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    const calls = join(dir, 'calls');
    const { code, out } = await run('/bin/sh', [join(dir, 'deploy/setup.sh'), ...args], {
      ...{ PATH: bin, CALLS: calls, HOOKBENCH_POLICY_RC_D: join(dir, 'policy-rc.d') },
    });
    check({ code, out, calls: existsSync(calls) ? readFileSync(calls, 'utf8') : '', dir });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv) =>
  new Promise<{ code: number; out: string }>((done) => {
    execFile(command, args, { env, timeout: 30_000 }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code ?? -1) : 0, out: stdout + stderr });
    });
  });

const whereIs = async (name: string): Promise<string> =>
  (await run('/bin/sh', ['-c', `command -v ${name}`], { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' })).out.trim();

const setup = suite('deploy/setup.sh');

setup('says what it takes, and refuses the rest', async () => {
  await onMachine({}, ['--help'], ({ code, out }) => {
    assert.is(code, 0);
    assert.match(out, /--for run\|test/);
  });
  for (const args of [['--for'], ['--for', 'fun'], ['--nonsense']]) {
    await onMachine({}, args, ({ code, out }) => {
      assert.is(code, 2);
      assert.match(out, /^\[setup\] .*run/);
    });
  }
});

setup('names each missing thing with its command, and ends with 0', () =>
  onMachine({ fakes: { ...USER, ...apt('openjdk-17-jdk-headless', 'openjdk-21-jdk-headless') } }, [], (seen) => {
    assert.is(seen.code, 0);
    assert.match(seen.out, /missing, and not installable without root or sudo/);
    for (const names of [
      'gcc libc6-dev',
      'make',
      'g\\+\\+',
      'python3',
      'bpftrace',
      'openjdk-17-jdk-headless',
      'util-linux',
    ]) {
      assert.match(seen.out, new RegExp(`: \\(as root\\) apt-get install ${names}$`, 'm'));
    }
    assert.not.match(seen.out, /chromium/);
    assert.match(seen.out, /node-pty is not compiled \(needs g\+\+, make and python3\)/);
    assert.match(seen.out, /make is missing: hooks, SUTs and load generator are not built/);
    assert.is(seen.calls, '');
  }),
);

setup('as root installs in one go, after one update, and only then', () =>
  onMachine({ fakes: { ...SUPERUSER, ...apt('openjdk-21-jdk-headless') } }, ['--for', 'test'], (seen) => {
    assert.is(seen.code, 0);
    const gets = seen.calls.split('\n').filter((line) => line.startsWith('apt-get'));
    assert.match(gets[0] ?? '', / update$/);
    assert.match(gets[1] ?? '', /install gcc libc6-dev make g\+\+ python3 bpftrace openjdk-21-jdk-headless util-linux/);
    assert.is(gets.length, 2);
    assert.match(seen.out, /still missing:/);
  }),
);

setup('no package starts a service meanwhile, and nothing of that stays', () => {
  const get = `${NOTE}; [ -x "$HOOKBENCH_POLICY_RC_D" ] && "$HOOKBENCH_POLICY_RC_D" || echo "policy $?" >>"$CALLS"`;
  const machine = { tools: ['chmod', 'rm'], fakes: { ...SUPERUSER, ...apt(), 'apt-get': get } };
  return onMachine(machine, ['--for', 'test'], ({ calls, out, dir }) => {
    assert.match(calls, /^apt-get .* update\npolicy 1\napt-get .* install .*\bmemcached\b.*\npolicy 101$/m);
    assert.not.match(out, /may be started/);
    assert.not.ok(existsSync(join(dir, 'policy-rc.d')));
  });
});

setup('uses sudo where it works without a password', () => {
  const sudo = `echo "sudo $*" >>"$CALLS"; [ "$1" = -n ] && shift; [ "$1" = true ] && exit 0; exec "$@"`;
  return onMachine({ fakes: { ...USER, ...apt('bpftrace'), sudo } }, [], (seen) => {
    assert.match(seen.calls, /^sudo -n apt-get .* update$/m);
    assert.match(seen.calls, /^sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -y .* install /m);
  });
});

setup('goes on one by one when the whole list can not be had', () => {
  const get = `${NOTE}; case "$*" in *install\\ bpftrace) exit 0 ;; *install*) echo E: broken; exit 100 ;; esac`;
  return onMachine({ fakes: { ...SUPERUSER, ...apt(), 'apt-get': get } }, [], (seen) => {
    assert.is(seen.code, 0);
    assert.match(seen.out, /could not install make\n.*\n.*\n\[setup\] {3}\| E: broken/);
    assert.not.match(seen.out, /could not install bpftrace/);
  });
});

setup('--no-system installs and mounts nothing', () =>
  onMachine({ fakes: { ...SUPERUSER, ...apt('bpftrace') } }, ['--no-system'], (seen) => {
    assert.is(seen.calls, '');
    assert.match(seen.out, /left alone because of --no-system/);
  }),
);

setup('refuses an old Node and a missing one', async () => {
  const old = `case "$1" in -p) echo 18.19.0 ;; *) exec ${process.execPath} "$@" ;; esac`;
  await onMachine({ fakes: { node: old } }, [], ({ code, out }) => {
    assert.is(code, 1);
    assert.match(out, /Node 18\.19\.0 is too old: hookbench needs 20\.\d+\.0 or later/);
  });
});

setup('asks npm for packages only when the lock file says something else than node_modules', async () => {
  const fakes = { ...USER, npm: NOTE };
  await onMachine({ fakes }, [], ({ calls }) => assert.is(calls, ''));
  for (const installed of ['1.9.0', null]) {
    await onMachine({ fakes, installed }, [], ({ calls, code }) => {
      assert.match(calls, /^npm ci .*--ignore-scripts/);
      assert.is(code, 0);
    });
  }
});

setup('installs by npm install what npm ci refuses, and fails when neither works', async () => {
  const refuse = `${NOTE}; echo "npm error code EUSAGE"; echo "npm error Missing: x from lock file"; [ "$1" = install ]`;
  await onMachine({ fakes: { ...USER, npm: refuse }, installed: null }, [], ({ calls, code }) => {
    assert.match(calls, /^npm ci .*\nnpm install --no-save /);
    assert.is(code, 0);
  });
  const offline = `echo "npm error code ENOTFOUND"; exit 1`;
  await onMachine({ fakes: { ...USER, npm: offline }, installed: null }, [], ({ out, code }) => {
    assert.is(code, 1);
    assert.match(
      out,
      /could not be installed, so nothing can run:\n.*build\/setup\.log:\n\[setup\] {3}\| npm error code ENOTFOUND/,
    );
  });
});

setup('a part that does not compile is told with its last lines, and the rest goes on', () => {
  const make = `[ "$1" = -q ] && exit 1; echo "$2: error 7"; exit 2`;
  return onMachine({ fakes: { ...USER, make, ...apt() } }, [], (seen) => {
    assert.is(seen.code, 0);
    assert.match(
      seen.out,
      /building hooks\n(.*no JDK.*\n|.*no C compiler\n)*.*make -C hooks failed\n.*\n.*\n\[setup\] {3}\| hooks: error 7/,
    );
    assert.match(seen.out, /sut has no Makefile/);
    assert.match(seen.out, /ready\n$/);
  });
});

setup.run();
