/** Requests to the server that gave us this page. */

export interface Me {
  readonly version: string;
  readonly live: boolean;
  readonly control: boolean;
  /** what shows that a request comes from this page */
  readonly page: string;
}

/** what the server said instead of doing it */
export class ServerSaid extends Error {}

export async function get<T>(path: string): Promise<T> {
  return answered<T>(await fetch(path, { headers: { accept: 'application/json' } }));
}

export async function post<T>(me: Me, path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json', 'x-hookbench-page': me.page };
  return answered<T>(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function answered<T>(response: Response): Promise<T> {
  const value = (await response.json()) as T & { message?: string; nextStep?: string };
  if (response.ok) return value;
  throw new ServerSaid([value.message, value.nextStep].filter((part) => part !== undefined && part !== '').join(': '));
}
