import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTypes } from '../../../agent/mechanisms/bpftrace/kernel-types.ts';
import { lackingForRunAs, NEEDED, NEEDED_FOR_RUN_AS } from '../../../agent/security/capabilities.ts';
import { asUser, grantGroup } from '../../../agent/security/run-as.ts';
import { runAsChoice } from '../../../agent/security/run-as-choice.ts';
import { AGENT_CAPABILITIES, type BenchError, capabilityBits } from '../../../proto/index.ts';

const runAs = suite('agent/security run as');
const isRoot = process.getuid?.() === 0;
const dir = mkdtempSync(join(tmpdir(), 'hookbench-run-as-'));
runAs.after(() => rmSync(dir, { recursive: true, force: true }));
const USER = { uid: 64_200, gid: 64_201 };

async function refusal(text: string): Promise<string> {
  try {
    await runAsChoice(text);
  } catch (error) {
    const { code, message } = error as BenchError;
    return `${code} ${message}`;
  }
  return 'taken';
}

runAs('root, nobody there and nonsense are refused; self is this user', async () => {
  for (const text of ['0:0', '0:5', '5:0', 'root', '4294967295:1', '1:99999999999', 'no such', '', '../x', '-1:5'])
    assert.match(await refusal(text), /^usage --run-as .*(is root, or no user at all|there is no such user)/, text);
  assert.equal((await runAsChoice('self')).runAs, null);
});

runAs(
  'as root the default is a user without rights that can read the programs, or this user with the reason',
  async () => {
    const { runAs: chosen, said } = await runAsChoice(undefined);
    if (chosen === null)
      assert.match(said, /SUTs run as the user of this agent: (only root|uid \d+.* can't read|this process has no)/);
    else assert.ok(chosen.uid > 0 && chosen.gid > 0 && isRoot, said);
  },
);

runAs('its group is given what it needs: through the folder to the ring, and not one step further', async () => {
  if (!isRoot) return;
  const [ring, other] = [join(dir, 'a.ring'), join(dir, 'other')];
  for (const path of [ring, other]) writeFileSync(path, 'x', { mode: 0o600 });
  grantGroup(dir, USER, 0o710);
  grantGroup(ring, USER, 0o660);
  assert.equal([statSync(ring).uid, statSync(ring).gid], [0, USER.gid]);
  const does = async (command: string, user = USER) => {
    const args = [...asUser(user), '--no-new-privs', 'sh', '-c', command, 'sh', dir];
    return (await execa('setpriv', args, { reject: false })).exitCode === 0;
  };
  assert.ok(await does('echo y >> "$1/a.ring" && cat "$1/a.ring"'));
  for (const command of ['ls "$1"', 'cat "$1/other"', 'touch "$1/new"', 'rm -f "$1/a.ring"', 'chmod 777 "$1/a.ring"'])
    assert.not.ok(await does(command), command);
  assert.not.ok(await does('cat "$1/a.ring"', { uid: 64_300, gid: 64_300 }), 'another user');
});

runAs('what one needs is among what an agent keeps; who lacks it is told what', () => {
  const kept = Object.keys(AGENT_CAPABILITIES);
  for (const name of [...NEEDED_FOR_RUN_AS, ...Object.values(NEEDED).flat()]) assert.ok(kept.includes(name), name);
  assert.equal(lackingForRunAs(0n), NEEDED_FOR_RUN_AS);
  assert.equal(lackingForRunAs(capabilityBits(NEEDED_FOR_RUN_AS)), []);
  assert.equal(lackingForRunAs(capabilityBits(NEEDED_FOR_RUN_AS) & ~(1n << 5n)), ['CAP_KILL']);
});

runAs("types are brought along only by who can't list the kernel's", () => {
  assert.is(kernelTypes(true), '');
  assert.match(kernelTypes(false), /^(#define \w+ [a-z ]+\n){9}$/);
  assert.match(kernelTypes(false), /^#define u64 unsigned long long$/m);
});

runAs.run();
