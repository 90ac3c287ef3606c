import { capture } from "../../host/process";

/**
 * True if this machine reaches addresses in Docker's networks, such as the load balancer's.
 *
 * Docker Desktop keeps them in a virtual machine (https://docs.docker.com/desktop/features/networking/), also on Linux
 * and beneath WSL, and rootless Docker in a network namespace (https://docs.docker.com/engine/security/rootless/).
 */
export async function routesToNodes(
  platform: NodeJS.Platform = process.platform,
  readInfo = engineInfo,
): Promise<boolean> {
  if (platform !== "linux") return false;
  // where there is no Docker, there is no address of its networks either
  const info = await readInfo().catch(() => "Docker Desktop");
  return !/Docker Desktop|name=rootless/.test(info);
}

const engineInfo = () =>
  capture("docker", ["info", "--format", "{{.OperatingSystem}} {{.SecurityOptions}}"], { seconds: 10 });
