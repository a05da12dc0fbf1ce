// measurement.ts, observation.ts, model.ts and control.ts are written by hand: this holds them against the .proto files.
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { contract } from '../../proto/index.ts';

const agreement = suite('the types and the .proto files');

/** interface → its field names, union → the tags, as those files say them */
const model = ['measurement', 'observation', 'model', 'control']
  .map((name) => readFileSync(new URL(`../../proto/${name}.ts`, import.meta.url), 'utf8'))
  .join('\n');
const fieldsOf = (name: string): string[] | undefined => {
  const body = new RegExp(`^export interface ${name} \\{\\n([^}]*)\\n\\}`, 'm').exec(model)?.[1];
  return body?.split('\n').map((line) => /^ {2}(\w+)\??: /.exec(line)?.[1] ?? `? ${line}`);
};
const OTHER_NAMES: Readonly<Record<string, string>> = { StudyNotice: 'Note' };
const types = contract().nestedArray.filter((nested) => nested instanceof protobuf.Type);

agreement('the same messages with the same fields', () => {
  const inline = [];
  for (const type of types) {
    if (type.oneofsArray.length > 0) {
      const union = type.name === 'Record' ? 'RecordBody' : type.name;
      const text = model.split(`export type ${union} =\n`)[1]?.split('\n\n')[0] ?? '';
      const tags = [...text.matchAll(/\{ body: '(\w+)'; (\w+): /g)].map(([, tag, field]) => `${tag} ${field}`);
      assert.equal(
        tags,
        type.oneofs.body!.oneof.map((tag) => `${tag} ${tag}`),
        union,
      );
      continue;
    }
    const fields = fieldsOf(OTHER_NAMES[type.name] ?? type.name);
    if (fields === undefined) inline.push(type.name);
    else
      assert.equal(
        fields,
        type.fieldsArray.map((field) => field.name),
        type.name,
      );
  }
  assert.equal(inline.sort(), ['Cancel', 'CancelStudyResponse']);
});

agreement('the same words of the enums, in their order', () => {
  const enums = contract().nestedArray.filter((nested) => nested instanceof protobuf.Enum);
  assert.is(enums.length, 4);
  for (const { name, values } of enums) {
    const line = new RegExp(`^export type ${name} = (.*);$`, 'm').exec(model)?.[1] ?? '';
    const words = Object.keys(values).map((word) => `'${word.slice(name.length + 1).toLowerCase()}'`);
    assert.is(line, words.join(' | '), name);
  }
});

agreement.run();
