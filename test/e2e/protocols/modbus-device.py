"""A device with three units, by pymodbus of Debian. The last argument is its port."""

import sys

from pymodbus.datastore import (
    ModbusSequentialDataBlock,
    ModbusServerContext,
    ModbusSlaveContext,
    ModbusSparseDataBlock,
)
from pymodbus.server.async_io import StartTcpServer

HOLDING = {
    0: 215,  # 21.5 by a scale of 0.1
    1: 0xFFFE,  # -2
    2: 0x41AC,  # 21.5 as a float, here and in the next
    3: 0x0000,
    4: 0xFFFF,  # -1 in 64 bits
    5: 0xFFFF,
    6: 0xFFFF,
    7: 0xFFFF,
    8: 0x4142,  # ABC
    9: 0x4300,
    10: 0b101,
    # 11 to 19 are not there
    **{address: 0 for address in range(20, 60)},
}



class Broken(ModbusSequentialDataBlock):
    """Registers that cannot be read."""

    def validate(self, address, count=1):
        raise RuntimeError("broken")


machine = ModbusSlaveContext(
    zero_mode=True,
    co=ModbusSequentialDataBlock(0, [True, False, True] + [False] * 2997),
    di=ModbusSequentialDataBlock(0, [False, True, True] + [False] * 13),
    hr=ModbusSparseDataBlock(HOLDING),
    ir=ModbusSequentialDataBlock(0, list(range(300))),
)
meter = ModbusSlaveContext(zero_mode=True, hr=ModbusSequentialDataBlock(0, [42] * 10))
broken = ModbusSlaveContext(zero_mode=True, hr=Broken(0, [0]))

StartTcpServer(
    context=ModbusServerContext(slaves={1: machine, 2: meter, 3: broken}, single=False),
    address=("127.0.0.1", int(sys.argv[-1])),
    allow_reuse_address=True,
)
