import type { Environment } from "./environment";

/** Dex, an OpenID Connect issuer: its image, and the namespace in which it runs. */
export const issuerImage = "ghcr.io/dexidp/dex:v2.45.1";
const namespace = "issuer";
const name = "dex";
const port = 5556;

/** Client of the environment at the issuer. */
export const client = { id: "mesh", secret: "known-to-the-issuer" };
/** The issuer's one user. The hash is of the password, by bcrypt. */
export const user = {
  email: "ada@example.com",
  password: "password",
  hash: "$2a$10$2b2cU8CPhOTaGrs1HRQuAueS7JTT5ZHsHSzYiFPm1leZck7Mc8T4W",
};

const metadata = { name, namespace };
const labels = { app: name };

const deployment = {
  ...{ apiVersion: "apps/v1", kind: "Deployment", metadata },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            ...{ name, image: issuerImage, command: ["dex", "serve", "/config/dex.json"] },
            readinessProbe: { httpGet: { path: "/.well-known/openid-configuration", port }, periodSeconds: 1 },
            volumeMounts: [{ name: "config", mountPath: "/config" }],
          },
        ],
        volumes: [{ name: "config", configMap: { name } }],
      },
    },
  },
};

const configOf = (issuer: string, redirectUri: string) => ({
  ...{ issuer, storage: { type: "memory" }, web: { http: `0.0.0.0:${port}` } },
  oauth2: { skipApprovalScreen: true },
  staticClients: [{ ...client, name: "the environment", redirectURIs: [redirectUri] }],
  enablePasswordDB: true,
  staticPasswords: [{ email: user.email, hash: user.hash, username: "ada", userID: "1" }],
});

/**
 * Installs the issuer and returns its URL, which browsers and pods reach: an address of the load balancer.
 *
 * @param redirectUri - URL to which it sends a browser after the login
 */
export async function installIssuer(environment: Environment, redirectUri: string): Promise<string> {
  await environment.apply(
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    {
      ...{ apiVersion: "v1", kind: "Service", metadata },
      spec: { type: "LoadBalancer", selector: labels, ports: [{ port }] },
    },
  );
  const address = "{.status.loadBalancer.ingress[0].ip}";
  const service = ["-n", namespace, `service/${name}`];
  await environment.kubectl("wait", `--for=jsonpath=${address}`, "--timeout=60s", ...service);
  const issuer = `http://${await environment.kubectl("get", ...service, "-o", `jsonpath=${address}`)}:${port}`;
  const data = { "dex.json": JSON.stringify(configOf(issuer, redirectUri)) };
  await environment.apply({ apiVersion: "v1", kind: "ConfigMap", metadata, data }, deployment);
  await issuerReady(environment);
  return issuer;
}

const issuerReady = (environment: Environment): Promise<string> =>
  environment.kubectl("rollout", "status", "-n", namespace, `deployment/${name}`, "--timeout=180s");

/** Sets the number of the issuer's pods, and waits until they are ready or gone. */
export async function scaleIssuer(environment: Environment, replicas: 0 | 1): Promise<void> {
  await environment.kubectl("scale", "-n", namespace, `deployment/${name}`, `--replicas=${replicas}`);
  if (replicas === 1) await issuerReady(environment);
  else await environment.kubectl("wait", "-n", namespace, "--for=delete", "pod", "-l", `app=${name}`, "--timeout=60s");
}
