export { OutboundRefused, OutboundRules } from './outbound-rules';
