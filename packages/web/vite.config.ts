import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env.WATCHFLOOR_URL ?? 'http://127.0.0.1:8700'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy of the server allows no inline anything.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // What every page needs travels in two files rather than in thirty: fewer requests, and they compress better.
        codeSplitting: {
          groups: [
            {
              name: 'vendor',
              test: /node_modules\/(?:react|react-dom|scheduler|@tanstack\/(?:react-query|query-core|react-router|router-core|history|react-store|store)|i18next|react-i18next|openapi-fetch|clsx)\//,
            },
            {
              name: 'ui',
              test: /(?:packages\/web\/src\/(?:ui\/(?!editor|data-table)|app\/(?!shell\/(?:palette|shortcut-help)))|node_modules\/lucide-react\/)/,
              minShareCount: 2,
            },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    port: Number(process.env.WATCHFLOOR_WEB_PORT ?? 8710),
    strictPort: true,
    proxy: { '/api': { target: server, changeOrigin: false }, '/health': { target: server, changeOrigin: false } },
  },
})
