import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { Stubs } from "../support/stubs";

const module = pathToFileURL(path.resolve("launcher", "install.mjs")).href;

describe("the dependencies of a fresh clone", () => {
  const stubs = new Stubs();
  let clone = "";
  const file = (...parts: string[]) => path.join(clone, ...parts);

  /** Starts an install, as the first command does. */
  async function install(): Promise<{ code: number; errors: string }> {
    const source = `import { installDependencies } from ${JSON.stringify(module)}; await installDependencies();`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", source], { cwd: clone });
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    return { code, errors };
  }
  /** An npm that installs one package. @param body - runs in the folder of the install, before the package is there */
  const npm = (body: string) =>
    stubs.program(
      "npm",
      `echo "$*" >> ${stubs.file("calls")}; ${body}
rm -rf node_modules; mkdir -p node_modules/one; cat package-lock.json > node_modules/one/lock; echo $$ > node_modules/one/by
echo {} > node_modules/.package-lock.json`,
    );

  beforeEach(() => {
    clone = mkdtempSync(path.join(tmpdir(), "clone-"));
    writeFileSync(file("package.json"), "{}");
    writeFileSync(file("package-lock.json"), "new");
  });
  afterEach(() => rmSync(clone, { recursive: true }));

  it("are installed by npm ci, and nothing else is left", async () => {
    await npm("");
    assert.deepEqual(await install(), { code: 0, errors: "installing dependencies\n" });
    assert.match(readFileSync(stubs.file("calls"), "utf8"), /^ci /);
    assert.equal(readFileSync(file("node_modules", "one", "lock"), "utf8"), "new");
    assert.deepEqual(readdirSync(file(".tools")), []);
  });

  it("are whole when two commands install them at once", async () => {
    // each waits until the other one is in the middle, too
    await npm(`touch ${stubs.file("in")}.$$; while [ $(ls ${stubs.file("in")}.* | wc -l) -lt 2 ]; do sleep 0.05; done`);
    const ends = await Promise.all([install(), install()]);
    assert.deepEqual(
      ends.map(({ code, errors }) => [code, errors]),
      [
        [0, "installing dependencies\n"],
        [0, "installing dependencies\n"],
      ],
    );
    assert.deepEqual(readdirSync(file("node_modules")).sort(), [".package-lock.json", "one"]);
    assert.deepEqual(readdirSync(file("node_modules", "one")).sort(), ["by", "lock"]);
    assert.deepEqual(readdirSync(file(".tools")), []);
  });

  it("replace those of an older lock file, and nothing of them stays", async () => {
    mkdirSync(file("node_modules", "older"), { recursive: true });
    await npm("");
    assert.equal((await install()).code, 0);
    assert.deepEqual(readdirSync(file("node_modules")).sort(), [".package-lock.json", "one"]);
  });

  it("stay as they were when npm fails, with its messages", async () => {
    mkdirSync(file("node_modules", "older"), { recursive: true });
    await npm('mkdir -p node_modules/half; echo "no network" >&2; exit 1');
    const { code, errors } = await install();
    assert.notEqual(code, 0);
    assert.match(errors, /no network[\s\S]*npm ci failed; its messages are above/);
    assert.deepEqual(readdirSync(file("node_modules")), ["older"]);
    assert.deepEqual(readdirSync(file(".tools")), []);
  });

  it("do not pile up when installs are killed", async () => {
    const [killed, current] = [file(".tools", "install-killed"), file(".tools", "install-current")];
    for (const folder of [killed, current]) mkdirSync(folder, { recursive: true });
    utimesSync(killed, 0, 0);
    await npm("");
    assert.equal((await install()).code, 0);
    assert.deepEqual([existsSync(killed), existsSync(current)], [false, true]);
  });
});
