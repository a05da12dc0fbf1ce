/** The report's style sheet. Colours first: light, dark, print. The policy in page.ts allows exactly this text. */

import { seriesVariables } from '../figures/style.ts';
import { FIGURE_STYLE } from './style-figures.ts';
import { tabRules } from './tabs.ts';

const COLORS = `
:root{color-scheme:light dark;--page:#fbfbf9;--card:#ffffff;--ink:#1c1f24;--soft:#3d434c;--muted:#5f6672;--line:#e3e3dd;--hair:#eeeeea;
--accent:#2a5f9e;--good:#1f7a4d;--warn:#8f5a00;--bad:#b3261e;--odd:#7b3fa0;--info:#2f6478;
--good-bg:#edf6f0;--warn-bg:#fdf4e3;--bad-bg:#fcecea;--odd-bg:#f5edf9;--info-bg:#ebf3f6;
${seriesVariables('light')}}
@media screen and (prefers-color-scheme:dark){:root{--page:#121417;--card:#191c21;--ink:#eceef1;--soft:#c9cdd4;--muted:#9ba2ae;--line:#2e333b;--hair:#23272e;
--accent:#8bbcf5;--good:#6fd09b;--warn:#efb65c;--bad:#ff8a80;--odd:#d3a2f0;--info:#8cc9df;
--good-bg:#16281f;--warn-bg:#2b2213;--bad-bg:#321a19;--odd-bg:#291e32;--info-bg:#16262c;
${seriesVariables('dark')}}}
`;

