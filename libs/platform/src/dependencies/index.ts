export * from './contributor';
export * from './dependency-index';
export * from './dependency-index.module';
export * from './dto/dependents.dto';
export * from './judge-content';
export * from './path-of-names';
export * from './portable';
export * from './reference';
