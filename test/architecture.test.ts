// The architecture, tested: what may import what, and habits that a compiler does not see. Each rule is also shown to fail.
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as boundaries from './architecture/boundaries.ts';
import { importsOf } from './architecture/imports.ts';
import { type Rule, readSources, type Source } from './architecture/sources.ts';
import * as texts from './architecture/texts.ts';

const FOLDERS = ['agent', 'controller', 'proto', 'hooks', 'sut', 'test'] as const;
const project = readSources(join(import.meta.dirname, '..'), FOLDERS);

const architecture = suite('the architecture of this project');

for (const [name, rule] of Object.entries<Rule>({ ...boundaries, ...texts })) {
  architecture(name, () => assert.equal(rule(project), []));
}

architecture('was looked at in every folder', () => {
  for (const folder of FOLDERS) {
    assert.ok(
      project.some(({ path }) => path.startsWith(`${folder}/`)),
      folder,
    );
  }
});

architecture.run();

/** Small projects, as path → text. */
const sources = (files: Readonly<Record<string, string>>): Source[] =>
  Object.entries(files).map(([path, text]) => ({ path, text }));

const importing = (from: string, name: string): Source[] => sources({ [from]: `import { x } from '${name}';\n` });

const rules = suite('the rules themselves');

const breaks = (rule: Rule, files: Source[], says: RegExp): void => {
  const found = rule(files);
  assert.is(found.length, 1, `one violation, not ${JSON.stringify(found)}`);
  assert.match(found[0] ?? '', says);
};
const keeps = (rule: Rule, files: Source[]): void => assert.equal(rule(files), []);

rules('imports are found in every form', () => {
  const text = `import a from './a.ts';
import type { B } from './b.ts';
import {
  c,
  type C,
} from './c.ts';
export * from './d.ts';
export type { E } from './e.ts';
import './f.ts';
const g = await import('./g.ts');
const h = require('h/part');
import i, { type I } from '@i/j/part.js';
import { type K } from './k.ts';
// import l from './l.ts';
/* import m from './m.ts'; */
const n = "import o from './o.ts'";
export const p = { from: 'p' };
import type q from 'node:q';
`;
  const found = importsOf({ path: 'x/y.ts', text }).map(({ target, typeOnly }) =>
    typeOnly ? `type ${target}` : target,
  );
  const local = ['x/a.ts', 'type x/b.ts', 'x/c.ts', 'x/d.ts', 'type x/e.ts', 'x/f.ts', 'x/g.ts', 'x/k.ts'];
  assert.equal(found.sort(), [...local, 'h', '@i/j', 'type node:q'].sort());
});

rules('a violation names file and line', () => {
  const [found] = boundaries.oneWay(sources({ 'agent/a.ts': `\n\nimport {\n  x,\n} from '../controller/b.ts';\n` }));
  assert.is(found, 'agent/a.ts:3 imports controller/b.ts');
});

rules('oneWay', () => {
  breaks(boundaries.oneWay, importing('agent/a.ts', '../controller/b.ts'), /agent\/a\.ts:1 imports controller/);
  breaks(boundaries.oneWay, importing('controller/plan/a.ts', '../../agent/b.ts'), /imports agent/);
  breaks(boundaries.oneWay, importing('proto/a.ts', '../agent/b.ts'), /imports agent/);
  breaks(boundaries.oneWay, importing('agent/a.ts', '../proto/units.ts'), /imports proto\/units\.ts/);
  breaks(boundaries.oneWay, importing('agent/a.ts', '../test/b.ts'), /imports test/);
  breaks(boundaries.oneWay, sources({ 'agent/a.ts': `import type { x } from '../controller/b.ts';` }), /controller/);
  keeps(boundaries.oneWay, importing('agent/a.ts', '#proto'));
  keeps(boundaries.oneWay, importing('proto/a.ts', 'protobufjs'));
});

rules('noTestsInProduct', () => {
  breaks(boundaries.noTestsInProduct, importing('controller/a.ts', '../test/helpers/b.ts'), /test\/helpers/);
  breaks(boundaries.noTestsInProduct, importing('controller/a.ts', 'uvu'), /uvu/);
});

