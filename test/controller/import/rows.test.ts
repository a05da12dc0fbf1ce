import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchError } from '#proto';
import { type CsvRows, RowParser } from '../../../controller/import/rows.ts';

const test = suite('import: rows');

/** @param chunkBytes how many bytes come at a time */
function parse(text: string | Uint8Array, o: { skipBadRows?: boolean; chunkBytes?: number } = {}): CsvRows {
  const bytes = Buffer.from(text);
  const parser = new RowParser({ file: 'a.csv', skipBadRows: o.skipBadRows === true });
  const step = o.chunkBytes ?? bytes.length + 1;
  for (let at = 0; at < bytes.length; at += step) parser.push(bytes.subarray(at, at + step));
  return parser.end();
}

function refusalOf(text: string | Uint8Array): BenchError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof BenchError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const HEAD = 'start_time,response_time\n';

test('columns are found by name, among others, in any order, quoted, with BOM and CRLF', () => {
  const forms = [
    'start_time,response_time\n10,1.5\n20,2\n',
    'start_time,response_time\r\n10,1.5\r\n20,2',
    '\uFEFFname,Response_Time,x,start_time\na,1.5,,10\nb,2,,20\n',
    '"start_time","response_time","error"\n"10","1.5","a ""quoted"", and\nbroken one"\n"20","2",""\n',
    'response_time , start_time\n 1.5 , 10\n\n2,20\n\n',
  ];
  for (const form of forms) {
    for (const chunkBytes of [1, 7, 1000]) {
      const { startTimeS, responseNs, badRows } = parse(form, { chunkBytes });
      assert.equal([[...startTimeS], [...responseNs], badRows], [[10, 20], [1.5e6, 2e6], 0], `${chunkBytes} ${form}`);
    }
  }
});

test('a line break within quotes does not shift the numbers of the lines after it', () => {
  const text = 'start_time,response_time,error\n1,1,"a\nb\nc"\n2,2,plain "quoted" text\n3,x,\n';
  assert.match(refusalOf(text).message, /^a\.csv:6: response_time is "x"/);
});

test('order is kept, also where start times step back', () => {
  assert.equal([...parse(`${HEAD}30,3\n10,1\n20,2\n`).responseNs], [3e6, 1e6, 2e6]);
});

const BAD_ROWS: readonly [string, RegExp][] = [
  ['1,abc', /response_time is "abc"; milliseconds from 0 to 1e9 were expected/],
  ['1,-0.5', /response_time is "-0\.5"/],
  ['1,NaN', /response_time is "NaN"/],
  ['1,inf', /response_time is "inf"/],
  ['1,Infinity', /response_time is "Infinity"/],
  ['1,1e300', /response_time is "1e300"/],
  [`1,${'9'.repeat(400)}`, /response_time is "9{40}…"/],
  ['1,', /response_time is ""/],
  ['x,1', /start_time is "x"; seconds since 1970 \(0 to 1e11\) were expected/],
  ['1691745886638,1', /start_time is "1691745886638"/],
  ['-1,1', /start_time is "-1"/],
  ['1', /1 field, at least 2 were expected: "1"/],
  ['1;2', /1 field, at least 2/],
  ['1,"2', /a quoted field is not closed/],
  ['1,"2"3', /goes on after its end/],
  ['1,2"3', /response_time is "2"3"/],
  ['\u0000\u0001\u001b[31m,1', /start_time is "\?\?\?\[31m"/],
];

test('a malformed row is told with file, line and what was expected, and nothing of it reaches the terminal raw', () => {
  for (const [row, pattern] of BAD_ROWS) {
    const { code, message, nextStep } = refusalOf(`${HEAD}1,1\n\n2,2\n${row}\n`);
    assert.is(code, 'usage');
    assert.match(message, /^a\.csv:5: /, row);
    assert.match(message, pattern);
    assert.match(nextStep, /--skip-bad-rows/);
    assert.ok(message.length < 200 && !/[\u0000-\u001f]/.test(message), JSON.stringify(message));
  }
});

test('with bad rows skipped the good ones stay, and the bad are counted', () => {
  // an open quote takes everything after it into its field
  const closed = BAD_ROWS.map(([row]) => row).filter((row) => row !== '1,"2');
  const { responseNs, badRows, firstBad } = parse(`${HEAD}1,1\n${closed.join('\n')}\n2,2\n`, { skipBadRows: true });
  assert.equal([[...responseNs], badRows], [[1e6, 2e6], closed.length]);
  assert.match(firstBad, /^line 3: response_time is "abc"/);
});

test('files that are none are refused', () => {
  const cases: readonly [string | Uint8Array, RegExp][] = [
    ['', /a\.csv:1: an empty file/],
    [HEAD, /no row below the header/],
    ['start_time,latency\n1,2\n', /a\.csv:1: the header has no column response_time; it has "start_time", "latency"/],
    ['a,b\n1,2\n', /no column start_time and response_time/],
    ['1,2\n3,4\n', /no column start_time and response_time; it has "1", "2"/],
    [Uint8Array.from({ length: 4096 }, (_, i) => (i * 97) % 251), /a\.csv:1: the header has no column/],
    [new Uint8Array((1 << 20) + 2), /a\.csv:1: a line of more than 1048576 bytes/],
  ];
  for (const [text, pattern] of cases) assert.match(refusalOf(text).message, pattern);
  assert.throws(() => parse(`${HEAD}x,y\n`, { skipBadRows: true }), /no row below the header that can be read/);
});

test.run();
