import type { ToolSource } from "../../host/download";
import versions from "../../versions.json";

/** Programs that the project downloads if the PATH has none. */
export type Tool = "pulumi" | "k3d" | "kubectl" | "istioctl";

interface ToolFacts {
  readonly version: string;
  /** Oldest version that works; undefined if every one does. */
  readonly minimum?: string;
  /** Arguments by which it prints its version. */
  readonly prints: readonly string[];
}

/** The pinned version of each tool, and the oldest one that works. */
export const toolFacts: Readonly<Record<Tool, ToolFacts>> = {
  pulumi: { version: versions.pulumi, minimum: versions.supported.minimum.pulumi, prints: ["version"] },
  k3d: { version: versions.k3d, minimum: versions.supported.minimum.k3d, prints: ["version"] },
  kubectl: { version: versions.k3s.replace(/^v|-k3s\d+$/g, ""), prints: ["version", "--client"] },
  istioctl: { version: versions.istio, prints: ["version", "--remote=false"] },
};

/** Addresses of a tool's release for this machine, and how it is verified. */
export function toolRelease(
  tool: Tool,
  env: NodeJS.ProcessEnv,
  { platform, arch }: Pick<NodeJS.Process, "platform" | "arch"> = process,
): ToolSource {
  const os = ({ linux: "linux", darwin: "darwin" } as Partial<Record<NodeJS.Platform, string>>)[platform];
  const cpu = ({ x64: "x64", arm64: "arm64" } as Partial<Record<NodeJS.Architecture, string>>)[arch];
  if (!os || !cpu) throw new Error(`no tools for ${platform} ${arch}; use Linux, macOS or WSL`);
  const architecture = cpu === "x64" ? "amd64" : cpu;
  const { version } = toolFacts[tool];
  const digests: Readonly<Record<string, string | undefined>> = versions.digests;
  const digest = digests[`${tool}-${version}-${os}-${architecture}`];
  if (tool === "pulumi") {
    const from = `${env["PULUMI_DOWNLOAD_URL"] ?? "https://github.com/pulumi/pulumi/releases/download"}/v${version}`;
    const url = `${from}/pulumi-v${version}-${os}-${cpu}.tar.gz`;
    return { url, checksums: `${from}/pulumi-${version}-checksums.txt`, digest, unpack: true };
  }
  if (tool === "istioctl") {
    const from = `${env["ISTIOCTL_DOWNLOAD_URL"] ?? "https://github.com/istio/istio/releases/download"}/${version}`;
    const url = `${from}/istioctl-${version}-${os === "darwin" ? "osx" : os}-${architecture}.tar.gz`;
    return { url, checksums: `${url}.sha256`, digest, unpack: true, topFolder: false };
  }
  if (tool === "kubectl") {
    const from = `${env["KUBECTL_DOWNLOAD_URL"] ?? "https://dl.k8s.io/release"}/v${version}`;
    const url = `${from}/bin/${os}/${architecture}/kubectl`;
    return { url, checksums: `${url}.sha256`, digest, unpack: false };
  }
  const from = `${env["K3D_DOWNLOAD_URL"] ?? "https://github.com/k3d-io/k3d/releases/download"}/v${version}`;
  return { url: `${from}/k3d-${os}-${architecture}`, checksums: `${from}/checksums.txt`, digest, unpack: false };
}
