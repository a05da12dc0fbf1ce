// The application's own filter (mechanism app-filter), asked for by HOOKBENCH_APP_FILTER=1: looks for the keywords in what the application has
// of a request: its target, the values of its headers, its body. One record for each request, in the ring that every hook writes.
import { createRequire } from 'node:module';
import { getSystemErrorName } from 'node:util';

/** @returns (request, response, next): calls next once the whole request has been looked at; null when the orders can't be carried out */
export function keywordFilter() {
  try {
    const { HOOKBENCH_NODE_ADDON: path } = process.env;
    if (path === undefined) throw new Error('HOOKBENCH_NODE_ADDON is not set');
    const addon = createRequire(import.meta.url)(path);
    return filterWith(addon, addon.attach());
  } catch (error) {
    console.error(`node-hello: not filtering, all requests pass through: ${error.message.split('\n')[0]}`);
    return null;
  }
}

function filterWith(addon, { blocks, errno }) {
  return (request, _response, next) => {
    if (hasBody(request.rawHeaders)) {
      withBody(request, () => look(request, request.body));
    } else look(request);

    function look({ url, rawHeaders }, body) {
      addon.begin();
      const keyword = addon.request(headText(url, rawHeaders), rawHeaders.length / 2, body);
      if (keyword >= 0 && blocks) request.socket.destroy(failedRead(errno));
      else next();
    }
  };
}

/** No keyword has a newline, so none is found across two of the parts. */
function headText(target, rawHeaders) {
  let text = target;
  for (let i = 1; i < rawHeaders.length; i += 2) text += `\n${rawHeaders[i]}`;
  return text;
}

/** by its framing, from names as they came: `request.headers` would be made for this alone */
function hasBody(rawHeaders) {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name.length === 14 && name.toLowerCase() === 'content-length') return rawHeaders[i + 1] !== '0';
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return true;
  }
  return false;
}

/** As body parsers do: reads it to its end and leaves it in `request.body`. A request that ends before that is none. */
function withBody(request, then) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    request.body = Buffer.concat(chunks);
    then();
  });
}

/** what the program gets of a connection whose read failed, whatever hook failed it */
function failedRead(errno) {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`read ${code}`), { errno: -errno, code, syscall: 'read' });
}
