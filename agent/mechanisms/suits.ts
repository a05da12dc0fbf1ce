/** Why some mechanisms have nothing to do with some SUTs, in the words that a study gives for it. */

import type { SutTraits } from './mechanism.ts';

/** For hooks in the C library or preloaded beside it. An arm of theirs on a static program would be none against none under their name. */
export function needsDynamicLinking({ linkage }: SutTraits): string | null {
  return linkage === 'static' ? 'it is linked statically: no library of ours is loaded, and libc is part of it' : null;
}

/** For hooks that know glibc alone. */
export function needsGlibc({ libc }: SutTraits): string | null {
  return libc === 'musl' ? 'it runs on musl, and this hook is made for glibc' : null;
}

/** For hooks that are attached to processes by their number. */
export function needsStandingProcess({ serving }: SutTraits): string | null {
  return serving === 'each-connection' ? 'it forks a process for each connection, after the hook was attached' : null;
}
