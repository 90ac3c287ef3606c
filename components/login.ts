import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { componentType } from "../model/names";
import { proxy, proxyArguments, readyPath } from "../model/security/login";
import { loginPolicy } from "../model/security/tokens";
import type { Settings } from "../model/settings/contract";
import versions from "../versions.json";
import type { Cluster } from "./cluster";
import { singlePod } from "./parts/singlePod";
import { webhookRetry } from "./parts/webhookRetry";

export interface LoginArgs
  extends Pick<Settings, "domain" | "httpsPort" | "loginIssuer" | "loginClient" | "loginClientSecret"> {
  readonly cluster: Cluster;
  /** Istio's root namespace, where the ingress gateway runs. */
  readonly meshNamespace: pulumi.Input<string>;
}

/** Login at the door: oauth2-proxy, which sends browsers without a token to an OpenID Connect issuer. */
export class Login extends pulumi.ComponentResource {
  constructor(name: string, args: LoginArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Login"), name, {}, opts);
    const { cluster, meshNamespace: namespace, domain, loginClientSecret } = args;
    const key = new tls.PrivateKey(`${name}-key`, { algorithm: "ED25519" }, { parent: this });
    const secrets = pulumi.secret(
      key.privateKeyPem.apply(
        (pem): Record<string, string> => ({
          OAUTH2_PROXY_CLIENT_SECRET: loginClientSecret,
          OAUTH2_PROXY_COOKIE_SECRET: createHash("sha256").update(pem).digest("base64url"),
        }),
      ),
    );
    const service = singlePod(
      name,
      {
        cluster,
        namespace,
        app: proxy.name,
        image: versions.oauth2ProxyImage,
        port: proxy.port,
        arguments: proxyArguments(args),
        secrets,
        ready: readyPath,
        user: 65532,
      },
      this,
    );
    const { name: policy, spec } = loginPolicy(domain);
    new k8s.apiextensions.CustomResource(
      `${name}-policy`,
      {
        apiVersion: "security.istio.io/v1",
        kind: "AuthorizationPolicy",
        metadata: { name: policy, namespace: service.metadata.namespace },
        spec,
      },
      { ...cluster.within(this), hooks: { onError: [webhookRetry(name)] } },
    );
    this.registerOutputs({});
  }
}
