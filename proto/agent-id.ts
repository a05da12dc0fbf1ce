/** Names of agents. They become part of assignment ids and of file names, so the controller takes letters, digits, dots, dashes and underscores. */

const LONGEST = 253;

/** A name that the controller takes, made from a host name, which on Linux may hold any byte ("(none)" in a machine without one).
 * @returns 1 to 253 characters; a usual host name stays as it is */
export function agentIdOf(hostName: string): string {
  const safe = hostName
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, LONGEST);
  return safe === '' ? 'agent' : safe;
}
