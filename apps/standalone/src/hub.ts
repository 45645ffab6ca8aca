export { startHub } from '../../shared/src/start-hub';
