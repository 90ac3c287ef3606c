import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { Environment } from "../support/environment";

const password = randomBytes(30).toString("hex");

/** Pieces of every secret that an environment has, from its state in plain text. */
function markers(state: string): Map<string, string> {
  const { deployment } = JSON.parse(state) as {
    deployment: { resources: { urn: string; outputs?: Record<string, unknown> }[] };
  };
  const output = (name: string, key: string): string => {
    const places = deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs?.[key];
    const text = typeof places === "string" ? places : (places as { plaintext?: string } | undefined)?.plaintext;
    assert.ok(text, `${name} has no ${key}`);
    return text.startsWith('"') ? (JSON.parse(text) as string) : text;
  };
  const line = (pem: string) => pem.split("\n")[1] ?? "";
  const kubeconfig = output("cluster-kubeconfig", "stdout");
  return new Map([
    ["key of the CA", line(output("certificates-ca-key", "privateKeyPem"))],
    ["key of the certificate", line(output("certificates-leaf-key", "privateKeyPem"))],
    ["key of the tokens", line(output("authentication-key", "privateKeyPemPkcs8"))],
    ["password of the mirror", password],
    ["key of the kubeconfig", (/client-key-data: (\S+)/.exec(kubeconfig)?.[1] ?? "").slice(100, 160)],
  ]);
}

async function filesBelow(folder: string): Promise<[string, string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (file) => [file, await readFile(file, "latin1")] as [string, string]));
}

/** Makes every key anew with all of Pulumi's debugging options on, and answers what is said and left behind. */
async function newKeys({ stack, folder }: Environment): Promise<[string, string][]> {
  const keys = (await stack.exportStack()).deployment.resources
    .map(({ urn }: { urn: string }) => urn)
    .filter((urn: string) => /PrivateKey::certificates-/.test(urn));
  const replaced = keys.flatMap((urn: string) => ["--replace", urn]);
  const options = ["--stack", stack.name, "--yes", "--skip-preview", "-v=9", "--debug", ...replaced];
  const { status, stdout, stderr } = spawnSync(process.execPath, ["launcher/start.cjs", "pulumi", "up", ...options], {
    env: { ...process.env, ...stack.workspace.envVars, TMPDIR: folder },
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  assert.equal(status, 0, stderr);
  const log = await readFile("report/pulumi.log", "utf8");
  return [
    ["log", log],
    ["debug output", stdout],
    ["debug errors", stderr],
    ...(await filesBelow(".state")),
    ...(await filesBelow(folder)),
  ];
}

describe("an environment and its secrets", () => {
  let environment: Environment;
  const recorded: [place: string, text: string][] = [];
  let secrets: Map<string, string[]>;
  let debugged: [place: string, text: string][] = [];

  before(async () => {
    environment = await Environment.open("e2e-secrets", {
      agents: "0",
      tokens: "true",
      // a mirror that nobody asks, so that the nodes are given its password
      registryMirrors: "unused.test=https://mirror.test",
    });
    await environment.setSecret(
      "pullSecret",
      JSON.stringify({ auths: { "mirror.test": { username: "user", password } } }),
    );
    const watch = setInterval(
      () => recorded.push(["process arguments", execFileSync("ps", ["-ewwo", "args="], { encoding: "utf8" })]),
      500,
    );
    try {
      await environment.stack.up({
        color: "never",
        onOutput: (text) => recorded.push(["output", text]),
        onError: (text) => recorded.push(["errors", text]),
        onEvent: (event) => {
          // Pulumi's SDK writes whole resources into its own debug diagnostics, secrets and all; the driver shows none
          if (String(event.diagnosticEvent?.severity) !== "debug")
            recorded.push(["event stream", JSON.stringify(event)]);
        },
      });
    } finally {
      clearInterval(watch);
    }
    recorded.push(...(await filesBelow(environment.folder)));
    const made = markers(await environment.plainState());
    debugged = await newKeys(environment);
    const remade = markers(await environment.plainState());
    secrets = new Map([...made].map(([name, marker]) => [name, [...new Set([marker, remade.get(name) ?? ""])]]));
  });
  after(() => environment.destroy());

  it("has markers that are long enough to mean something", () => {
    assert.ok(secrets.size > 0);
    for (const [name, texts] of secrets)
      for (const text of texts) assert.ok(text.length >= 40, `${name}: ${text.length} characters`);
  });

  it("was watched in all places", () => {
    const places = new Set(recorded.map(([place]) => (place.startsWith("/") ? "state and backups" : place)));
    for (const place of ["event stream", "output", "process arguments", "state and backups"])
      assert.ok(places.has(place), place);
  });

  it("had new keys, and told at full verbosity what it did with them", () => {
    for (const name of ["key of the CA", "key of the certificate"]) assert.equal(secrets.get(name)?.length, 2, name);
    const log = Object.fromEntries(debugged)["log"] ?? "";
    assert.match(log, /privateKeyPem[^}]*\[secret\]/);
    assert.ok(log.length > 1e6, `${log.length} characters`);
  });

  for (const name of [
    "key of the CA",
    "key of the certificate",
    "key of the tokens",
    "password of the mirror",
    "key of the kubeconfig",
  ])
    it(`shows the ${name} in no state, backup, output, event, argument or log at full verbosity`, () => {
      const texts = secrets.get(name) ?? [];
      const places = [...recorded, ...debugged]
        .filter(([, text]) => texts.some((marker) => text.includes(marker)))
        .map(([place]) => place);
      assert.deepEqual([...new Set(places)], []);
    });
});
