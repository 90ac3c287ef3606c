import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { earlierResults, sourcesAt } from "../../../automation/commands/try/revision";
import { exitCodes, OperationFailed } from "../../../automation/stack/operation";
import type { Report } from "../../../model/trial/report/result";

describe("a mesh test against another revision", () => {
  let repository = "";
  const git = (...args: string[]) => execFileSync("git", ["-C", repository, ...args], { encoding: "utf8" }).trim();
  const write = (file: string, text: string) => writeFileSync(path.join(repository, file), text);

  before(() => {
    repository = mkdtempSync(path.join(tmpdir(), "revision-"));
    git("init", "--quiet");
    const author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    git(...author, "commit", "--quiet", "--allow-empty", "-m", "empty");
    git("tag", "empty");
    mkdirSync(path.join(repository, "mesh"));
    write("mesh/web.yaml", "before");
    write("mesh/web.test.yaml", "cases before");
    git("add", ".");
    git(...author, "commit", "--quiet", "-m", "first");
    git("tag", "base");
    write("mesh/web.yaml", "after");
  });
  after(() => rmSync(repository, { recursive: true }));

  const now = () => [
    { file: path.join(repository, "mesh/web.yaml"), text: "after" },
    { file: path.join(repository, "mesh/web.test.yaml"), text: "cases after" },
  ];
  const textsAt = async (revision: string) =>
    (await sourcesAt(revision, [path.join(repository, "mesh")], now())).map(({ text }) => text);

  it("reads the manifests of the revision, and the cases of today", async () => {
    assert.deepEqual(await textsAt("base"), ["before", "cases after"]);
  });

  it("has no manifests if the folder is new", async () => {
    assert.deepEqual(await textsAt("empty"), ["cases after"]);
  });

  it("reads the manifests of a folder that was renamed since", async () => {
    write("mesh/web.yaml", "before");
    git("mv", "mesh", "net");
    const files = [{ file: path.join(repository, "net/web.test.yaml"), text: "cases after" }];
    const sources = await sourcesAt("base", [path.join(repository, "net")], files);
    assert.deepEqual(sources, [{ file: path.join(repository, "net/web.yaml"), text: "before" }, ...files]);
    git("mv", "net", "mesh");
    write("mesh/web.yaml", "after");
  });

  it("sends nothing on a revision without the folder, and says so", async () => {
    const printed: string[] = [];
    const never = () => Promise.reject<Report>(new Error("ran"));
    const [, test] = now();
    assert.ok(test);
    assert.deepEqual(await earlierResults("empty", [test], never, (line) => void printed.push(line)), []);
    assert.match(printed.join(), /there are no manifests in empty/);
  });

  it("names a revision that is not in the clone", async () => {
    await assert.rejects(textsAt("0123456789abcdef"), { message: /^--against = 0123456789abcdef: /, exitCode: 2 });
  });

  it("continues when the files of the revision cannot be applied, and prints the reason", async () => {
    const printed: string[] = [];
    const fails = (code: number) => () => Promise.reject<Report>(new OperationFailed("mesh.yaml:1: no kind", code));
    const results = await earlierResults("base", now(), fails(exitCodes.config), (line) => void printed.push(line));
    assert.deepEqual(results, []);
    assert.match(printed.join(), /the files of base cannot be applied, .*\nmesh\.yaml:1: no kind/);
    await assert.rejects(
      earlierResults("base", now(), fails(exitCodes.environment), () => {}),
      { exitCode: 4 },
    );
  });
});
