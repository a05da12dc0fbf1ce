/** SVG with text as outlines, and PNG: what a paper can take on any machine. Both by resvg, a compiled library. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Resvg, type ResvgRenderOptions } from '@resvg/resvg-js';
import { BenchError } from '#proto';
import type { FigureFile } from '../report/index.ts';
import { withDensity } from './png-density.ts';

export const PNG_DPI = 600;

/** The figure with every letter as a path; its title and description stay for who can't see it.
 * @throws BenchError unsupported where this machine has no font */
export function outlined(figure: FigureFile): string {
  const drawn = new Resvg(figure.svg, { font: fonts() }).toString();
  const size = /<svg [^>]*height="[^"]*mm"/.exec(figure.svg)?.[0].match(/height="([^"]*)"/)?.[1] ?? '';
  return drawn
    .replace(/^<svg width="[^"]*" height="[^"]*"/, `<svg width="${figure.widthMm}mm" height="${size}" role="img"`)
    .replace('>', `>\n    ${textOf(figure.svg, 'title')}\n    ${textOf(figure.svg, 'desc')}`);
}

/** @returns PNG of PNG_DPI dots per inch at the figure's width */
export function rasterised(figure: FigureFile): Uint8Array {
  const width = Math.round((figure.widthMm / 25.4) * PNG_DPI);
  const drawn = new Resvg(figure.svg, { font: fonts(), fitTo: { mode: 'width', value: width }, background: '#ffffff' });
  return withDensity(drawn.render().asPng(), PNG_DPI);
}

/** already escaped where it stands */
function textOf(svg: string, tag: 'title' | 'desc'): string {
  return new RegExp(`<${tag}>[^<]*</${tag}>`).exec(svg)?.[0] ?? '';
}

type Fonts = NonNullable<ResvgRenderOptions['font']>;

const USUAL = [
  { folder: '/usr/share/fonts/truetype/liberation', family: 'Liberation Sans', name: 'LiberationSans' },
  { folder: '/usr/share/fonts/truetype/liberation2', family: 'Liberation Sans', name: 'LiberationSans' },
];
const DEJAVU = '/usr/share/fonts/truetype/dejavu';

let known: Fonts | undefined;

/** Two usual fonts by their files: looking through all of a machine's takes half a second for each figure. */
function fonts(): Fonts {
  known ??= found();
  return known;
}

function found(): Fonts {
  const first = USUAL.find(({ folder, name }) => existsSync(join(folder, `${name}-Regular.ttf`)));
  const files = [
    ...(first ? ['Regular', 'Bold'].map((style) => join(first.folder, `${first.name}-${style}.ttf`)) : []),
    ...['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) => join(DEJAVU, name)),
  ].filter((path) => existsSync(path));
  const family = first?.family ?? 'DejaVu Sans';
  const chosen: Fonts =
    files.length >= 2
      ? { loadSystemFonts: false, fontFiles: files, defaultFontFamily: family, sansSerifFamily: family }
      : { loadSystemFonts: true };
  const probe = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text x="1" y="15">a</text></svg>';
  if (new Resvg(probe, { font: chosen }).toString().includes('<path')) return chosen;
  throw new BenchError('unsupported', 'no font was found on this machine, and a figure without its text is of no use', {
    nextStep: 'install one, e.g. apt-get install fonts-liberation',
  });
}
