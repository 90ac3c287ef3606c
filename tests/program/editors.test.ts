import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  type CompletionItem,
  createMessageConnection,
  type Diagnostic,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

const server = path.join("node_modules", "yaml-language-server", "bin", "yaml-language-server");

describe("an editor with the YAML language server", () => {
  let process_: ChildProcess;
  let connection: MessageConnection;
  const waiting = new Map<string, (diagnostics: readonly Diagnostic[]) => void>();

  before(async () => {
    process_ = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    assert.ok(process_.stdin && process_.stdout);
    connection = createMessageConnection(
      new StreamMessageReader(process_.stdout),
      new StreamMessageWriter(process_.stdin),
    );
    connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) =>
      waiting.get(uri)?.(diagnostics),
    );
    connection.onRequest("workspace/configuration", ({ items }: { items: readonly { section: string }[] }) =>
      items.map(({ section }) => (section === "yaml" ? { validate: true, schemaStore: { enable: false } } : {})),
    );
    connection.onRequest("client/registerCapability", () => null);
    connection.listen();
    const capabilities = { workspace: { configuration: true }, textDocument: { completion: {} } };
    await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities });
    await connection.sendNotification("initialized", {});
  });
  after(async () => {
    connection.dispose();
    process_.kill();
  });

  /** Opens a text as if it were in a file, and returns what the editor underlines. */
  async function open(file: string, text: string): Promise<{ uri: string; diagnostics: readonly Diagnostic[] }> {
    const uri = pathToFileURL(path.resolve(file)).href;
    const diagnostics = new Promise<readonly Diagnostic[]>((resolve) => waiting.set(uri, resolve));
    await connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    return { uri, diagnostics: await diagnostics };
  }

  const examples = readdirSync("examples", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.yaml"))
    .map((name) => path.join("examples", name));
  it("finds nothing wrong in the examples", async () => {
    assert.ok(examples.length > 20);
    const opened = await Promise.all(examples.map((file) => open(file, readFileSync(file, "utf8"))));
    const wrong = opened.filter(({ diagnostics }) => diagnostics.length > 0);
    assert.deepEqual(wrong, []);
  });

  const head = "# yaml-language-server: $schema=../../../trial/test.schema.json\n";
  const at = (name: string) => path.join("examples", "mesh", "canary", `${name}.test.yaml`);

  it("underlines an unknown key and a value that is not allowed", async () => {
    const text = `${head}cases:\n  - { it: answers, request: http://web/, expects: 200 }\n  - { it: ends, request: http://web/, expect: fails }\n`;
    const { diagnostics } = await open(at("wrong"), text);
    const lines = diagnostics.map(({ message, range }) => `${range.start.line + 1}: ${message}`);
    assert.match(lines.join("\n"), /^3: .*expects/m);
    assert.match(lines.join("\n"), /^4: /m);
  });

  it("completes the keys of a case, with their meaning", async () => {
    const text = `${head}cases:\n  - it: answers\n    \n`;
    const { uri } = await open(at("new"), text);
    const { items } = await connection.sendRequest<{ items: readonly CompletionItem[] }>("textDocument/completion", {
      textDocument: { uri },
      position: { line: 3, character: 4 },
    });
    const labels = items.map(({ label }) => label);
    for (const key of ["request", "from", "expect", "given", "times"]) assert.ok(labels.includes(key), key);
    const from = items.find(({ label }) => label === "from");
    assert.match(JSON.stringify(from?.documentation), /caller/);
  });
});
