import type { Assignment } from '#proto';

/** Ids of the instances that stand beside: named in slices of that phase, and in no slice that is measured. No probe is told of them. */
export function bystandersOf({ steps }: Pick<Assignment, 'steps'>): ReadonlySet<number> {
  const named = (isBeside: boolean) =>
    new Set(
      steps.flatMap((step) =>
        step.slices.flatMap(({ phase, order }) => {
          if (phase === 'census') return [];
          return (phase === 'bystander') === isBeside ? [...order].map((byte) => byte & 0x3f) : [];
        }),
      ),
    );
  const measured = named(false);
  return new Set([...named(true)].filter((id) => !measured.has(id)));
}
