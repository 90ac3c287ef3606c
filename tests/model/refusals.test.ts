import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { explain, parseSettings } from "../../model/settings/parse";
import { assertGolden } from "../support/golden";
import { clashes, refused } from "../support/refused";

const golden = path.join(__dirname, "golden", "refusals.txt");

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
    const text = configurations
      .map(
        (config) =>
          `${JSON.stringify(config)}\n${explain(parseSettings(config).problems).split("\n").slice(1).join("\n")}\n`,
      )
      .join("");
    assertGolden(golden, text);
  });

  it("show no password, neither of a secret key nor of a URL", () => {
    const text = readFileSync(golden, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("  "))
      .join("\n");
    assert.doesNotMatch(text, /hunter2|:secret@|:pass@|token@/);
  });
});
