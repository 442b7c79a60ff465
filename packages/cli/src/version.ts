/** Of this package, which a test holds against its `package.json`. */
export const version = "0.1.0";
