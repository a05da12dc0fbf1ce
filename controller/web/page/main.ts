/** The page's own script: finds out which view this is and who we are, and fills it. */

import { compareView } from './compare-view.ts';
import { byId, fill, h } from './dom.ts';
import { liveView } from './live-view.ts';
import { get, type Me } from './server.ts';
import { studiesView } from './studies-view.ts';

const main = byId('main');

try {
  const me = await get<Me>('/api/me');
  if (main.dataset.view === 'live') liveView(main, me);
  else if (main.dataset.view === 'studies') await studiesView(main);
  else await compareView(main);
} catch (error) {
  fill(
    main,
    h(
      'section',
      { class: 'panel' },
      h('h1', {}, 'This can’t be shown'),
      h('p', { class: 'notice' }, (error as Error).message),
    ),
  );
}
