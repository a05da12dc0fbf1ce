/** hookbench init: a commented study file to begin with, or the JSON Schema of study files. */

import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { BenchError } from '#proto';
import { schemaText, template } from '../study-file/index.ts';

export function initCommand(): Command {
  return new Command('init')
    .description('write a study file with every key explained')
    .argument('[file]', 'where to write it', 'study.yaml')
    .option('--schema', 'print the JSON Schema of study files instead, for editors')
    .addHelpText(
      'after',
      `
Examples
  hookbench init
  hookbench init vendor.yaml && hookbench plan vendor.yaml && hookbench run vendor.yaml
  hookbench init --schema > study.schema.json`,
    )
    .action((file: string, { schema }: { schema?: boolean }) => {
      if (schema === true) process.stdout.write(schemaText());
      else write(file);
    });
}

/** what is there already is somebody's study */
function write(file: string): void {
  try {
    writeFileSync(file, template(), { flag: 'wx' });
  } catch (cause) {
    const isThere = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    const why = isThere ? 'it is there already' : (cause as Error).message;
    throw new BenchError('usage', `${file} can't be written: ${why}`, { nextStep: 'name another file', cause });
  }
  process.stdout.write(`${file} is written; next: hookbench plan ${file}, then hookbench run ${file}\n`);
}
