/** Whether a SUT has a connection: then it is ready, and the load generator is at it. */

import { readdirSync, readlinkSync } from 'node:fs';

export function isServing(pid: number): boolean {
  try {
    const own = readdirSync(`/proc/${pid}/fd`).filter((fd) => Number(fd) > 2);
    return own.filter((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:')).length > 1;
  } catch {
    return false; // ended, or a file closed while they were listed
  }
}
