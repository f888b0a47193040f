"""Which name does a number have? One table for each registry, in Wireshark's short words.

Each table names its source. A number that is missing is shown as "Unknown" with its value.
"""

from __future__ import annotations

#: IEEE EtherTypes, https://www.iana.org/assignments/ieee-802-numbers
ETHERTYPES: dict[int, str] = {
    0x0800: "IPv4",
    0x0806: "ARP",
    0x0842: "Wake on LAN",
    0x22EB: "ERSPAN type III",
    0x4305: "B.A.T.M.A.N.",
    0x6558: "Transparent Ethernet bridging",
    0x6559: "Raw Frame Relay",
    0x8035: "RARP",
    0x8100: "802.1Q Virtual LAN",
    0x8137: "Netware IPX/SPX",
    0x86DD: "IPv6",
    0x8808: "MAC Control",
    0x8809: "Slow Protocols",
    0x880B: "PPP",
    0x8847: "MPLS label switched packet",
    0x8848: "MPLS multicast label switched packet",
    0x8863: "PPPoE Discovery",
    0x8864: "PPPoE Session",
    0x8870: "LLC encapsulation",
    0x8881: "CDMA2000 A10 Unstructured byte stream",
    0x888E: "802.1X Authentication",
    0x88A8: "802.1ad Provider Bridge (Q-in-Q)",
    0x88BE: "ERSPAN",
    0x88CC: "802.1 Link Layer Discovery Protocol (LLDP)",
    0x88E5: "802.1AE (MACsec)",
    0x88E7: "802.1ah Provider Backbone Bridge (mac-in-mac)",
    0x8909: "Cisco MetaData",
    0x8926: "VN-Tag",
    0x892F: "High-availability Seamless Redundancy (IEC62439 Part 3)",
    0x893F: "802.1BR E-Tag",
    0x894F: "Network Service Header",
    0x9000: "Loopback",
    0x9100: "QinQ: old non-standard 802.1ad",
    0xF1C1: "Redundancy Tag (R-Tag)",
}

#: https://www.iana.org/assignments/protocol-numbers
IP_PROTOCOLS: dict[int, str] = {
    0: "IPv6 Hop-by-Hop Option",
    1: "ICMP",
    2: "IGMP",
    4: "IPIP",
    6: "TCP",
    17: "UDP",
    27: "RDP",
    33: "DCCP",
    41: "IPv6",
    43: "Routing Header for IPv6",
    44: "Fragment Header for IPv6",
    46: "Reservation Protocol",
    47: "Generic Routing Encapsulation",
    50: "Encap Security Payload",
    51: "Authentication Header",
    58: "ICMPv6",
    59: "No Next Header for IPv6",
    60: "Destination Options for IPv6",
    88: "EIGRP",
    89: "OSPF IGP",
    97: "Ethernet-within-IP encapsulation",
    103: "PIM",
    108: "IP Payload Compression Protocol",
    112: "VRRP",
    115: "Layer 2 Tunneling",
    132: "SCTP",
    135: "Mobility Header",
    136: "UDPlite",
    137: "MPLS-in-IP",
    139: "Host Identity Protocol",
    140: "Shim Header",
    143: "Ethernet",
}

#: https://www.iana.org/assignments/dscp-registry: (short name, long name)
DSCP: dict[int, tuple[str, str]] = {
    0: ("CS0", "Default"),
    1: ("LE", "Lower Effort"),
    **{8 * n: (f"CS{n}", f"Class Selector {n}") for n in range(1, 8)},
    **{
        8 * n + 2 * drop: (f"AF{n}{drop}", f"Assured Forwarding {n}{drop}") for n in range(1, 5) for drop in range(1, 4)
    },
    44: ("VOICE-ADMIT", "Voice Admit"),
    46: ("EF PHB", "Expedited Forwarding"),
}

#: RFC 3168 section 5: (short name, long name)
ECN: dict[int, tuple[str, str]] = {
    0: ("Not-ECT", "Not ECN-Capable Transport"),
    1: ("ECT(1)", "ECN-Capable Transport codepoint '01'"),
    2: ("ECT(0)", "ECN-Capable Transport codepoint '10'"),
    3: ("CE", "Congestion Experienced"),
}

