import type { Settings } from "./contract";
import { publicHost } from "./names";

/** One way to reach the app. */
export interface Reachable {
  readonly url: string;
  /** Address to connect to, whatever the host's name resolves to. */
  readonly address: string;
  readonly port: number;
  /** From where it works. */
  readonly from: string;
}

type Endpoint = Pick<Settings, "domain" | "httpsPort">;

const httpsUrl = (host: string, port: number): string => `https://${host}${port === 443 ? "" : `:${port}`}/`;

/**
 * Every URL of the app, the one that works from this host whatever its system first.
 *
 * Docker Desktop does not route to container networks, so the load balancer's address needs native Linux
 * (https://docs.docker.com/desktop/features/networking/).
 */
export function reachable({ domain, httpsPort }: Endpoint, ingressIp: string): Reachable[] {
  const name = publicHost(domain);
  return [
    { url: httpsUrl(name, httpsPort), address: "127.0.0.1", port: httpsPort, from: "this host" },
    { url: httpsUrl(name, 443), address: ingressIp, port: 443, from: "this host if it is native Linux" },
  ];
}

/** A curl line that works with the CA in `ca.pem`, with no entry in a hosts file. */
export function curlLine({ domain, httpsPort, tokens }: Endpoint & Pick<Settings, "tokens">): string {
  const name = publicHost(domain);
  const token = tokens ? ' -H "Authorization: Bearer $(npm run --silent token)"' : "";
  return `curl${token} --cacert ca.pem --resolve ${name}:${httpsPort}:127.0.0.1 ${httpsUrl(name, httpsPort)}`;
}
