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
import { caFile } from "./model/names";
import { effectiveModes } from "./model/security/mtls";
import { curlLine, reachable } from "./model/traffic/urls";

const settings = loadSettings();

const cluster = new Cluster("cluster", settings);
const loadBalancer = new LoadBalancer("load-balancer", {
  ...settings,
  cluster,
  chartRepository: settings.metallbChartRepository,
  chartAuth: settings.metallbChartAuth,
  version: settings.metallbVersion,
});
const mesh = new Mesh("mesh", {
  ...settings,
  cluster,
  poolName: loadBalancer.poolName,
  published: settings.cluster === "k3d",
  chartRepository: settings.istioChartRepository,
  chartAuth: settings.istioChartAuth,
  hub: settings.istioHub,
  version: settings.istioVersion,
});
const certificates = new Certificates("certificates", { ...settings, cluster, namespace: mesh.namespace });
const inMesh = { dependsOn: mesh.controlPlane };
const images = new Images("images", { ...settings, cluster });
const app = new App("app", { ...settings, cluster, images: images.byVersion }, inMesh);
const places = { cluster, meshNamespace: mesh.namespace, appNamespace: app.namespace };
new Routing("routing", { ...settings, ...places }, inMesh);
const authentication = new Authentication("authentication", { ...settings, ...places }, inMesh);
new Observability("observability", { ...settings, ...places }, inMesh);

export const ingressIp = mesh.ingressIp;
export const urls = ingressIp.apply((address) => reachable(settings, address));
export const curl = ingressIp.apply((address) => curlLine(settings, address, { ca: caFile(pulumi.getStack()) }));
export const caPem = certificates.caPem;
export const kubeconfig = cluster.kubeconfig;
export const { canaryWeight, mtlsMode } = settings;
export const tokenKey = authentication.tokenKey;
export const mtls = effectiveModes(settings);
