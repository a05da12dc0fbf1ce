import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { slowDecimal } from '../../../controller/import/decimal.ts';
import { RowParser } from '../../../controller/import/rows.ts';
import { random } from '../../helpers/random.ts';

const test = suite('import: decimals');

/** what a file with these response times is read as */
function readNs(texts: readonly string[]): Float64Array {
  const parser = new RowParser({ file: 'a.csv', skipBadRows: false });
  parser.push(Buffer.from(`start_time,response_time\n${texts.map((text) => `1,${text}\n`).join('')}`));
  return parser.end().responseNs;
}

test('milliseconds become the double nearest to their exact nanoseconds, as Number(text + "e6") has it', () => {
  const { uniform } = random(7);
  const texts = Array.from({ length: 200_000 }, () => {
    const digits = Array.from({ length: 1 + Math.floor(uniform() * 19) }, () => Math.floor(uniform() * 10)).join('');
    const point = Math.floor(uniform() * Math.min(9, digits.length + 1));
    return uniform() < 0.1 ? digits.slice(0, 8) : `${digits.slice(0, point)}.${digits.slice(point)}`;
  });
  const read = readNs(texts);
  const wrong = texts.filter((text, i) => read[i] !== Number(`${text}e6`));
  assert.equal(wrong, []);
});

test('signs, exponents and numbers near a tie are read the slow way, to the same double', () => {
  const texts = [
    '+1.5',
    '1e2',
    '2.5E-3',
    '.5',
    '5.',
    '0',
    '000.25',
    '9007199.254740993',
    '0.1234567890123456789012345',
  ];
  const expected = [1.5e6, 1e8, 2500, 500_000, 5e6, 0, 250_000, 9_007_199_254_740.992, 123_456.789_012_345_67];
  assert.equal([...readNs(texts)], expected);
});

test('what is no decimal is none', () => {
  for (const text of ['', ' ', '.', '+', 'e5', '1e', '0x10', '1_000', 'NaN', 'Infinity', '1.2.3', '１'])
    assert.ok(Number.isNaN(slowDecimal(text, 6)), text);
});

test.run();
