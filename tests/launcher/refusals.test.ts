import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { lines } from "../../host/process";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly seconds: number;
}

/** Parts of a checkout that run before the dependencies are installed, and the others. */
const copied = ["launcher"];
const linked = ["node_modules", "automation", "charts", "components", "host", "k3d", "model", "package.json"];

/** A fresh checkout without dependencies, on a machine with the commands given as shell scripts and no others. */
class Machine {
  readonly folder = mkdtempSync(path.join(tmpdir(), "machine-"));
  private readonly bin = path.join(this.folder, "bin");

  constructor(commands: Readonly<Record<string, string>>, config = "") {
    mkdirSync(this.bin);
    copyFileSync("versions.json", path.join(this.folder, "versions.json"));
    for (const part of copied) cpSync(part, path.join(this.folder, part), { recursive: true });
    writeFileSync(path.join(this.folder, "Pulumi.dev.yaml"), config);
    for (const [name, script] of Object.entries(commands)) {
      writeFileSync(path.join(this.bin, name), `#!/bin/sh\necho "$*" >> "$0.calls"\n${script}\n`);
      chmodSync(path.join(this.bin, name), 0o755);
    }
  }

  /** Gives it the dependencies, as a checkout has them after its first command. */
  installed(): this {
    for (const part of linked) symlinkSync(path.resolve(part), path.join(this.folder, part));
    return this;
  }

  run(...args: readonly string[]): Promise<Ended> {
    const begun = Date.now();
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [path.join(this.folder, "launcher", "start.cjs"), ...args],
        { cwd: this.bin, env: { PATH: this.bin } },
        (error, stdout, stderr) =>
          resolve({ code: Number(error?.code ?? 0), out: stdout + stderr, seconds: (Date.now() - begun) / 1000 }),
      );
    });
  }

  /** Arguments of each call of a command. */
  calls(name: string): string[] {
    return lines(readFileSync(path.join(this.bin, `${name}.calls`), "utf8"));
  }

  /** Everything in the checkout that was not there before. */
  created(): string[] {
    return readdirSync(this.folder).filter(
      (name) => !["bin", ...copied, ...linked, "versions.json", "Pulumi.dev.yaml"].includes(name),
    );
  }
}

const down =
  'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2; exit 1';
const forbidden = 'echo "permission denied while trying to connect to the Docker daemon socket" >&2; exit 1';
const works = 'case "$1" in version) echo 28.2.2;; esac';

const refusals: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ["Docker is absent", {}, "docker  is not installed; fix: install it: https://docs.docker.com/get-docker/"],
  [
    "Docker is down",
    { docker: down },
    "docker  is not running; fix: start Docker Desktop, or: sudo systemctl start docker",
  ],
  [
    "Docker is forbidden",
    { docker: forbidden },
    "docker  may not be used by this user; fix: sudo usermod -aG docker $USER, then log in again",
  ],
];

describe("npm start on a machine that is not ready", () => {
  let machine: Machine;
  let server: Server | undefined;
  afterEach(() => {
    rmSync(machine.folder, { recursive: true });
    server?.close();
  });

  for (const [what, commands, line] of refusals)
    it(`says within two seconds that ${what}, and creates nothing`, async () => {
      machine = new Machine(commands, '  istio-on-k3d:httpPort: "61080"\n  istio-on-k3d:httpsPort: "61443"\n');
      const { code, out, seconds } = await machine.run("up");
      assert.equal(out, `this machine is not ready, nothing was created:\nfailed  ${line}\n`);
      assert.equal(code, 4);
      assert.ok(seconds < 2, `${seconds} s`);
      assert.deepEqual(machine.created(), []);
    });

  it("names the network that has the subnet, and a subnet that is free", async () => {
    machine = new Machine(
      {
        docker:
          'case "$1 $2" in "version --format") echo 28.2.2;; "network ls") echo a; echo b;; "network inspect") printf "%s\\n" "bridge 10.44.0.0/16" "other 10.45.0.0/24" "k3d-dev 10.44.0.0/24" none;; esac',
      },
      'config:\n  istio-on-k3d:httpPort: "61080"\n  istio-on-k3d:httpsPort: "61443"\n',
    ).installed();
    const { code, out } = await machine.run("up");
    const line =
      /^failed {2}subnet 10\.44\.0\.0\/24 {2}overlaps the Docker network bridge; fix: npm run pulumi -- config set subnet 10\.46\.0\.0\/24$/m;
    assert.match(out, line);
    assert.equal(code, 4);
    assert.deepEqual(machine.created(), []);
  });

  it("names the program that has the port, without waiting for it, and creates nothing", async () => {
    const listening = createServer();
    server = listening;
    await new Promise<void>((resolve) => {
      listening.listen(0, "127.0.0.1", resolve);
    });
    const { port } = listening.address() as AddressInfo;
    machine = new Machine(
      { docker: works },
      // four blanks, quotes and the flow style are YAML too
      `config: {"istio-on-k3d:httpPort": ${port}, 'istio-on-k3d:httpsPort': "61443"}\n`,
    ).installed();
    const { code, out } = await machine.run("up");
    const holder = process.platform === "linux" ? `\\S+ \\(process ${process.pid}\\)` : ".+";
    assert.match(
      out,
      new RegExp(
        `^failed  port ${port}  is taken by ${holder}; fix: stop it, or: npm run pulumi -- config set httpPort ${port + 1}$`,
        "m",
      ),
    );
    assert.equal(code, 4);
    // a check that polls asks again; time itself depends on what else the machine does
    const calls = machine.calls("docker");
    assert.deepEqual(calls, [...new Set(calls)]);
    assert.deepEqual(machine.created(), []);
  });
});

describe("a command for a stack that does not exist", () => {
  for (const args of [
    ["destroy", "--stack", "TYPO"],
    ["verify", "--stack", "TYPO"],
    ["pulumi", "preview", "--stack", "TYPO"],
  ])
    it(`is refused before anything is downloaded or written: ${args.join(" ")}`, async () => {
      const machine = new Machine({ docker: works }).installed();
      try {
        const { code, out } = await machine.run(...args);
        assert.equal(out, "stack TYPO does not exist; there is none; npm start -- --stack TYPO makes it\n");
        assert.equal(code, 2);
        assert.deepEqual(machine.created(), []);
      } finally {
        rmSync(machine.folder, { recursive: true });
      }
    });
});