rules('processesInOnePlace', () => {
  breaks(boundaries.processesInOnePlace, importing('agent/host/facts.ts', 'execa'), /execa/);
  breaks(boundaries.processesInOnePlace, importing('agent/host/facts.ts', 'node:child_process'), /child_process/);
  breaks(boundaries.processesInOnePlace, importing('agent/process/child.ts', 'node-pty'), /node-pty/);
  breaks(boundaries.processesInOnePlace, sources({ 'agent/a.ts': `const p = require('node-pty');` }), /node-pty/);
  keeps(boundaries.processesInOnePlace, importing('agent/process/child.ts', 'execa'));
  keeps(boundaries.processesInOnePlace, importing('agent/process/pty.ts', 'node-pty'));
  keeps(boundaries.processesInOnePlace, importing('controller/cli/process.ts', 'execa'));
});

rules('pluginsWithoutUplink', () => {
  breaks(boundaries.pluginsWithoutUplink, importing('agent/mechanisms/a.ts', '../uplink/spool.ts'), /uplink/);
  breaks(boundaries.pluginsWithoutUplink, importing('agent/conditions/b/c.ts', '../../uplink/spool.ts'), /uplink/);
  keeps(boundaries.pluginsWithoutUplink, importing('agent/session.ts', './uplink/spool.ts'));
});

rules('pluginsApart', () => {
  const registry = `import type { M } from './mechanism.ts';\nimport { a } from './a.ts';\nimport { b } from './b/index.ts';\n`;
  const plugins = (files: Record<string, string>) => sources({ 'agent/mechanisms/registry.ts': registry, ...files });
  breaks(boundaries.pluginsApart, plugins({ 'agent/mechanisms/a.ts': `import x from './b/index.ts';` }), /a\.ts:1/);
  breaks(boundaries.pluginsApart, plugins({ 'agent/mechanisms/b/c.ts': `import x from '../a.ts';` }), /b\/c\.ts:1/);
  breaks(boundaries.pluginsApart, plugins({ 'agent/session.ts': `import x from './mechanisms/a.ts';` }), /session/);
  keeps(boundaries.pluginsApart, plugins({ 'agent/mechanisms/a.ts': `import { M } from './mechanism.ts';` }));
  keeps(boundaries.pluginsApart, plugins({ 'agent/mechanisms/b/index.ts': `import { c } from './c.ts';` }));
  const conditions = { 'agent/conditions/registry.ts': `import { p } from './p.ts';\nimport { n } from './n.ts';\n` };
  breaks(
    boundaries.pluginsApart,
    sources({ ...conditions, 'agent/conditions/n.ts': `import x from './p.ts';` }),
    /n\.ts/,
  );
});

rules('statsAlone', () => {
  breaks(boundaries.statsAlone, importing('controller/stats/a.ts', 'node:fs'), /node:fs/);
  breaks(boundaries.statsAlone, importing('controller/stats/a.ts', '../analysis/b.ts'), /analysis/);
  keeps(boundaries.statsAlone, importing('controller/stats/a.ts', '@stdlib/stats-base-dists-t-cdf'));
});

rules('reportSeesTypes', () => {
  breaks(boundaries.reportSeesTypes, importing('controller/report/a.ts', '../analysis/b.ts'), /analysis/);
  const typed = `import type { x } from '../analysis/b.ts';`;
  keeps(boundaries.reportSeesTypes, sources({ 'controller/report/a.ts': typed }));
});

rules('noCycles', () => {
  const [a, b, c] = [`import './b.ts';`, `import './c.ts';`, `import './a.ts';`];
  breaks(
    boundaries.noCycles,
    sources({ 'agent/a.ts': a, 'agent/b.ts': b, 'agent/c.ts': c }),
    /a\.ts → .*b\.ts → .*c\.ts → /,
  );
  breaks(boundaries.noCycles, sources({ 'agent/a.ts': `export * from './a.ts';` }), /a\.ts → agent\/a\.ts/);
  keeps(boundaries.noCycles, sources({ 'agent/a.ts': `${a}\n${b}`, 'agent/b.ts': b }));
});

