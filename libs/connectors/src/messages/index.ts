export { MessageConsumers, type BroughtMessage, type MessageConsumer, type MessageWork } from './message-consumers';
export { MessageIntake, MessageRefused } from './message-intake';
