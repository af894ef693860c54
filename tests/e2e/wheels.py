"""Wheels that nobody recorded, for tests: a zip of an exact size.

A wheel holds, uncompressed, a padding member of zeros, METADATA and RECORD.
Its bytes are computed when they are asked for: one of three gigabytes costs no
more than the pieces that are read. Half of them have METADATA before the
padding, where a reader that has the end of the file must ask once more; of
these half are deflated.

    wheel = VirtualWheel('a-1.0-py3-none-any.whl', b'Metadata-...', 700 << 20)
    wheel.size, wheel.read(wheel.size - 100, wheel.size)
"""
import struct
import zlib

POLYNOMIAL = 0xedb88320


def apply(matrix, vector):
    """A matrix of bits (32 rows) times a vector."""
    out = 0
    for row in matrix:
        if vector & 1:
            out ^= row
        vector >>= 1
    return out


def zero_bits(powers=[[POLYNOMIAL] + [1 << n for n in range(31)]]):
    """What 1, 2, 4 ... zero bits do to a CRC; kept from call to call."""
    for k in range(40):
        if k == len(powers):
            powers.append([apply(powers[-1], row) for row in powers[-1]])
        yield powers[k]


def crc_of_zeros(count):
    """CRC-32 of `count` zero bytes, without going over them."""
    crc, bits = 0xffffffff, count * 8
    for matrix in zero_bits():
        if bits & 1:
            crc = apply(matrix, crc)
        bits >>= 1
        if not bits:
            break
    return crc ^ 0xffffffff


class Member:
    """Of a zip: what its two headers say, and its bytes (None: zeros)."""

    def __init__(self, name, body=None, size=0, deflate=False):
        self.name, self.body, self.method = name.encode(), body, 0
        self.size = size if body is None else len(body)
        self.packed, self.offset = self.size, 0
        self.crc = crc_of_zeros(size) if body is None else zlib.crc32(body)
        if deflate:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            self.body = packer.compress(body) + packer.flush()
            self.method, self.packed = 8, len(self.body)

    def facts(self):
        # version, flags, method, time and date of 1980, CRC, sizes, lengths
        return struct.pack('<HHHHHIIIHH', 20, 0, self.method, 0, 33, self.crc,
                           self.packed, self.size, len(self.name), 0)

    def local(self):
        return b'PK\3\4' + self.facts() + self.name

    def central(self):
        return (b'PK\1\2' + struct.pack('<H', 0x314) + self.facts() +
                struct.pack('<HHHII', 0, 0, 0, 0o644 << 16, self.offset) +
                self.name)

    def total(self):
        return 2 * len(self.name) + 30 + 46 + self.packed


def end_record(count, size, offset):
    return b'PK\5\6' + struct.pack('<HHHHIIH', 0, 0, count, count, size,
                                   offset, 0)


class VirtualWheel:
    def __init__(self, filename, metadata, size=None):
        name, version = filename.split('-')[:2]
        folder = f'{name}-{version}.dist-info'
        kind = zlib.crc32(filename.encode()) % 4
        text = Member(f'{folder}/METADATA', metadata, deflate=kind == 3)
        record = Member(f'{folder}/RECORD',
                        f'{folder}/METADATA,,\n{folder}/RECORD,,\n'.encode())
        rest = text.total() + record.total() + 22
        pad = f'{name}/data.bin'
        if size is None:
            size = rest + 4000 + kind * 30000
        room = size - rest - Member(pad).total()
        if room < 0:  # the recording's text is longer than the wheel
            record = Member(f'{folder}/RECORD', b'')
            text = Member(f'{folder}/METADATA', metadata, deflate=True)
            room = size - text.total() - record.total() - 22
            room -= Member(pad).total()
        if room < 0:
            raise ValueError(f'{filename}: {size} bytes are too few')
        padding = Member(pad, size=room)
        members = [padding, text] if kind < 2 else [text, padding]
        self.size = 0
        self.pieces = []  # (begin, end, bytes or None for zeros)
        for member in [*members, record]:
            member.offset = self.size
            self.add(member.local())
            self.add(member.body, member.packed)
        listing = b''.join(m.central() for m in [*members, record])
        self.add(listing + end_record(3, len(listing), self.size))
        assert self.size == size

    def add(self, body, size=None):
        size = len(body) if body is not None else size
        self.pieces.append((self.size, self.size + size, body))
        self.size += size

    def read(self, begin, end):
        out = []
        for first, last, body in self.pieces:
            low, high = max(begin, first), min(end, last)
            if low < high:
                out.append(bytes(high - low) if body is None else
                           body[low - first:high - first])
        return b''.join(out)
