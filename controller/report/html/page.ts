/** The shell: head, style, policy. */

import { createHash } from 'node:crypto';
import { Markup, markup } from './markup.ts';
import { STYLE } from './style.ts';

export interface NavItem {
  readonly id: string;
  readonly label: string;
}

/** Nothing may load or run; only the style sheet with this hash applies. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export function page(o: { readonly title: string; readonly description: string; readonly body: Markup }): Markup {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="hookbench">
<title>${o.title} · hookbench ${o.description}</title>
${new Markup(`<style>${STYLE}</style>`)}
</head>
<body>
<main>
${o.body}
</main>
</body>
</html>
`;
}
