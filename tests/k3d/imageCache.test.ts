import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { cached, ensureCaches, removeCaches } from "../../k3d/imageCache";
import versions from "../../versions.json";
import { Stubs } from "../support/stubs";

const cache = { host: "docker.io", upstream: "https://registry-1.docker.io" };
const container = "k3d-istio-on-k3d-docker.io";
const volume = `docker volume create --label istio-on-k3d.cache=docker.io ${container}`;
const create = `k3d registry create istio-on-k3d-docker.io --image ${versions.registryImage} --port 127.0.0.1:random --no-help --volume ${container}:/var/lib/registry --proxy-remote-url ${cache.upstream}`;

describe("the caches of images on this machine", () => {
  const stubs = new Stubs();

  /** Has docker and k3d only say what they are asked; docker answers what a file of its subcommand's name holds, or fails. */
  async function answers(files: Readonly<Record<string, string>>, k3d = "true"): Promise<void> {
    for (const [name, text] of Object.entries(files)) await writeFile(stubs.file(name), text);
    const docker = `[ "$1" != inspect ] || cat ${stubs.file("inspect")} || exit 1; [ "$2" != ls ] || cat ${stubs.file("ls")}`;
    for (const [name, body] of Object.entries({ docker, k3d }))
      await stubs.program(name, `echo "${name} $*" >> ${stubs.file("calls")}\n${body}`);
  }
  const calls = async () => {
    const text = await readFile(stubs.file("calls"), "utf8");
    return text.split("\n").filter((line) => line && !line.startsWith("docker inspect"));
  };

  it("are made where there are none, with a volume by which they are found again", async () => {
    await answers({});
    await ensureCaches([cache]);
    assert.deepEqual(await calls(), [volume, create]);
  });

  it("are kept with what they hold, and started where they were stopped", async () => {
    await answers({ inspect: `PATH=/bin\nREGISTRY_PROXY_REMOTEURL=${cache.upstream}\n` });
    await ensureCaches([cache]);
    assert.deepEqual(await calls(), [`docker start ${container}`]);
  });

  it("are made again over the same volume where they ask another upstream", async () => {
    await answers({ inspect: "REGISTRY_PROXY_REMOTEURL=https://mirror.test\n" });
    await ensureCaches([cache]);
    assert.deepEqual(await calls(), [`docker rm --force ${container}`, volume, create]);
  });

  it("may be made by another environment at the same time, but do not fail unsaid", async () => {
    const made = `echo REGISTRY_PROXY_REMOTEURL=${cache.upstream} > "$(dirname "$0")/inspect"`;
    await answers({}, `${made}; echo exists >&2; exit 1`);
    await ensureCaches([cache]);
    await rm(stubs.file("inspect"));
    await answers({}, "echo no space left >&2; exit 1");
    await assert.rejects(ensureCaches([cache]), { message: "k3d registry create: no space left" });
  });

  it("go with their volumes when that is asked, and are none without Docker", async () => {
    await answers({ ls: "docker.io\n" });
    assert.deepEqual(await cached(), ["docker.io"]);
    await removeCaches();
    assert.deepEqual((await calls()).slice(2), [
      `docker rm --force ${container}`,
      `docker volume rm --force ${container}`,
    ]);
    process.env["PATH"] = "/nowhere";
    assert.deepEqual(await cached(), []);
  });
});
