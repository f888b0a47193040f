"""Which protocol a number names: one table for each field that says what comes next.

A value is the key of a reader in ``stack.READERS``, or, where the walk goes no further, the name of the layer that
ends it. A number that is not here ends the walk without a name. The tables hold what Wireshark follows with its
default preferences, so that both read the same packets as TCP.
"""

from __future__ import annotations

from dpkt import ethernet, ip, ppp

#: LINKTYPE_ values, https://www.tcpdump.org/linktypes.html (and DLT_ values that are seen in files).
LINKTYPES: dict[int, str] = {
    0: "null",
    1: "ethernet",
    6: "token_ring",
    7: "arcnet",
    9: "ppp_hdlc",
    10: "fddi",
    11: "llc",
    12: "raw",
    13: "enc",
    14: "raw",
    16: "ipv4",
    18: "ipv4",
    19: "ipv4",
    50: "ppp_hdlc",
    51: "pppoe",
    100: "llc",
    101: "raw",
    104: "chdlc",
    105: "ieee80211",
    106: "ipv4",
    107: "frame_relay",
    108: "loop",
    109: "enc",
    112: "chdlc",
    113: "sll",
    117: "pflog",
    119: "prism",
    122: "ip_over_fc",
    123: "sunatm",
    127: "radiotap",
    128: "tzsp",
    129: "arcnet_linux",
    130: "juniper_mlppp",
    135: "juniper_atm2",
    136: "juniper_services",
    137: "juniper_atm1",
    138: "ieee1394",
    143: "docsis",
    163: "avs",
    166: "ppp_hdlc",
    167: "juniper_ethernet",
    178: "juniper_ethernet",
    179: "juniper_ppp",
    180: "juniper_frame_relay",
    181: "juniper_chdlc",
    183: "juniper_vp",
    192: "ppi",
    197: "erf",
    204: "ppp_with_dir",
    226: "ipnet",
    228: "ipv4",
    229: "ipv6",
    239: "nflog",
    240: "netanalyzer",
    241: "netanalyzer_transparent",
    242: "ipoib",
    258: "pktap",
    274: "mpacket",
    276: "sll2",
}

#: IEEE EtherTypes, https://www.iana.org/assignments/ieee-802-numbers.
ETHERTYPES: dict[int, str] = {
    ethernet.ETH_TYPE_IP: "ipv4",
    ethernet.ETH_TYPE_IP6: "ipv6",
    ethernet.ETH_TYPE_ARP: "arp",
    ethernet.ETH_TYPE_REVARP: "rarp",
    ethernet.ETH_TYPE_8021Q: "vlan",
    ethernet.ETH_TYPE_8021AD: "svlan",
    ethernet.ETH_TYPE_QINQ1: "vlan",
    0x88E7: "pbb",
    0x893F: "etag",
    0x8926: "vntag",
    0x8909: "cisco_metadata",
    0x8874: "brcm_tag",
    0xF1C1: "rtag",
    0x892F: "hsr",
    0x88E5: "macsec",
    0x8870: "llc",
    0x890D: "ieee80211",
    ethernet.ETH_TYPE_MPLS: "mpls",
    ethernet.ETH_TYPE_MPLS_MCAST: "mpls",
    ethernet.ETH_TYPE_PPPoE: "pppoe",
    ethernet.ETH_TYPE_PPPoE_DISC: "pppoe_discovery",
    ethernet.ETH_TYPE_TEB: "ethernet",
    0x8903: "fabricpath",
    0x22F3: "trill",
    0x894F: "nsh",
    0x4305: "batman",
    ethernet.ETH_TYPE_LLDP: "lldp",
    ethernet.ETH_TYPE_IPX: "ipx",
    0x8809: "slow_protocols",
    0x888E: "eapol",
    0x9000: "loopback_test",
}

