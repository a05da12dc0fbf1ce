/** Style of the figures. A series has its colour from its class; text and lines follow the page. */

const SERIES = ['base', 'aa', '0', '1', '2', '3', '4', '5'].map((name) => `.c-${name}{--c:var(--c-${name})}`).join('');

export const FIGURE_STYLE = `
.figure{margin:1.5rem 0 2rem}
.figure figcaption{color:var(--muted);font-size:.9rem;line-height:1.5;margin-top:.6rem;max-width:50rem}.figure figcaption b{color:var(--soft);font-weight:600}
.plot{display:block;width:100%;height:auto;font:12.5px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow:visible}
.plot.narrow{display:none}
@media screen and (max-width:699px){.plot.wide{display:none}.plot.narrow{display:block}}
${SERIES}
.plot text{fill:var(--ink)}.plot .tick,.plot .note{fill:var(--muted);font-size:11.5px}.plot .heading{fill:var(--muted);font-weight:600}.plot .name{font-weight:600}.plot .value{font-weight:600}.plot .small{font-size:11.5px;font-weight:400}
.plot .grid{stroke:var(--hair)}.plot .zero{stroke:var(--ink);stroke-width:1.2}.plot .reference{stroke:var(--c-base);stroke-dasharray:3 4}
.plot .line{stroke:var(--c);stroke-width:1.6;fill:none;stroke-linejoin:round}.plot .soft{stroke-opacity:.55;stroke-width:1.2}
.plot .thin{stroke:var(--c);stroke-width:.8;stroke-opacity:.42;fill:none}.plot .band{fill:var(--c);fill-opacity:.24}
.plot .box{fill:var(--c);fill-opacity:.2;stroke:var(--c);stroke-width:1.4}.plot .median{stroke:var(--c);stroke-width:3}
.plot .dot{fill:var(--c)}.plot .dots{stroke:var(--c);stroke-width:3.4;stroke-linecap:round;fill:none}.plot .faint{stroke-opacity:.3;stroke-width:3.2}
.plot .interval{stroke:var(--c);stroke-width:2.4;stroke-linecap:round}.plot .point{fill:var(--c);stroke:var(--page);stroke-width:1.4}
.plot .halo{paint-order:stroke;stroke:var(--page);stroke-width:4px;stroke-linejoin:round}
.plot .unusable .point{fill:var(--page);stroke:var(--c)}.plot .unusable .interval{stroke-dasharray:2 5}
.plot .noise{fill:var(--muted);fill-opacity:.13}.plot .warmup{fill:var(--muted);fill-opacity:.14}.plot .edge{stroke:var(--muted);stroke-dasharray:4 3}
`;
