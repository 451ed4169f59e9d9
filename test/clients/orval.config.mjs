export default {
  ringback: {
    input: { target: './generated/openapi.json' },
    output: { target: './generated/orval/client.ts', client: 'fetch', mode: 'single' },
  },
};
