"""Lets dis show the machine's own instructions, of which it knows nothing by itself."""

import _imp
import dis


def _get_instructions_bytes(
    code, varname_from_oparg=None, names=None, co_consts=None, linestarts=None, line_offset=0,
    exception_entries=(), co_positions=None, show_caches=False,
):
    owner = getattr(varname_from_oparg, "__self__", None)
    if owner is None:
        raise TypeError("instructions can be shown of code objects only, not of bytes")
    rows, handlers = _imp._instructions(owner)
    targets = {row[5] for row in rows} | {handler[2] for handler in handlers}
    positions = list(co_positions or ())
    for offset, opcode, name, first, operands, target in rows:
        line = (linestarts or {}).get(offset)
        place = dis.Positions(*positions[offset // 2]) if offset // 2 < len(positions) else None
        yield dis.Instruction(
            name, opcode, first, operands if target is None else target, operands, offset,
            line if line is None else line + line_offset, offset in targets, place,
        )


def _parse_exception_table(code):
    return [dis._ExceptionTableEntry(*handler, 0, False) for handler in _imp._instructions(code)[1]]


dis._get_instructions_bytes = _get_instructions_bytes
dis._parse_exception_table = _parse_exception_table
