import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findClient } from '#testing';
import type { Login, Version } from './mqtt-clients';

/* The command line clients that people try a broker with. */

/** Seconds after which a client has failed. */
const PATIENCE_S = 50;

export interface Target extends Login {
  url: string;
  version: Version;
}

function signIn({ url, id, token, version }: Target): string[] {
  const { hostname, port } = new URL(url);
  return ['-h', hostname, '-p', port, '-u', id, '-P', token, '-V', version === 5 ? 'mqttv5' : 'mqttv311'];
}

export interface Outcome {
  code: number;
  /** Standard output and error. */
  output: string;
}

/** Runs mosquitto_pub to its end, with `input` at its standard input: `-s` makes it a message, `-l` each line of it. */
export function mosquittoPub(target: Target, args: readonly string[], input?: string | Buffer): Promise<Outcome> {
  return new Promise((resolve) => {
    const all = [...signIn(target), ...args];
    const timeout = PATIENCE_S * 1_000;
    const child = execFile(findClient('mosquitto_pub'), all, { timeout }, (error, stdout, stderr) => {
      resolve({ code: Number(error ? (error.code ?? -1) : 0), output: stdout + stderr });
    });
    // It may be turned away before it has read everything.
    child.stdin!.on('error', () => undefined).end(input);
  });
}

export interface Heard {
  topic: string;
  qos: number;
  retain: boolean;
  payload: Buffer;
}

export interface Listener {
  /** Resolves with the messages once there are as many as were asked for. */
  messages: Promise<Heard[]>;
}

/** Starts mosquitto_sub and resolves when the broker has answered its subscription. It ends after so many messages. */
export function mosquittoSub(target: Target, filter: string, count: number): Promise<Listener> {
  // Marked, because -d writes what it does in between.
  const format = 'heard %q %r %X %t';
  const until = ['-C', String(count), '-W', String(PATIENCE_S)];
  const args = [...signIn(target), '-q', '2', '-t', filter, ...until, '-d', '-F', format];
  // Line by line: what goes into a pipe would otherwise come out at its end.
  const child = spawn('stdbuf', ['-oL', findClient('mosquitto_sub'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const heard: Heard[] = [];
  return new Promise((ready, failed) => {
    const messages = new Promise<Heard[]>((done) => child.once('close', () => done(heard)));
    child.once('close', (code) => failed(new Error(`mosquitto_sub ended with code ${code}`)));
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('Subscribed ')) ready({ messages });
      const [, qos, retain, payload = '', topic = ''] = /^heard (\d) (\d) ([0-9A-F]*) (.*)$/.exec(line) ?? [];
      if (qos !== undefined)
        heard.push({ topic, qos: Number(qos), retain: retain === '1', payload: Buffer.from(payload, 'hex') });
    });
  });
}
