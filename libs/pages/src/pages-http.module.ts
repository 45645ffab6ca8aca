import { Module } from '@nestjs/common';
import { PagesServer } from './pages-server';

/** The web pages for people: files that anybody may have. Data comes from the API alone, which asks who it is. */
@Module({ providers: [PagesServer] })
export class PagesHttpModule {}