#: https://www.iana.org/assignments/ip-parameters (IP option numbers)
IPV4_OPTIONS: dict[int, str] = {
    0: "End of Options List (EOL)",
    1: "No-Operation (NOP)",
    7: "Record Route",
    25: "Quick-Start",
    68: "Time Stamp",
    82: "Traceroute",
    130: "Security",
    131: "Loose Source Route",
    133: "Extended Security",
    134: "Commercial Security",
    136: "Stream ID",
    137: "Strict Source Route",
    148: "Router Alert",
}

#: https://www.iana.org/assignments/ipv6-parameters (destination options and hop-by-hop options)
IPV6_OPTIONS: dict[int, str] = {
    0x00: "Pad1",
    0x01: "PadN",
    0x04: "Tunnel Encapsulation Limit",
    0x05: "Router Alert",
    0x07: "CALIPSO",
    0x26: "Quick-Start",
    0x63: "RPL Option",
    0x8B: "ILNP Nonce",
    0xC2: "Jumbo Payload",
    0xC9: "Home Address",
}

#: RFC 4443, RFC 8754, RFC 6275, RFC 6554: routing types
IPV6_ROUTING_TYPES: dict[int, str] = {
    0: "Source Route",
    2: "Mobile IP (type 2)",
    3: "RPL Source Route",
    4: "Segment Routing",
}

#: https://www.iana.org/assignments/tcp-parameters (TCP option kind numbers)
TCP_OPTIONS: dict[int, str] = {
    0: "End of Option List",
    1: "No-Operation",
    2: "Maximum Segment Size",
    3: "Window Scale",
    4: "SACK Permitted",
    5: "SACK",
    6: "Echo",
    7: "Echo Reply",
    8: "Time Stamp Option",
    9: "Partial Order Connection Permitted",
    10: "Partial Order Service Profile",
    11: "CC",
    12: "CC.NEW",
    13: "CC.ECHO",
    14: "TCP Alternate Checksum Request",
    15: "TCP Alternate Checksum Data",
    18: "Trailer Checksum Option",
    19: "MD5 Signature Option",
    20: "SCPS Capabilities",
    21: "Selective Negative Acknowledgements",
    22: "Record Boundaries",
    23: "Corruption Experienced",
    27: "Quick-Start Response",
    28: "User Timeout Option",
    29: "The TCP Authentication Option",
    30: "Multipath TCP",
    34: "TCP Fast Open Cookie",
    69: "Encryption Negotiation (TCP-ENO)",
    76: "Riverbed Probe",
    78: "Riverbed Transparency",
    172: "Accurate ECN Order 0",
    174: "Accurate ECN Order 1",
    253: "RFC3692-style Experiment 1",
    254: "RFC3692-style Experiment 2",
}

#: How an option is headed where that differs from the name of its kind.
TCP_OPTION_TITLES: dict[int, str] = {
    **TCP_OPTIONS,
    0: "End of Option List (EOL)",
    1: "No-Operation (NOP)",
    2: "Maximum segment size",
    3: "Window scale",
    4: "SACK permitted",
    7: "Echo reply",
    8: "Timestamps",
    12: "CC",
    13: "CC",
    19: "TCP MD5 signature",
    20: "SCPS capabilities",
    27: "Quick-Start",
    28: "User Timeout",
    29: "TCP AO",
    30: "MPTCP",
    34: "TCP Fast Open",
    172: "Accurate ECN (Order 0)",
    174: "Accurate ECN (Order 1)",
    253: "Experimental",
    254: "Experimental",
}

#: RFC 8684 section 3 (MPTCP option subtypes)
MPTCP_SUBTYPES: dict[int, str] = {
    0: "Multipath Capable",
    1: "Join Connection",
    2: "Data Sequence Signal",
    3: "Add Address",
    4: "Remove Address",
    5: "Change Subflow Priority",
    6: "TCP Fallback",
    7: "Fast Close",
    8: "TCP Reset",
}

