import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface PaperArms {
  /** response times after the paper's 4,000 warm-up requests, in the file's order */
  readonly baselineMs: Float64Array;
  readonly treatedMs: Float64Array;
}

export type PaperData =
  | { readonly kind: 'present'; readonly docker: PaperArms; readonly 'eks-pod': PaperArms }
  | { readonly kind: 'absent'; readonly why: string };

/** The two conditions of the paper whose data lies beside the project; it is not part of the project. */
export function paperConditions(): PaperData {
  const folder = fileURLToPath(new URL('../../../shared/paper/data/', import.meta.url));
  const missing = Object.values(FILES).filter((name) => !existsSync(folder + name));
  if (missing.length > 0) return { kind: 'absent', why: `${folder} lacks ${missing.join(', ')}` };
  const read = (name: string) => responseTimesMs(readFileSync(folder + name, 'utf8'));
  return {
    kind: 'present',
    docker: { baselineMs: read(FILES.dockerBase), treatedMs: read(FILES.dockerHook) },
    'eks-pod': { baselineMs: read(FILES.eksBase), treatedMs: read(FILES.eksHook) },
  };
}

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
