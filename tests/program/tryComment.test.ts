import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "yaml";

interface Job {
  readonly steps: readonly { readonly run?: string; readonly env?: Readonly<Record<string, string>> }[];
}
interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly login: string };
}

const { jobs } = parse(readFileSync(".github/workflows/try.yml", "utf8")) as { jobs: Record<string, Job> };
const [step] = jobs["comment"]?.steps.filter(({ run }) => run !== undefined) ?? [];
const bot = { login: "github-actions[bot]" };

describe("the comment of the workflow for other repositories", () => {
  let folder = "";
  let server: Server;
  let comments: Comment[] = [];
  let asked: string[] = [];
  let refusal: { readonly method: string; readonly status: number } | undefined;

  /** The comments of pull request 7 of me/shop, as GitHub's API has them. */
  const answer = (method: string, url: URL, sent: string): { status: number; value: unknown } => {
    if (refusal?.method === method)
      return { status: refusal.status, value: { message: "Resource not accessible by integration" } };
    const { body = "" } = (sent ? JSON.parse(sent) : {}) as { body?: string };
    const id = Number(/^\/repos\/me\/shop\/issues\/comments\/(\d+)$/.exec(url.pathname)?.[1]);
    if (method === "PATCH" && id) {
      comments = comments.map((one) => (one.id === id ? { ...one, body } : one));
      return { status: 200, value: {} };
    }
    if (url.pathname !== "/repos/me/shop/issues/7/comments") return { status: 404, value: { message: "Not Found" } };
    if (method === "POST") {
      comments = [...comments, { id: comments.length + 1, body, user: bot }];
      return { status: 201, value: {} };
    }
    const [size, page] = ["per_page", "page"].map((name) => Number(url.searchParams.get(name)));
    return { status: 200, value: comments.slice(((page ?? 1) - 1) * (size ?? 30), (page ?? 1) * (size ?? 30)) };
  };

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "comment-"));
    [comments, asked, refusal] = [[], [], undefined];
    server = createServer(async (request, response) => {
      const { method = "", url = "", headers } = request;
      asked.push(method);
      const isKnown = headers.authorization === "Bearer token-of-the-job";
      const { status, value } = isKnown
        ? answer(method, new URL(url, "http://api"), await text(request))
        : { status: 401, value: { message: "Bad credentials" } };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  /** Runs the step as a runner does, and returns its status and what it printed. */
  const comment = (table?: string, { tried = "mesh", token = "token-of-the-job", api = "" } = {}) => {
    if (table !== undefined) writeFileSync(path.join(folder, "try.md"), table);
    const { port } = server.address() as AddressInfo;
    const env = {
      ...process.env,
      GITHUB_API_URL: api || `http://127.0.0.1:${port}`,
      GITHUB_REPOSITORY: "me/shop",
      GH_TOKEN: token,
      NUMBER: "7",
      FOLDER: tried,
    };
    return new Promise<{ status: number; output: string }>((resolve) => {
      execFile("bash", ["-e", "-c", step?.run ?? "exit 9"], { cwd: folder, env }, (error, stdout, stderr) =>
        resolve({ status: Number(error?.code ?? 0), output: stdout + stderr }),
      );
    });
  };

  it("is created once with the table, and updated by the next push", async () => {
    comments = [{ id: 1, body: "<!-- mesh tests of mesh -->\nquoted by a person", user: { login: "me" } }];
    assert.deepEqual(await comment("| serves the cart | 404 |\n"), { status: 0, output: "" });
    assert.equal(comments.at(-1)?.body, "<!-- mesh tests of mesh -->\n| serves the cart | 404 |\n");
    assert.deepEqual(await comment("| serves the cart | 200 |\n"), { status: 0, output: "" });
    assert.deepEqual(
      comments.map(({ body }) => body),
      ["<!-- mesh tests of mesh -->\nquoted by a person", "<!-- mesh tests of mesh -->\n| serves the cart | 200 |\n"],
    );
    assert.deepEqual(asked, ["GET", "POST", "GET", "PATCH"]);
  });

  it("is one for each folder", async () => {
    await comment("| a |", { tried: "mesh/a --> b" });
    await comment("| b |", { tried: "mesh/b" });
    assert.deepEqual(
      comments.map(({ body }) => body),
      ["<!-- mesh tests of mesh%2Fa%20--%3E%20b -->\n| a |", "<!-- mesh tests of mesh%2Fb -->\n| b |"],
    );
  });

  it("is found again behind a hundred others", async () => {
    await comment("| before |");
    const [first] = comments;
    assert.ok(first);
    const others = Array.from({ length: 130 }, (_, i): Comment => ({ id: i + 10, body: "a comment", user: bot }));
    comments = [...others, { ...first, id: 500 }];
    await comment("| after |");
    assert.match(comments.at(-1)?.body ?? "", /\| after \|$/);
    assert.equal(comments.length, 131);
  });

  it("says that there is no table, and cuts one that GitHub would refuse", async () => {
    await comment();
    assert.match(comments[0]?.body ?? "", /did not run: the environment did not come up/);
    await comment("x".repeat(70_000));
    assert.ok((comments[0]?.body.length ?? 0) < 65_536);
    assert.match(comments[0]?.body ?? "", /The rest is in the artifact `mesh-tests`\.$/);
  });

  it("fails with GitHub's message, and says that the tests have a result of their own", async () => {
    for (const method of ["GET", "POST"]) {
      refusal = { method, status: 403 };
      const { status, output } = await comment("| case |");
      assert.equal(status, 1);
      assert.match(
        output,
        new RegExp(
          `^::error title=No comment in the pull request::GitHub answered 403 to ${method} .*Resource not accessible by integration.*The result of the tests is that of the job try\\. .*pull-requests: write`,
        ),
      );
    }
    const wrong = await comment("| case |", { token: "other" });
    assert.match(wrong.output, /GitHub answered 401 .*Bad credentials/);
    const away = await comment("| case |", { api: "http://127.0.0.1:9" });
    assert.equal(away.status, 1);
    assert.match(away.output, /^::error .*fetch failed/);
    assert.deepEqual(comments, []);
  });

  it("has the token, the pull request and the folder of the caller", () => {
    assert.deepEqual(step?.env, {
      GH_TOKEN: "$" + "{{ github.token }}",
      NUMBER: "$" + "{{ github.event.pull_request.number }}",
      FOLDER: "$" + "{{ inputs.folder }}",
    });
  });
});
