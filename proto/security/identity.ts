/** Who a certificate is for: a URI among its alternative names. The same on both ends, so it is part of the contract. */

import { BenchError } from '../errors.ts';

export const ROLES = ['controller', 'agent', 'cli'] as const;
export type Role = (typeof ROLES)[number];

export interface Identity {
  readonly role: Role;
  /** name of the agent (its node) or of the CLI's user; '' for the controller */
  readonly name: string;
}

/** also the pattern of agent ids: it becomes part of assignment ids and of file names */
export const NAME_PATTERN = /^[A-Za-z0-9._-]{1,253}$/;
const URI = /^hookbench:\/\/(?:(controller)|(agent|cli)\/([A-Za-z0-9._-]{1,253}))$/;

/** @throws BenchError usage for a name that no certificate can have */
export function identityUri({ role, name }: Identity): string {
  if (role === 'controller') return 'hookbench://controller';
  if (NAME_PATTERN.test(name)) return `hookbench://${role}/${name}`;
  throw new BenchError('usage', `a certificate for ${role === 'agent' ? 'an' : 'a'} ${role} needs a name`, {
    nextStep: 'a name has 1 to 253 letters, digits, dots, dashes and underscores',
  });
}

/** One and only one name of ours: a certificate for two roles is for none.
 * @param altNames as Node shows them: "DNS:a, URI:hookbench://agent/b"; names with odd characters are quoted there and never ours
 * @returns null when it is not a certificate of hookbench */
export function identityOf(altNames: string | undefined): Identity | null {
  const ours = (altNames ?? '')
    .split(', ')
    .filter((entry) => entry.startsWith('URI:'))
    .map((entry) => URI.exec(entry.slice('URI:'.length)))
    .filter((match) => match !== null);
  const [only, ...more] = ours;
  if (only === undefined || more.length > 0) return null;
  const [, controller, role, name] = only;
  return controller === undefined ? { role: role as Role, name: name ?? '' } : { role: 'controller', name: '' };
}

export function tellIdentity({ role, name }: Identity): string {
  return role === 'controller' ? 'the controller' : `${role} ${name}`;
}
