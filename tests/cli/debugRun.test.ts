import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { eventLogWarning, showsSecrets } from "../../automation/commands/pulumi/debugRun";

const key =
  "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----\n";
const password = "of the mirror";
const escaped = JSON.stringify(key).slice(1, -1);

/** A Pulumi that tells secrets in all that it says. */
const pulumi = `#!/bin/sh
case "$*" in
  version) echo v3.259.0;;
  "stack export --show-secrets --stack ci") echo '{"deployment":{"resources":[]}}';;
  "config --show-secrets --json --stack ci") echo '{"istio-on-k3d:pullSecret":{"value":"${password}","secret":true}}';;
  preview*) echo client-key > "$TMPDIR/kubeconfig1"; echo "$TMPDIR $TS_NODE_CACHE_DIRECTORY";;
  up*) echo "$*" > given; ls -l .state/plain-*/ > kept
    printf '%s' 'out: ${password}' '${key}'
    printf '%s\\n' '{"time":"t","msg":"value={${escaped}}"}' 'error: ${password}' >&2; exit 7;;
esac
`;

describe("Pulumi with its debugging options", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "debug-"));
    mkdirSync(path.join(folder, "bin"));
    writeFileSync(path.join(folder, "bin", "pulumi"), pulumi, { mode: 0o755 });
    writeFileSync(path.join(folder, "bin", "k3d"), "#!/bin/sh\necho k3d version v5.8.3\n", { mode: 0o755 });
    for (const part of ["automation", "charts", "host", "k3d", "launcher", "model", "package.json"])
      cpSync(part, path.join(folder, part), { recursive: true });
    symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));
    const stacks = path.join(".state", ".pulumi", "stacks", "istio-on-k3d");
    mkdirSync(path.join(folder, stacks), { recursive: true });
    for (const [file, text] of [
      [path.join(stacks, "ci.json"), "{}"],
      [path.join(".state", "passphrase"), "for tests"],
      ["versions.json", readFileSync("versions.json", "utf8")],
    ] as const)
      writeFileSync(path.join(folder, file), text);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(folder, "launcher", "start.cjs"), "pulumi", ...args], {
      cwd: tmpdir(),
      env: { PATH: `${path.join(folder, "bin")}${path.delimiter}/usr/bin${path.delimiter}/bin` },
      encoding: "utf8",
    });
  const received = () => readFileSync(path.join(folder, "given"), "utf8").trim();
  const plain = () => readdirSync(path.join(folder, ".state")).filter((name) => name.startsWith("plain-"));

  it("writes no secret, and exits with Pulumi's exit code", () => {
    const { status, stdout, stderr } = run("up", "--stack", "ci", "--yes", "-v=9", "--debug");
    assert.equal(stdout, "out: [secret][secret]\n");
    assert.equal(
      stderr,
      "Pulumi's messages come when it has ended, without secrets\nerror: [secret]\nreport/pulumi.log has Pulumi's log, without secrets\n",
    );
    const log = readFileSync(path.join(folder, "report", "pulumi.log"), "utf8");
    assert.equal(log, '{"time":"t","msg":"value={[secret]\\n}"}\n');
    const file = path.join(folder, ".state", "config", "Pulumi.ci.yaml");
    assert.equal(received(), `up --stack ci --yes -v=9 --debug --config-file ${file} --logtostderr`);
    assert.equal(status, 7);
  });

  for (const command of ["stack export", "config"])
    it(`shows nothing at all if \`pulumi ${command}\` fails, and exits with Pulumi's code`, () => {
      const failing = pulumi.replace('case "$*" in', `case "$*" in\n  "${command} --show"*) exit 255;;`);
      writeFileSync(path.join(folder, "bin", "pulumi"), failing, { mode: 0o755 });
      const { status, stdout, stderr } = run("up", "--stack", "ci", "--yes", "-v=9");
      assert.equal(stdout, "");
      assert.ok(![password, key].some((secret) => stderr.includes(secret)), stderr);
      assert.match(stderr, /are not shown, since the stack's secrets could not be read .* its exit code is 7\. fix: /);
      assert.ok(!existsSync(path.join(folder, "report")));
      assert.equal(status, 7);
      assert.deepEqual(plain(), []);
    });

  it("keeps what is plain for its user alone, and only while Pulumi runs", () => {
    run("up", "--stack", "ci", "--yes", "--debug");
    const kept = readFileSync(path.join(folder, "kept"), "utf8").trim().split("\n").slice(1);
    assert.deepEqual(
      kept.map((line) => line.slice(0, 10)),
      ["-rw-------", "-rw-------"],
    );
    assert.deepEqual(plain(), []);
    assert.ok(!existsSync(path.join(folder, "report")), "no log was asked for");
  });

  it("has a temporary folder that goes with the command, and keeps the compiled program", () => {
    const [own = "", compiled = ""] = run("preview", "--stack", "ci").stdout.trim().split(" ");
    assert.match(own, /istio-on-k3d-pulumi-/);
    assert.ok(!existsSync(own));
    assert.equal(path.dirname(compiled), tmpdir());
  });

  it("removes the files of a killed run, and no file of a running one", () => {
    const ended = spawnSync(process.execPath, ["--version"]).pid;
    for (const pid of [ended, process.pid]) mkdirSync(path.join(folder, ".state", `plain-${pid}`), { recursive: true });
    run("up", "--stack", "ci", "--yes", "--debug");
    assert.deepEqual(plain(), [`plain-${process.pid}`]);
  });

  for (const option of [
    "-v=9",
    "-v9",
    "-v",
    "--verbose=3",
    "--debug",
    "-d",
    "--debug=true",
    "-yd",
    "-yfd",
    "-yv=9",
    "-yfv9",
    "-dy",
  ])
    it(`hides secrets with ${option}`, () => assert.ok(showsSecrets(["up", option])));

  it("shows its output as it is with other options", () => {
    assert.ok(
      !showsSecrets(["up", "--yes", "--diff", "--verifyx", "-vx", "config", "-sdev", "-ysdev", "-m", "-cd:d=d", "-Cd"]),
    );
  });
});

describe("an option of Pulumi that writes secrets into a file", () => {
  it("causes a warning", () => {
    assert.equal(
      eventLogWarning(["up", "--event-log=x"]),
      "warning: with --event-log=x Pulumi writes keys and the kubeconfig in plain text; publish none of it",
    );
  });

  it("is only --event-log, so others cause no warning", () => {
    assert.equal(eventLogWarning(["up", "--yes", "--diff", "--verifyx", "-vx", "--event-logs", "config"]), undefined);
  });
});
