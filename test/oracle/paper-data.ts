import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface PaperArms {
  /** response times after the paper's 4,000 warm-up requests, in the file's order */
  readonly baselineMs: Float64Array;
  readonly treatedMs: Float64Array;
}

export type PaperData =
  | { readonly kind: 'present'; readonly docker: PaperArms; readonly 'eks-pod': PaperArms }
  | { readonly kind: 'absent'; readonly why: string };

export interface PaperPair {
  /** path of the CSV */
  readonly baseline: string;
  readonly treated: string;
}

export type PaperFiles =
  | { readonly kind: 'present'; readonly docker: PaperPair; readonly eksPod: PaperPair }
  | { readonly kind: 'absent'; readonly why: string };

/** Paths of the paper's CSVs, which lie beside the project; they are not part of it. */
export function paperFiles(): PaperFiles {
  const folder = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((place) =>
    existsSync(place),
  );
  if (folder === undefined) return { kind: 'absent', why: 'the paper’s data does not lie beside the project' };
  const missing = Object.values(FILES).filter((name) => !existsSync(folder + name));
  if (missing.length > 0) return { kind: 'absent', why: `${folder} lacks ${missing.join(', ')}` };
  return {
    kind: 'present',
    docker: { baseline: folder + FILES.dockerBase, treated: folder + FILES.dockerHook },
    eksPod: { baseline: folder + FILES.eksBase, treated: folder + FILES.eksHook },
  };
}

/** The two conditions of the paper whose data lies beside the project; it is not part of the project. */
export function paperConditions(): PaperData {
  const files = paperFiles();
  if (files.kind === 'absent') return files;
  const read = (path: string) => responseTimesMs(readFileSync(path, 'utf8'));
  const arms = ({ baseline, treated }: PaperPair) => ({ baselineMs: read(baseline), treatedMs: read(treated) });
  return { kind: 'present', docker: arms(files.docker), 'eks-pod': arms(files.eksPod) };
}

/** beside the project's folder, or beside a further checkout of it; HOOKBENCH_PAPER_DATA names any other */
const PLACES = [
  ...(process.env.HOOKBENCH_PAPER_DATA ? [pathToFileURL(`${process.env.HOOKBENCH_PAPER_DATA}/`).href] : []),
  '../../../shared/paper/data/',
];
const WARMUP_ROWS = 4_000;

const FILES = {
  dockerBase: 'docker-without-hook-benchmark_15-30-06_1691767806057.csv',
  dockerHook: 'docker-with-benchmark_15-35-50_1691768150270_8081.csv',
  eksBase: 'aws-pod-without-hook-benchmark_09-24-46_1691745886638.csv',
  eksHook: 'aws-pod-with-hook-benchmark_11-31-08_1691753468729.csv',
} as const;

function responseTimesMs(csv: string): Float64Array {
  const [, ...rows] = csv.trimEnd().split('\n');
  return Float64Array.from(rows.slice(WARMUP_ROWS), (row) => Number(row.split(',')[1]));
}
