import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchError, LOG_FORMATS, logOptions, openLog } from '#proto';

const log = suite('proto/ops log');
const SECRET = '0123456789abcdef"\\';

async function lines(format: 'json' | 'pretty' | 'text', level: 'debug' | 'warn' = 'debug') {
  const written: string[] = [];
  const opened = await openLog({ name: 'agent', level, format, write: (line) => written.push(line) });
  return { written, opened };
}

log('JSON has level, time, name and facts as fields, one object a line', async () => {
  const { written, opened } = await lines('json');
  opened.info('listening', { port: 7461 });
  const line = JSON.parse(written[0]!) as Record<string, unknown>;
  assert.equal([line.level, line.name, line.msg, line.port], ['info', 'agent', 'listening', 7461]);
  assert.is(new Date(String(line.time)).toISOString(), line.time);
  assert.ok(written[0]!.endsWith('}\n'));
});

log('text is as it always was; pretty has time and level before it', async () => {
  const text = await lines('text');
  text.opened.info('no stream to 127.0.0.1:1; trying again');
  text.opened.warn('refused', { peer: '10.0.0.9' });
  assert.equal(text.written, ['agent: no stream to 127.0.0.1:1; trying again\n', 'agent: refused peer=10.0.0.9\n']);
  const pretty = await lines('pretty');
  pretty.opened.error('out');
  assert.match(pretty.written[0]!, /^\d\d:\d\d:\d\d\.\d{3} .*error.* agent: out\n$/);
});

log('what is below the level is not written', async () => {
  const { written, opened } = await lines('json', 'warn');
  opened.debug('a');
  opened.info('b');
  opened.warn('c');
  assert.is(written.length, 1);
});

for (const format of LOG_FORMATS)
  log(`${format}: a secret is masked by its name and wherever its text appears`, async () => {
    const { written, opened } = await lines(format);
    opened.hide(SECRET);
    opened.hide('');
    opened.info('hello', { token: 'another-secret', hello: { token: 'third-secret' } });
    opened.info(`the controller said ${SECRET} twice ${SECRET}`, { detail: SECRET });
    opened.failure(new BenchError('usage', `wrong ${SECRET}`, { nextStep: SECRET, detail: SECRET }));
    const all = written.join('');
    for (const secret of [SECRET, '0123456789abcdef', 'another-secret', 'third-secret'])
      assert.not.ok(all.includes(secret), all);
    assert.ok(all.includes('[redacted]'));
    assert.match(all, /hello/);
  });

log('what a peer says can not begin a line or move the cursor', async () => {
  const { written, opened } = await lines('text');
  opened.warn('agent (no hello): \u001b[2J\nagent: all is well\r\u009b2J');
  assert.is(written.length, 1);
  assert.is(written[0]!.split('\n').length, 2);
  assert.not.match(written[0]!.slice(0, -1), /[\x00-\x1f\x7f-\x9f]/);
});

log('a failure in JSON has its code and next step; in text they are lines for people', async () => {
  const failure = new BenchError('port-taken', "can't listen", { nextStep: 'choose another' });
  const json = await lines('json');
  json.opened.failure(failure);
  const line = JSON.parse(json.written[0]!) as Record<string, unknown>;
  assert.equal([line.level, line.code, line.nextStep], ['error', 'port-taken', 'choose another']);
  const text = await lines('text');
  text.opened.failure(failure);
  assert.is(text.written.join(''), "hookbench agent: can't listen\n  next: choose another\n");
});

log('a level or format that there is not is refused', () => {
  assert.throws(() => logOptions({ level: 'loud', format: 'json' }), /--log-level loud is not one of debug/);
  assert.throws(() => logOptions({ level: 'info', format: 'xml' }), /--log-format xml is not one of json/);
});

log.run();
