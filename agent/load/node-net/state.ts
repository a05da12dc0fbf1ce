import type { Target } from './target.ts';

/** What the commands have set so far. */
export type State = { readonly targets: Map<number, Target>; readonly payloads: [Buffer | null, Buffer | null] };
