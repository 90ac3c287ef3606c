import type { Api } from "../../host/kubernetes";

/**
 * An API server of which proxies are asked by commands in their pods, and the names of the pods that were asked.
 *
 * @param answer - of a proxy that is asked for the n-th time
 */
export function fakeProxies(answer: (pod: string, time: number) => string | Error) {
  const asked: string[] = [];
  const execute = async (_: string, name: string) => {
    asked.push(name);
    const text = answer(name, asked.filter((earlier) => earlier === name).length);
    if (text instanceof Error) throw text;
    return text;
  };
  return { api: { execute } as unknown as Api, asked };
}
