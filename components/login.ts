import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { componentType } from "../model/names";
import { loginProxy, proxyArguments, readyPath } from "../model/security/login";
import { loginPolicy } from "../model/security/tokens";
import type { SettingsGroups } from "../model/settings/groups";
import versions from "../versions.json";
import type { Cluster } from "./cluster";
import { istioResource } from "./parts/istioResource";
import { singlePod } from "./parts/singlePod";

type LoginSettings = Omit<SettingsGroups["authentication"], "tokens">;

export interface LoginArgs extends LoginSettings {
  readonly cluster: Cluster;
  /** Istio's root namespace, where the ingress gateway runs. */
  readonly meshNamespace: pulumi.Input<string>;
}

/** Login at the ingress gateway: oauth2-proxy, which sends browsers without a token to an OpenID Connect issuer. */
export class Login extends pulumi.ComponentResource {
  /** AuthorizationPolicy that requires the login; it does not wait for oauth2-proxy, and rejects requests until that answers. */
  readonly policy: pulumi.Resource;

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
        app: loginProxy.name,
        image: versions.oauth2ProxyImage,
        port: loginProxy.port,
        arguments: proxyArguments(args),
        secrets,
        ready: readyPath,
        user: 65532,
      },
      this,
    );
    const { name: policy, spec } = loginPolicy(domain);
    this.policy = istioResource(
      `${name}-policy`,
      "AuthorizationPolicy",
      { name: policy, namespace: service.metadata.namespace },
      spec,
      { cluster, parent: this },
    );
    this.registerOutputs({});
  }
}
