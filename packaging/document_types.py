"""Which files does the program open, for the systems that do not read MIME XML? Windows and macOS.

The list is resources/desktop/ladderview.xml, which Linux reads as it is; here it becomes the document types of a macOS
bundle and the registry lines of the Windows installer:

    python packaging/document_types.py >build/associations.iss
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

SOURCE = Path(__file__).resolve().parent.parent / "resources" / "desktop" / "ladderview.xml"
_NAMESPACE = {"mime": "http://www.freedesktop.org/standards/shared-mime-info"}

#: A system that looks only at the last suffix calls every gzipped file by this one. It is not ours to claim.
SHARED_SUFFIX = "gz"


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One kind of file: its MIME type, what a person calls it, its suffixes without the first dot."""

    mime: str
    name: str
    suffixes: tuple[str, ...]

    @property
    def own_suffixes(self) -> tuple[str, ...]:
        """The suffixes that a system knows which looks only at the last one."""
        return tuple(suffix for suffix in self.suffixes if "." not in suffix)

    @property
    def is_ours(self) -> bool:
        """Whether this program invented the kind of file."""
        return self.mime.startswith("application/x-ladderview")


def document_types(source: Path = SOURCE) -> list[DocumentType]:
    """The types in the order of the list."""
    return [
        DocumentType(
            mime=element.attrib["type"],
            name=element.findtext("mime:comment", "", _NAMESPACE),
            suffixes=tuple(
                glob.attrib["pattern"].removeprefix("*.") for glob in element.findall("mime:glob", _NAMESPACE)
            ),
        )
        for element in ElementTree.parse(source).getroot().findall("mime:mime-type", _NAMESPACE)
    ]


def info_plist(types: list[DocumentType]) -> dict[str, object]:
    """The part of a macOS bundle's Info.plist that names its documents (Apple's CFBundleDocumentTypes)."""
    documents = [
        {
            "CFBundleTypeName": kind.name,
            "CFBundleTypeExtensions": list(kind.own_suffixes),
            "CFBundleTypeMIMETypes": [kind.mime],
            "CFBundleTypeIconFile": "ladderview-document.icns",
            "CFBundleTypeRole": "Viewer",
            "LSHandlerRank": "Owner" if kind.is_ours else "Default",
        }
        for kind in types
    ]
    documents.append(
        {
            "CFBundleTypeName": "gzipped packet capture",
            "CFBundleTypeExtensions": [SHARED_SUFFIX],
            "CFBundleTypeRole": "Viewer",
            "LSHandlerRank": "Alternate",
        }
    )
    return {"CFBundleDocumentTypes": documents, "NSHighResolutionCapable": True}


def registry_lines(types: list[DocumentType]) -> list[str]:
    """The ``[Registry]`` entries of the Inno Setup script: a ProgID for each type, and each suffix that leads to it.

    HKA is the installing user's part of the registry, or the machine's where an administrator installs for all. The
    keys are Microsoft's "OpenWithProgids": the program is offered, and what the person chose before stays the
    default, but for the suffixes that are ours.
    """
    lines = []
    for kind in types:
        prog_id = f"ladderview.{kind.own_suffixes[0]}"
        classes = 'Root: HKA; Subkey: "Software\\Classes'
        lines += [
            f'{classes}\\{prog_id}"; ValueType: string; ValueData: "{kind.name}"; Flags: uninsdeletekey',
            f'{classes}\\{prog_id}\\DefaultIcon"; ValueType: string; ValueData: "{{app}}\\ladderview-document.ico"',
            f'{classes}\\{prog_id}\\shell\\open\\command"; ValueType: string; '
            'ValueData: """{app}\\ladderview.exe"" ""%1"""',
        ]
        for suffix in kind.own_suffixes:
            if kind.is_ours:
                lines.append(
                    f'{classes}\\.{suffix}"; ValueType: string; ValueData: "{prog_id}"; Flags: uninsdeletevalue'
                )
            lines.append(_offered(classes, suffix, prog_id))
    lines.append(
        _offered('Root: HKA; Subkey: "Software\\Classes', SHARED_SUFFIX, f"ladderview.{types[0].own_suffixes[0]}")
    )
    return lines


def _offered(classes: str, suffix: str, prog_id: str) -> str:
    return (
        f'{classes}\\.{suffix}\\OpenWithProgids"; ValueType: string; ValueName: "{prog_id}"; ValueData: ""; '
        "Flags: uninsdeletevalue"
    )


if __name__ == "__main__":
    print("; Written by packaging/document_types.py from resources/desktop/ladderview.xml.")
    print("[Registry]")
    print("\n".join(registry_lines(document_types())))
