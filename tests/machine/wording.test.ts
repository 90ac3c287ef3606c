import assert from "node:assert/strict";
import { forStack, warning } from "../../machine/wording.mjs";
import { caFile } from "../../model/names";

const table: readonly (readonly [string, string])[] = [
  ["run: npm start", "run: npm start -- --stack ci"],
  ["npm start, then look", "npm start -- --stack ci, then look"],
  ["npm start -- --stack ci", "npm start -- --stack ci"],
  [
    "npm run rollout -- resume, or: npm run rollout -- abort",
    "npm run rollout -- --stack ci resume, or: npm run rollout -- --stack ci abort",
  ],
  ["$(npm run --silent token -- --group admins)", "$(npm run --silent token -- --stack ci --group admins)"],
  [
    "npm run pulumi -- config set mtlsMode STRICT && npm start   # callers",
    "npm run pulumi -- config --stack ci set mtlsMode STRICT && npm start -- --stack ci   # callers",
  ],
  ["npm run pulumi -- up --refresh --yes", "npm run pulumi -- up --stack ci --refresh --yes"],
  ["npm run golden", "npm run golden"],
  ["curl --cacert ca.pem https://x/", "curl --cacert ca-ci.pem https://x/"],
  ["curl --cacert ca-ci.pem https://x/", "curl --cacert ca-ci.pem https://x/"],
];

describe("a text for another stack", () => {
  for (const [text, other] of table)
    it(`says ${other}`, () => {
      assert.equal(forStack(text, "ci"), other);
      assert.equal(forStack(other, "ci"), other);
      assert.equal(forStack(text, "dev"), text);
    });

  it("names the file of the CA as the stack's own output does", () => {
    for (const stack of ["dev", "ci"]) assert.equal(forStack("ca.pem", stack), caFile(stack));
  });
});

describe("an option of Pulumi that tells all into a file", () => {
  it("is warned of", () => {
    assert.equal(
      warning(["up", "--event-log=x"]),
      "warning: with --event-log=x Pulumi tells keys and the kubeconfig in plain text; publish none of it",
    );
  });

  it("is not one of these", () => {
    assert.equal(warning(["up", "--yes", "--diff", "--verifyx", "-vx", "--event-logs", "config"]), undefined);
  });
});
