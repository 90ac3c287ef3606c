import { caFile, publicHost } from "../names";
import { forNpm, run } from "../output/remedy";
import type { Settings } from "../settings/contract";

/** An address of the app. */
export interface AppUrl {
  readonly url: string;
  /** Address to connect to, independent of DNS. */
  readonly address: string;
  readonly port: number;
  /** Place from which the address is reachable. */
  readonly from: string;
}

type Endpoint = Pick<Settings, "cluster" | "domain" | "httpsPort">;

/** Address of the ingress gateway for clients on this host. */
export const hostAddress = ({ cluster }: Pick<Settings, "cluster">, ingressIp: string): string =>
  cluster === "existing" ? ingressIp : "127.0.0.1";

const httpsUrl = (host: string, port: number): string => `https://${host}${port === 443 ? "" : `:${port}`}/`;

/**
 * Every URL of the app. The first one works from this host on every operating system.
 *
 * Docker Desktop does not route to container networks, so the load balancer's address needs native Linux
 * (https://docs.docker.com/desktop/features/networking/).
 */
export function appUrls({ cluster, domain, httpsPort }: Endpoint, ingressIp: string): AppUrl[] {
  const name = publicHost(domain);
  if (cluster === "existing")
    return [
      { url: httpsUrl(name, 443), address: ingressIp, port: 443, from: "wherever the load balancer is reachable" },
    ];
  return [
    { url: httpsUrl(name, httpsPort), address: "127.0.0.1", port: httpsPort, from: "this host" },
    { url: httpsUrl(name, 443), address: ingressIp, port: 443, from: "this host if it is native Linux" },
  ];
}

/** Option of curl that replaces DNS by an address, or by the host name of a load balancer. */
export const curlTo = (host: string, port: number, address: string): string =>
  /^[\d.]+$|:/.test(address)
    ? `--resolve ${host}:${port}:${address}`
    : `--connect-to ${host}:${port}:${address}:${port}`;

/** Parts of a curl line that differ from the default. */
export interface CurlOptions {
  /** @default none */
  readonly flags?: string;
  /** First label of the host. @default the app's */
  readonly name?: string;
  /** @default "/" */
  readonly path?: string;
  /** Arguments of `npm run token`, or undefined for no token. @default a token if the gateway requires one */
  readonly token?: string | undefined;
  /** File with the trusted CA, or undefined for none. @default the file that `npm start` writes for the stack */
  readonly ca?: string | undefined;
  /** Stack whose token and whose CA are used. @default "dev" */
  readonly stack?: string;
}

/** A curl line that works without DNS or a hosts file. */
export function curlLine(
  settings: Endpoint & Pick<Settings, "tokens">,
  ingressIp: string,
  options: CurlOptions = {},
): string {
  const { domain, httpsPort, tokens } = settings;
  const { stack = "dev", flags, name, path = "/" } = options;
  const { token, ca } = { token: tokens ? "" : undefined, ca: caFile(stack), ...options };
  const issue = forNpm(stack === "dev" ? undefined : stack)(run("token", token));
  const host = name === undefined ? publicHost(domain) : `${name}.${domain}`;
  const words = [
    "curl",
    flags,
    token !== undefined && `-H "Authorization: Bearer $(${issue})"`,
    ca !== undefined && `--cacert ${ca}`,
    curlTo(host, httpsPort, hostAddress(settings, ingressIp)),
    `${httpsUrl(host, httpsPort).slice(0, -1)}${path}`,
  ];
  return words.filter(Boolean).join(" ");
}
