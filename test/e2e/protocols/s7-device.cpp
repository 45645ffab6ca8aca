// A PLC by the server of snap7. The argument is its port.

#include <cstdlib>
#include <cstring>
#include <unistd.h>

#include "snap7_libmain.h"

namespace {

byte block[512];
byte inputs[16];
byte outputs[16];
byte markers[64];
word timers[16];
word counters[16];

void fill() {
  const byte data[] = {
      0x05, 0x00,              // DBX0.0 and DBX0.2
      0xff, 0xfe,              // DBW2: -2
      0x41, 0xac, 0x00, 0x00,  // DBD4: 21.5
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,  // DBB8: -1 in 64 bits
      10,   5,    'P',  'r',  'e',  's',  's',         // DBB16: a STRING[10]
  };
  memcpy(block, data, sizeof data);
  for (int index = 0; index < 200; index++) block[200 + index] = static_cast<byte>(index);
  inputs[0] = 0x81;
  // The server finds number 4 at the second place: it halves the number where a PLC doubles it.
  timers[1] = 0x2721;    // 2127 as it lies in memory: 127 s
  counters[1] = 0x2701;  // 0127
}

}  // namespace

int main(int, char** arguments) {
  fill();
  word port = static_cast<word>(atoi(arguments[1]));
  S7Object server = Srv_Create();
  Srv_SetParam(server, p_u16_LocalPort, &port);
  Srv_RegisterArea(server, srvAreaDB, 1, block, sizeof block);
  Srv_RegisterArea(server, srvAreaPE, 0, inputs, sizeof inputs);
  Srv_RegisterArea(server, srvAreaPA, 0, outputs, sizeof outputs);
  Srv_RegisterArea(server, srvAreaMK, 0, markers, sizeof markers);
  Srv_RegisterArea(server, srvAreaTM, 0, timers, sizeof timers);
  Srv_RegisterArea(server, srvAreaCT, 0, counters, sizeof counters);
  if (Srv_StartTo(server, "127.0.0.1") != 0) return 1;
  for (;;) pause();
}