#: https://www.iana.org/assignments/arp-parameters and linux/if_arp.h (hardware types)
HARDWARE_TYPES: dict[int, str] = {
    0: "NET/ROM pseudo",
    1: "Ethernet",
    6: "IEEE 802",
    7: "ARCNET",
    15: "Frame Relay DLCI",
    24: "IEEE 1394",
    32: "InfiniBand",
    512: "PPP",
    513: "Cisco HDLC",
    519: "Raw IP",
    768: "IPIP tunnel",
    769: "IPIP6 tunnel",
    770: "Frame Relay Access Device",
    772: "Loopback",
    776: "sit0 device - IPv6-in-IPv4",
    778: "GRE over IP",
    801: "IEEE 802.11",
    803: "IEEE 802.11 plus radiotap header",
    823: "GRE over IPv6",
    824: "Netlink",
    65534: "None",
}

#: https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html (packet type)
COOKED_PACKET_TYPES: dict[int, str] = {
    0: "Unicast to us",
    1: "Broadcast",
    2: "Multicast",
    3: "Unicast to another host",
    4: "Sent by us",
}

#: linux/if_ether.h: protocol numbers below the EtherTypes
COOKED_PROTOCOLS: dict[int, str] = {**ETHERTYPES, 0x0003: "Ethernet", 0x0004: "802.2 LLC", 0x0007: "PPP"}

#: BSD address families, sys/socket.h of the BSDs and Darwin
ADDRESS_FAMILIES: dict[int, str] = {2: "IP", 7: "OSI", 23: "IPX", 24: "IPv6", 28: "IPv6", 30: "IPv6"}

#: https://www.iana.org/assignments/ppp-numbers
PPP_PROTOCOLS: dict[int, str] = {
    0x0021: "Internet Protocol version 4",
    0x0031: "Bridging PDU",
    0x003D: "Multi-Link",
    0x004B: "SNA over 802.2",
    0x0057: "Internet Protocol version 6",
    0x00FD: "Compressed datagram",
    0x0281: "MPLS Unicast",
    0x0283: "MPLS Multicast",
    0x8021: "Internet Protocol Control Protocol",
    0x8057: "IPv6 Control Protocol",
    0x80FD: "Compression Control Protocol",
    0xC021: "Link Control Protocol",
    0xC023: "Password Authentication Protocol",
    0xC223: "Challenge Handshake Authentication Protocol",
}

#: RFC 2516 section 4 and 5 (PPPoE codes)
PPPOE_CODES: dict[int, str] = {
    0x00: "Session Data",
    0x07: "Active Discovery Offer (PADO)",
    0x09: "Active Discovery Initiation (PADI)",
    0x19: "Active Discovery Request (PADR)",
    0x65: "Active Discovery Session-confirmation (PADS)",
    0xA7: "Active Discovery Terminate (PADT)",
}

#: Cisco HDLC: EtherTypes and a few of its own
CISCO_HDLC_PROTOCOLS: dict[int, str] = {
    **ETHERTYPES,
    0x0800: "IP",
    0x2000: "CDP",
    0x8035: "Cisco SLARP",
    0xFEFE: "OSI",
}

#: IEEE 802.2 service access points, https://standards.ieee.org/products-programs/regauth/llc
LLC_SAPS: dict[int, str] = {
    0x00: "NULL LSAP",
    0x06: "TCP/IP",
    0x42: "Spanning Tree BPDU",
    0xAA: "SNAP",
    0xE0: "NetWare",
    0xF0: "NetBIOS",
    0xFE: "ISO Network Layer",
    0xFF: "Global DSAP",
}

#: Organizations whose SNAP protocol identifiers are known (IEEE OUI registry)
SNAP_OUIS: dict[int, str] = {
    0x000000: "Officially Xerox, but 0:0:0:0:0:0 is more common",
    0x00000C: "Cisco Systems, Inc",
    0x0000F8: "Cisco 90-Compatible",
    0x0080C2: "Committee for IEEE 802.1",
    0x080007: "Apple, Inc.",
}

#: Label values with a meaning of their own, RFC 3032 section 2.1 and RFC 6790
MPLS_LABELS: dict[int, str] = {
    0: "IPv4 Explicit-Null",
    1: "Router Alert",
    2: "IPv6 Explicit-Null",
    3: "Implicit-Null",
    7: "Entropy Label Indicator (ELI)",
    13: "Generic Associated Channel Label (GAL)",
    14: "OAM Alert",
}

