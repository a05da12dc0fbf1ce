import * as assert from 'uvu/assert';

/** Equal up to a relative error (absolute below 1). */
export function near(actual: number, expected: number, relative = 1e-12): void {
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  assert.ok(error <= relative, `${actual} is not ${expected}: off by ${error}, at most ${relative} allowed`);
}

/** Equal up to a relative error, however small the expected value is. */
export function nearRelative(actual: number, expected: number, relative = 1e-11): void {
  const error = Math.abs(actual / expected - 1);
  assert.ok(error <= relative, `${actual} is not ${expected}: off by ${error} of it, at most ${relative} allowed`);
}
