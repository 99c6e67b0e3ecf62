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
  },
  server: {
    host: '127.0.0.1',
    port: Number(process.env.WATCHFLOOR_WEB_PORT ?? 8710),
    strictPort: true,
    proxy: { '/api': { target: server, changeOrigin: false }, '/health': { target: server, changeOrigin: false } },
  },
})
