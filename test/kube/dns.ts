/** The name service that a cluster has and the one for tests lacks: A records of Services, as `NAME.NAMESPACE.svc.cluster.local`. */

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const ZONE = '.svc.cluster.local';
const TYPE_A = 1;
const NAME_UNKNOWN = 3;
const TTL_S = 1;

/** @returns its IPv4 address, or null where there is no such Service */
export type ServiceAddress = (namespace: string, name: string) => Promise<string | null>;

export interface NameService {
  readonly port: number;
  stop(): Promise<void>;
}

/** @param at IPv4 of this machine that pods reach; the port is resolvers' own where none is given. @throws Error where it can't be bound */
export async function nameService(
  at: { address: string; port?: number },
  lookUp: ServiceAddress,
): Promise<NameService> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    answered(query, lookUp).then(
      (answer) => answer !== null && socket.send(answer, from.port, from.address),
      // no answer: who asked asks again
      () => undefined,
    );
  });
  socket.bind(at.port ?? 53, at.address);
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    stop: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** @param query one question, as resolvers send it (RFC 1035, 4.1) @returns null where it is none */
export async function answered(query: Buffer, lookUp: ServiceAddress): Promise<Buffer | null> {
  const question = questionOf(query);
  if (question === null) return null;
  const { name, type, end } = question;
  const [service = '', namespace = '', ...rest] = name.endsWith(ZONE) ? name.slice(0, -ZONE.length).split('.') : [];
  const known = namespace !== '' && rest.length === 0 ? await lookUp(namespace, service) : null;
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  // a response with authority, recursion asked for as it was
  header.writeUInt16BE(0x8400 | (query.readUInt16BE(2) & 0x0100) | (known === null ? NAME_UNKNOWN : 0), 2);
  header.writeUInt16BE(1, 4);
  const parts = [header, query.subarray(12, end)];
  if (known !== null && type === TYPE_A) {
    header.writeUInt16BE(1, 6);
    parts.push(record(known));
  }
  return Buffer.concat(parts);
}

function record(ipv4: string): Buffer {
  // the name by a pointer to the question's, then type A, class IN, time to live, four bytes
  const fixed = Buffer.from([0xc0, 12, 0, TYPE_A, 0, 1, 0, 0, 0, TTL_S, 0, 4]);
  return Buffer.concat([fixed, Buffer.from(ipv4.split('.').map(Number))]);
}

function questionOf(query: Buffer): { name: string; type: number; end: number } | null {
  if (query.length < 17 || query.readUInt16BE(4) !== 1 || (query[2]! & 0x80) !== 0) return null;
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length !== 0; length = query[at]!) {
    if (length > 63 || at + 1 + length >= query.length) return null;
    labels.push(query.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  if (at + 5 > query.length) return null;
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}
