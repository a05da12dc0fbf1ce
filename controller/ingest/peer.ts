/** Who is at the other end of a call, and whether that one may make it. With certificates the role is checked for every call and the agent's name
 * against what its hello claims; on loopback it is the token. */

import { createHash, timingSafeEqual } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { BenchError, type Hello, type Identity, identityOf, type Role, tellIdentity } from '#proto';
import { helloProblem } from './hello.ts';

/** how callers show who they are */
export interface Admission {
  /** the secret of a loopback listener; '' when certificates are asked for and no token besides */
  readonly token: string;
  /** whether every connection has shown a certificate */
  readonly certificates: boolean;
}

/** a call of grpc-js, as far as it is needed here */
export interface PeerCall {
  getAuthContext(): { readonly sslPeerCertificate?: { readonly subjectaltname?: string | undefined } | undefined };
}

/** @throws BenchError controller-gone for a wrong token, refused for a certificate of another role */
export function checkPeer(call: PeerCall, role: Role, o: Admission & { readonly shown: string }): Identity | null {
  if (!same(o.shown, o.token))
    throw new BenchError('controller-gone', 'wrong token', { nextStep: "give the controller's --token-file" });
  if (!o.certificates) return null;
  const identity = identityOf(call.getAuthContext().sslPeerCertificate?.subjectaltname);
  if (identity?.role === role) return identity;
  const whose = identity === null ? 'this certificate' : `the certificate of ${tellIdentity(identity)}`;
  const may = role === 'cli' ? 'look at agents and run studies' : 'stream measurements';
  throw new BenchError('refused', `${whose} may not ${may}: that takes one of role ${role}`, {
    nextStep: `hookbench certs issue ${role} NAME`,
  });
}

/** What is wrong with an agent that says hello, as far as it is about who it is and the shape of its hello. @returns null when nothing is */
export function agentRefusal(call: PeerCall, hello: Hello, o: Admission): { code: status; text: string } | null {
  const problem = helloProblem(hello);
  if (problem !== null) return { code: status.INVALID_ARGUMENT, text: problem };
  if (!same(hello.token, o.token)) return { code: status.UNAUTHENTICATED, text: 'wrong token' };
  try {
    const identity = checkPeer(call, 'agent', { ...o, shown: hello.token });
    if (identity === null || identity.name === hello.agentId) return null;
    const text = `the certificate is of agent ${identity.name}, and the hello says ${hello.agentId}; next: start it with --id ${identity.name}, or issue a certificate for ${hello.agentId}`;
    return { code: status.PERMISSION_DENIED, text };
  } catch (error) {
    const { message, nextStep } = error as BenchError;
    return { code: status.PERMISSION_DENIED, text: `${message}; next: ${nextStep}` };
  }
}

/** takes as long whatever is shown */
function same(shown: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(shown), digest(token));
}
