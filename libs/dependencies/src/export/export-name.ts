/** What the file is called on disks of whatever kind: nothing that leads elsewhere, hides or turns letters around. */
export const fileNameOf = (name: string): string => {
  const plain = name
    .normalize('NFC')
    .replace(/[\p{C}\p{Z}<>:"/\\|?*]+/gu, ' ')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  return `${plain || 'export'}.mhub.json`;
};
