/** CPython's tests with and without the library. Each module runs twice without it first: tests that do not agree with themselves,
 * or that failed there, show nothing and are named. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hasCpythonTests, type Module, runModule } from '../helpers/cpython.ts';
import { hookedEnv } from '../helpers/preload.ts';
import { readHeader, readRings } from '../helpers/ring.ts';

const cpython = suite('regress/cpython');
const ALL = 'read,recv,recvfrom,readv,recvmsg';

const MODULES: readonly Module[] =
  process.env.HOOKBENCH_LONG === '1'
    ? ['test_socket', 'test_io', 'test_os', 'test_subprocess'].map((name) => ({ name }))
    : [{ name: 'test_socket', match: '*TCPTest*' }];

function sameResults(module: Module, scanner: string): void {
  const { ring, env } = hookedEnv({ slots: 64, env: { HOOKBENCH_FUNCTIONS: ALL, HOOKBENCH_SCANNER: scanner } });
  // The same environment but for LD_PRELOAD, which the library takes away before Python sees it.
  const plain = { ...env, LD_PRELOAD: undefined };
  const [first, second] = [runModule(module, plain), runModule(module, plain)];
  const unstable = [...first].filter(([name, result]) => second.get(name) !== result).map(([name]) => name);
  if (unstable.length > 0) console.log(`not the same twice without the library, left out: ${unstable.join(', ')}`);
  const hooked = runModule(module, env);
  const differ = [...first]
    .filter(([name, result]) => !unstable.includes(name) && hooked.get(name) !== result)
    .map(([name, result]) => `${name}: ${result} without, ${hooked.get(name) ?? 'not run'} with the library`);
  assert.equal(differ, []);
  assert.equal(
    [...hooked.keys()].filter((name) => !first.has(name)),
    [],
  );
  const reads = readRings(ring).reduce((sum, one) => sum + one.reads, 0);
  console.log(`${module.name}, ${scanner}: ${first.size - unstable.length} results the same, ${reads} reads hooked`);
  assert.ok(first.size >= 30);
  assert.is(readHeader(ring).attached, 1);
  if (module.name === 'test_socket') assert.ok(reads > 20);
}

if (!hasCpythonTests()) {
  process.stdout.write('SKIP: needs python3.11, libpython3.11-testsuite\n');
  cpython.skip('CPython with and without the library', () => {});
} else {
  for (const module of MODULES) {
    cpython(`${module.name}: every test ends as it does without the library`, () => sameResults(module, 'simd'));
  }
}

cpython.run();
