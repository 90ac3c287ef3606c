import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { freePorts, freeSubnet } from "../support/free";
import { machineConfig } from "../support/machine";

const clusterName = "e2e-plain";

describe("plain Pulumi in a fresh clone, as the README shows it", () => {
  let folder = "";
  const at = (...parts: string[]) => path.join(folder, ...parts);
  const clone = (...parts: string[]) => at("istio-on-k3d", ...parts);
  const backend = (name: string) => pathToFileURL(at(name)).href;

  /** A shell of somebody who has the Pulumi CLI and nothing of this project: a Pulumi home and a login of their own. */
  const shell = async (command: string, { below = "", env = {} }: { below?: string; env?: NodeJS.ProcessEnv } = {}) => {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(PULUMI_(?!SKIP)|npm_|NODE_OPTIONS)/.test(name),
    );
    const { stdout, stderr } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", command], {
      cwd: clone(below),
      env: {
        ...Object.fromEntries(inherited),
        PULUMI_HOME: at("home"),
        PULUMI_CONFIG_PASSPHRASE: "correct horse",
        ...env,
      },
      maxBuffer: 2 ** 26,
    }).catch((error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(`${command}\n${error.stdout}\n${error.stderr}`);
    });
    return { text: stdout.trim(), all: `${stdout}${stderr}` };
  };
  const pulumi = (command: string, options?: Parameters<typeof shell>[1]) => shell(`pulumi ${command}`, options);
  /** Providers on the PATH are used as they are, so that a machine that has them needs to download none. */
  const install = async (options?: Parameters<typeof shell>[1]) => {
    const { text } = await shell("command -v pulumi-resource-tls || true", options);
    await pulumi(text === "" ? "install" : "install --no-plugins", options);
  };
  const up = (options?: Parameters<typeof shell>[1]) =>
    pulumi("up --yes --skip-preview --non-interactive --color never", options);
  const configure = async (config: Record<string, string>, below: string) => {
    for (const [key, value] of Object.entries(config)) await pulumi(`config set ${key} '${value}'`, { below });
  };
  const containers = () =>
    execFileSync("docker", ["ps", "--all", "--quiet", "--filter", `name=k3d-${clusterName}-`], { encoding: "utf8" });
  const own = async () => {
    const { httpPort, httpsPort } = await freePorts();
    const ports = { httpPort: String(httpPort), httpsPort: String(httpsPort) };
    return { ...(await machineConfig()), ...ports, clusterName, subnet: freeSubnet(clusterName), agents: "0" };
  };

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "plain-"));
    execFileSync("git", ["clone", "--quiet", process.cwd(), clone()]);
    execFileSync("mkdir", [at("login"), at("other")]);
    await install();
    await pulumi(`login ${backend("login")}`);
  });
  after(async () => {
    await pulumi("destroy --stack mine --yes --skip-preview").catch(() => {});
    await shell("npm run --silent destroy -- --stack ci").catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  });

  it("makes and configures a stack from a subfolder, and previews it", async () => {
    await pulumi("stack init mine", { below: "components" });
    await configure(await own(), "docs");
    const { text } = await pulumi("preview --non-interactive --color never", { below: "model/settings" });
    assert.match(text, /\+ \d\d to create/);
    assert.equal(containers(), "");
  });

  it("refuses a wrong value with what to do and without a stack trace", async () => {
    await pulumi("config set httpPort 443");
    await pulumi("config set httpsPort 443");
    const failed = await pulumi("preview --non-interactive --color never").then(
      () => assert.fail("the preview passed"),
      ({ message }: Error) => message,
    );
    assert.match(failed, /httpsPort = "443" must differ from httpPort.*config set httpsPort/);
    assert.doesNotMatch(failed, /\n\s+at /);
    const { httpPort, httpsPort } = await freePorts();
    await configure({ httpPort: String(httpPort), httpsPort: String(httpsPort) }, "");
  });

  it("brings the environment up, and the two lines of the README reach the app", async () => {
    await up();
    await pulumi("stack output caPem > ca-mine.pem");
    assert.match((await shell('eval "$(pulumi stack output curl)"')).all, /^Hello, world!/m);
  });

  it("runs the last edit of the program, and changes only what the configuration changes", async () => {
    appendFileSync(clone("index.ts"), 'export const edited = "yes";\n');
    await pulumi("config set canaryWeight 25", { below: "docs" });
    const { steps } = JSON.parse((await pulumi("preview --json --non-interactive", { below: "docs" })).text) as {
      steps: { op: string; urn: string }[];
    };
    assert.deepEqual(
      steps.filter(({ op }) => !["same", "read"].includes(op)).map(({ urn }) => urn.split("::").at(-1)),
      ["routing-virtualservice"],
    );
    await up({ below: "components" });
    assert.equal((await pulumi("stack output edited")).text, "yes");
    assert.equal((await pulumi("stack output canaryWeight")).text, "25");
  });

  it("finds nothing to do after a refresh", async () => {
    await pulumi("refresh --yes --skip-preview --non-interactive");
    await assert.doesNotReject(pulumi("preview --expect-no-changes --non-interactive", { below: "charts" }));
  });

  it("changes no file that git tracks", async () => {
    await shell("git checkout --quiet index.ts");
    assert.equal((await shell("git status --short")).text, "?? Pulumi.mine.yaml");
  });

  it("destroys the environment", async () => {
    await pulumi("destroy --yes --skip-preview --non-interactive", { below: "docs" });
    await pulumi("stack rm --yes mine");
    assert.equal(containers(), "");
  });

  it("works with another backend", async () => {
    const env = { PULUMI_BACKEND_URL: backend("other") };
    await pulumi("stack init elsewhere", { env });
    const { text } = await pulumi("preview --non-interactive --color never", { env });
    assert.match(text, /\+ \d\d to create/);
    await pulumi("stack rm --yes elsewhere", { env });
    assert.equal((await pulumi("stack ls --json")).text, "[]");
  });

  it("is ready after the line that npm run env prints, and keeps what the user has set", async () => {
    const env = { PULUMI_CONFIG_PASSPHRASE: undefined };
    const command =
      'eval "$(npm run --silent env)"; echo "$PULUMI_BACKEND_URL $PULUMI_CONFIG_PASSPHRASE_FILE"; pulumi stack ls';
    const { text } = await shell(command, { env });
    assert.ok(text.startsWith(`${pathToFileURL(clone(".state")).href} ${clone(".state", "passphrase")}\n`), text);
    const kept = await shell('eval "$(npm run --silent env)"; echo "$PULUMI_BACKEND_URL"', {
      env: { ...env, PULUMI_BACKEND_URL: backend("other") },
    });
    assert.equal(kept.text, backend("other"));
  });

  it("runs the example of the Automation API as it is printed", async () => {
    const env = { PULUMI_CONFIG_PASSPHRASE: undefined };
    const set = Object.entries(await own()).map(
      ([key, value]) => `npm run --silent pulumi -- config set ${key} '${value}' --stack ci`,
    );
    await shell(set.join("\n"), { env });
    const { text } = await shell('eval "$(npm run --silent env)" && npx tsx examples/ci.ts', { env });
    assert.match(text, /weight 100 %: pass/);
    assert.equal(containers(), "");
  });

  it("previews examples/shop as shipped", async () => {
    const below = "examples/shop";
    await install({ below });
    await pulumi("stack init shop", { below });
    const { text } = await pulumi("preview --non-interactive --color never", { below });
    assert.match(text, /\+ \d\d to create/);
    await pulumi("stack rm --yes shop", { below });
  });
});
