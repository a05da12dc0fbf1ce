import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { advanced } from '../../../controller/store/lifecycle.ts';
import { isEnded, STUDY_STATUSES } from '../../../controller/store/meta.ts';
import { META } from '../../helpers/stored.ts';

const ALLOWED = [
  ...['planned running', 'planned interrupted', 'planned failed'],
  ...['running complete', 'running interrupted', 'running failed'],
];
const AT = '2026-11-23T00:01:00.000Z';
const lifecycle = suite('life of a study');

lifecycle('every step that is not in the list is refused', () => {
  for (const status of STUDY_STATUSES) {
    for (const next of STUDY_STATUSES) {
      const step = () => advanced({ ...META, status }, { status: next, finishedAt: isEnded(next) ? AT : null });
      if (ALLOWED.includes(`${status} ${next}`)) assert.is(step().status, next);
      else assert.throws(step, new RegExp(`can't become ${next}: it is ${status}`));
    }
  }
});

lifecycle('an end has a time, and nothing else has', () => {
  assert.throws(() => advanced(META, { status: 'complete' }), /complete with its end at null/);
  assert.throws(() => advanced({ ...META, status: 'planned' }, { status: 'running', finishedAt: AT }), /running with/);
});

lifecycle.run();
