export * from './pages-http.module';
