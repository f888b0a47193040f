"""ladderview shows one TCP connection of a packet capture as a ladder diagram.

The rooms, each importing only what stands to its right:
cli -> ui -> render -> ladder -> analysis -> capture -> proto.
"""

__version__ = "0.1.0"
