"""The words of HTTP: status codes, and of HTTP/2 frame types, flags, settings and error codes.

Sources: the IANA registries "HTTP Status Codes" (RFC 9110 section 16.2), "HTTP/2 Frame Type", "HTTP/2 Settings" and
"HTTP/2 Error Code" (RFC 9113 section 11), each as of 2025; flags from the frame definitions of RFC 9113 section 6.
"""

from __future__ import annotations

#: https://www.iana.org/assignments/http-status-codes
STATUS_WORDS = {
    100: "Continue",
    101: "Switching Protocols",
    102: "Processing",
    103: "Early Hints",
    104: "Upload Resumption Supported",
    200: "OK",
    201: "Created",
    202: "Accepted",
    203: "Non-Authoritative Information",
    204: "No Content",
    205: "Reset Content",
    206: "Partial Content",
    207: "Multi-Status",
    208: "Already Reported",
    226: "IM Used",
    300: "Multiple Choices",
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    304: "Not Modified",
    305: "Use Proxy",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    409: "Conflict",
    410: "Gone",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    416: "Range Not Satisfiable",
    417: "Expectation Failed",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    423: "Locked",
    424: "Failed Dependency",
    425: "Too Early",
    426: "Upgrade Required",
    428: "Precondition Required",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    451: "Unavailable For Legal Reasons",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
    506: "Variant Also Negotiates",
    507: "Insufficient Storage",
    508: "Loop Detected",
    510: "Not Extended",
    511: "Network Authentication Required",
}

#: https://www.iana.org/assignments/http2-parameters, frame types.
FRAME_TYPES = {
    0x00: "DATA",
    0x01: "HEADERS",
    0x02: "PRIORITY",
    0x03: "RST_STREAM",
    0x04: "SETTINGS",
    0x05: "PUSH_PROMISE",
    0x06: "PING",
    0x07: "GOAWAY",
    0x08: "WINDOW_UPDATE",
    0x09: "CONTINUATION",
    0x0A: "ALTSVC",
    0x0C: "ORIGIN",
    0x10: "PRIORITY_UPDATE",
}

#: RFC 9113 section 6: the flags of each frame type, by their bit.
FRAME_FLAGS = {
    0x00: {0x01: "END_STREAM", 0x08: "PADDED"},
    0x01: {0x01: "END_STREAM", 0x04: "END_HEADERS", 0x08: "PADDED", 0x20: "PRIORITY"},
    0x04: {0x01: "ACK"},
    0x05: {0x04: "END_HEADERS", 0x08: "PADDED"},
    0x06: {0x01: "ACK"},
    0x09: {0x04: "END_HEADERS"},
}

#: Settings.
SETTINGS = {
    0x01: "SETTINGS_HEADER_TABLE_SIZE",
    0x02: "SETTINGS_ENABLE_PUSH",
    0x03: "SETTINGS_MAX_CONCURRENT_STREAMS",
    0x04: "SETTINGS_INITIAL_WINDOW_SIZE",
    0x05: "SETTINGS_MAX_FRAME_SIZE",
    0x06: "SETTINGS_MAX_HEADER_LIST_SIZE",
    0x08: "SETTINGS_ENABLE_CONNECT_PROTOCOL",
    0x09: "SETTINGS_NO_RFC7540_PRIORITIES",
    0x10: "TLS_RENEG_PERMITTED",
}

#: Error codes.
ERROR_CODES = {
    0x00: "NO_ERROR",
    0x01: "PROTOCOL_ERROR",
    0x02: "INTERNAL_ERROR",
    0x03: "FLOW_CONTROL_ERROR",
    0x04: "SETTINGS_TIMEOUT",
    0x05: "STREAM_CLOSED",
    0x06: "FRAME_SIZE_ERROR",
    0x07: "REFUSED_STREAM",
    0x08: "CANCEL",
    0x09: "COMPRESSION_ERROR",
    0x0A: "CONNECT_ERROR",
    0x0B: "ENHANCE_YOUR_CALM",
    0x0C: "INADEQUATE_SECURITY",
    0x0D: "HTTP_1_1_REQUIRED",
}
