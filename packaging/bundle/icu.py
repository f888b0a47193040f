"""How does a bundle do with a tenth of ICU's data? It keeps what Qt asks for here: how names are sorted.

    python packaging/bundle/icu.py build/bundle/ladderview/_internal/PySide6/Qt/lib

Qt has dates, numbers and fonts of its own; ICU's names of countries, currencies and units, its transliterations and
its character sets of other decades are 28 MB that nothing reads. ICU does without data that is missing.

Plan: libicudata.so holds one object, icudtNN_dat: a header, a table of (name, place) pairs and the entries (ICU User
Guide, "ICU Data"; ucmndata.h). The table is written anew with fewer entries, and binutils make a library of it again.
"""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

#: Entries that stay, by their names without "icudtNNl/".
KEPT = re.compile(r"coll/.*|(root|pool|res_index|supplementalData|keyTypeData|likelySubtags)\.res|[^/]*\.icu")

#: Where entries begin is a multiple of this, as genccode and icupkg write them.
ALIGNMENT = 16


def entries_of(package: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The header of a package and its (name, content) pairs, in the order of names that ICU's search needs."""
    header_size, magic = struct.unpack_from("<HH", package)
    if magic != 0x27DA:  # the bytes 0xda 0x27
        raise ValueError("not a package of ICU data in this machine's byte order")
    table = package[header_size:]
    (count,) = struct.unpack_from("<I", table)
    places = [struct.unpack_from("<II", table, 4 + 8 * position) for position in range(count)]
    ends = [place for _, place in places[1:]] + [len(table)]
    return package[:header_size], [
        (table[name : table.index(b"\0", name)], table[place:end])
        for (name, place), end in zip(places, ends, strict=True)
    ]


def package_of(header: bytes, entries: list[tuple[bytes, bytes]]) -> bytes:
    """A package of these entries."""
    at = 4 + 8 * len(entries)
    name_places = []
    for name, _ in entries:
        name_places.append(at)
        at += len(name) + 1
    names = b"".join(name + b"\0" for name, _ in entries)
    names += bytes(-at % ALIGNMENT)
    at += -at % ALIGNMENT
    table, contents = struct.pack("<I", len(entries)), []
    for name_place, (_, content) in zip(name_places, entries, strict=True):
        table += struct.pack("<II", name_place, at)
        contents.append(content + bytes(-len(content) % ALIGNMENT))
        at += len(contents[-1])
    return header + table + names + b"".join(contents)


def object_in(library: Path, symbol: str) -> bytes:
    """The bytes of a library's one object."""
    listing = subprocess.run(["readelf", "-sW", library], capture_output=True, text=True, check=True).stdout
    place = next(line.split() for line in listing.splitlines() if line.endswith(symbol))
    sections = subprocess.run(["readelf", "-lW", library], capture_output=True, text=True, check=True).stdout
    address, size = int(place[1], 16), int(place[2], 0)
    content = library.read_bytes()
    for line in sections.splitlines():
        words = line.split()
        if words[:1] == ["LOAD"]:
            offset, start, length = int(words[1], 16), int(words[2], 16), int(words[4], 16)
            if start <= address < start + length:
                begin = offset + address - start
                # An object that assembler code made may say that its size is 0: then it goes on to the segment's end.
                return content[begin : begin + (size or start + length - address)]
    raise ValueError(f"{library} has no {symbol}")


def make_library(target: Path, symbol: str, content: bytes) -> None:
    """Write a shared library whose one object is this."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "data").write_bytes(content)
        (work / "data.s").write_text(
            f'.section .note.GNU-stack,"",@progbits\n.section .rodata\n.balign {ALIGNMENT}\n.global {symbol}\n'
            f'.type {symbol}, @object\n{symbol}: .incbin "data"\n.size {symbol}, .-{symbol}\n'
        )
        subprocess.run(["as", "-o", "data.o", "data.s"], cwd=work, check=True)
        subprocess.run(
            ["ld", "-shared", "-s", "-soname", target.name, "-o", target.name, "data.o"], cwd=work, check=True
        )
        target.write_bytes((work / target.name).read_bytes())


def main(folder: Path) -> None:
    """Make the library of ICU data in a folder smaller."""
    library = next(folder.glob("libicudata.so.*"))
    symbol = f"icudt{library.suffix[1:]}_dat"
    header, entries = entries_of(object_in(library, symbol))
    kept = [entry for entry in entries if KEPT.fullmatch(entry[0].decode().partition("/")[2])]
    before = library.stat().st_size
    make_library(library, symbol, package_of(header, kept))
    print(f"{library.name}: {before / 1e6:.1f} MB -> {library.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
