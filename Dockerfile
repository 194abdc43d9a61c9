# One image for the gateway and for its sandbox (`node src/sandbox/main.ts`). Debian's slim variant, since that has the C library
# on which the tests and benchmarks run. Nothing in it is written to at run time: start it with a read-only root file system.

# GraphiQL's page and the board are bundled with development dependencies, which the image does not keep.
FROM node:24-slim AS pages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No scripts: this image has the Node that the npm package `node` would fetch, and `prepare` would want sources.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts scripts
COPY web web
RUN node scripts/build-pages.ts

# A stage of its own, so that npm's cache and its files of settings stay behind.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

# What changes most often comes last. All of it belongs to root, and the process may not write to it.
FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json schema.graphql ./
COPY --from=pages /app/dist dist
COPY src src
# The user `node`, as a number: Kubernetes cannot tell of a name whether it is root's.
USER 1000:1000
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "--heap-growing-percent=100", "--no-allocation-site-pretenuring", "--v8-pool-size=1", "--max-inlined-bytecode-size-cumulative=5000", "src/main.ts"]
