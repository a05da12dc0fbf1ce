import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../helpers/preload.ts';
import { HEADER_BYTES, RECORD_BYTES, RING_BYTES, RING_MAGIC } from '../helpers/ring.ts';

const abi = suite('hooks/abi');

/** What a C compiler says: [offset, size]. */
function fromC(): Record<string, readonly [number, number]> {
  return JSON.parse(spawnSync(compile('preload_abi'), { encoding: 'utf8' }).stdout);
}

const expected: Record<string, readonly [number, number]> = {
  'hb_record.t_ns': [0, 8],
  'hb_record.latency_ns': [8, 4],
  'hb_record.pid': [12, 4],
  'hb_record.tid': [16, 4],
  'hb_record.fd': [20, 4],
  'hb_record.bytes': [24, 4],
  'hb_record.keyword': [28, 2],
  'hb_record.flags': [30, 1],
  'hb_record.abi': [31, 1],
  'hb_ring.head': [0, 8],
  'hb_ring.tail': [8, 8],
  'hb_ring.overwritten': [16, 8],
  'hb_ring.reads': [24, 8],
  'hb_ring.bytes': [32, 8],
  'hb_ring.hits': [40, 8],
  'hb_ring.blocked': [48, 8],
  'hb_ring.eofs': [56, 8],
  'hb_ring.errors': [64, 8],
  'hb_ring.tid': [72, 4],
  'hb_ring.claims': [76, 4],
  'hb_ring.reserved': [80, 48],
  'hb_ring_header.magic': [0, 8],
  'hb_ring_header.version': [8, 4],
  'hb_ring_header.header_bytes': [12, 4],
  'hb_ring_header.ring_slots': [16, 4],
  'hb_ring_header.capacity': [20, 4],
  'hb_ring_header.record_bytes': [24, 4],
  'hb_ring_header.action': [28, 4],
  'hb_ring_header.attached': [32, 4],
  'hb_ring_header.pid': [36, 4],
  'hb_ring_header.keywords': [40, 4],
  'hb_ring_header.scanner': [44, 4],
  'hb_ring_header.unringed': [48, 8],
  'hb_ring_header.untracked_fds': [56, 8],
  'hb_ring_header.functions': [64, 4],
  'hb_ring_header.scanner_level': [68, 4],
  'hb_ring_header.clock': [72, 4],
  'hb_ring_header.block_errno': [76, 4],
  'hb_ring_header.own_magic': [80, 8],
  'hb_ring_header.own_actions': [88, 4],
  'hb_ring_header.own_reserved': [92, 4],
  'hb_ring_header.reserved': [96, 32],
  hb_record: [0, RECORD_BYTES],
  hb_ring: [0, RING_BYTES],
  hb_ring_header: [0, 128],
  magic: [Number(RING_MAGIC & 0xffffffffn), Number(RING_MAGIC >> 32n)],
};

abi('every offset and size is what TypeScript takes it to be', () => {
  assert.equal(fromC(), expected);
});

abi('the magic spells its name, and the header fits its page', () => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(RING_MAGIC);
  assert.is(bytes.toString('latin1'), 'HKBRRNG1');
  assert.ok(HEADER_BYTES >= 128);
});

abi.run();
