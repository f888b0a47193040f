"""How is a scenario written? What ``ladderview compose --help`` and the editor say of it."""

from __future__ import annotations

HELP = """\
A scenario is a text, one line for each thing that happens. A line begins when whoever acts in it knows that everything
before is done: has got all that it was sent, and an ACK for all that it sent. What follows a # is a comment.

    title   A lost SYN, ACK
    client  10.0.0.1:50944  isn 69
    server  10.0.0.2:80     isn 420
    lose server SYN, ACK
    remark on server SYN, ACK: It never arrives: the client has to try again.
    open
    client sends 30 bytes
    client closes

What is there, before anything happens:
    title TEXT                        about TEXT                    start 2026-01-01 12:00:00
    client ADDRESS:PORT SETTING ...   server ADDRESS:PORT SETTING ...
    path delay 10 ms rate 100 Mbit/s
    capture in the middle             capture at client             capture at server snaplen 128
  Settings of an end: isn N, window N, scale N, mss N, cwnd N, sack, timestamps, no scale, no mss, no sack,
    no timestamps, no options, delayed ACK [40 ms], no delayed ACK, rto 300 ms, retries N, think 1 ms, name HOST, port N

What happens; each line also with "server" for "client":
    open                              open refused                  both open             server opens
    client sends 30 bytes             client sends "text\\r\\n"       client sends keep-alive
    client requests GET /index.html   server responds 404 Not Found with 2 kB
      (fields of the message on indented lines below; HTTP/1.0 behind the target; with 30 bytes, or with "text")
    tls 1.3                           tls 1.2 with client certificate, RSA key exchange, tickets 1, alpn http/1.1
    client closes                     client half-closes            both close            client resets
    client stops reading              client reads 4 kB             client reads everything
    client segment FIN, PSH, ACK seq 105 ack +0 window 500 urgent 1 30 bytes
      (one segment, as it is written: nobody answers it; +0 is the next number; its options before the bytes:
      mss 1460, scale 7, sack permitted, sack 20 to 30, timestamps 5 9)
    wait 2 s
    connection [NAME] [same port]     what follows belongs to another connection, at the client's next port

What goes wrong, counted from the line on; a retransmission has the number of its original:
    lose server data 2 to 4           lose client ACK twice         lose client SYN always
    delay server data 2 by 30 ms      reorder server data 2         duplicate client FIN
    lose server data 2 again          (the retransmission)
    miss server data 3                (it arrives, but is not captured)
  SYN, SYN ACK, ACK, data, FIN, RST or segment. In the middle a loss is behind the place of the capture, unless the line
  ends with "before the capture".

Said beside it:
    remark TEXT                       a comment on the next packet; it may go on on indented lines
    remark on server data 2: TEXT     a comment on that packet      remark on server data 2 again: TEXT
    capture stops                     capture starts

Before a line: "meanwhile" does not wait for the line before, "after 20 ms" begins so much later.
"""
