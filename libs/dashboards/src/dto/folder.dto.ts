import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import { IfGiven, IsName, ListQuery } from '#platform/http';
import type { Folder } from '../folders/folder.entity';
import { IsPlace } from './validators';

export class FoldersQuery extends ListQuery {
  /** Id of the folder that they lie in, not deeper; `root` for those at the top. @example "root" */
  @IsOptional()
  @IsPlace()
  parentId?: string;
}

export class FolderInput {
  /** Unique among its siblings, whatever its case. @example "Factory" */
  @IsName(100)
  name!: string;

  /** The folder that it lies in; null at the top. */
  @IsOptional()
  @IsUUID()
  @ApiProperty({ required: false, nullable: true, type: String, format: 'uuid' })
  parentId?: string | null;
}

export class FolderChange {
  /** @example "Factory" */
  @IfGiven()
  @IsName(100)
  name?: string;

  /** Moves it, with all that is in it; null to the top. */
  @IsOptional()
  @IsUUID()
  @ApiProperty({ required: false, nullable: true, type: String, format: 'uuid' })
  parentId?: string | null;
}

export class FolderView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  name!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  parentId!: string | null;

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  createdAt!: Date;

  /** Id of the user. */
  createdBy!: string;

  updatedAt!: Date;

  /** Id of the user. */
  updatedBy!: string;
}

export const toFolderView = (folder: Folder): FolderView => ({
  id: folder.id,
  name: folder.name,
  parentId: folder.parentId,
  version: folder.version,
  createdAt: folder.createdAt,
  createdBy: folder.createdBy,
  updatedAt: folder.updatedAt,
  updatedBy: folder.updatedBy,
});
