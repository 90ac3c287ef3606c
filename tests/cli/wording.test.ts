import assert from "node:assert/strict";
import { forStack } from "../../automation/cli/wording";
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
