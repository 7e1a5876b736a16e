declare module 'js-md4' {
  interface Md4Hash {
    (data: string | Uint8Array): string;
    arrayBuffer(data: string | Uint8Array): ArrayBuffer;
  }
  const md4: Md4Hash;
  export default md4;
}
