import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCapabilities, NEEDED } from '../../../agent/security/capabilities.ts';
import type { CapabilityName, Hello } from '../../../proto/index.ts';
import { needs } from '../../helpers/require.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MECHANISMS = Object.keys(NEEDED);
const capabilities = suite('agent/security capabilities');
const tmp = mkdtempSync('/dev/shm/hookbench-test-tmp-');
process.on('exit', () => rmSync(tmp, { recursive: true, force: true }));

/** A read-only root, no new privileges, and no capability but these. */
const CONFINED = `mount --make-rprivate / && mkdir -p /run/hookbench && mount -t tmpfs -o mode=700 tmpfs /run/hookbench &&
  mount -o remount,bind,ro / && ! touch /read-only 2>/dev/null && exec "$@"`;

async function confined(names: readonly CapabilityName[], args: readonly string[]): Promise<string> {
  const set = ['-all', ...names.map((name) => `+${name.slice('CAP_'.length).toLowerCase()}`)].join(',');
  const setpriv = ['setpriv', '--no-new-privs', `--bounding-set=${set}`, `--inh-caps=${set}`];
  const command = [...setpriv, process.execPath, '--import', 'tsx', ...args];
  const { stdout } = await execa('unshare', ['-m', 'sh', '-c', CONFINED, 'sh', ...command], {
    cwd: ROOT,
    env: { TMPDIR: tmp },
    timeout: 100_000,
  });
  return stdout;
}

const ATTACH = 'test/agent/security/attach-with.ts';

if (needs('ebpf', 'bpf-build')) {
  for (const id of MECHANISMS) {
    const set = NEEDED[id]!;
    capabilities(
      `${id} attaches with ${set.join(', ')} alone, on a read-only root, and not with one less`,
      async () => {
        assert.is(await confined(set, [ATTACH, id]), `${id}: attached`);
        for (const name of set) {
          const rest = set.filter((other) => other !== name);
          assert.match(await confined(rest, [ATTACH, id]), /could not be attached|ended before it was attached/);
        }
      },
    );
  }

  capabilities('what is lacking is named by doctor, and the rest runs without any', async () => {
    const probe = async (set: CapabilityName[]) =>
      JSON.parse(await confined(set, ['agent/main.ts', '--probe'])) as Hello;
    const none = await probe([]);
    for (const { id, support, found } of none.mechanisms) {
      const names = NEEDED[id] ?? [];
      assert.is(support, names.length === 0 ? 'supported' : 'unsupported', id);
      for (const name of names) assert.ok(found.includes(`no ${name}`), `${id}: ${found}`);
    }
    const half = (await probe(['CAP_BPF'])).mechanisms.find(({ id }) => id === 'bpf');
    assert.match(half?.found ?? '', /^no CAP_PERFMON in this process/);
  });
}

capabilities("the old capability includes the new ones; bits are the kernel's numbers", () => {
  assert.equal(missingCapabilities('bpf', 0n), ['CAP_BPF', 'CAP_PERFMON']);
  assert.equal(missingCapabilities('bpf', 1n << 21n), []);
  assert.equal(missingCapabilities('bpf', (1n << 38n) | (1n << 39n)), []);
  assert.equal(missingCapabilities('uprobe', (1n << 38n) | (1n << 39n)), ['CAP_SYS_ADMIN']);
  assert.equal(missingCapabilities('ld-preload', 0n), []);
});

capabilities('SECURITY.md says the same', () => {
  const rows = readFileSync(`${ROOT}/SECURITY.md`, 'utf8').matchAll(/^\| `([a-z:-]+)` +\| (CAP_[A-Z_, ]+?|none) +\|/gm);
  const said = Object.fromEntries([...rows].map(([, id, names]) => [id, names === 'none' ? [] : names!.split(', ')]));
  for (const id of MECHANISMS) assert.equal(said[id], NEEDED[id], id);
  assert.equal([said.none, said['ld-preload'], said['ld-preload:simd']], [[], [], []]);
});

capabilities.run();
