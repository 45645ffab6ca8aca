import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '#platform/config';
import { PAGES_CLIENT_ID, PAGES_REDIRECT_PATH } from '#platform/http';
import type { NextFunction, Request, Response } from 'express';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { ENCODINGS, pageFile, readPageFiles, type Encoding, type PageFile } from './page-files';
import { ASSET_HEADERS, PAGE_HEADERS } from './page-headers';
import { wantedAt } from './page-paths';

/** From the sources, as in tests, and from what is compiled, `dist/web` is the same folder. */
const FOLDER = join(__dirname, __filename.endsWith('.ts') ? '../../../dist/web' : '../../../web');

/** What the document says where the settings belong: an attribute, with quotes escaped. */
const SETTINGS = '__SETTINGS__';

/** Serves the web pages beside the API. */
@Injectable()
export class PagesServer implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const files = readPageFiles(FOLDER);
    const page = this.document(files);
    this.host.httpAdapter.use((request: Request, response: Response, next: NextFunction) => {
      const wanted = request.method === 'GET' || request.method === 'HEAD' ? wantedAt(request.path) : undefined;
      if (!wanted) return next();
      if (wanted.kind === 'elsewhere') return response.redirect(302, wanted.location);
      if (wanted.kind === 'page') return send(request, response, page, PAGE_HEADERS);
      const asset = files.get(wanted.name);
      return asset ? send(request, response, asset, ASSET_HEADERS) : next();
    });
  }

  /** The page, told where the platform is and as which client people sign in. */
  private document(files: ReadonlyMap<string, PageFile>): PageFile {
    const settings = {
      url: this.config.http.publicUrl,
      clientId: PAGES_CLIENT_ID,
      redirectPath: PAGES_REDIRECT_PATH,
    };
    const attribute = JSON.stringify(settings).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    const text = Buffer.from(
      files
        .get('index.html')!
        .plain.toString()
        .replace(SETTINGS, () => attribute),
    );
    return pageFile('index.html', text, { br: brotliCompressSync(text), gzip: gzipSync(text) });
  }
}

function send(request: Request, response: Response, file: PageFile, headers: Readonly<Record<string, string>>): void {
  response.set(headers).set({ ETag: file.etag, 'Content-Type': file.type }).vary('Accept-Encoding');
  if (request.headers['if-none-match'] === file.etag) return void response.status(304).end();
  const encoding = accepted(request, file);
  const body = encoding ? file.encoded[encoding]! : file.plain;
  if (encoding) response.set('Content-Encoding', encoding);
  response.set('Content-Length', String(body.length)).end(request.method === 'HEAD' ? undefined : body);
}

function accepted(request: Request, file: PageFile): Encoding | undefined {
  const names = Object.keys(ENCODINGS) as Encoding[];
  return names.find((name) => file.encoded[name] && request.acceptsEncodings(name) === name);
}
