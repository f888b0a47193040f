from __future__ import annotations

import configparser
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from ladderview import __version__
from ladderview.resources import resource_path

DESKTOP = resource_path("desktop")


@pytest.fixture(scope="module")
def module() -> ModuleType:
    path = Path(__file__).parents[2] / "packaging" / "document_types.py"
    spec = importlib.util.spec_from_file_location("document_types", path)
    loaded = importlib.util.module_from_spec(spec)
    # A dataclass looks its module up.
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


def declared_types() -> list[str]:
    root = ElementTree.parse(DESKTOP / "ladderview.xml").getroot()
    return [element.attrib["type"] for element in root]


def test_the_desktop_entry_names_every_type() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(DESKTOP / "ladderview.desktop")
    assert entry["Desktop Entry"]["MimeType"].rstrip(";").split(";") == declared_types()


def test_the_metainfo_names_every_type_and_this_version() -> None:
    root = ElementTree.parse(DESKTOP / "ladderview.metainfo.xml").getroot()
    assert [element.text for element in root.iter("mediatype")] == declared_types()
    assert root.find("releases/release").attrib["version"] == __version__


def test_suffixes(module: ModuleType) -> None:
    suffixes = {kind.mime: kind.suffixes for kind in module.document_types()}
    assert suffixes["application/vnd.tcpdump.pcap"] == ("pcap", "cap", "dmp", "pcap.gz", "cap.gz")
    assert suffixes["application/x-ladderview"] == ("ladder",)


def test_info_plist_claims_only_what_is_ours(module: ModuleType) -> None:
    documents = module.info_plist(module.document_types())["CFBundleDocumentTypes"]
    ranks = {suffix: kind["LSHandlerRank"] for kind in documents for suffix in kind["CFBundleTypeExtensions"]}
    assert ranks == dict.fromkeys(("pcap", "cap", "dmp", "pcapng", "ntar", "snoop"), "Default") | {
        "ladder": "Owner",
        "scenario": "Owner",
        "gz": "Alternate",
    }


def test_registry_leaves_the_default_of_what_is_not_ours(module: ModuleType) -> None:
    lines = module.registry_lines(module.document_types())
    defaults = [line.split('"')[1] for line in lines if "\\." in line and "OpenWithProgids" not in line]
    assert defaults == ["Software\\Classes\\.ladder", "Software\\Classes\\.scenario"]


def test_registry_offers_the_program_for_every_suffix(module: ModuleType) -> None:
    lines = "\n".join(module.registry_lines(module.document_types()))
    for suffix in ("pcap", "pcapng", "gz", "ladder"):
        assert f"Classes\\.{suffix}\\OpenWithProgids" in lines
