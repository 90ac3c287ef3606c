import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseSettings, problemsText } from "../../../model/settings/parse";
import { assertGolden } from "../../support/golden";
import { clashes, refused } from "../../support/refused";

const golden = path.join(__dirname, "golden", "refusals.txt");

/** A line of the golden is a configuration and its first refusal; each further refusal is a line of its own. */
const [separator, continuation] = [" -> ", "\n  -> "];

/** Several mistakes in one configuration. */
const together: readonly Readonly<Record<string, string>>[] = [
  { canaryWeight: "101", canaryWieght: "5", mtlsMode: "strict", zone: "x" },
  { chartAuth: "bob:hunter2", httpPort: "443" },
  { cluster: "existing", httpPort: "8080", registryMirrors: "docker.io=https://a.b" },
  { domain: "cluster.local", tokens: "yes", loginIssuer: "https:/login.example.com" },
];

describe("the texts of refused configurations", () => {
  it("are those of the golden file, for at least 200 configurations", () => {
    const configurations = [
      ...Object.entries(refused).flatMap(([key, values]) => values.map((value) => ({ [key]: value }))),
      ...clashes.map(([config]) => config),
      ...together,
    ];
    assert.ok(configurations.length >= 200);
    const text = configurations.map((config) => {
      const [, ...refusals] = problemsText(parseSettings(config).problems).split("\n");
      return `${JSON.stringify(config)}${separator}${refusals.map((line) => line.trim()).join(continuation)}\n`;
    });
    assertGolden(golden, text.join(""));
  });

  it("show no password, neither of a secret key nor of a URL", () => {
    const text = readFileSync(golden, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.slice(line.indexOf(separator) + separator.length))
      .join("\n");
    assert.match(text, /^cluster = "" must be/);
    assert.doesNotMatch(text, /hunter2|:secret@|:pass@|token@/);
  });
});
