/** Which bundle belongs to which sources. */
export const MANIFEST: string;

export type Program = 'cli' | 'agent' | 'controller';

export interface Manifest {
  readonly root: string;
  readonly entries: Readonly<Record<Program, string>>;
  /** path below root, its mtime in ms, its size in bytes */
  readonly inputs: readonly (readonly [path: string, mtimeMs: number, size: number])[];
}

/** The bundle's entry file of a program, or null where there is none made of these very sources. */
export function freshEntry(outDir: string, program: Program): string | null;
