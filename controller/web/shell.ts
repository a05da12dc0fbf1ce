/** The few pages of plain HTML that the script fills, and those that work without it. */

import { escapeHtml } from '../report/html/markup.ts';

export type View = 'live' | 'studies' | 'compare';

const TITLES: Readonly<Record<View, string>> = { live: 'Live', studies: 'Studies', compare: 'Compare' };

/** @param o.live whether this server knows what is going on now (a controller), or stored studies only */
export function shell(view: View, o: { live: boolean }): string {
  const links = (['live', 'studies', 'compare'] as const).filter((one) => one !== 'live' || o.live);
  const nav = links.map((one) => {
    const current = one === view ? ' aria-current="page"' : '';
    return `<li><a href="${pathOf(one, o.live)}"${current}>${TITLES[one]}</a></li>`;
  });
  return document(
    TITLES[view],
    `<header class="top">
<p class="brand"><b>hookbench</b> <span class="muted">what a hook on read() costs</span></p>
<nav aria-label="Pages"><ul>${nav.join('')}</ul></nav>
<p class="link" id="link" role="status"></p>
</header>
<main id="main" data-view="${view}" tabindex="-1"><p class="muted">Loading …</p></main>
<noscript><p class="notice">This page needs JavaScript. Reports open without: see Studies on the command line, hookbench report DIR.</p></noscript>`,
    '<script type="module" src="/page.js"></script>',
  );
}

/** where one who was not let in can show the token */
export function entryPage(o: { message: string; nextStep: string; asksToken: boolean }): string {
  const ask = `<form method="post" action="/enter" class="entry">
<label for="token">or type the token of its --token-file</label>
<input id="token" name="token" type="password" autocomplete="off" required minlength="16" maxlength="200">
<button>Let me in</button>
</form>`;
  return document(
    'Not let in',
    `<header class="top"><p class="brand"><b>hookbench</b></p></header>
<main id="main"><h1>${escapeHtml(sentence(o.message))}</h1><p>${escapeHtml(sentence(o.nextStep))}</p>${o.asksToken ? ask : ''}</main>`,
  );
}

/** Sent with the cookie. A redirect would not do: a browser that came by a link from elsewhere shows a strict cookie only to what our own page opens. */
export function enteredPage(): string {
  return document(
    'Let in',
    '<main id="main"><h1>Let in</h1><p><a href="/">Go on to the page</a></p></main>',
    '<meta http-equiv="refresh" content="0;url=/">',
  );
}

export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#2a5f9e"/><path d="M10 6v13a6 6 0 0 0 12 0v-3m-4 3 4-4 4 4" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>';

function pathOf(view: View, live: boolean): string {
  return view === 'live' || (view === 'studies' && !live) ? '/' : `/${view}`;
}

function document(title: string, body: string, head = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · hookbench</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page.css">
${head}
</head>
<body>
<a class="skip" href="#main">To the content</a>
${body}
</body>
</html>
`;
}

function sentence(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.?$/, '.')}`;
}
