/** Kinds of protocols that Istio distinguishes. With `detected`, the first bytes of each connection decide. */
export type Protocol = "http" | "http2" | "tls" | "tcp" | "detected";

/** https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/ */
const byName: Readonly<Record<string, Protocol>> = {
  http: "http",
  "grpc-web": "http",
  "kubernetes.io/ws": "http",
  http2: "http2",
  grpc: "http2",
  "kubernetes.io/h2c": "http2",
  https: "tls",
  tls: "tls",
  "kubernetes.io/wss": "tls",
  tcp: "tcp",
  mongo: "tcp",
  mysql: "tcp",
  redis: "tcp",
  udp: "tcp",
};

/** Ports of protocols in which the server speaks first, so that Istio does not wait for bytes of the client. */
const serverFirst: readonly number[] = [25, 53, 3306, 27_017];

export interface NamedPort {
  readonly name?: string;
  readonly appProtocol?: string;
  readonly port?: number;
}

/** Protocol that Istio gives a port: by `appProtocol`, else by the part of the name before its first dash. */
export function protocolOf({ name = "", appProtocol, port }: NamedPort): Protocol {
  const text = (appProtocol ?? name).toLowerCase();
  const named = byName[text] ?? byName[text.startsWith("grpc-web") ? "grpc-web" : (text.split("-")[0] ?? "")];
  return named ?? (port !== undefined && serverFirst.includes(port) ? "tcp" : "detected");
}
