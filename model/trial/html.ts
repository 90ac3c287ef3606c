import { escapeMarkup } from "../output/markup";
import { countOf } from "./report";
import type { CaseResult, Report } from "./result";
import { at } from "./source";

const style = `
:root { color-scheme: light dark; --line: #8886; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
td, th { border-bottom: 1px solid var(--line); padding: .4rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th:first-child { width: 6rem; }
.fail { color: #c0322b; font-weight: 600; } .unknown { color: #a06a00; font-weight: 600; } .pass { color: #17803d; }
code { font-size: .9em; }
`;

const marks = { pass: "✓ pass", fail: "✗ FAIL", unknown: "? unknown" } as const;

function row({ case: one, outcome, mismatches, seen, reasons }: CaseResult): string {
  const { method = "GET", url } = one.request;
  const wrong = mismatches
    .map(({ expected, seen }) => `<p>expected ${escapeMarkup(expected)}<br>seen ${escapeMarkup(seen)}</p>`)
    .join("");
  const why = reasons
    .map(
      ({ text, place, fix }) =>
        `<li>${escapeMarkup(text)}${place ? ` <code>${escapeMarkup(at(place))}</code>` : ""}${fix ? `<br>fix: ${escapeMarkup(fix)}` : ""}</li>`,
    )
    .join("");
  const detail =
    outcome === "pass" ? escapeMarkup(seen) : `${wrong || escapeMarkup(seen)}${why ? `<ul>${why}</ul>` : ""}`;
  return `<tr><td class="${outcome}">${marks[outcome]}</td><td>${escapeMarkup(one.it)}<br><code>${escapeMarkup(at(one))}</code></td><td><code>${escapeMarkup(one.from)}</code><br>${escapeMarkup(`${method} ${url}`)}</td><td>${detail}</td></tr>`;
}

const list = (title: string, rows: readonly string[]): string =>
  rows.length > 0
    ? `<h2>${escapeMarkup(title)}</h2><ul>${rows.map((one) => `<li>${escapeMarkup(one)}</li>`).join("")}</ul>`
    : "";

/** The report as one page that needs no other file. */
export function tryPage(report: Report): string {
  const { folder, stack, results, coverage, substitutions, leftOut, notes, hints, seconds } = report;
  const title = `Mesh test of ${folder}`;
  const untouched = coverage.filter(({ touched }) => !touched).map((one) => `${at(one)}: ${one.what}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeMarkup(title)}</title><style>${style}</style></head><body>
<h1>${escapeMarkup(title)}</h1>
<p>${countOf(results, "pass")} of ${results.length} cases pass, ${countOf(results, "fail")} fail, ${countOf(results, "unknown")} could not be measured; environment ${escapeMarkup(stack)}, ${seconds.toFixed(1)} s</p>
<table><thead><tr><th>result</th><th>case</th><th>request</th><th>what happened</th></tr></thead><tbody>
${results.map(row).join("\n")}
</tbody></table>
${list(
  "Not as in your manifests",
  substitutions.map(({ object, place, did }) => `${object}${place ? ` (${place})` : ""}: ${did}`),
)}
${list(
  "Left out",
  leftOut.map((one) => `${one.object} (${at(one)}): ${one.why}`),
)}
${list("About the environment", notes)}
${list("istioctl analyze says (hints, no verdict)", hints)}
${list("Routes, subsets and policy rules that no case used", untouched)}
</body></html>
`;
}
