# Build: everything that npm brings, the compiled server and the web UI.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /ringback
COPY . .
RUN npm ci
RUN npm run build
RUN npm prune --omit=dev

# Run: the compiled server and what it needs, as an ordinary user. The embedded PostgreSQL needs that user to have a
# line in /etc/passwd; "node" has one.
FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
RUN mkdir /data && chown node:node /data && chmod 700 /data
WORKDIR /ringback
COPY --from=build /ringback/package.json ./
COPY --from=build /ringback/node_modules ./node_modules
COPY --from=build /ringback/dist ./dist
USER node
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# A first start makes the embedded database; one after a crash recovers it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=16", "--heap-growing-percent=75", "dist/main.js"]
CMD ["start"]
