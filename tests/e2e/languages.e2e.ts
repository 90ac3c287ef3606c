import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";
import { settingKeys } from "../../model/settings/contract";
import { packageSchema } from "../../model/settings/packageSchema";
import { description, version } from "../../package.json";
import { leftovers } from "../support/docker";
import { freePorts, freeSubnet } from "../support/free";
import { machineConfig } from "../support/machine";

const clusterName = "e2e-languages";
interface Program {
  readonly resources: { readonly environment: { readonly properties: Record<string, unknown> } };
}

/** Languages of the generated SDKs, and a file of each that has the component. */
const sdks = {
  nodejs: "environment.ts",
  python: "pulumi_istio_on_k3d/environment.py",
  go: "istioonk3d/environment.go",
  dotnet: "Environment.cs",
  java: "src/main/java/com/pulumi/istioonk3d/EnvironmentArgs.java",
} as const;

/** True if this machine has Pulumi's plugin for a language. */
const hasLanguage = (language: string): boolean => {
  try {
    execFileSync("sh", ["-c", `command -v pulumi-language-${language}`]);
    return true;
  } catch {
    return false;
  }
};

describe("a program in Pulumi YAML", () => {
  let folder = "";
  let ports = { httpPort: 0, httpsPort: 0 };
  const isTried = hasLanguage("yaml");
  const clone = (...parts: string[]) => path.join(folder, "istio-on-k3d", ...parts);

  const shell = async (command: string): Promise<string> => {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(PULUMI_(?!SKIP)|npm_)/.test(name));
    const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", command], {
      cwd: clone("examples", "yaml"),
      env: {
        ...Object.fromEntries(inherited),
        PULUMI_HOME: path.join(folder, "home"),
        PULUMI_BACKEND_URL: `file://${folder}`,
        PULUMI_CONFIG_PASSPHRASE: "correct horse",
      },
      maxBuffer: 2 ** 26,
    }).catch((error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(`${command}\n${error.stdout}\n${error.stderr}`);
    });
    return stdout.trim();
  };

  /** Values of the example for this machine; keys of the configuration are texts, and inputs have types. */
  const typed = (config: Readonly<Record<string, unknown>>) =>
    Object.entries(config).map(([name, value]) => {
      const { type } = settingKeys[name as keyof typeof settingKeys];
      return [name, type === "string" ? value : JSON.parse(String(value))] as const;
    });

  before(async () => {
    // a pending test would fail the suite
    if (!isTried) return console.log("    nothing was tried: no pulumi-language-yaml is on the PATH");
    folder = mkdtempSync(path.join(tmpdir(), "languages-"));
    execFileSync("git", ["clone", "--quiet", process.cwd(), clone()]);
    symlinkSync(path.resolve("node_modules"), clone("node_modules"));
    execFileSync("touch", [clone("node_modules", ".package-lock.json")]);
    ports = await freePorts();
    const own = { ...(await machineConfig()), clusterName, ...ports, subnet: freeSubnet(clusterName) };
    const file = clone("examples", "yaml", "Pulumi.yaml");
    const program = parse(readFileSync(file, "utf8")) as Program;
    Object.assign(program.resources.environment.properties, Object.fromEntries(typed(own)));
    writeFileSync(file, stringify(program));
  });
  after(async () => {
    if (!isTried) return;
    await shell("pulumi destroy --yes --skip-preview --stack mine").catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  });

  it("brings the environment up by the component, reaches the app, and removes everything", async () => {
    if (!isTried) return;
    await shell("pulumi stack init mine");
    await shell("pulumi up --yes --skip-preview --non-interactive --color never");
    await shell("pulumi stack output caPem > ca.pem");
    const host = "helloworld.istio.localhost";
    const to = `--resolve ${host}:${ports.httpsPort}:127.0.0.1 https://${host}:${ports.httpsPort}/`;
    assert.match(await shell(`curl --silent --cacert ca.pem ${to}`), /^Hello, world!/);
    assert.doesNotMatch(await shell("pulumi stack export"), /client-key-data/);
    await shell("pulumi preview --expect-no-changes --non-interactive --color never");
    await shell("pulumi destroy --yes --skip-preview --non-interactive --color never");
    assert.deepEqual(leftovers(clusterName), []);
  });

  it("gets an SDK for each language whose plugin this machine has", async () => {
    if (!isTried) return;
    // the schema that the provider serves: from its folder, Pulumi would install the packages of the clone again
    const schema = path.join(folder, "schema.json");
    writeFileSync(schema, JSON.stringify(packageSchema(version, description)));
    for (const [language, file] of Object.entries(sdks)) {
      if (!hasLanguage(language)) {
        console.log(`    no SDK was generated for ${language}: its plugin is not on the PATH`);
        continue;
      }
      const sdk = path.join(folder, "sdk");
      await shell(`pulumi package gen-sdk ${schema} --language ${language} --out ${sdk}`);
      assert.match(readFileSync(path.join(sdk, language, file), "utf8"), /canary_?weight/i);
    }
  });
});