const TEXT = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0 auto;max-width:66rem;padding:2.5rem 1.5rem 4rem;background:var(--page);color:var(--ink);
font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
h1,h2,h3{line-height:1.2;letter-spacing:-.012em;text-wrap:balance;margin:0}
h1{font-size:clamp(1.65rem,1.2rem + 2.1vw,2.6rem);font-weight:650;max-width:24em}
h2{font-size:1.5rem;font-weight:650;margin-bottom:.75rem}
h3{font-size:1.05rem;font-weight:650;margin:2.5rem 0 .75rem}
p{margin:.5rem 0;max-width:46rem}
a{color:var(--accent);text-underline-offset:.2em}
:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:4px}
section{margin-top:4rem}
.sut{padding-top:3.5rem;border-top:1px solid var(--line)}
.nb{white-space:nowrap}
.hidden,.skip:not(:focus){position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.brand{color:var(--muted);margin:0 0 1.25rem}.brand b{color:var(--ink)}
.answer{font-size:clamp(1.08rem,1rem + .45vw,1.3rem);line-height:1.55;color:var(--soft);margin:1.1rem 0 1.5rem;max-width:44em;text-wrap:pretty}
.facts,nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;padding:0;margin:0 0 1.25rem;color:var(--muted);font-size:.92rem}
nav ul{border-block:1px solid var(--line);padding:.7rem 0;margin-top:2rem;gap:.35rem 1.5rem}
nav a{text-decoration:none}nav a:hover{text-decoration:underline}
.notice{padding:.7rem 1rem;border-radius:8px;background:var(--bad-bg)}.notice b{color:var(--bad)}
.flags{list-style:none;padding:0;margin:.75rem 0;max-width:52rem}
.flags li{position:relative;padding:.1rem 0 .1rem 1.5rem;font-size:.92rem;color:var(--soft)}
.flags li::before{content:"!";position:absolute;left:.25rem;font-weight:700;color:var(--warn)}
.flags b{font-weight:600;color:var(--warn)}.flags b::after{content:": "}
.missing{color:var(--muted)}
pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.9rem 1.1rem;overflow-x:auto;font:.85rem/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.command{white-space:pre-wrap;overflow-wrap:anywhere}pre code{user-select:all}
footer{margin-top:4rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--muted);font-size:.88rem}
`;

const PARTS = `
.aa{margin-top:2.5rem;padding:1.1rem 1.4rem;border-radius:10px;background:var(--card);border:1px solid var(--line);border-left:5px solid var(--good)}
.aa.bad{border-left-color:var(--bad);background:var(--bad-bg)}.aa.warn{border-left-color:var(--warn)}
.aa details{margin:.4rem 0 0}.aa .scroll{margin-bottom:.5rem}.aa h2{font-size:1.05rem;margin:0}.aa p{margin:.3rem 0}
.aa-state{font-weight:600;color:var(--good);margin-left:.4rem}.aa.bad .aa-state{color:var(--bad)}.aa.warn .aa-state{color:var(--warn)}
.verdict{display:inline-block;font-size:.88rem;font-weight:600;line-height:1.35;padding:.12rem .6rem;border-radius:1rem}
.verdict.v-overhead{color:var(--warn);background:var(--warn-bg)}
.verdict.v-no-detectable-difference{color:var(--info);background:var(--info-bg)}
.verdict.v-equivalent{color:var(--good);background:var(--good-bg)}
.verdict.v-implausible{color:var(--odd);background:var(--odd-bg)}
.verdict.v-invalid{color:var(--bad);background:var(--bad-bg);outline:1px dashed var(--bad);outline-offset:-1px}
.estimate{font-weight:650;white-space:nowrap}.interval-text{color:var(--muted);white-space:nowrap}
.sub{display:block;font-weight:400;font-size:.85rem;color:var(--muted)}
.matrix{width:100%;border-collapse:separate;border-spacing:0;background:var(--card);border:1px solid var(--line);border-radius:12px;table-layout:fixed}
.matrix caption{text-align:left;color:var(--muted);padding-bottom:.75rem;font-size:.94rem}
.matrix th,.matrix td{padding:1.1rem 1.2rem;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
.matrix thead th{border-top:0;vertical-align:bottom;padding-block:.85rem}
.matrix thead th:first-child{color:var(--muted);font-weight:400;font-size:.88rem;width:9.5rem}
.matrix.single{width:34rem;max-width:100%}
.sut-name,.mechanism{font-weight:650}
.cell>span,.cell .shift{display:block}.cell .estimate{display:block;font-size:1.45rem;line-height:1.25;letter-spacing:-.01em}
.matrix .v-invalid .estimate{color:var(--muted);font-weight:500}
.cell .interval-text{font-size:.92rem}.cell .base{color:var(--muted);font-size:.85rem;margin-top:.35rem}.cell .ratio{white-space:nowrap;display:block}
.cell .base .interval-text{font-size:inherit}
.cell>.verdict{display:inline-block;margin-top:.7rem;margin-left:-.15rem}.touching{display:block;color:var(--muted);font-size:.85rem;margin-top:.45rem}.cell .more{display:block;font-size:.85rem;color:var(--warn);margin-top:.2rem}
.where{display:none}a.sut-name{color:inherit;text-decoration-color:var(--line)}.wide-matrix{position:relative;overflow-x:auto;padding-bottom:.5rem}.wide-matrix .matrix{min-width:72rem}.matrix+.matrix,.wide-matrix+*{margin-top:1.5rem}
.cell .flags{margin:.5rem 0 0}.cell .flags li{font-size:.85rem;padding-left:1rem}.cell .flags li::before{left:0}
.legend{display:grid;gap:.45rem;margin:1.1rem 0 0;font-size:.9rem;color:var(--muted)}
.legend div{display:flex;flex-wrap:wrap;gap:.2rem .8rem;align-items:baseline}.legend dd{margin:0}
.found{list-style:none;padding:0;margin:0 0 2rem;display:grid;gap:1.1rem}
.found p{margin:.35rem 0 0;font-size:1.06rem}.found .flags{margin:.3rem 0 0}
.designs{list-style:none;padding:0;margin:-.5rem 0 0;color:var(--muted);font-size:.9rem}
details{margin:1rem 0}summary{cursor:pointer;color:var(--accent);padding:.3rem 0;width:fit-content}
.scroll{position:relative;overflow-x:auto;margin:1rem 0 1.5rem;border:1px solid var(--line);border-radius:10px;background:var(--card)}
.scroll table{border-collapse:collapse;width:100%;font-size:.92rem}
.scroll caption{text-align:left;padding:.8rem .85rem .4rem;color:var(--muted);font-size:.9rem}
.scroll th,.scroll td{padding:.42rem .85rem;text-align:left;vertical-align:top;border-top:1px solid var(--hair);font-weight:400}
.scroll thead th{font-weight:600;border-top:0;vertical-align:bottom;white-space:nowrap;border-bottom:1px solid var(--line)}
.scroll tbody th{color:var(--soft);white-space:nowrap}
.scroll .txt{white-space:nowrap}.scroll .num{text-align:right;white-space:nowrap}.scroll .reasons{white-space:normal;list-style:none;margin:0;padding:0;min-width:13rem}
.cards .interval-text{display:block}.cards th,.cards td{padding-inline:.6rem}.scroll.cards .txt,.scroll.cards thead th,.cards tbody th{white-space:normal}
.ok{color:var(--good)}.not-ok{color:var(--bad);font-weight:650}
.recommendations{list-style:none;padding:0;margin:1.25rem 0 0;display:grid;gap:.9rem}
.recommendations li{display:flex;gap:1rem}.recommendations p{margin:0}.r-id{flex:0 0 2.4rem;color:var(--muted);font-weight:600}
.r-status{white-space:nowrap;margin-left:.4rem;font-size:.92rem;color:var(--muted)}.r-met .r-status{color:var(--good)}.r-unmet .r-status{color:var(--warn)}
.evidence{color:var(--muted);font-size:.94rem}
.limits{margin:.5rem 0;display:grid;gap:.6rem;font-size:.92rem}.limits dt{font-weight:600}.limits dd{margin:0;color:var(--muted);overflow-wrap:anywhere}
.method{margin:0;display:grid;gap:.25rem}.method div{display:grid;grid-template-columns:11rem 1fr;gap:1rem}.method dt{color:var(--muted)}.method dd{margin:0;overflow-wrap:anywhere}
`;

const SIZES = `
@media screen and (max-width:699px){
body{padding:1.5rem 1rem 3rem}section{margin-top:3rem}.sut{padding-top:2.5rem}
.matrix,.matrix tbody,.matrix tr,.matrix th,.matrix td,.matrix caption{display:block;width:auto}.matrix thead{display:none}
.matrix,.matrix.single{border:0;background:none;width:auto}.matrix tr{background:var(--card);border:1px solid var(--line);border-radius:12px;margin-bottom:1rem}
.matrix tbody th{border-top:0;padding-bottom:.2rem;font-size:1.1rem}.matrix td{padding-block:.9rem}.matrix tbody th+td{border-top:0}.where{display:block;font-weight:600;color:var(--soft);font-size:.92rem}
.method div{grid-template-columns:1fr;gap:0;padding:.25rem 0}.scroll th,.scroll td{padding-inline:.75rem}.scroll tbody th{white-space:normal;min-width:7.5rem}.scroll .interval-text{display:block}.scroll caption{max-width:calc(100vw - 2.2rem)}
}
@media screen and (max-width:999px){
.cards table,.cards tbody,.cards tr,.cards th,.cards td,.cards caption{display:block}.cards thead{display:none}.cards tbody th,.cards td{border-top:0;padding:.2rem .85rem}
.cards tr{border-top:1px solid var(--line);padding:.6rem 0}.cards tbody th{font-weight:650}.scroll.cards .num{text-align:left;white-space:normal}.cards .interval-text{display:inline}.cards .where{display:block}
}
@media print{@page{margin:16mm 14mm}html{font-size:9.5pt}body{max-width:none;padding:0;background:#fff}.matrix th,.matrix td{padding:.7rem .8rem}.cell>.verdict{white-space:nowrap}.scroll .txt{white-space:normal}nav,.skip{display:none}section{margin-top:1.6rem}.sut{break-before:page;border:0;padding:0}
figure,tr,.aa,.found li,.recommendations li{break-inside:avoid}h2,h3{break-after:avoid}.scroll,.wide-matrix{overflow:visible;border:0}.wide-matrix .matrix{min-width:0;font-size:.8rem}.scroll table{font-size:.8rem}.scroll th,.scroll td,.scroll thead th,.scroll tbody th,.scroll .num{padding:.2rem .4rem;white-space:normal}.figure .scroll table{font-size:.68rem}.scroll .sub{display:block}
details>summary{color:inherit;list-style:none}details::details-content{content-visibility:visible;block-size:auto}pre{white-space:pre-wrap}.verdict{border:1px solid currentColor}a{color:inherit}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
`;

export const STYLE = (COLORS + TEXT + PARTS + FIGURE_STYLE + tabRules() + SIZES).replace(/\n+/g, '\n');
