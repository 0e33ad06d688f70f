/** The part of jStat that is used; it ships no types. */
declare module "jstat" {
  interface JStat {
    /** Regularised incomplete beta function I_x(a, b). */
    ibeta(x: number, a: number, b: number): number;
    erfc(x: number): number;
    readonly studentt: {
      /** Value below which a share `p` of Student's t lies. */
      inv(p: number, degreesOfFreedom: number): number;
    };
  }
  const jstat: { readonly jStat: JStat };
  export default jstat;
}
