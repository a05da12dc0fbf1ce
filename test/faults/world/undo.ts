/** Everything a run of the fault suite does to the machine has its undo here: run in reverse order at the end, on failure and on Ctrl-C. */

export type Undo = () => void | Promise<void>;

export class World {
  readonly #undos: { readonly what: string; readonly undo: Undo }[] = [];

  later(what: string, undo: Undo): void {
    this.#undos.push({ what, undo });
  }

  /** Undoes everything. One that fails does not stop the others. @returns what could not be undone */
  async close(): Promise<string[]> {
    const failed: string[] = [];
    for (let entry = this.#undos.pop(); entry !== undefined; entry = this.#undos.pop()) {
      try {
        await entry.undo();
      } catch (error) {
        failed.push(`${entry.what}: ${(error as Error).message}`);
      }
    }
    return failed;
  }
}

/** Runs the work in a world of its own. @throws what the work throws, or Error naming what could not be undone */
export async function inWorld<T>(parent: World, work: (world: World) => Promise<T>): Promise<T> {
  const world = new World();
  let closed = false;
  const close = async (): Promise<string[]> => {
    if (closed) return [];
    closed = true;
    return world.close();
  };
  parent.later('a scenario', async () => void (await close()));
  let result: T;
  try {
    result = await work(world);
  } catch (error) {
    await close();
    throw error;
  }
  const left = await close();
  if (left.length > 0) throw new Error(`not undone: ${left.join('; ')}`);
  return result;
}
