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

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY schema.graphql ./
COPY src src
COPY --from=pages /app/dist dist
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=16", "src/main.ts"]