#: 3GPP TS 29.281 section 6.1 (GTP-U message types)
GTP_MESSAGES: dict[int, str] = {
    1: "Echo request",
    2: "Echo response",
    26: "Error indication",
    31: "Supported extension header notification",
    254: "End Marker",
    255: "T-PDU",
}

#: 3GPP TS 29.281 section 5.2.1 (GTP-U extension header types)
GTP_EXTENSIONS: dict[int, str] = {
    0x00: "No more extension headers",
    0x40: "UDP Port number",
    0x81: "RAN container",
    0x82: "Long PDCP PDU Number",
    0x84: "NR RAN Container",
    0x85: "PDU Session container",
    0xC0: "PDCP PDU number",
}

#: https://www.iana.org/assignments/nvo3 (Geneve option classes)
GENEVE_CLASSES: dict[int, str] = {
    0x0000: "Standard",
    0x0100: "Linux",
    0x0101: "Open vSwitch (OVS)",
    0x0102: "Open Virtual Networking (OVN)",
    0x0103: "In-band Network Telemetry (INT)",
    0x0104: "VMware, Inc.",
    0x0108: "Amazon.com, Inc.",
    0x0109: "Cisco Systems, Inc.",
}

#: IEEE 802.11 clause 9.2.4.1: names of types, and of the data subtypes
WLAN_TYPES: dict[int, str] = {0: "Management frame", 1: "Control frame", 2: "Data frame", 3: "Extension frame"}
WLAN_DATA_SUBTYPES: dict[int, str] = {
    0: "Data",
    1: "Data + CF-Ack",
    2: "Data + CF-Poll",
    3: "Data + CF-Ack + CF-Poll",
    4: "Null function (No data)",
    8: "QoS Data",
    12: "QoS Null function (No data)",
}

#: What a layer that no reader knows is called, where that is not its key in capitals.
_LAYER_NAMES: dict[str, str] = {
    "avs": "AVS WLAN header",
    "batman": "B.A.T.M.A.N.",
    "brcm_tag": "Broadcom tag",
    "cisco_metadata": "Cisco MetaData",
    "cisco_metadata_gre": "Cisco MetaData",
    "enc": "OpenBSD IPsec encapsulation",
    "erf": "Extensible Record Format",
    "etag": "802.1BR E-Tag",
    "etherip": "EtherIP",
    "fabricpath": "Cisco FabricPath",
    "frame_relay": "Frame Relay",
    "icmpv6": "ICMPv6",
    "ieee1394": "IP over IEEE 1394",
    "ip_over_fc": "IP over Fibre Channel",
    "ipcomp": "IPComp",
    "ipnet": "Solaris ipnet",
    "ipoib": "IP over InfiniBand",
    "ipv6cp": "IPv6CP",
    "isl": "Cisco ISL",
    "juniper": "Juniper encapsulation",
    "l2tpv3": "L2TPv3",
    "loopback_test": "Configuration Test Protocol (loopback)",
    "macsec": "MACsec",
    "mobile_ip": "Minimal IP encapsulation",
    "mpacket": "Ethernet mPacket",
    "netanalyzer": "netANALYZER",
    "netbios": "NetBIOS",
    "no_next_header": "No next header",
    "osi": "ISO network layer",
    "pbb": "802.1ah PBB",
    "ppp_bridging": "PPP bridging",
    "ppp_multilink": "PPP Multilink",
    "pppoe_discovery": "PPPoE Discovery",
    "prism": "Prism WLAN header",
    "pw_associated_channel": "Pseudowire associated channel",
    "pw_control_word": "Pseudowire control word",
    "rtag": "802.1CB R-Tag",
    "sflow": "sFlow",
    "slow_protocols": "Slow protocols",
    "sunatm": "SunATM",
    "teredo": "Teredo",
    "token_ring": "Token Ring",
    "vntag": "VN-Tag",
    "vxlan_gpe": "VXLAN-GPE",
}


def layer_name(key: str) -> str:
    """What a layer of the walk is called (the keys are those of ``proto.next_protocol`` and of the walk's readers)."""
    return _LAYER_NAMES.get(key, key.replace("_", " ").upper())
