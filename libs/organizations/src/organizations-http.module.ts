import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { LogosController } from './logos/logos.controller';
import { LogosService } from './logos/logos.service';
import { SvgCleaner } from './logos/svg-cleaner';
import { MembersController } from './members/members.controller';
import { MembersService } from './members/members.service';
import { OrganizationsController } from './organizations.controller';
import { OrganizationsModule } from './organizations.module';
import { SettingsController } from './settings/settings.controller';
import { SettingsService } from './settings/settings.service';

/** The API of organizations. The given modules export `UserDirectory`. */
@Module({})
export class OrganizationsHttpModule {
  static with(ports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: OrganizationsHttpModule,
      imports: [OrganizationsModule, ...ports],
      // Settings first: `/organizations/settings` is no organization's id.
      controllers: [SettingsController, OrganizationsController, MembersController, LogosController],
      providers: [LogosService, MembersService, SettingsService, SvgCleaner],
    };
  }
}