rules('notTooLong', () => {
  breaks(texts.notTooLong, sources({ 'agent/a.ts': 'x\n'.repeat(301) }), /301 lines/);
  keeps(texts.notTooLong, sources({ 'agent/a.ts': 'x\n'.repeat(300) }));
});

rules('noTypeHoles', () => {
  const hole = 'any';
  breaks(texts.noTypeHoles, sources({ 'a.ts': `let x: ${hole};` }), /a\.ts:1/);
  breaks(texts.noTypeHoles, sources({ 'a.ts': `f(x as ${hole});` }), /a\.ts:1/);
  breaks(texts.noTypeHoles, sources({ 'a.ts': `\n// @ts-${'ignore'}` }), /a\.ts:2/);
  keeps(texts.noTypeHoles, sources({ 'a.ts': `// in any case\nconst anyone = 1;` }));
});

rules('everySuiteRuns', () => {
  const s = `import { suite } from 'uvu';\nconst a = suite('a');\na('x', () => {});\n`;
  breaks(texts.everySuiteRuns, sources({ 'test/a.test.ts': s }), /a\.run\(\) is never called/);
  breaks(texts.everySuiteRuns, sources({ 'test/a.test.ts': `${s}// a.run()\n` }), /a\.run\(\)/);
  breaks(texts.everySuiteRuns, sources({ 'test/a.test.ts': `${s}const b = suite('b');\na.run();\n` }), /b\.run\(\)/);
  breaks(
    texts.everySuiteRuns,
    sources({ 'test/a.test.ts': `import { test } from 'uvu';\ntest('x', f);\n` }),
    /test\.run/,
  );
  breaks(texts.everySuiteRuns, sources({ 'test/a.test.ts': `${s}a.${'only'}('y', f);\na.run();\n` }), /picks single/);
  breaks(texts.everySuiteRuns, sources({ 'test/a.test.ts': 'export {};\n' }), /no uvu suite/);
  keeps(texts.everySuiteRuns, sources({ 'test/a.test.ts': `${s}a.run();\n` }));
});

rules('protoIsDocumented', () => {
  const proto = (body: string) => sources({ 'proto/hookbench/v1/a.proto': `syntax = "proto3";\n${body}` });
  breaks(texts.protoIsDocumented, proto('message A {}'), /A has no comment/);
  breaks(texts.protoIsDocumented, proto('// A.\nmessage A {\n  repeated string b = 1;\n}'), /:4 b has no comment/);
  breaks(
    texts.protoIsDocumented,
    proto('// A.\nmessage A {\n  map<string, uint64> b = 1 [deprecated = true];\n}'),
    /b has/,
  );
  breaks(texts.protoIsDocumented, proto('// A.\nenum A {\n  A_UNSPECIFIED = 0;\n}'), /A_UNSPECIFIED has no comment/);
  breaks(texts.protoIsDocumented, proto('// A.\nservice A {\n  rpc Do(B) returns (stream C);\n}'), /Do has no comment/);
  breaks(texts.protoIsDocumented, proto('// A.\nmessage A {\n  oneof b {\n    // C.\n    x.C c = 1;\n  }\n}'), /b has/);
  keeps(texts.protoIsDocumented, proto('/* A. */\nmessage A {\n  uint64 b_ns = 1; // ns\n\n  // c\n  A c = 2;\n}'));
});

rules('oneAbi', () => {
  const abi = { 'hooks/abi/record.h': 'struct hb_record {\n};\n' };
  const good = `#include "abi/record.h"\n`;
  breaks(
    texts.oneAbi,
    sources({ ...abi, 'hooks/bpf/a.c': `${good}struct hb_record {\n};\n` }),
    /struct hb_record itself/,
  );
  breaks(texts.oneAbi, sources({ ...abi, 'hooks/bpf/a.c': 'int x;\n' }), /hooks\/bpf never includes/);
  breaks(texts.oneAbi, sources({ 'hooks/bpf/a.c': good }), /record\.h is missing/);
  keeps(texts.oneAbi, sources({ ...abi, 'hooks/bpf/a.c': good }));
});

rules.run();
