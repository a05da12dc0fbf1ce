/** hookbench report DIR --figures: each figure of a stored study as SVG and PNG. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyse } from '../analysis/analyse.ts';
import { exportFigures, type FigureFile, paperFigures } from '../report/index.ts';
import { outlined, rasterised } from './figure-raster.ts';
import { figuresFromAnalysis } from './figures.ts';
import { recordOf } from './results.ts';

export interface FigureRequest {
  readonly dir: string;
  /** made where it is not there */
  readonly out: string;
  /** every figure of the report, or the two of the paper */
  readonly which: 'all' | 'paper';
  readonly widthMm: number;
}

/** bins of a lag plot on paper, where a pixel is finer than on a page */
const LAG_BINS = 500;

/** @returns paths written, SVG and PNG of each figure; files of the same name are replaced
 * @throws BenchError usage, unsupported; ErrnoException EACCES, ENOSPC */
export function writeFigures({ dir, out, which, widthMm }: FigureRequest): readonly string[] {
  const study = recordOf(dir);
  const results = analyse(study);
  const sets = figuresFromAnalysis(study, { lagBins: LAG_BINS });
  const files =
    which === 'paper' ? paperFigures(results, sets, { widthMm }) : exportFigures(results, sets, { widthMm });
  mkdirSync(out, { recursive: true });
  return files.flatMap((figure) => writeBoth(figure, out));
}

function writeBoth(figure: FigureFile, out: string): readonly string[] {
  const svg = join(out, `${figure.name}.svg`);
  const png = join(out, `${figure.name}.png`);
  writeFileSync(svg, outlined(figure));
  writeFileSync(png, rasterised(figure));
  return [svg, png];
}
