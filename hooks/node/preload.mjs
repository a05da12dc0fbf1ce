// The runtime layer for Node.js, loaded by NODE_OPTIONS=--import: counts, scans and records each chunk that libuv has read from an accepted
// connection, in front of the program's 'data'. What it sees and what it does not: hooks/node/README.md.
import { createRequire } from 'node:module';
import net from 'node:net';
import { getSystemErrorName } from 'node:util';
import { isMainThread } from 'node:worker_threads';

const OURS = `--import=${import.meta.url}`;

try {
  const { HOOKBENCH_NODE_ADDON: path } = process.env;
  if (path === undefined) throw new Error('HOOKBENCH_NODE_ADDON is not set');
  const addon = createRequire(import.meta.url)(path);
  watchServers(addon, addon.attach());
} catch (error) {
  console.error(`hookbench: not hooking, all connections pass through: ${error.message.split('\n')[0]}`);
}
if (isMainThread) leaveOptions();

/** A server's first listener of `connection` is ours, from the moment it listens: no chunk can have come by then. */
function watchServers(addon, orders) {
  const { listen } = net.Server.prototype;
  const servers = new WeakSet();
  const handles = new WeakSet();
  const watched = (socket) => {
    const handle = socket._handle;
    if (handle === null || handles.has(handle)) return;
    handles.add(handle);
    watchSocket(socket, handle, addon, orders);
  };
  net.Server.prototype.listen = function (...given) {
    if (!servers.has(this)) {
      servers.add(this);
      this.prependListener('connection', watched);
    }
    return Reflect.apply(listen, this, given);
  };
}

/** Every stream handle of Node's calls its `onread` with the bytes, or with nothing at the end and on an error. */
function watchSocket(socket, handle, addon, { blocks, errno }) {
  const { fd, onread: deliver } = handle;
  if (typeof deliver !== 'function') {
    addon.untracked();
    return;
  }
  // otherwise node:http has its parser read from the handle itself, past JavaScript
  handle._consumed = true;
  handle.onread = function (bytes) {
    if (bytes === undefined) {
      const result = deliver.call(this, bytes);
      addon.empty(socket.errored !== null);
      return result;
    }
    const keyword = addon.chunk(bytes, fd);
    if (keyword >= 0 && blocks) {
      socket.destroy(failedRead(errno));
      return undefined;
    }
    return deliver.call(this, bytes);
  };
}

/** as Node itself makes it of a read that failed */
function failedRead(errno) {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`read ${code}`), { errno: -errno, code, syscall: 'read' });
}

/** Programs started from here run without the hook; other options stay. */
function leaveOptions() {
  const rest = (process.env.NODE_OPTIONS ?? '').split(' ').filter((word) => word !== OURS && word !== '');
  if (rest.length === 0) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = rest.join(' ');
}
