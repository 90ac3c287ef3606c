import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { CurrentEnvironment } from "../../automation/commands/view/environment";
import { readPart, readTrial } from "../../automation/commands/view/parts";
import { ViewReader } from "../../automation/commands/view/reader";
import { type ServedPage, serveView } from "../../automation/commands/view/server";
import type { RunningEnvironment } from "../../automation/stack/runningEnvironment";
import { parseSettings } from "../../model/settings/parse";
import { viewContents } from "../../model/view/page";

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly policy: string;
}

function send(url: string, { method = "GET", host }: { method?: string; host?: string } = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    const call = request(url, { method, headers, agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          body,
          policy: String(response.headers["content-security-policy"]),
        }),
      );
    });
    call.on("error", reject);
    call.end();
  });
}

const { settings } = parseSettings({});
const unreachable: RunningEnvironment = {
  settings,
  ingressIp: "127.0.0.1",
  ca: "",
  tokenKey: "",
  headers: {},
  api: {
    within: () => unreachable.api,
    get: () => Promise.reject(new Error("the API server does not answer")),
    text: () => Promise.reject(new Error("the API server does not answer")),
  },
} as unknown as RunningEnvironment;

const fixed = (environment: RunningEnvironment) => ({ get: async () => environment });

describe("the server of the view", () => {
  let served: ServedPage;
  before(async () => {
    const reader = new ViewReader("dev", fixed(unreachable));
    served = await serveView("dev", () => reader.read());
  });
  after(() => served.close());

  it("listens on 127.0.0.1 under a path that is different each time", async () => {
    const other = await serveView("dev", () => Promise.reject(new Error("unused")));
    await other.close();
    assert.match(served.url, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{24}\/$/);
    assert.notEqual(new URL(served.url).pathname, new URL(other.url).pathname);
  });
  it("serves a page that loads nothing from elsewhere", async () => {
    const { status, body, policy } = await send(served.url);
    assert.equal(status, 200);
    assert.match(policy, /^default-src 'none'; connect-src 'self';/);
    assert.doesNotMatch(body, /(src|href)=/);
  });
  it("shows an environment that does not answer as unknown", async () => {
    const { status, body } = await send(`${served.url}contents`);
    assert.equal(status, 200);
    assert.match(body, /\? unknown: the API server does not answer/);
    assert.doesNotMatch(body, /✓/);
  });
  it("refuses other paths, other methods and other hosts", async () => {
    const { origin } = new URL(served.url);
    assert.equal((await send(`${origin}/`)).status, 404);
    assert.equal((await send(`${origin}/contents`)).status, 404);
    assert.equal((await send(served.url, { method: "POST" })).status, 405);
    assert.equal((await send(served.url, { host: "evil.example:80" })).status, 403);
  });
  it("answers 500 and stays up when a page cannot be made", async () => {
    const broken = await serveView("dev", () => Promise.reject(new Error("secret detail")));
    try {
      const { status, body } = await send(`${broken.url}contents`);
      assert.deepEqual([status, body], [500, ""]);
      assert.equal((await send(broken.url)).status, 200);
    } finally {
      await broken.close();
    }
  });
  it("fails on a port that is taken", async () => {
    const port = Number(new URL(served.url).port);
    await assert.rejects(
      serveView("dev", () => Promise.reject(new Error("unused")), { port }),
      { code: "EADDRINUSE" },
    );
  });
});

describe("a read of the view", () => {
  it("is shared by requests that come at the same time", async () => {
    let reads = 0;
    const counting: RunningEnvironment = {
      ...unreachable,
      api: {
        within: () => counting.api,
        get: () => {
          reads += 1;
          return Promise.reject(new Error("no"));
        },
      },
    } as unknown as RunningEnvironment;
    let clock = 0;
    const reader = new ViewReader("dev", fixed(counting), () => clock);
    await Promise.all([reader.read(), reader.read()]);
    const once = reads;
    clock = 5000;
    assert.match(viewContents(await reader.read()), /unknown/);
    assert.equal(reads, 2 * once);
  });
  it("counts traffic from the time when the gateway answered, however long the read before it took", async () => {
    let clock = 0;
    const gateway = { metadata: { name: "gateway" }, status: { phase: "Running" } };
    const quiet = {
      ...unreachable,
      api: { within: () => quiet.api, get: async () => ({ items: [gateway] }), text: async () => "" },
    } as unknown as RunningEnvironment;
    const slowAtFirst = {
      get: async () => {
        clock += clock === 0 ? 8000 : 0;
        return quiet;
      },
    };
    const reader = new ViewReader("dev", slowAtFirst, () => clock);
    await reader.read();
    clock += 3000;
    assert.match(viewContents(await reader.read()), /routed no request in the last 3 s/);
  });
  it("says in plain words that the cluster may be stopped", async () => {
    const part = await readPart(() => Promise.reject(new Error("connect ECONNREFUSED 127.0.0.1:6443")));
    assert.deepEqual(part, { unknown: "nothing listens at 127.0.0.1:6443; the cluster may be stopped" });
  });
  it("shows no mesh test without a report", async () => {
    assert.equal(await readTrial("dev", "report/no-such-report.json"), undefined);
  });
  it("shows the mesh test of its own stack only", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "view-"));
    const file = path.join(folder, "try.json");
    await writeFile(file, JSON.stringify({ folder: "mesh", stack: "ci", results: [{ outcome: "pass" }] }));
    assert.equal((await readTrial("ci", file))?.passed, 1);
    assert.equal(await readTrial("dev", file), undefined);
    await rm(folder, { recursive: true });
  });
  it("shows a stack that is no longer up as unknown", async () => {
    const gone = { get: () => Promise.reject(new Error("stack dev is not up")) };
    const page = viewContents(await new ViewReader("dev", gone).read());
    assert.equal(page.match(/\? unknown: stack dev is not up/g)?.length, 5);
    assert.doesNotMatch(page, /✓/);
  });
});

describe("the environment of the view", () => {
  let [version, clock, reads] = [1, 0, 0];
  const weights = [10, 50, 50];
  const read = async (): Promise<RunningEnvironment> => {
    const canaryWeight = weights[reads];
    reads += 1;
    if (canaryWeight === undefined) throw new Error("stack dev is not up");
    return { ...unreachable, settings: { ...unreachable.settings, canaryWeight } };
  };
  const weightNow = async (environment: CurrentEnvironment, answered: boolean) =>
    (await environment.get(answered)).settings.canaryWeight;

  it("is read again when the configuration changes, and from time to time while the cluster does not answer", async () => {
    const environment = await CurrentEnvironment.open({ read, version: async () => version, now: () => clock });
    assert.deepEqual([await weightNow(environment, true), reads], [10, 1]);
    version = 2;
    assert.deepEqual([await weightNow(environment, true), reads], [50, 2]);
    assert.deepEqual([await weightNow(environment, false), reads], [50, 2]);
    clock = 20_000;
    assert.deepEqual([await weightNow(environment, true), reads], [50, 2]);
    assert.deepEqual([await weightNow(environment, false), reads], [50, 3]);
    clock = 40_000;
    await assert.rejects(environment.get(false), /stack dev is not up/);
    assert.equal(reads, 4);
    await assert.rejects(environment.get(true), /stack dev is not up/);
    assert.equal(reads, 4);
  });
});
