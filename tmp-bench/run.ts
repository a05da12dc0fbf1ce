import { fork } from 'node:child_process';
import { credentials } from '@grpc/grpc-js';
import { Uplink } from '../agent/uplink/stream.ts';
import { hello, samples, IDS } from '../test/agent/uplink/support.ts';
const [M = '20', N = '10000', out = '/tmp/w/h/a-stream/tmp-bench/out', rate = '0'] = process.argv.slice(2);
const ctl = fork(new URL('./ctl.ts', import.meta.url), [out], { execArgv: ['--import', 'tsx', ...(process.env.CTLPROF ? ['--cpu-prof', '--cpu-prof-dir=/tmp/w/h/a-stream/tmp-bench/prof-ctl'] : [])] });
const next = () => new Promise<any>((r) => ctl.once('message', r));
const { port } = await next();
const up = new Uplink({ controller: `127.0.0.1:${port}`, hello: hello({ token: '' }), spoolPath: `/dev/shm/spool-${process.pid}`, spoolLimitBytes: 2 ** 30,
  handlers: { assignment() {}, cancel() {}, broken: (r) => console.error('broken', r), refused: (e) => console.error(e) } });
up.connect();
await new Promise((r) => setTimeout(r, 300));
const batch = samples(Number(N), 1);
const total = Number(M) * 1e6 / Number(N);
async function pump(n: number) {
  const t0 = performance.now();
  for (let i = 0; i < n; ) {
    const due = Number(rate) > 0 ? Math.min(n, Math.floor((performance.now() - t0) / 1000 * Number(rate) * 1e6 / Number(N))) : n;
    while (i < due && up.counters().unackedRecords < 60) { up.send(IDS, batch); i++; }
    await new Promise((r) => Number(rate) > 0 ? setTimeout(r, 10) : setTimeout(r, 1));
  }
  await up.drained(60000);
}
await pump(200);
ctl.send('start');
const cpu = process.cpuUsage(); const t0 = performance.now();
await pump(total);
const s = (performance.now() - t0) / 1000; const c = process.cpuUsage(cpu);
ctl.send('report'); const r = await next();
console.log({ Mps: (Number(M) / s).toFixed(2), clientCpuPerM: ((c.user + c.system) / 1e6 / Number(M)).toFixed(4), serverCpuPerM: (r.cpu / Number(M)).toFixed(4), rssC: (process.memoryUsage.rss() / 1e6).toFixed(0), rssS: r.rss.toFixed(0), syncs: r.syncs, lastSync: r.lastSyncMs.toFixed(1), bytesPer: (r.bytes / r.samples).toFixed(2) });
up.close(); ctl.send('end');
