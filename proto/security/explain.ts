/** What TLS says when it fails → what that means here and what to do. For the end that dials. */

const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [
    /certificate has expired|CERT_HAS_EXPIRED/,
    "the controller's certificate has expired: hookbench certs rotate its --tls-dir",
  ],
  [
    /self.signed certificate|unable to (?:verify|get)|SELF_SIGNED|UNABLE_TO/i,
    "the controller's certificate is from a CA that ca.crt in --tls-dir does not hold: give both ends certificates of one CA",
  ],
  [/not of the controller/, 'only a certificate made by hookbench certs issue controller may answer there'],
  [
    /does not match certificate|altnames/i,
    "the controller's certificate is not for the address that was dialled: issue it again with --host NAME,ADDRESS",
  ],
  [/unsupported certificate purpose/, "the controller's certificate is not made for servers (extended key usage)"],
  [
    /wrong version number|EPROTO|packet length too long|Protocol error|ECONNRESET|socket hang up|before secure TLS|Failed to connect/i,
    'one end may speak TLS and the other not: give --tls-dir to both or to none',
  ],
];

/** @returns '' when it is not about TLS */
export function explainTls(details: string): string {
  return MEANINGS.find(([pattern]) => pattern.test(details))?.[1] ?? '';
}
