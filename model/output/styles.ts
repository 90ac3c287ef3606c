/** Colours for light and dark screens. Every distinction by colour is also one by shape, dashes or words. */
const light =
  "--page:#ffffff;--ink:#1f2933;--muted:#52606d;--faint:#d9dee4;--slot:#f1f3f6;--card:#ffffff;--passed:#2f855a;--failed:#c53030;--undecided:#8a5a12;--neutral:#718096;--server:#c53030;--stable:#2b6cb0;--none:#822727;--unknown:#6b46c1;--client:#8a5a12;--redirect:#2c7a7b;--slow:#4a5568;--range:#2b6cb033";
const dark =
  "--page:#12171e;--ink:#e6ebf1;--muted:#9fb0c2;--faint:#3b4653;--slot:#1d2530;--card:#27313e;--passed:#48bb78;--failed:#fc8181;--undecided:#ecc94b;--neutral:#a0aec0;--server:#fc8181;--stable:#63b3ed;--none:#feb2b2;--unknown:#b794f4;--client:#ecc94b;--redirect:#4fd1c5;--slow:#cbd5e0;--range:#63b3ed40";

const coloured = ["server", "stable", "none", "unknown", "client", "redirect", "slow"]
  .map((name) => `.${name}{color:var(--${name})}`)
  .join("");

/** Style of a picture, which is also a file of its own. */
export const pictureStyles = [
  `svg{${light};font:14px system-ui,sans-serif}`,
  `@media (prefers-color-scheme:dark){svg{${dark}}}`,
  "text{fill:var(--ink)}.title{font-size:22px;font-weight:700}.strong{font-weight:600}.muted{fill:var(--muted)}",
  ".page{fill:var(--page)}.slot{fill:var(--slot)}.grid{stroke:var(--faint)}.edge{stroke:var(--faint);stroke-dasharray:2 3}.range{fill:var(--range)}",
  ".card{fill:var(--card);stroke:var(--neutral)}.arrow{fill:none;stroke:var(--stable);stroke-width:2}.head{fill:var(--stable)}",
  ".band{fill:var(--neutral)}.band.passed{fill:var(--passed)}.band.failed{fill:var(--failed)}.band.not-decided{fill:var(--undecided)}",
  ".passed-text{fill:var(--passed)}.failed-text{fill:var(--failed)}.undecided-text{fill:var(--undecided)}",
  `${coloured}.line polyline,.line line{fill:none;stroke:currentColor;stroke-width:2}.line{fill:currentColor}.open{fill:none;stroke:currentColor;stroke-width:2}`,
].join("");

/** Style of a page. A narrow screen shows each row of a table as a list. */
export const pageStyles = [
  `:root{color-scheme:light dark;${light}}`,
  `@media (prefers-color-scheme:dark){:root{${dark}}}`,
  "body{margin:0 auto;max-width:1200px;padding:16px;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}",
  "h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.15rem;margin:1.5rem 0 .25rem}p,h1,li,td{overflow-wrap:anywhere}",
  ".chart{overflow-x:auto}pre{overflow-wrap:anywhere}.chart svg{display:block;width:100%;min-width:720px;height:auto}",
  "table{border-collapse:collapse;width:100%}caption{text-align:left;padding:4px 0}th,td{padding:6px 10px;text-align:left;vertical-align:top;min-width:4.5em;border-bottom:1px solid var(--faint)}",
  "@media (max-width:600px){thead{display:none}tr{display:block;padding:8px 0;border-bottom:1px solid var(--faint)}td{display:block;border:0;padding:2px 0}td::before{content:attr(data-name)': ';font-weight:600}}",
  ".end{display:inline-block;padding:2px 10px;border:2px solid currentColor;border-radius:4px;font-weight:700}",
  ".pass{color:var(--passed);font-weight:600}.fail{color:var(--failed);font-weight:600}.unknown{color:var(--unknown);font-weight:600}.pass,.fail,.unknown{white-space:nowrap}",
  "pre{overflow-x:auto;white-space:pre-wrap}code{font-size:.9em}",
  ".unread{border-left:4px solid var(--undecided);padding-left:8px}#stale{position:sticky;top:0;background:var(--page);border:2px solid var(--failed);padding:8px;font-weight:600}[hidden]{display:none}",
].join("");
