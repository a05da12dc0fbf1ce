/** hookbench report DIR --format parquet|samples -o FILE. */

import { BenchError } from '#proto';
import { exportSamples } from './samples.ts';

/** @throws BenchError usage without a file: a table of ten million rows is nothing for a terminal */
export async function exportTo(dir: string, format: 'parquet' | 'samples', file: string | undefined): Promise<void> {
  if (file === undefined) {
    throw new BenchError('usage', `--format ${format} needs a file`, {
      nextStep: `name it: -o samples.${format === 'parquet' ? 'parquet' : 'csv'}`,
    });
  }
  const { rows, tornBytes } = await exportSamples(dir, { format: format === 'parquet' ? 'parquet' : 'csv', file });
  process.stderr.write(`hookbench: ${rows.toLocaleString('en-US')} samples in ${file}\n`);
  if (tornBytes > 0) {
    process.stderr.write(`hookbench: ${tornBytes} bytes of damaged segments were left out: hookbench fsck ${dir}\n`);
  }
}
