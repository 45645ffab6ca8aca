import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Page } from '#kernel';
import { Dependents, GuardQuery } from '#platform/dependencies';
import {
  Answers,
  AnswersCreated,
  AnswersEntity,
  AnswersList,
  AnswersNothing,
  AnswersRaw,
  Caller,
  GuardedByVersion,
  IfMatch,
  ListQuery,
  PageQuery,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import type { JsonSchema } from '#platform/json-schema';
import { CompareQuery, ModelComparison, ModelVersionEntry, ModelVersionView } from './dto/model-version.dto';
import {
  ModelImport,
  ModelInput,
  ModelNameQuery,
  ModelView,
  NameAvailability,
  ValidationView,
  ValueToValidate,
} from './dto/model.dto';
import { ModelsService } from './models.service';

@ApiTags('Models')
@Controller('engine/models')
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  /** The organization's models, by pages. The search is in names and descriptions. */
  @Get()
  @Scopes('models:read')
  @AnswersList(ModelView)
  list(@Caller() member: Member, @Query() query: ListQuery): Promise<Page<ModelView>> {
    return this.models.list(member, query);
  }

  /** Makes a model. All that does not fit together in its fields is named. */
  @Post()
  @Scopes('models:write')
  @AnswersCreated(ModelView)
  create(@Caller() member: Member, @Body() model: ModelInput): Promise<ModelView> {
    return this.models.create(member, model);
  }

  /** Makes a model of a JSON Schema. What a model cannot say is refused, each by its place in the schema. */
  @Post('import')
  @Scopes('models:write')
  @AnswersCreated(ModelView, 'engine/models')
  import(@Caller() member: Member, @Body() schema: ModelImport): Promise<ModelView> {
    return this.models.import(member, schema);
  }

  /** Whether a new model may have that name. */
  @Get('name-available')
  @Scopes('models:read')
  @Answers(NameAvailability)
  nameAvailable(@Caller() member: Member, @Query() { name }: ModelNameQuery): Promise<NameAvailability> {
    return this.models.nameAvailable(member, name);
  }

  /** One model. */
  @Get(':id')
  @Scopes('models:read')
  @AnswersEntity(ModelView)
  get(@Caller() member: Member, @Param('id') id: string): Promise<ModelView> {
    return this.models.get(member, id);
  }

  /** Replaces a model as a whole; what it was stays among its versions. */
  @Put(':id')
  @Scopes('models:write')
  @GuardedByVersion()
  @AnswersEntity(ModelView)
  replace(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() model: ModelInput,
  ): Promise<ModelView> {
    return this.models.replace(member, id, ifMatch, model);
  }

  /** Removes a model with its versions. Refused while others depend on it, unless it is forced. */
  @Delete(':id')
  @Scopes('models:write')
  @GuardedByVersion()
  @AnswersNothing(Dependents)
  delete(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Query() query: GuardQuery,
  ): Promise<Dependents | void> {
    return this.models.delete(member, id, ifMatch, query);
  }

  /** The model as JSON Schema, draft 2020-12. */
  @Get(':id/json-schema')
  @Scopes('models:read')
  @AnswersRaw()
  jsonSchema(@Caller() member: Member, @Param('id') id: string): Promise<JsonSchema> {
    return this.models.jsonSchema(member, id);
  }

  /** Checks a value against the model; nothing is stored. */
  @Post(':id/validate')
  @Scopes('models:read')
  @Answers(ValidationView)
  validate(
    @Caller() member: Member,
    @Param('id') id: string,
    @Body() { value }: ValueToValidate,
  ): Promise<ValidationView> {
    return this.models.validate(member, id, value);
  }

  /** The versions of a model, newest first. */
  @Get(':id/versions')
  @Scopes('models:read')
  @AnswersList(ModelVersionEntry)
  versions(
    @Caller() member: Member,
    @Param('id') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<ModelVersionEntry>> {
    return this.models.versions(member, id, query);
  }

  /** What differs between two versions. */
  @Get(':id/versions/compare')
  @Scopes('models:read')
  @Answers(ModelComparison)
  compare(@Caller() member: Member, @Param('id') id: string, @Query() query: CompareQuery): Promise<ModelComparison> {
    return this.models.compare(member, id, query);
  }

  /** The model as it was. */
  @Get(':id/versions/:version')
  @Scopes('models:read')
  @AnswersEntity(ModelVersionView)
  version(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('version') version: string,
  ): Promise<ModelVersionView> {
    return this.models.version(member, id, version);
  }

  /** Makes the model what it was, as a new version. */
  @Post(':id/versions/:version/revert')
  @Scopes('models:write')
  @GuardedByVersion()
  @AnswersEntity(ModelView)
  revert(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('version') version: string,
    @IfMatch() ifMatch: SeenVersion,
  ): Promise<ModelView> {
    return this.models.revert(member, id, version, ifMatch);
  }
}
