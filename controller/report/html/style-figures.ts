/** Style of the figures on the page. A series has its colour and dashes from its class; text and lines follow the page. */

import { FIGURE_FONTS, pageFigureRules } from '../figures/style.ts';

export const FIGURE_STYLE = `
.figure{margin:1.25rem 0 1.75rem}
.figure figcaption{color:var(--muted);font-size:.9rem;line-height:1.5;margin-top:.6rem;max-width:50rem}.figure figcaption b{color:var(--soft);font-weight:600}
.figure details{margin:.4rem 0 0;font-size:.92rem}
.plot{display:block;width:100%;height:auto;font:12.5px ${FIGURE_FONTS};font-variant-numeric:tabular-nums;overflow:visible}
.plot.narrow{display:none}
@media screen and (max-width:699px){.plot.wide{display:none}.plot.narrow{display:block}}
${pageFigureRules()}
`;
