import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { plainUrl } from "../../model/settings/forms";
import { parseUrl } from "../../model/url";

const folders = [
  "model",
  "host",
  "k3d",
  "components",
  "automation",
  "charts",
  "trial",
  "policy",
  "machine",
  "launcher",
];

describe("URLs", () => {
  it("are parsed alike however often, also with letters outside ASCII", () => {
    for (let i = 0; i < 20_000; i++)
      assert.equal(plainUrl("https://bücher.de/c"), "https://xn--bcher-kva.de/c", `call ${i}`);
  });

  it("are undefined for a text that is none", () => {
    for (const text of ["", "istio", "https://", "https://a b/"]) assert.equal(parseUrl(text), undefined, text);
  });

  it("are never tested by URL.canParse, whose result changes once V8 has optimized the call", () => {
    const sources = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(ts|mjs|cjs)$/.test(name))
        .map((name) => path.join(folder, name)),
    );
    const users = sources.filter((file) => /URL\.canParse\(/.test(readFileSync(file, "utf8")));
    assert.deepEqual(users, []);
  });
});
