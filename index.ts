import * as pulumi from "@pulumi/pulumi";
import { App } from "./components/app";
import { Authentication } from "./components/authentication";
import { Certificates } from "./components/certificates";
import { Cluster } from "./components/cluster";
import { Images } from "./components/images";
import { LoadBalancer } from "./components/loadBalancer";
import { Mesh } from "./components/mesh";
import { Observability } from "./components/observability";
import { Routing } from "./components/routing";
import { loadSettings } from "./config";
import { effectiveModes } from "./model/security/mtls";
import { curlLine, reachable } from "./model/traffic/urls";

const settings = loadSettings();

const cluster = new Cluster("cluster", settings.cluster);
const loadBalancer = new LoadBalancer("load-balancer", { ...settings.loadBalancer, cluster });
const mesh = new Mesh("mesh", { ...settings.mesh, cluster, poolName: loadBalancer.poolName });
const certificates = new Certificates("certificates", { ...settings.certificates, cluster, namespace: mesh.namespace });
const images = new Images("images", { ...settings.images, cluster });
const afterMesh = { dependsOn: mesh.controlPlane };
const inMesh = { dependsOn: [...mesh.controlPlane, ...mesh.dataplane] };
const app = new App("app", { ...settings.app, cluster, images: images.byVersion }, inMesh);
const ingress = { cluster, meshNamespace: mesh.namespace };
new Routing("routing", { ...settings.routing, ...ingress, appNamespace: app.namespace }, afterMesh);
const authentication = new Authentication("authentication", { ...settings.authentication, ...ingress }, afterMesh);
new Observability("observability", { ...settings.observability, ...ingress }, afterMesh);

export const ingressIp = mesh.ingressIp;
export const urls = ingressIp.apply((address) => reachable(settings.urls, address));
export const curl = ingressIp.apply((address) => curlLine(settings.urls, address, { stack: pulumi.getStack() }));
export const caPem = certificates.caPem;
export const kubeconfig = cluster.kubeconfig;
export const { canaryWeight, mtlsMode } = settings.routing;
export const tokenKey = authentication.tokenKey;
export const mtls = effectiveModes(settings.routing);
