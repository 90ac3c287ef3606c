import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  type AnalyzeDiagnostic,
  AnalyzeRequest,
  type AnalyzeResponse,
  AnalyzerResourceOptions,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { resourcesOf } from "../support/policy";

interface Deployment {
  spec: { template: { spec: { containers: [{ image: string; env?: object[] }] } } };
}

describe("the policy pack as Pulumi runs it", () => {
  let server: ChildProcess | undefined;
  let client: AnalyzerClient;
  before(async function () {
    this.timeout(60_000);
    const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const cwd = path.join(__dirname, "../../policy");
    server = spawn(process.execPath, [runner, "127.0.0.1:0", "."], { cwd, stdio: ["ignore", "pipe", "inherit"] });
    assert.ok(server.stdout);
    const [port] = (await once(server.stdout, "data")) as [Buffer];
    client = new AnalyzerClient(`127.0.0.1:${port.toString().trim()}`, credentials.createInsecure());
  });
  after(() => {
    // first, since a server that never printed its port has no client, and would keep mocha waiting for ever
    server?.kill();
    client?.close();
  });

  it("stops what breaks a rule, by the rule's name", async () => {
    const deployment = (await resourcesOf("default")).find(({ name }) => name === "app-v1");
    assert.ok(deployment);
    const props = structuredClone(deployment.props) as unknown as Deployment;
    props.spec.template.spec.containers[0].image = "hello-app";
    const request = new AnalyzeRequest();
    request.setType(deployment.type);
    request.setName(deployment.name);
    request.setUrn("urn:pulumi:test::istio-on-k3d::kubernetes:apps/v1:Deployment::app-v1");
    request.setOptions(new AnalyzerResourceOptions());
    request.setProperties(Struct.fromJavaScript(props as never));
    const found = await new Promise<AnalyzeDiagnostic[]>((resolve, reject) =>
      client.analyze(request, (error: Error | null, answer: AnalyzeResponse) =>
        error ? reject(error) : resolve(answer.getDiagnosticsList()),
      ),
    );
    assert.deepEqual(
      found.map((each) => [each.getPolicyname(), each.getEnforcementlevel(), each.getMessage().split("\n").at(-1)]),
      [["pinned-versions", 1, "image hello-app must have a tag other than latest, or a digest"]],
    );
  });
});
