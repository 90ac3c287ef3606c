import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { capture } from "../../host/process";
import { poll } from "../../host/wait";
import { clusterSettings, k3dConfig } from "../../model/cluster/k3dConfig";
import { archivePath, chartsToInstall, inRegistry } from "../../model/mesh/charts";
import { istiodOf } from "../../model/mesh/revisions";
import { gateway, meshNamespace } from "../../model/names";
import { caHours, caName, leafNames } from "../../model/security/certificates";
import type { Settings } from "../../model/settings/contract";
import { type Kept, nameOf } from "./state";

interface Release {
  readonly name: string;
  readonly chart: string;
  readonly version: string;
  readonly namespace: string;
  readonly values: object;
}

/** The order in which a careful person would write it down. */
export const order = (istioVersion: string): string[] => [
  "load-balancer-namespace",
  "load-balancer-metallb",
  "load-balancer-pool",
  "load-balancer-advertisement",
  "mesh-namespace",
  "mesh-base",
  `mesh-${istiodOf(istioVersion)}`,
  "mesh-tag-stable",
  "mesh-tag-default",
  "mesh-validator",
  "mesh-gateway",
  "certificate",
  "app-namespace",
  "app-service",
  "app-v1",
  "app-v2",
  "routing-peerauthentication",
  "routing-gateway",
  "routing-destinationrule",
  "routing-virtualservice",
];

/** A shell script's way to the same environment: one step after the other, each waiting until it is done. */
export class Sequential {
  private constructor(
    private readonly settings: Settings,
    private readonly resources: ReadonlyMap<string, Kept>,
    private readonly folder: string,
  ) {}

  static async open(settings: Settings, resources: readonly Kept[]): Promise<Sequential> {
    const byName = new Map(resources.map((resource) => [nameOf(resource.urn), resource]));
    return new Sequential(settings, byName, await mkdtemp(path.join(tmpdir(), "bench-")));
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }

  /** Makes it all; gives the CA's certificate. */
  async up(): Promise<string> {
    const { clusterName } = this.settings;
    const config = JSON.stringify(k3dConfig(clusterSettings(this.settings), { stack: "bench", state: "" }, "bench"));
    await capture("k3d", ["cluster", "create", "--config", "-"], { input: config, seconds: 300 });
    await writeFile(path.join(this.folder, "kubeconfig"), await capture("k3d", ["kubeconfig", "get", clusterName]));
    await this.kubectl(["wait", "--for=condition=Ready", "nodes", "--all", "--timeout=120s"]);
    let ca = "";
    for (const name of order(this.settings.istioVersion)) {
      if (name === "certificate") ca = await this.certificate();
      else await this.make(name);
    }
    return ca;
  }

  async destroy(): Promise<void> {
    await capture("k3d", ["cluster", "delete", this.settings.clusterName], { seconds: 120 });
  }

  private kubectl(args: readonly string[], input?: string): Promise<string> {
    const own = ["--kubeconfig", path.join(this.folder, "kubeconfig")];
    return capture("kubectl", [...own, ...args], { seconds: 200, ...(input !== undefined && { input }) });
  }

  private async make(name: string): Promise<void> {
    const resource = this.resources.get(name);
    if (!resource) throw new Error(`the up made no ${name}`);
    if (resource.type === "kubernetes:helm.sh/v3:Release") return this.install(resource.inputs as unknown as Release);
    const manifest = JSON.stringify(resource.inputs);
    // a webhook that has just started refuses for some seconds
    const apply = () =>
      this.kubectl(["apply", "-f", "-"], manifest).then(
        () => undefined,
        (error: Error) => error,
      );
    const failed = await poll(30, apply, (error) => !error || !/webhook/.test(error.message), 1000);
    if (failed) throw failed;
    if (resource.type !== "kubernetes:apps/v1:Deployment") return;
    const { metadata } = resource.inputs as { metadata: { name: string; namespace: string } };
    await this.kubectl([
      "rollout",
      "status",
      "-n",
      metadata.namespace,
      `deployment/${metadata.name}`,
      "--timeout=180s",
    ]);
  }

  private async install({ name, chart, version, namespace, values }: Release): Promise<void> {
    // from its repository, as a person would; in an OCI registry its own name leads to it
    const known = chartsToInstall(this.settings).find(
      (each) => !inRegistry(each) && [each.name, archivePath(each)].includes(chart),
    );
    const repository = known ? ["--repo", known.repository] : [];
    const where = [...repository, "--version", version, "-n", namespace];
    const own = ["--kubeconfig", path.join(this.folder, "kubeconfig"), "--wait", "--values", "-"];
    await capture("helm", ["install", name, known?.name ?? chart, ...where, ...own], {
      input: JSON.stringify(values),
      seconds: 320,
    });
  }

  private async certificate(): Promise<string> {
    const { domain, certificateDays } = this.settings;
    const file = (name: string) => path.join(this.folder, name);
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    const ca = ["-x509", ...key, "-days", String(caHours / 24), "-subj", `/CN=${caName(domain, 1)}`];
    await capture("openssl", ["req", ...ca, "-keyout", file("ca.key"), "-out", file("ca.crt")]);
    const names = leafNames(domain).map((name) => `DNS:${name}`);
    const request = [...key, "-subj", `/CN=*.${domain}`, "-addext", `subjectAltName=${names}`];
    await capture("openssl", ["req", ...request, "-keyout", file("leaf.key"), "-out", file("leaf.csr")]);
    const sign = ["-req", "-CA", file("ca.crt"), "-CAkey", file("ca.key"), "-copy_extensions", "copy"];
    const leaf = ["-days", String(certificateDays), "-in", file("leaf.csr"), "-out", file("leaf.crt")];
    await capture("openssl", ["x509", ...sign, ...leaf]);
    const pair = [`--cert=${file("leaf.crt")}`, `--key=${file("leaf.key")}`];
    await this.kubectl(["create", "secret", "tls", gateway.credentialName, "-n", meshNamespace, ...pair]);
    return readFile(file("ca.crt"), "utf8");
  }
}
