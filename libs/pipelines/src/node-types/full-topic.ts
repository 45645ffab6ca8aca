import { TOPIC_ROOT } from '#kernel';

/** A topic with the version prefix, which users may leave out in parameters of nodes. */
export const fullTopic = (topic: string): string =>
  topic === TOPIC_ROOT || topic.startsWith(`${TOPIC_ROOT}/`) ? topic : `${TOPIC_ROOT}/${topic}`;
