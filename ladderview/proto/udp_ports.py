"""Behind which UDP ports does a tunnel end? The ports at which both lanes look for another packet inside."""

from __future__ import annotations

#: UDP ports of tunnels that are followed, https://www.iana.org/assignments/service-names-port-numbers.
UDP_PORTS: dict[int, str] = {
    434: "mobile_ip",
    1701: "l2tp",
    2152: "gtp",
    3544: "teredo",
    4341: "lisp",
    4754: "gre",
    4789: "vxlan",
    4790: "vxlan_gpe",
    5072: "ayiya",
    5247: "capwap",
    6081: "geneve",
    6343: "sflow",
    6635: "mpls",
    37008: "tzsp",
}
