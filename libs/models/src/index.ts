export * from './model-field';
export { modelProblems } from './model-rules';
export { modelSchema } from './model-schema';
export { EACH, sensitivePaths, type PathStep } from './sensitive-paths';
export { ModelsHttpModule } from './models-http.module';
export { ModelsMaintenanceModule } from './models-maintenance.module';
export { ModelsModule } from './models.module';
export { modelsSchema } from './models.schema';
export { ModelsService } from './models.service';
