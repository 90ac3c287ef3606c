import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { fetchFile } from "../../host/fetch";
import { inRepository } from "../../model/mesh/charts";
import { pluginsOf } from "../../model/output/plugins";
import { settingKeys } from "../../model/settings/contract";
import { dependencies } from "../../package.json";
import { Clone } from "../support/clone";
import { freePorts, freeSubnet } from "../support/free";
import { machineConfig, machineReads } from "../support/machine";
import { newestAmbientIstios } from "../support/machineVersions";
import { missingCrds } from "../support/missingCrds";
import { isNightly } from "../support/nightly";

/** The mirrors of a company: its chart repositories, and Pulumi's provider plugins. */
class Mirror {
  readonly requested: string[] = [];
  readonly #server: Server;

  /** @param repositories - by the first part of a path @param plugins - folder of the plugins' archives */
  constructor(repositories: Readonly<Record<string, string>>, plugins: string) {
    this.#server = createServer((request, response) => {
      const [, first = "", ...rest] = (request.url ?? "").split("/");
      const file = rest.join("/");
      this.requested.push(`${first}/${file}`);
      const repository = repositories[first];
      const content = repository
        ? fetchFile(inRepository(repository, file))
        : Promise.resolve().then(() => readFileSync(path.join(plugins, path.basename(file))));
      content.then(
        (body) => response.end(body),
        () => response.writeHead(404).end(),
      );
    });
  }

  async start(): Promise<string> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** Configuration with which an environment downloads the most: in the run of every night, also ambient and the Gateway API. */
async function largest(): Promise<Readonly<Record<string, string>>> {
  if (!isNightly) return {};
  const istioVersion = (await newestAmbientIstios(await machineConfig(), machineReads)).at(-1);
  if (istioVersion === undefined || (await missingCrds(istioVersion)) !== undefined) return {};
  return { istioVersion, dataplane: "ambient", routing: "gateway-api" };
}

/** A machine that reaches nothing outside of itself. */
const withoutNetwork = (home: string) => ({
  ...Object.fromEntries(["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].map((name) => [name, "http://127.0.0.1:9"])),
  NO_PROXY: "127.0.0.1,localhost",
  // an account that has no plugin, neither downloaded nor on the PATH
  PULUMI_HOME: home,
  PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
});

describe("a bundle", () => {
  let folder = "";
  let saved = "";
  let mirror: Mirror;
  const clones: Clone[] = [];
  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const plugins = pluginsOf(dependencies, platform);
  let config: Record<string, unknown> = {};

  /** Archives of the plugins that the tests' own machine has on its PATH. */
  function packPlugins(target: string): void {
    for (const { name, version } of plugins) {
      const program = execFileSync("sh", ["-c", `command -v pulumi-resource-${name}`], { encoding: "utf8" }).trim();
      const file = path.join(target, `pulumi-resource-${name}-v${version}-${platform}.tar.gz`);
      execFileSync("tar", ["-czhf", file, "-C", path.dirname(program), path.basename(program)]);
    }
  }
  const clone = async (name: string) => {
    const made = await Clone.make([name], { ...config, clusterName: name, subnet: freeSubnet(name) });
    clones.push(made);
    return made;
  };

  before(async function () {
    if (
      plugins.some(
        ({ name }) =>
          !existsSync(
            execFileSync("sh", ["-c", `command -v pulumi-resource-${name} || true`], { encoding: "utf8" }).trim(),
          ),
      )
    ) {
      console.log("not run: the PATH of this machine has no provider plugins to make the archives of a mirror from");
      this.skip();
    }
    folder = mkdtempSync(path.join(tmpdir(), "bundle-"));
    saved = path.join(folder, "bundle");
    const machine = await machineConfig();
    const repositories = {
      metallb: machine["metallbChartRepository"] ?? settingKeys.metallbChartRepository.default,
      istio: machine["istioChartRepository"] ?? settingKeys.istioChartRepository.default,
      crds: machine["gatewayApiRepository"] ?? settingKeys.gatewayApiRepository.default,
    };
    mirror = new Mirror(repositories, folder);
    packPlugins(folder);
    const url = await mirror.start();
    const repository = { metallbChartRepository: `${url}/metallb`, istioChartRepository: `${url}/istio` };
    config = {
      ...{ ...(await freePorts()), ...repository, gatewayApiRepository: `${url}/crds`, agents: 0 },
      ...(await largest()),
    };
  });
  after(async () => {
    mirror?.stop();
    for (const each of clones) {
      await each.run("destroy", each === clones[0] ? "e2e-outside" : "e2e-inside");
      await each.remove();
    }
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("has everything that a running environment downloaded, the plugins from the mirror that Pulumi uses", async () => {
    const outside = await clone("e2e-outside");
    const up = await outside.run("up", "e2e-outside");
    assert.equal(up.code, 0, up.text);
    const overrides = `.*=${(config["istioChartRepository"] as string).replace(/istio$/, "plugins")}`;
    const { code, text } = await outside.run("bundle", "e2e-outside", ["--save", saved], {
      PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES: overrides,
    });
    assert.equal(code, 0, text);
    const files = readdirSync(saved);
    assert.equal(files.filter((name) => name.endsWith(".tar.gz")).length, 4);
    const isLargest = config["dataplane"] === "ambient";
    assert.equal(files.filter((name) => name.endsWith(".tgz")).length, isLargest ? 6 : 4);
    assert.equal(files.filter((name) => /^gateway-api-.*\.yaml$/.test(name)).length, isLargest ? 1 : 0);
    assert.ok(files.includes("images.tar") && files.includes("bundle.txt"), files.join(" "));
    assert.equal(mirror.requested.filter((name) => name.startsWith("plugins/")).length, 4);
    assert.equal((await outside.run("destroy", "e2e-outside")).code, 0);
  });

  it("brings an environment up in another checkout, without a chart repository, a plugin or a network", async () => {
    mirror.stop();
    const env = withoutNetwork(path.join(folder, "home"));
    const inside = await clone("e2e-inside");
    const script = readFileSync(path.join(saved, "bundle.txt"), "utf8");
    const steps = script.slice(script.indexOf("FOLDER=")).replace(/^FOLDER=.*$/m, `FOLDER=${saved}`);
    writeFileSync(path.join(inside.folder, "install.sh"), steps);
    const { PULUMI_BACKEND_URL: _, PULUMI_CONFIG_PASSPHRASE: __, ...own } = process.env;
    await promisify(execFile)("bash", ["-euo", "pipefail", "install.sh"], {
      cwd: inside.folder,
      env: { ...own, ...env },
      maxBuffer: 2 ** 26,
    });
    const up = await inside.run("up", "e2e-inside", [], env);
    assert.equal(up.code, 0, up.text);
    assert.match(up.text, /curl/);
    assert.equal((await inside.run("destroy", "e2e-inside", [], env)).code, 0);
  });
});
