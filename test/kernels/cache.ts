/** What a virtual machine boots from: a Debian root made once and kept, and a disk of this project made for each run. No file system is
 * mounted: both become images by mke2fs -d. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const RELEASE = 'bookworm';
/** gcc and make for the tests' own programs; the libraries for node and for the loader of the kernel program */
const PACKAGES = [
  'initramfs-tools',
  'kmod',
  'util-linux',
  'iproute2',
  'bpftrace',
  'gcc',
  'libc6-dev',
  'make',
  'binutils',
  'libelf1',
  'libbpf1',
  'libstdc++6',
];
const NEEDED = { qemu: 'qemu-system-x86_64', debootstrap: 'debootstrap', mke2fs: 'mke2fs', tar: 'tar' } as const;
const PACKAGE_OF = { qemu: 'qemu-system-x86', debootstrap: 'debootstrap', mke2fs: 'e2fsprogs', tar: 'tar' } as const;
/** of what the tests need nothing */
const LEFT_OUT = [
  '.git',
  'results',
  'node_modules/typescript',
  'node_modules/@typescript',
  'node_modules/@biomejs',
  'node_modules/playwright-core',
];

export interface Root {
  readonly image: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly release: string;
}

export type Tell = (line: string) => void;

/** @returns what is missing here, with how to get it; null when nothing is */
export function missingHere(): string | null {
  const lacks = (Object.keys(NEEDED) as (keyof typeof NEEDED)[]).filter((name) => !onPath(NEEDED[name]));
  if (lacks.length > 0) return `apt-get install ${lacks.map((name) => PACKAGE_OF[name]).join(' ')}`;
  return process.getuid?.() === 0 ? null : 'run it as root: debootstrap makes device files';
}

/** The kept root for this kernel package, made first when it is not there. */
export function rootFor(kernelPackage: string, cache: string, tell: Tell): Root {
  const dir = join(cache, `${RELEASE}-${kernelPackage}`);
  if (!existsSync(join(dir, 'complete'))) make(dir, kernelPackage, tell);
  const boot = readdirSync(dir);
  const kernel = boot.find((name) => name.startsWith('vmlinuz-'))!;
  const release = kernel.slice('vmlinuz-'.length);
  return {
    image: join(dir, 'root.img'),
    kernel: join(dir, kernel),
    initrd: join(dir, `initrd.img-${release}`),
    release,
  };
}

function make(dir: string, kernelPackage: string, tell: Tell): void {
  rmSync(dir, { recursive: true, force: true });
  const root = join(dir, 'root');
  mkdirSync(root, { recursive: true });
  tell(`making a Debian ${RELEASE} root with ${kernelPackage} in ${dir} (some minutes, once)`);
  const include = [kernelPackage, ...PACKAGES].join(',');
  try {
    run('debootstrap', ['--variant=minbase', `--include=${include}`, RELEASE, root], join(dir, 'debootstrap.log'));
    for (const name of readdirSync(join(root, 'boot')))
      if (/^(vmlinuz|initrd\.img)-/.test(name)) renameSync(join(root, 'boot', name), join(dir, name));
    for (const point of ['project', 'out']) mkdirSync(join(root, point));
    tell('making its disk');
    run('mke2fs', ['-q', '-t', 'ext4', '-d', root, join(dir, 'root.img'), '3G'], join(dir, 'mke2fs.log'));
  } finally {
    // debootstrap mounts /proc and /sys in the new root and leaves them when it is interrupted
    for (const point of ['proc', 'sys']) spawnSync('umount', ['-l', join(root, point)], { stdio: 'ignore' });
    rmSync(root, { recursive: true, force: true });
  }
  writeFileSync(join(dir, 'complete'), `${new Date().toISOString()}\n`);
}

/** A disk with this checkout as it is, built, and the node that runs this. @param commands the shell script that the machine runs */
export function projectDisk(project: string, dir: string, commands: string): string {
  const staging = join(dir, 'project');
  mkdirSync(staging, { recursive: true });
  const excludes = LEFT_OUT.map((path) => `--exclude=./${path}`);
  run(
    'sh',
    [
      '-c',
      'tar -C "$1" -cf - "$@" . | tar -C "$0" -xf -'.replace('"$@"', excludes.map((word) => `'${word}'`).join(' ')),
      staging,
      project,
    ],
    join(dir, 'tar.log'),
  );
  run('cp', [process.execPath, join(staging, 'node')], join(dir, 'cp.log'));
  writeFileSync(join(staging, 'commands.sh'), commands, { mode: 0o755 });
  const image = join(dir, 'project.img');
  run('mke2fs', ['-q', '-t', 'ext4', '-d', staging, image, '1500M'], join(dir, 'mke2fs.log'));
  rmSync(staging, { recursive: true });
  return image;
}

function run(file: string, args: readonly string[], log: string): void {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const said = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`;
  writeFileSync(log, said);
  if (status !== 0)
    throw new Error(`${file} failed: ${said.trim().split('\n').slice(-3).join(' / ')} (all of it in ${log})`);
}

function onPath(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}
