/** Figures as files: one SVG each, white ground, fixed colours, the width of a column. Pure; rasters and outlines are made by who writes them. */

import type { Results } from '../../analysis/results.ts';
import { idFrom, type Markup, markup } from '../html/markup.ts';
import { groupLabel, sutViews, treatedMechanisms } from '../model.ts';
import type { Canvas, Figure } from './frame.ts';
import { groupFigures, groupForest } from './group.ts';
import type { FigureSet } from './input.ts';
import { nodesFigure } from './nodes.ts';
import { paletteFor } from './palette.ts';
import { fileFigureRules } from './style.ts';

export interface FigureFile {
  /** without an ending */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly widthMm: number;
  readonly svg: string;
}

/** the columns of most two-column papers */
export const COLUMN_MM = { single: 85, double: 178 } as const;
export const LEAST_WIDTH_MM = 80;
export const MOST_WIDTH_MM = 250;

/** Every figure of the report. */
export function exportFigures(
  results: Results,
  sets: readonly FigureSet[],
  o: { readonly widthMm: number },
): readonly FigureFile[] {
  const palette = paletteFor(treatedMechanisms(results));
  const places = sutViews(results).flatMap((view) =>
    view.groups.flatMap((group, i) => {
      const name = slug(groupLabel(results, group));
      const set = sets.find(({ sut }) => sut === view.sut) ?? null;
      const id = idFrom(name, i + 1);
      const forest = groupForest(results, group, id, palette);
      const tabs = groupFigures(results, group, id, set, palette);
      const all = [...(forest ? [{ key: 'shifts', figures: [forest] }] : []), ...tabs];
      return all.flatMap(({ key, figures }) =>
        figures.map((figure, at) => file(figure, `${name}-${key}${at === 0 ? '' : `-${at + 1}`}`, o.widthMm)),
      );
    }),
  );
  const nodes = (results.pooled ?? []).map((row, i) => {
    const where = [row.sut, row.condition].join(', ');
    return file(nodesFigure(row, where, `pooled-${i + 1}`, palette), slug(`nodes ${row.treated} ${where}`), o.widthMm);
  });
  return unique([...places, ...nodes]);
}

/** @param name of the file, without an ending */
export function file(figure: Figure, name: string, widthMm: number): FigureFile {
  const { title, description } = figure.text;
  return { name, title, description, widthMm, svg: standalone(figure, widthMm).text };
}

/** letters, digits and hyphens: study text must not choose a folder */
export function slug(text: string): string {
  return idFrom(text, 1).replace(/-1$/, '');
}

/** Text of 11.5 px is 7 pt on paper then. */
const PX_PER_MM = 4.6;
const NARROW_BELOW_PX = 560;
const EDGE_PX = 10;

function standalone(figure: Figure, widthMm: number): Markup {
  const width = Math.round(widthMm * PX_PER_MM);
  const inner = width - 2 * EDGE_PX;
  const canvas: Canvas = { width: inner, narrow: inner < NARROW_BELOW_PX, suffix: 'f' };
  const { height, body } = figure.draw(canvas);
  const full = Math.ceil(height) + 2 * EDGE_PX;
  const mm = (px: number) => Math.round((px / PX_PER_MM) * 100) / 100;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${widthMm}mm" height="${mm(full)}mm" viewBox="${-EDGE_PX} ${-EDGE_PX} ${width} ${full}"><title>${figure.text.title}</title><desc>${figure.text.description}</desc><style>${fileFigureRules()}</style><rect x="${-EDGE_PX}" y="${-EDGE_PX}" width="${width}" height="${full}" fill="#ffffff"/><g font-family="Liberation Sans, Arial, Helvetica, DejaVu Sans, sans-serif" font-size="12.5">${body}</g></svg>`;
}

function unique(files: readonly FigureFile[]): readonly FigureFile[] {
  const seen = new Map<string, number>();
  return files.map((one) => {
    const times = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, times);
    return times === 1 ? one : { ...one, name: `${one.name}-${times}` };
  });
}
