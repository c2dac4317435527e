# One image for every role: its argument is api, worker or migrate. Temporal's native part needs glibc.
FROM node:20-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json ./

# The lock file decides every version, as in `npm ci`, which refuses one that lacks other platforms' packages.
FROM base AS build
RUN npm install --no-save --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

FROM base AS dependencies
# Optional packages are the embedded PostgreSQL and compilers for the build.
RUN npm install --no-save --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:20-bookworm-slim
# Names are resolved on these threads: a few that hang must not hold up the others.
ENV NODE_ENV=production UV_THREADPOOL_SIZE=16
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 3000
ENTRYPOINT ["node", "--max-semi-space-size=32", "--heap-growing-percent=200", "dist/posthaste.js"]
