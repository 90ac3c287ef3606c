import { connect } from "node:tls";
import { listOf } from "../../../host/kubernetes";
import { environmentSvg, type Scene } from "../../../model/verification/picture/environment";
import { publishedTarget, type RunningEnvironment } from "../../stack/runningEnvironment";
import type { CheckContext } from "./check";

interface Node {
  readonly metadata: { readonly name: string };
  readonly status: { readonly addresses?: readonly { readonly type: string; readonly address: string }[] };
}

/** The certificate of the ingress gateway. */
export const servedCertificate = (context: RunningEnvironment): Promise<Scene["certificate"]> =>
  new Promise((resolve, reject) => {
    const { host, address, port, tls } = publishedTarget(context);
    const socket = connect({ host: address, port, servername: host, ca: tls.ca, timeout: 5000 }, () => {
      const { subjectaltname = "", issuer, valid_to } = socket.getPeerCertificate();
      socket.end();
      resolve({ names: subjectaltname.replaceAll("DNS:", ""), issuer: String(issuer.CN), until: valid_to });
    });
    socket.on("timeout", () => socket.destroy(new Error("no answer in 5 s")));
    socket.on("error", reject);
  });

/**
 * Draws the running environment as SVG.
 *
 * @throws Error if the environment does not answer
 */
export async function drawEnvironment(context: CheckContext): Promise<string> {
  const nodes = (await listOf<Node>(context.api, "/api/v1/nodes")).map(({ metadata, status }) => ({
    name: metadata.name,
    address: status.addresses?.find(({ type }) => type === "InternalIP")?.address ?? "",
  }));
  const { settings, ingressIp } = context;
  return environmentSvg({ settings, ingressIp, nodes, certificate: await servedCertificate(context), at: new Date() });
}
