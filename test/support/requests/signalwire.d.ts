/** The package’s own types are not reachable from its exports. */
declare module '@signalwire/compatibility-api' {
  export const RestClient: {
    validateRequest(
      signingKey: string,
      signature: string,
      url: string,
      fields: Record<string, string>,
    ): boolean;
  };
}
