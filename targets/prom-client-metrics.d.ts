/** prom-client's default metrics one by one, for which it has no types: each registers what it tells. */
declare module "prom-client/lib/metrics/*.js" {
  import type { Registry } from "prom-client";

  const register: (registry: Registry, config: object) => void;
  export default register;
}
