export { AddressRules } from './address-rules';
export { OutboundPolicy } from './outbound-policy';
export { OutboundRefused, OutboundRules } from './outbound-rules';
