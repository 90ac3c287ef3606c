import * as pulumi from "@pulumi/pulumi";
import { createEnvironment } from "./components/environment";
import { loadSettings } from "./config";
import { effectiveModes } from "./model/security/mtls";
import { appUrls, curlLine } from "./model/traffic/urls";

const settings = loadSettings();
const { cluster, mesh, certificates, authentication } = createEnvironment(settings);

export const ingressIp = mesh.ingressIp;
export const urls = ingressIp.apply((address) => appUrls(settings.urls, address));
export const curl = ingressIp.apply((address) => curlLine(settings.urls, address, { stack: pulumi.getStack() }));
export const caPem = certificates.caPem;
export const kubeconfig = cluster.kubeconfig;
export const { canaryWeight, mtlsMode } = settings.routing;
export const tokenKey = authentication.tokenKey;
export const mtls = effectiveModes(settings.routing);
