// Host names that no controller takes as they are become names that it does.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { agentIdOf } from '../../proto/agent-id.ts';

/** as controller/ingest checks it */
const TAKEN = /^[A-Za-z0-9._-]{1,253}$/;

const agentId = suite('agent id');

agentId('a usual host name stays as it is', () => {
  for (const name of ['node-1', 'ip-10-0-0-5.eu-west-1.compute.internal', 'my_host']) assert.is(agentIdOf(name), name);
});

agentId('any other becomes one that the controller takes', () => {
  assert.is(agentIdOf('(none)'), 'none');
  assert.is(agentIdOf("Anna's Rechner"), 'Anna-s-Rechner');
  for (const name of ['', '..', '---', 'größe', '\0', 'a/../b', 'x'.repeat(300), '日本', ' '])
    assert.match(agentIdOf(name), TAKEN);
  assert.not.match(agentIdOf('../../etc'), /^\.|\//);
});

agentId.run();
