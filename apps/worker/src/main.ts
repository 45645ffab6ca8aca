import { run } from '../../shared/src/run';

void run('worker');
