import { readFileSync, readdirSync } from 'node:fs';
const dir = process.argv[2]; 
for (const f of readdirSync(dir)) { const p = JSON.parse(readFileSync(dir + '/' + f)); const self = new Map(); const byId = new Map(p.nodes.map(n => [n.id, n])); let tot = 0;
 p.samples.forEach((id, i) => { const n = byId.get(id); const d = p.timeDeltas[i]; const k = n.callFrame.functionName + ' ' + n.callFrame.url.split('/').slice(-2).join('/') + ':' + n.callFrame.lineNumber; self.set(k, (self.get(k) ?? 0) + d); if (!/idle/.test(k)) tot += d; });
 console.log(f, (tot / 1e6).toFixed(2), 's busy'); console.log([...self].sort((a, b) => b[1] - a[1]).slice(0, 22).map(([k, v]) => (v / 1e3).toFixed(0).padStart(7) + ' ms ' + k).join('\n')); }
