/** "Is it supported here?" has three answers. Inconclusive is an error of the probe: it fails, it never skips. */

export type SupportAnswer =
  | { readonly support: 'supported'; readonly needs: string; readonly found: string }
  | { readonly support: 'unsupported'; readonly needs: string; readonly found: string }
  | { readonly support: 'inconclusive'; readonly needs: string; readonly found: string };

export function supported(needs: string, found: string): SupportAnswer {
  return { support: 'supported', needs, found };
}

export function unsupported(needs: string, found: string): SupportAnswer {
  return { support: 'unsupported', needs, found };
}

/** Runs a probe; what it throws becomes `inconclusive`. */
export async function probeSafely(needs: string, probe: () => Promise<SupportAnswer>): Promise<SupportAnswer> {
  try {
    return await probe();
  } catch (error) {
    return { support: 'inconclusive', needs, found: error instanceof Error ? error.message : String(error) };
  }
}
