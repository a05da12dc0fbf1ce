import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newOutDir, resultsIn, runCli, startCli } from '../../helpers/cli.ts';

const out = newOutDir();
process.on('exit', () => rmSync(out, { recursive: true, force: true }));

const usage = suite('cli usage');

/** a file in this test's folder */
function file(name: string, text: string | Buffer, mode = 0o644): string {
  const path = join(out, name);
  writeFileSync(path, text, { mode });
  return path;
}

const REFUSED: readonly [string, readonly string[], RegExp][] = [
  ['no command', [], /doctor[\s\S]*run[\s\S]*analyze/],
  [
    'an unknown command',
    ['measure'],
    /unknown command 'measure'[\s\S]*doctor, run, analyze, plan, report, check, compare, gate, studies, fsck, certs, serve/,
  ],
  ['an unknown option', ['run', '--fork', '2'], /unknown option '--fork'[\s\S]*(--forks|--help)/],
  ['an option without its value', ['run', '--forks'], /--forks <n>/],
  ['too many arguments', ['doctor', 'now'], /too many arguments/],
  ['forks that are no number', ['run', '--forks', 'six'], /--forks six is not a whole number from 1 to 1000/],
  ['a margin without unit', ['run', '--margin', '5'], /--margin 5 is not a duration such as 500ns/],
  ['an empty list', ['run', '--mechanisms', ','], /--mechanisms names nothing/],
  ['a missing keyword file', ['run', '--keywords', join(out, 'no.txt')], /no keyword file at .*no\.txt/],
  ['a folder for keywords', ['run', '--keywords', out], /keyword file can't be read/],
  ['a keyword that is too long', ['run', '--keywords', file('long.txt', `ok\n\n${'x'.repeat(65)}\n`)], /long\.txt:3: /],
  ['analyze without a folder', ['analyze'], /missing required argument 'dir'/],
  ['analyze of a missing folder', ['analyze', join(out, 'gone')], /gone holds no study[\s\S]*next: .*results/],
  ['report of a missing folder', ['report', join(out, 'gone'), '--format', 'md'], /gone holds no results\.json/],
  [
    'a controller elsewhere without certificates',
    ['run', '--controller', '10.0.0.5:7461'],
    /no certificates to show[\s\S]*--tls-dir/,
  ],
  ['a token without its controller', ['doctor', '--token-file', 'x'], /next: name it: --controller/],
  [
    'a certificate of no role',
    ['certs', 'issue', 'king', 'x', '--ca', out, '--out', out],
    /unknown role "king"; known: controller, agent, cli/,
  ],
  [
    'an agent without a name',
    ['certs', 'issue', 'agent', '--ca', out, '--out', out],
    /a certificate for an agent needs a name/,
  ],
  ['a controller without hosts', ['certs', 'issue', 'controller', '--ca', out, '--out', out], /needs --host/],
  [
    'certs without a CA',
    ['certs', 'issue', 'cli', 'x', '--ca', out, '--out', join(out, 'c')],
    /ca\.crt[\s\S]*next: hookbench certs init/,
  ],
  ['a gate without a budget', ['gate', out], /required option '--max <budget>'/],
  [
    'a budget without a limit',
    ['gate', out, '--max', 'ld-preload:p50'],
    /--max ld-preload:p50 is not MECHANISM\[:SUT\][\s\S]*in quotes/,
  ],
  ['compare of one study', ['compare', out], /missing required argument 'b'/],
  [
    'a study file with a slip',
    ['run', file('slip.yaml', 'schema: hookbench.study-file/v1\nfork: 4\n')],
    /slip\.yaml:2:1: unknown key "fork"; did you mean forks\? known: schema, sut[\s\S]*next: hookbench init/,
  ],
  ['a study file that is not there', ['plan', join(out, 'no.yaml')], /no\.yaml can't be read: there is none/],
  ['a hooks folder that is not there', ['run', '--hooks-dir', join(out, 'gone')], /--hooks-dir .*gone can't be used/],
  ['init over a file', ['init', file('there.yaml', '')], /there\.yaml can't be written: it is there already/],
  ['an unknown format', ['report', out, '--format', 'pdf'], /unknown format "pdf"; known: html, md, json, csv/],
];

usage('what is wrong is named, with what is known, and the exit code is 2', async () => {
  const queue = [...REFUSED];
  const failures: string[] = [];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [name, args, pattern] = next;
      const { exitCode, stdout, stderr } = await runCli(args);
      const good = exitCode === 2 && stdout === '' && pattern.test(stderr) && !/\n\s+at /.test(stderr);
      if (!good) failures.push(`${name}: exit ${exitCode}, stderr ${stderr}${stdout}`);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  assert.equal(failures, []);
});

const UNKNOWN: readonly [string, readonly string[], RegExp][] = [
  ['SUT', ['--sut', 'cobol-hello'], /unknown SUT "cobol-hello"; known: .*java-hello.*read-loop/],
  ['mechanism', ['--mechanisms', 'strace'], /unknown mechanism "strace"; known: .*ld-preload.*bpftrace/],
  ['condition', ['--conditions', 'moon'], /unknown condition "moon"; known: .*process/],
  ['action', ['--action', 'explode', '--sut', 'read-loop'], /unknown action "explode"; known: observe, trace, block/],
];

usage('names only an agent can judge are refused with what it knows, and nothing is left behind', async () => {
  const folder = join(out, 'unknown');
  await Promise.all(
    UNKNOWN.map(async ([name, args, pattern]) => {
      const run = startCli(['run', ...args, '--out', folder]);
      const { exitCode, stderr } = await run.done;
      assert.is(exitCode, 2, `${name}: ${stderr}`);
      assert.match(stderr, pattern);
      assert.equal(run.children(/./), [], name);
    }),
  );
  assert.not(existsSync(folder));
});

usage('--help of every command shows an example and exits 0', async () => {
  const helps = [[], ['doctor'], ['run'], ['analyze'], ['report'], ['controller'], ['agent']];
  await Promise.all(
    helps.map(async (words) => {
      const { exitCode, stdout } = await runCli([...words, '--help']);
      assert.is(exitCode, 0, words.join());
      assert.match(stdout, /Examples?\n {2}hookbench/, words.join());
    }),
  );
});

usage('doctor --json parses and names every mechanism with what it needs and what was found', async () => {
  const { exitCode, stdout } = await runCli(['doctor', '--json']);
  assert.is(exitCode, 0);
  const { mechanisms, suts } = JSON.parse(stdout) as Record<string, { id: string; needs: string; found: string }[]>;
  const ids = (mechanisms ?? []).map(({ id }) => id);
  for (const id of ['none', 'ld-preload', 'bpftrace']) assert.ok(ids.includes(id), id);
  for (const entry of [...(mechanisms ?? []), ...(suts ?? [])]) assert.ok(entry.needs && entry.found, entry.id);
});

/** everything on the PATH but bpftrace */
function pathWithoutBpftrace(): string {
  const bin = join(out, 'bin');
  mkdirSync(bin);
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => existsSync(folder));
  const tools = new Map(
    folders.reverse().flatMap((folder) => readdirSync(folder).map((name) => [name, folder] as const)),
  );
  tools.delete('bpftrace');
  for (const [name, folder] of tools) symlinkSync(join(folder, name), join(bin, name));
  return bin;
}

usage(
  'bpftrace asked for but missing: exit 3 with what is needed and found; not asked for: left out with a note',
  async () => {
    const env = { PATH: pathWithoutBpftrace() };
    const asked = await runCli(['run', '--mechanisms', 'bpftrace', '--sut', 'read-loop', '--out', join(out, 'a')], {
      env,
    });
    assert.is(asked.exitCode, 3, asked.stderr);
    assert.match(asked.stderr, /bpftrace needs .*; found: .*[\s\S]*next: .*doctor/);
    const small = ['--sut', 'read-loop', '--forks', '1', '--blocks', '1', '--requests', '2100'];
    const run = startCli(['run', ...small, '--out', join(out, 'b')], { env });
    const { exitCode, stderr } = await run.done;
    assert.is(exitCode, 0, stderr);
    assert.match(stderr, /note: mechanism bpftrace needs /);
    assert.ok(resultsIn(join(out, 'b')).comparisons.every(({ treated }) => treated !== 'bpftrace'));
    assert.equal(run.children(/./), []);
  },
);

// what no terminal reads is JSON
const CONTROLLER = ['controller', '--log-format', 'text'] as const;

usage('a controller on a taken port: exit 1 naming the port and the next step', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const token = file('good-token', 'x'.repeat(32), 0o600);
  try {
    const { exitCode, stderr } = await runCli([...CONTROLLER, '--listen', `127.0.0.1:${port}`, '--token-file', token]);
    assert.is(exitCode, 1, stderr);
    assert.match(stderr, new RegExp(`127\\.0\\.0\\.1:${port}[\\s\\S]*next: choose another port`));
  } finally {
    server.close();
  }
});

usage('a controller is open neither to other machines nor to other users of this one', async () => {
  const empty = file('token', '\n', 0o600);
  const good = file('good-token', 'x'.repeat(32), 0o600);
  for (const [args, pattern] of [
    [['--listen', '0.0.0.0:0'], /0\.0\.0\.0:0 is open to others and there are no certificates[\s\S]*next: .*--tls-dir/],
    [['--listen', '0.0.0.0:0', '--token-file', good], /is open to others and there are no certificates/],
    [[], /every user of this host could reach this controller[\s\S]*next: give --token-file/],
    [
      ['--token-file', file('open', 'x'.repeat(32), 0o644)],
      /can be read or written by others \(mode 0644\)[\s\S]*chmod 600/,
    ],
    [['--token-file', file('group', 'x'.repeat(32), 0o640)], /can be read or written by others \(mode 0640\)/],
    [['--token-file', file('short', 'x'.repeat(15), 0o600)], /holds fewer than 16 characters/],
    [['--token-file', empty], /holds no token/],
    [['--token-file', join(out, 'no-token')], /--token-file can't be read/],
    [['--tls-dir', join(out, 'no-folder')], /--tls-dir: .*no-folder\/tls\.crt[\s\S]*next: .*hookbench certs issue/],
    [['--port', '1'], /--port[\s\S]*next: hookbench controller --help/],
  ] as const) {
    const { exitCode, stdout, stderr } = await runCli([...CONTROLLER, ...args]);
    assert.is(exitCode, 2, stderr);
    assert.is(stdout, '');
    assert.match(stderr, pattern);
  }
});

usage.run();
