/** Port of each scheme that a URL of a test file may have. */
export const defaultPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  grpc: 80,
  grpcs: 443,
  ws: 80,
  wss: 443,
  tcp: 80,
};

/** True if the caller itself sends TLS. */
export const isSecured = (url: string): boolean => /^(https|wss|grpcs):/.test(url);

/** Scheme, host and port of a URL; the port is the scheme's unless the URL has one. */
export function urlParts(url: string): { scheme: string; host: string; port: number } {
  const [, scheme = "http", host = "", port] = /^(\w+):\/\/(\[[^\]]+\]|[^/:]+)(?::(\d+))?/.exec(url) ?? [];
  return { scheme, host: host.replace(/^\[|\]$/g, ""), port: port ? Number(port) : (defaultPorts[scheme] ?? 80) };
}
