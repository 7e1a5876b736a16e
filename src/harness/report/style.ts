/** The style sheet of report.html. Colour marks the verdict, a status, a fault band; the rest is ink. */
export const REPORT_STYLE = `
:root { color-scheme: light dark;
  --page: #fbfbfa; --card: #ffffff; --ink: #1b1d21; --soft: #62666e; --line: #e3e4e6;
  --series: #1f6feb; --fill: #1f6feb22; --guide: #9499a3; --band: #d9770622; --band-ink: #b45309;
  --good: #15803d; --bad: #c5221f; --doubt: #a16207; }
@media (prefers-color-scheme: dark) { :root {
  --page: #121417; --card: #1a1d21; --ink: #e8eaed; --soft: #9aa0a8; --line: #2d3137;
  --series: #6ea8fe; --fill: #6ea8fe26; --guide: #767c86; --band: #f59e0b26; --band-ink: #f5b042;
  --good: #4ade80; --bad: #ff7b72; --doubt: #facc15; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1024px; margin: 0 auto; padding: 32px 24px 48px; }
h1 { font-size: 22px; line-height: 1.35; font-weight: 600; margin: 4px 0 0; text-wrap: pretty; }
h2 { font-size: 15px; font-weight: 600; margin: 0 0 8px; }
section { margin-top: 28px; }
.run, footer, figcaption, .tile p, dt { color: var(--soft); font-size: 13px; }
.run { margin: 0; }
.verdict { border-left: 4px solid var(--mark); padding: 4px 0 4px 16px; }
.tone-good { --mark: var(--good); } .tone-bad { --mark: var(--bad); }
.tone-doubt { --mark: var(--doubt); }
.word { color: var(--mark); } .word::after { content: ":"; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 12px; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; }
.tile p { margin: 0; } .tile strong { font-size: 26px; font-weight: 600; }
figure { margin: 0 0 12px; padding: 12px 12px 4px; background: var(--card);
  border: 1px solid var(--line); border-radius: 8px; }
figcaption { display: flex; gap: 16px; align-items: baseline; padding: 0 4px 8px; }
figcaption b { color: var(--ink); font-weight: 600; margin-right: auto; }
.legend::before { content: ""; display: inline-block; width: 16px; height: 0; margin-right: 6px;
  vertical-align: middle; border-top: 2px solid var(--series); }
.legend.guide::before { border-top: 2px dashed var(--guide); }
svg { display: block; width: 100%; height: auto; }
svg text { font: 11px system-ui, sans-serif; fill: var(--soft); }
.axis.y { text-anchor: end; } .axis.x { text-anchor: middle; }
.grid { stroke: var(--line); stroke-width: 1; }
.series { fill: none; stroke: var(--series); stroke-width: 1.75; stroke-linejoin: round; }
.series.guide { stroke: var(--guide); stroke-width: 1.5; stroke-dasharray: 4 3; }
.fill { fill: var(--fill); }
.band rect { fill: var(--band); } .band text { fill: var(--band-ink); font-weight: 600; text-anchor: middle; }
.band.recovery rect { opacity: 0.45; stroke: var(--band-ink); stroke-width: 1; stroke-dasharray: 2 4; }
.band.pause rect { fill: var(--guide); opacity: 0.25; } .band.pause text { fill: var(--soft); }
.band.fault text { text-anchor: start; } .band.fault text[text-anchor="end"] { text-anchor: end; }
.dot circle { fill: var(--card); stroke: var(--series); stroke-width: 1.75; } .dot.entry circle { stroke: var(--soft); }
.dot.refusal circle { stroke: var(--bad); } .dot text { text-anchor: middle; font-weight: 600; fill: var(--ink); }
.span { stroke: var(--series); stroke-width: 3; opacity: 0.35; } .span.open { stroke-dasharray: 3 5; }
.problem { margin: 6px 0; overflow-wrap: anywhere; } .moment { text-align: left; } .detail { color: var(--soft); font-size: 13px; }
.hit { fill: transparent; } .hit:hover { fill: var(--fill); }
.card { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; padding: 7px 14px; vertical-align: top; }
th { font-size: 12px; font-weight: 500; color: var(--soft); }
tbody tr { border-top: 1px solid var(--line); }
.many { font-size: 13px; } .many th, .many td { padding: 7px 6px; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code, pre { font: 13px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.witness { margin: 6px 0 2px; white-space: pre-wrap; overflow-wrap: anywhere; color: var(--soft); }
.key { color: var(--band-ink); font-weight: 600; }
.status { white-space: nowrap; }
.status.holds { color: var(--good); } .status.broken, li.broken, .bad { color: var(--bad); font-weight: 600; }
.status.undecided, .doubt { color: var(--doubt); } .status.not_exercised { color: var(--soft); }
.thresholds { margin: 0; padding: 0; list-style: none; font-family: ui-monospace, Menlo, Consolas, monospace;
  font-size: 13px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 20px; margin: 0; }
dd { margin: 0; font-variant-numeric: tabular-nums; }
footer { margin-top: 32px; border-top: 1px solid var(--line); padding-top: 12px; }
svg.narrow { display: none; }
@media (max-width: 560px) {
  main { padding: 20px 12px; } h1 { font-size: 19px; overflow-wrap: anywhere; }
  .run, footer, dd, td, .thresholds { overflow-wrap: anywhere; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 8px; } .tile { padding: 10px 12px; } .tile strong { font-size: 21px; }
  svg.wide { display: none; } svg.narrow { display: block; }
  figure { padding: 8px 4px 4px; } figcaption { gap: 10px; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 10px; }
  table, tbody, tr, td { display: block; } thead { display: none; }
  tr { padding: 8px 12px; }
  td, td.number { display: flex; gap: 16px; padding: 1px 0; text-align: right; white-space: normal; }
  td::before { content: attr(data-column); margin-right: auto; color: var(--soft); font-size: 13px; white-space: nowrap; }
  td:first-child { display: block; text-align: left; font-weight: 600; } td:first-child::before { content: none; }
  .witness { font-weight: 400; }
  .many tr { display: grid; grid-template-columns: 1fr 1fr; column-gap: 28px; } .many td:first-child { grid-column: 1 / -1; }
  .many td { padding: 1px 0; }
}
`;