#: https://www.iana.org/assignments/protocol-numbers
IP_PROTOCOLS: dict[int, str] = {
    ip.IP_PROTO_TCP: "tcp",
    ip.IP_PROTO_UDP: "udp",
    136: "udp",  # UDP-Lite has UDP's header but for the meaning of the length
    ip.IP_PROTO_ICMP: "icmp",
    ip.IP_PROTO_ICMP6: "icmpv6",
    ip.IP_PROTO_IP: "ipv6_hopopts",
    43: "ipv6_routing",
    44: "ipv6_fragment",
    60: "ipv6_dstopts",
    135: "mobility",
    139: "hip",
    140: "shim6",
    4: "ipv4",
    41: "ipv6",
    47: "gre",
    51: "ah",
    97: "etherip",
    108: "ipcomp",
    115: "l2tpv3",
    137: "mpls",
    143: "ethernet",
    2: "igmp",
    50: "esp",
    59: "no_next_header",
    88: "eigrp",
    89: "ospf",
    103: "pim",
    112: "vrrp",
    132: "sctp",
}

#: https://www.iana.org/assignments/ppp-numbers (and the EtherTypes that some senders put there).
PPP_PROTOCOLS: dict[int, str] = {
    ppp.PPP_IP: "ipv4",
    ppp.PPP_IP6: "ipv6",
    0x0800: "ipv4",
    0x86DD: "ipv6",
    0x0031: "ppp_bridging",
    0x003D: "ppp_multilink",
    0x004B: "llc",
    0x0281: "mpls",
    0x0283: "mpls",
    0x8021: "ipcp",
    0x8057: "ipv6cp",
    0xC021: "lcp",
    0xC023: "pap",
    0xC223: "chap",
}

#: Cisco HDLC protocol types: EtherTypes, and a few of its own.
CHDLC_PROTOCOLS: dict[int, str] = {
    0x0800: "ipv4",
    0x86DD: "ipv6",
    0x6558: "ethernet",
    0x8847: "mpls",
    0x8848: "mpls",
    0x8035: "slarp",
    0x2000: "cdp",
    0xFEFE: "osi",
}

#: GRE protocol types (RFC 2784 section 2.4.1): EtherTypes, and what others put there.
GRE_PROTOCOLS: dict[int, str] = {
    0x0800: "ipv4",
    0x86DD: "ipv6",
    0x0806: "arp",
    0x6400: "ethernet",
    0x6558: "ethernet",
    0x6559: "frame_relay",
    0x8847: "mpls",
    0x8848: "mpls",
    0x880B: "ppp_hdlc",
    0x88BE: "erspan",
    0x22EB: "erspan",
    0x883E: "wccp",
    0x894F: "nsh",
    0x8909: "cisco_metadata_gre",
}

#: BSD address families as the loopback headers hold them: AF_INET, and AF_INET6 of NetBSD, FreeBSD and Darwin.
ADDRESS_FAMILIES: dict[int, str] = {2: "ipv4", 24: "ipv6", 28: "ipv6", 30: "ipv6"}

#: IEEE 802.2 service access points that stand for IP (RFC 1042 aside).
LLC_SAPS: dict[int, str] = {0x06: "ipv4", 0x42: "stp", 0xE0: "ipx", 0xF0: "netbios", 0xFE: "osi"}

#: ARCNET protocol ids, RFC 1201 and RFC 1051.
ARCNET_PROTOCOLS: dict[int, str] = {
    0xD4: "ipv4",
    0xF0: "ipv4",
    0xC4: "ipv6",
    0xCD: "llc",
    0xD5: "arp",
    0xD6: "arp",
    0xF1: "arp",
}

#: Next Protocol of VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe) and of NSH (RFC 8300 section 2.2).
NVO3_PROTOCOLS: dict[int, str] = {1: "ipv4", 2: "ipv6", 3: "ethernet", 4: "nsh", 5: "mpls"}

#: Network layer protocol identifiers of frame relay (RFC 2427).
NLPIDS: dict[int, str] = {0xCC: "ipv4", 0x8E: "ipv6", 0x80: "snap_frame_relay", 0xCF: "ppp"}
